//! Merges, done and under way, and what was decided not to be a duplicate.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

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
    failed_edit: |_| None,
    marks: None,
    act: keys::in_journal,
    settle: |model, _| {
        let (len, height) = (model.merges.len(), paint::journal_height(model));
        model.merges.journal.settle(len, height);
    },
    paint: |model, layout, buf| {
        paint::journal(model, layout, buf);
        None
    },
};

pub(crate) static DECISIONS: Room = Room {
    screen: Screen::Decisions,
    parent: Screen::Duplicates,
    go: Action::GoDecisions,
    tab: None,
    context: |_| Context::Decisions,
    hints: |_| &[Action::Reopen, Action::Down, Action::Up, Action::Back],
    unmet: rules::unmet_decision,
    failed_edit: |_| None,
    marks: None,
    act: keys::in_decisions,
    settle: |model, _| {
        let (len, height) = (model.merges.decisions().len(), model.screen_height());
        model.merges.listed.settle(len, height);
    },
    paint: |model, layout, buf| {
        paint::decisions(model, layout, buf);
        None
    },
};
