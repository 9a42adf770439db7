//! Contacts that may be the same person, and their merge.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::room::{Alarm, Room, Tab};
use crate::ui::model::{Model, Screen};
use state::Part;

pub(crate) static ROOM: Room = Room {
    screen: Screen::Duplicates,
    parent: Screen::Contacts,
    go: Action::GoDuplicates,
    tab: Some(Tab {
        names: ["Duplicates", "Dup"],
        count: |model| model.duplicates.groups().len(),
        alarm: |_, _| Alarm::Quiet,
    }),
    context: |_| Context::Duplicates,
    hints,
    unmet: rules::unmet,
    contact: rules::marked,
    edit: |_| None,
    draft: |_| None,
    marks: None,
    act: keys::act,
    settle: keys::settle,
    panes: paint::panes,
};

fn hints(model: &Model) -> &'static [Action] {
    match model.reviewing.part {
        Part::Queue => &[
            Action::Down,
            Action::Up,
            Action::Open,
            Action::Merge,
            Action::NotDuplicates,
            Action::Skip,
            Action::BulkMerge,
            Action::Undo,
            Action::GoJournal,
            Action::GoDecisions,
            Action::EqualRows,
            Action::Evidence,
            Action::Browse,
        ],
        Part::Fields => &[
            Action::CycleSource,
            Action::TypeValue,
            Action::Master,
            Action::Exclude,
            Action::Merge,
            Action::NotDuplicates,
            Action::Skip,
            Action::EqualRows,
            Action::TakeColumn,
            Action::NextMember,
            Action::Back,
        ],
    }
}
