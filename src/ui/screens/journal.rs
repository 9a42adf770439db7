//! The journal: merges, done and under way.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;

use crate::config::{Action, Context};
use crate::ui::model::Screen;
use crate::ui::model::room::Room;

pub(crate) static ROOM: Room = Room {
    screen: Screen::Journal,
    parent: Screen::Duplicates,
    go: Action::GoJournal,
    tab: None,
    context: |_| Context::Journal,
    hints: |_| {
        &[
            Action::UndoMerge,
            Action::Resume,
            Action::Purge,
            Action::LeaveAddress,
            Action::DeleteFirst,
            Action::Open,
            Action::Down,
            Action::Up,
            Action::Back,
        ]
    },
    unmet: rules::unmet,
    contact: |model| {
        let record = model.merges.here()?;
        model.merges.moved_on(record.number).next().or(Some(&record.plan.survivor)).cloned()
    },
    edit: |_| None,
    draft: |_| None,
    marks: None,
    act: keys::act,
    settle: |model| {
        let (len, height) = (model.merges.len(), paint::journal_height(model));
        model.merges.journal.settle(len, height);
    },
    panes: |model, layout| vec![(layout.body, paint::content(model, layout.body))],
};
