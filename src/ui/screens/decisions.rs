//! The not-a-duplicate decisions.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;

use crate::config::{Action, Context};
use crate::ui::model::Screen;
use crate::ui::model::room::Room;

pub(crate) static ROOM: Room = Room {
    screen: Screen::Decisions,
    parent: Screen::Duplicates,
    go: Action::GoDecisions,
    tab: None,
    context: |_| Context::Decisions,
    hints: |_| &[Action::Reopen, Action::Down, Action::Up, Action::Back],
    unmet: rules::unmet,
    contact: |_| None,
    edit: |_| None,
    draft: |_| None,
    marks: None,
    act: keys::act,
    settle: |model| {
        let (len, height) = (model.merges.decisions().len(), model.screen_height());
        model.merges.listed.settle(len, height);
    },
    panes: |model, layout| vec![(layout.body, paint::content(model, layout.body))],
};
