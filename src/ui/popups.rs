//! The table of what opens over a screen and takes the keys until it is closed.

pub(crate) mod columns;
pub(crate) mod confirm;
pub(crate) mod decide;
pub(crate) mod dry_run;
pub(crate) mod filter;
pub(crate) mod form;
pub(crate) mod help;
pub(crate) mod inspect;
pub(crate) mod note;
pub(crate) mod palette;
pub(crate) mod picker;
pub(crate) mod prompt;
pub(crate) mod reader;
pub(crate) mod search;

use crate::config::Action;
use crate::ui::message::Effect;
use crate::ui::model::room::Popup;
use crate::ui::model::{Mode, Model, Screen};

/// The row of the pop-up that is open.
pub(crate) fn row(mode: &Mode) -> Option<&'static Popup> {
    Some(match mode {
        Mode::Browse | Mode::AwaitForm(_) => return None,
        Mode::Filter(_) => &filter::POPUP,
        Mode::Note(_) => &note::POPUP,
        Mode::Read(_) => &reader::POPUP,
        Mode::Help(_) => &help::POPUP,
        Mode::Form(_) => &form::POPUP,
        Mode::Pick(_) => &picker::POPUP,
        Mode::Columns(_) => &columns::POPUP,
        Mode::Palette(_) => &palette::POPUP,
        Mode::Confirm(asked) if asked.how_many.is_some() => &confirm::COUNTED,
        Mode::Confirm(_) => &confirm::POPUP,
        Mode::Prompt(_) => &prompt::POPUP,
        Mode::DryRun(_) => &dry_run::POPUP,
        Mode::Search(_) => &search::POPUP,
        Mode::Decide(_) => &decide::POPUP,
        Mode::Inspect(_) => &inspect::POPUP,
    })
}

/// Opens what an action opens.
pub(crate) fn open(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Filter if model.screen == Screen::Contacts => filter::keys::open(model),
        Action::Filter => search::keys::open(model),
        Action::Columns => columns::keys::open(model),
        Action::SaveView => prompt::keys::ask_view_name(model),
        Action::Reschedule => prompt::keys::ask_due_date(model),
        Action::TypeValue => prompt::keys::ask_value(model),
        Action::BulkMerge => dry_run::keys::start(model, effects),
        Action::Decide => decide::keys::open(model),
        Action::Palette => palette::keys::open(model),
        Action::Help => help::keys::open(model),
        action => picker::keys::open(model, action, effects),
    }
}
