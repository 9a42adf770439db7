//! The list of contacts, and what belongs to the one under the cursor.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::Action;
use crate::ui::model::room::{Alarm, Room, RoomMarks, Tab};
use crate::ui::model::{Model, Screen};
use crate::ui::state::layout::{Focus, Section, Shape};

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
    contact: |model| model.listing.selected.clone(),
    edit: rules::failed_edit,
    draft: rules::draft,
    marks: Some(RoomMarks {
        count: Model::marked,
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
    settle: keys::settle,
    panes: paint::panes,
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
            Action::Open,
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
