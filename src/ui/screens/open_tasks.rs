//! The open tasks of the location.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::ink::grouped;
use crate::ui::model::room::{Alarm, Room, RoomMarks, Tab};
use crate::ui::model::{Model, Screen};
use ratatui::text::Span;

pub(crate) static ROOM: Room = Room {
    screen: Screen::OpenTasks,
    parent: Screen::Contacts,
    go: Action::GoAllTasks,
    tab: Some(Tab { names: ["Tasks", "Task"], count: |model| counts(model).0, alarm: late }),
    context: |_| Context::Backlog,
    hints: |_| {
        &[
            Action::ToggleTask,
            Action::Reschedule,
            Action::Assign,
            Action::Edit,
            Action::Mark,
            Action::Open,
            Action::Read,
            Action::Filter,
            Action::ByOwner,
            Action::Undo,
            Action::Down,
            Action::Up,
            Action::Browse,
            Action::Back,
        ]
    },
    unmet: rules::unmet,
    contact: |model| model.open_tasks.task().map(|task| task.value.contact.clone()),
    edit: |model| model.overlay.get(model.open_tasks.task()?.edit?),
    draft: rules::draft,
    marks: Some(RoomMarks {
        count: |model| model.open_tasks.marks(),
        clear: |model| model.open_tasks.clear_marks(),
        actions: &[Action::ToggleTask, Action::Reschedule, Action::Assign, Action::MarkAll],
    }),
    act: keys::act,
    settle: keys::settle,
    panes: |model, layout| vec![(layout.body, paint::content(model, layout.body))],
};

/// How many tasks are open and how many of them are late; before all of them were read once, some are no count.
fn counts(model: &Model) -> (usize, usize) {
    let read = model.open_tasks.fetched_at.is_some();
    if read { (model.open_tasks.open, model.open_tasks.late) } else { (0, 0) }
}

fn late(model: &Model, long: bool) -> Alarm {
    let said = match (counts(model).1, long) {
        (0, _) => return Alarm::Quiet,
        (late, true) => format!(" ({} late)", grouped(late as u64)),
        (late, false) => format!(" !{}", grouped(late as u64)),
    };
    Alarm::Count(Span::styled(said, model.theme.warn.0))
}
