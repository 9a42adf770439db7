//! The painter's small tools: lines, rows, frames, marks and counts. They know a theme, and no model.

pub(crate) mod pane;
pub(crate) mod pane_content;
pub(crate) mod popup;

use ratatui::{buffer::Buffer, layout::Rect, style::Style, text::Line};
use tui_textarea::TextArea;

use crate::config::Theme;
use crate::domain::{AppointmentStatus, PendingState};
use crate::text;

/// Draws a line at the top of an area, cut to it.
pub(crate) fn put(buf: &mut Buffer, area: Rect, line: &Line<'_>) {
    if !area.is_empty() {
        buf.set_line(area.x, area.y, line, area.width);
    }
}

/// The n-th row of an area.
pub(crate) fn row(area: Rect, n: u16) -> Rect {
    let y = area.y.saturating_add(n).min(area.bottom());
    Rect { x: area.x, y, width: area.width, height: u16::from(n < area.height) }
}

/// The mark of a pending edit with the style that goes with it.
pub(crate) fn mark(theme: &Theme, state: Option<PendingState>) -> (&'static str, Style) {
    match state {
        None => (" ", theme.text.0),
        Some(PendingState::Saving) => ("·", theme.accent.0),
        Some(PendingState::Queued) => ("⇅", theme.accent.0),
        Some(PendingState::Failed) => ("✗", theme.bad.0),
        Some(PendingState::Clash) => ("!", theme.warn.0),
    }
}

/// The first two cells of a line: where the cursor is, and a mark behind it.
pub(crate) fn lead(here: bool, mark: char) -> String {
    format!("{}{mark}", if here { '▶' } else { ' ' })
}

/// Where a draft waits.
pub(crate) const DRAFT: &str = "✎";

/// The mark of a record: of its pending edit, else that a draft of its changes waits.
pub(crate) fn record_mark(theme: &Theme, state: Option<PendingState>, draft: bool) -> (&'static str, Style) {
    match mark(theme, state) {
        (" ", _) if draft => (DRAFT, theme.accent.0),
        marked => marked,
    }
}

/// The mark of a task: as of any record, else that it is late.
pub(crate) fn task_mark(theme: &Theme, state: Option<PendingState>, draft: bool, late: bool) -> (&'static str, Style) {
    match record_mark(theme, state, draft) {
        (" ", _) if late => ("!", theme.warn.0),
        marked => marked,
    }
}

/// How the status of an appointment is painted.
pub(crate) fn status_style(theme: &Theme, status: &AppointmentStatus) -> Style {
    match status {
        AppointmentStatus::Confirmed | AppointmentStatus::Showed => theme.good.0,
        AppointmentStatus::NoShow => theme.warn.0,
        AppointmentStatus::Cancelled
        | AppointmentStatus::Invalid
        | AppointmentStatus::New
        | AppointmentStatus::Other(_) => theme.dim.0,
    }
}

/// A clean text; these words in place of a blank one.
pub(crate) fn clean_or(said: &str, blank: &str) -> String {
    let said = text::clean(said);
    if said.trim().is_empty() { blank.to_owned() } else { said.into_owned() }
}

/// What is left of an area inside its border.
pub(crate) fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

/// A length that a list can be counted in on the screen.
pub(crate) fn cells(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}

/// What is typed in a field of one line before its cursor.
pub(crate) fn before_cursor(field: &TextArea<'_>) -> String {
    field.lines().concat().chars().take(field.cursor().1).collect()
}

/// `4812` as `4,812`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 request`, `4,812 requests`
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(count as u64), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(super::grouped(number), text);
        }
    }
}
