//! Every request and message of this run.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Screen;
use crate::ui::model::room::{Alarm, Room, Tab};

pub(crate) static ROOM: Room = Room {
    screen: Screen::Activity,
    parent: Screen::Contacts,
    go: Action::GoActivity,
    tab: Some(Tab { names: ["Activity", "Act"], count: |_| 0, alarm: |_, _| Alarm::Quiet }),
    context: |_| Context::Activity,
    hints: |_| {
        &[
            Action::Open,
            Action::CopyCurl,
            Action::EditsAlone,
            Action::Down,
            Action::Up,
            Action::Top,
            Action::Bottom,
            Action::Back,
        ]
    },
    unmet: rules::unmet,
    contact: |_| None,
    edit: |_| None,
    draft: |_| None,
    marks: None,
    act: keys::act,
    settle: |model| {
        let height = model.screen_height();
        model.activity.settle(height);
    },
    panes: |model, layout| vec![(layout.body, paint::content(model, layout.body))],
};
