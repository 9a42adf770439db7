//! The list of contacts, and what belongs to the one under the cursor.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::ink::pane_content::PaneContent;
use crate::ui::message::Effect;
use crate::ui::model::room::{Alarm, Room, RoomMarks, Tab};
use crate::ui::model::{Model, Screen};
use crate::ui::popups::form;
use crate::ui::state::layout::{Focus, Layout, Pane, Section, Shape};
use crate::ui::update::views;
use paint::list::list_head;
use paint::{appointments, detail, list, notes, tasks};
use state::panel::{Heights, Opened};

pub(crate) static ROOM: Room = Room {
    screen: Screen::Contacts,
    parent: Screen::Contacts,
    go: Action::GoHome,
    tab: Some(Tab { names: ["Contacts", "Con"], count: |model| model.listing.present(), alarm: |_, _| Alarm::Quiet }),
    context: |model| match model.focus {
        Focus::Contacts => crate::config::Context::Contacts,
        Focus::Section => model.section.context(),
    },
    hints,
    unmet: rules::unmet,
    failed_edit: rules::failed_edit,
    marks: Some(RoomMarks {
        count: |model| model.marks.len(),
        clear: |model| model.marks.clear(),
        actions: &[
            Action::Tags,
            Action::Untag,
            Action::Assign,
            Action::Business,
            Action::CompleteTasks,
            Action::Delete,
            Action::MarkAll,
        ],
    }),
    act: keys::act,
    settle,
    panes,
};

fn hints(model: &Model) -> &'static [Action] {
    let single = matches!(model.layout().shape, Shape::Single | Shape::Stacked) || model.zoom;
    match (model.focus, model.section) {
        (Focus::Contacts, _) => &[
            Action::Down,
            Action::Up,
            Action::NextPane,
            Action::Filter,
            Action::Open,
            Action::Mark,
            Action::Edit,
            Action::New,
            Action::Tags,
            Action::Undo,
            Action::AddNote,
            Action::Assign,
            Action::Delete,
            Action::Browse,
            Action::Zoom,
        ],
        (Focus::Section, Section::Tasks) => &[
            Action::ToggleTask,
            Action::New,
            Action::Edit,
            Action::Delete,
            Action::Assign,
            Action::Undo,
            Action::Down,
            Action::Up,
            Action::NextPane,
            Action::AddNote,
            Action::Zoom,
            Action::Back,
        ],
        (Focus::Section, Section::Notes) => &[
            Action::Open,
            Action::AddNote,
            Action::Edit,
            Action::Pin,
            Action::Delete,
            Action::Undo,
            Action::Down,
            Action::Up,
            Action::NextPane,
            Action::Zoom,
            Action::Back,
        ],
        (Focus::Section, Section::Detail) if single => &[
            Action::NextSection,
            Action::Edit,
            Action::Tags,
            Action::AllFields,
            Action::NextPane,
            Action::Browse,
            Action::Zoom,
            Action::Back,
        ],
        (Focus::Section, Section::Detail) => &[
            Action::Edit,
            Action::Tags,
            Action::AllFields,
            Action::CopyEmail,
            Action::CopyPhone,
            Action::Browse,
            Action::NextPane,
            Action::Zoom,
            Action::Back,
        ],
        (Focus::Section, Section::Appointments) => &[
            Action::New,
            Action::Edit,
            Action::CancelAppointment,
            Action::Delete,
            Action::Undo,
            Action::NextPane,
            Action::Zoom,
            Action::Back,
        ],
    }
}

/// Scrolls, and opens the contact under the cursor.
fn settle(model: &mut Model, effects: &mut Vec<Effect>) {
    let list = model.height_of(Pane::Contacts).saturating_sub(list_head(model));
    model.listing.scroll(list);
    views::count(model, effects);
    let selected = model.listing.selected.clone();
    if model.opened.as_ref().map(|opened| &opened.contact) != selected.as_ref() {
        model.opened = selected.map(|contact| Opened::new(contact, model.now));
        if let Some(opened) = &mut model.opened
            && let Some(details) = model.near.get(&opened.contact)
        {
            opened.set_details(details);
            form::keys::arrived(model);
        }
    }
    let room = |section| model.height_of(Pane::Section(section));
    let heights =
        Heights { tasks: room(Section::Tasks), notes: room(Section::Notes), appointments: room(Section::Appointments) };
    if let Some(opened) = &mut model.opened {
        opened.settle(&model.overlay, model.now, &model.zone, heights);
    }
}

fn panes(model: &Model, layout: &Layout) -> Vec<(Rect, PaneContent)> {
    // Where only one section is in sight its title lists them all.
    let tabs = !matches!(layout.shape, Shape::Columns | Shape::Wide);
    let content = |pane, area| match pane {
        Pane::Contacts => list::content(model, area),
        Pane::Section(Section::Detail) => detail::content(model, tabs, area),
        Pane::Section(Section::Tasks) => tasks::content(model, tabs, area),
        Pane::Section(Section::Notes) => notes::content(model, tabs, area),
        Pane::Section(Section::Appointments) => appointments::content(model, tabs, area),
    };
    layout.panes.iter().map(|(pane, area)| (*area, content(*pane, *area))).collect()
}
