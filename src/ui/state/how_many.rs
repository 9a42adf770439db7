//! The number of records that is typed before a change of many.

use tui_textarea::TextArea;

use crate::ui::state::line::line_field;

/// How many records a change is about, and what has been typed so far.
#[derive(Clone, Debug)]
pub(crate) struct HowMany {
    pub(crate) wanted: usize,
    pub(crate) field: TextArea<'static>,
    /// Another number was typed than the one that is asked for.
    pub(crate) is_wrong: bool,
}

impl HowMany {
    pub(crate) fn of(wanted: usize) -> Self {
        Self { wanted, field: line_field(""), is_wrong: false }
    }

    /// Whether the number that was typed is the one asked for; a wrong one is remembered until the text changes.
    pub(crate) fn is_met(&mut self) -> bool {
        let digits: String = self.field.lines().concat().chars().filter(|c| !matches!(c, ',' | ' ')).collect();
        self.is_wrong = digits != self.wanted.to_string();
        !self.is_wrong
    }
}
