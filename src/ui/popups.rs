//! The table of what opens over a screen and takes the keys until it is closed.

pub(crate) mod columns;
pub(crate) mod confirm;
pub(crate) mod decide;
pub(crate) mod dry_run;
pub(crate) mod due_date;
pub(crate) mod filter;
pub(crate) mod form;
pub(crate) mod help;
pub(crate) mod inspect;
pub(crate) mod note;
pub(crate) mod palette;
pub(crate) mod picker;
pub(crate) mod reader;
pub(crate) mod search;
pub(crate) mod value;
pub(crate) mod view_name;

use crate::ui::model::Mode;
use crate::ui::model::room::Popup;

/// The row of the pop-up that is open.
pub(crate) fn row(mode: &Mode) -> Option<&'static Popup> {
    Some(match mode {
        Mode::Browse => return None,
        Mode::Filter(_) => &filter::POPUP,
        Mode::Note(_) => &note::POPUP,
        Mode::Read(_) => &reader::POPUP,
        Mode::Help(_) => &help::POPUP,
        Mode::Form(_) => &form::POPUP,
        Mode::Pick(_) => &picker::POPUP,
        Mode::Columns(_) => &columns::POPUP,
        Mode::ViewName(_) => &view_name::POPUP,
        Mode::Palette(_) => &palette::POPUP,
        Mode::Confirm(_) => &confirm::POPUP,
        Mode::Value(_) => &value::POPUP,
        Mode::DryRun(_) => &dry_run::POPUP,
        Mode::DueDate(_) => &due_date::POPUP,
        Mode::Search(_) => &search::POPUP,
        Mode::Decide(_) => &decide::POPUP,
        Mode::Inspect(_) => &inspect::POPUP,
    })
}
