//! Moving: the cursor within a pane, the focus between panes, the text under a reader's eyes.

use crate::config::Action;

use crate::ui::model::Model;
use crate::ui::screens::contacts::paint::detail::detail_lines;
use crate::ui::screens::contacts::paint::list::list_head;
use crate::ui::state::layout::{Focus, Pane, Section, Shape};
use crate::ui::state::list_cursor::step;

/// Moves within the pane that has the focus.
pub(crate) fn cursor(model: &mut Model, action: Action) {
    let page = model.height_of(model.focused());
    match (model.focus, model.section) {
        (Focus::Contacts, _) if action == Action::Bottom => model.listing.go_to_last(),
        (Focus::Contacts, _) => {
            let page = page.saturating_sub(list_head(model));
            model.listing.place(step(model.listing.cursor.at, model.listing.rows.len(), page, action));
        }
        (Focus::Section, Section::Detail) => {
            let lines = detail_lines(model);
            let Some(opened) = &mut model.opened else { return };
            let last = lines.saturating_sub(page);
            opened.detail_top = step(opened.detail_top.min(last), last + 1, page, action);
        }
        (Focus::Section, Section::Tasks) => {
            let Some(opened) = &mut model.opened else { return };
            let len = opened.task_lines(&model.overlay).len();
            opened.tasks.go(step(opened.tasks.place.at, len, page, action));
        }
        (Focus::Section, Section::Notes) => {
            let Some(opened) = &mut model.opened else { return };
            let len = opened.note_lines(&model.overlay).len();
            opened.notes.go(step(opened.notes.place.at, len, page, action));
        }
        (Focus::Section, Section::Appointments) => {
            let Some(opened) = &mut model.opened else { return };
            let len = opened.appointment_lines(&model.overlay, model.now, &model.zone).len();
            opened.appointments.go(step(opened.appointments.place.at, len, page, action));
        }
    }
}

/// Moves the focus.
pub(crate) fn pane(model: &mut Model, action: Action) {
    let go = |model: &mut Model, pane: Pane| match pane {
        Pane::Contacts => model.focus = Focus::Contacts,
        Pane::Section(section) => (model.focus, model.section) = (Focus::Section, section),
    };
    let focused = model.focused();
    match action {
        Action::NextPane => go(model, beside(focused, 1)),
        Action::PreviousPane => go(model, beside(focused, PANES.len() - 1)),
        Action::PaneLeft => go(model, left(model, focused)),
        Action::PaneRight => go(model, right(model, focused)),
        Action::NextSection => model.section = other_section(model.section, 1),
        Action::PreviousSection => model.section = other_section(model.section, Section::ALL.len() - 1),
        Action::GoContacts => go(model, Pane::Contacts),
        Action::GoDetail => go(model, Pane::Section(Section::Detail)),
        Action::GoTasks => go(model, Pane::Section(Section::Tasks)),
        Action::GoNotes => go(model, Pane::Section(Section::Notes)),
        Action::GoAppointments => go(model, Pane::Section(Section::Appointments)),
        _ => {}
    }
    // Where every section is in sight there is nothing to leaf through: the keys move the focus.
    let all_seen = matches!(model.layout().shape, Shape::Columns | Shape::Wide);
    if all_seen && matches!(action, Action::NextSection | Action::PreviousSection) {
        model.focus = Focus::Section;
    }
}

const PANES: [Pane; 5] = [
    Pane::Contacts,
    Pane::Section(Section::Detail),
    Pane::Section(Section::Tasks),
    Pane::Section(Section::Notes),
    Pane::Section(Section::Appointments),
];

fn beside(pane: Pane, by: usize) -> Pane {
    let at = PANES.iter().position(|other| *other == pane).unwrap_or(0);
    PANES[(at + by) % PANES.len()]
}

fn other_section(section: Section, by: usize) -> Section {
    let at = Section::ALL.iter().position(|other| *other == section).unwrap_or(0);
    Section::ALL[(at + by) % Section::ALL.len()]
}

fn left(model: &Model, from: Pane) -> Pane {
    match (model.layout().shape, from) {
        (Shape::Wide, Pane::Section(Section::Notes)) => Pane::Section(Section::Detail),
        (Shape::Wide, Pane::Section(Section::Appointments)) => Pane::Section(Section::Tasks),
        _ => Pane::Contacts,
    }
}

fn right(model: &Model, from: Pane) -> Pane {
    match (model.layout().shape, from) {
        (_, Pane::Contacts) => Pane::Section(model.section),
        (Shape::Wide, Pane::Section(Section::Detail)) => Pane::Section(Section::Notes),
        (Shape::Wide, Pane::Section(Section::Tasks)) => Pane::Section(Section::Appointments),
        (_, pane) => pane,
    }
}
