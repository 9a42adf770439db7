//! Every request and message of this run.

pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::frame::screens::{activity, screen_height};
use crate::ui::model::Screen;
use crate::ui::model::room::{Alarm, Room, Tab};
use crate::ui::update::screens;

pub(crate) static ROOM: Room = Room {
    screen: Screen::Activity,
    parent: Screen::Contacts,
    tab: Some(Tab { action: Action::GoActivity, names: ["Activity", "Act"], count: |_| 0, alarm: |_, _| Alarm::Quiet }),
    context: |_| Context::Activity,
    hints: |_| &[Action::Open, Action::CopyCurl, Action::Down, Action::Up, Action::Top, Action::Bottom, Action::Back],
    act: |model, action, effects| {
        screens::in_activity(model, action, effects);
        true
    },
    settle: |model, _| {
        let height = screen_height(model);
        model.activity.settle(height);
    },
    paint: |model, layout, buf| {
        activity(model, layout, buf);
        None
    },
};
