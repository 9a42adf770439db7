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
    tab: Some(Tab { action: Action::GoActivity, names: ["Activity", "Act"], count: |_| 0, alarm: |_, _| Alarm::Quiet }),
    context: |_| Context::Activity,
    hints: |_| &[Action::Open, Action::CopyCurl, Action::Down, Action::Up, Action::Top, Action::Bottom, Action::Back],
    act: |model, action, effects| {
        keys::act(model, action, effects);
        true
    },
    settle: |model, _| {
        let height = model.screen_height();
        model.activity.settle(height);
    },
    paint: |model, layout, buf| {
        paint::paint(model, layout, buf);
        None
    },
};
