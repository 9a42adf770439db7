//! What pop-ups are painted with: where their frame stands, the line that is typed in, the keys in the border, a text
//! that scrolls, a field of several lines.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::{Clear, Widget},
};
use tui_textarea::TextArea;

use crate::config::Theme;
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, PaneList};
use crate::ui::ink::{before_cursor, cells};

/// A key, and what it does here.
pub(crate) type KeyHint = (String, &'static str);

/// An area of at most this size in the middle.
pub(crate) fn centred(within: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(within.width), height.min(within.height));
    Rect { x: within.x + (within.width - width) / 2, y: within.y + (within.height - height) / 2, width, height }
}

/// A pop-up with its title, cut to the frame, and its keys in the border.
pub(crate) fn titled(theme: &Theme, title: &str, hints: &[KeyHint], area: Rect) -> PaneContent {
    let title = text::cut(&text::clean(title), usize::from(area.width).saturating_sub(8)).into_owned();
    PaneContent {
        title: Line::styled(title, theme.title.0),
        below: keys(theme, hints),
        focused: true,
        ..PaneContent::default()
    }
}

/// A pop-up whose first line is typed in; `hint` stands there while it is empty.
pub(crate) fn asking(
    theme: &Theme,
    title: &str,
    hints: &[KeyHint],
    field: &TextArea<'static>,
    hint: &str,
    area: Rect,
) -> PaneContent {
    let (line, at) = prompt(theme, field, hint);
    PaneContent { head: vec![line], typing_at: Some(at), ..titled(theme, title, hints, area) }
}

/// A line that is typed in, and the column of the text cursor in it.
pub(crate) fn prompt(theme: &Theme, field: &TextArea<'static>, hint: &str) -> (Line<'static>, u16) {
    let typed = field.lines().concat();
    let shown = if typed.is_empty() { Span::styled(hint.to_owned(), theme.dim.0) } else { Span::raw(typed) };
    (Line::from(vec![Span::raw(" "), shown]), cells(1 + text::width(&before_cursor(field))))
}

/// What is wrong with the line that is typed in, else what it means.
pub(crate) fn remark(theme: &Theme, error: Option<&str>, meaning: Option<String>) -> Line<'static> {
    match error {
        Some(why) => Line::styled(format!(" ! {why}"), theme.warn.0),
        None => Line::styled(meaning.map(|meaning| format!(" {meaning}")).unwrap_or_default(), theme.dim.0),
    }
}

/// `Ctrl-S save  Esc keep as draft`
pub(crate) fn keys(theme: &Theme, hints: &[KeyHint]) -> Line<'static> {
    let mut spans = Vec::new();
    for (n, (key, what)) in hints.iter().enumerate() {
        let gap = if n == 0 { "" } else { "  " };
        spans.push(Span::styled(format!("{gap}{key}"), theme.key.0));
        spans.push(Span::styled(format!(" {what}"), theme.dim.0));
    }
    Line::from(spans)
}

/// The part of a text that is seen from the line `top` on.
pub(crate) fn scrolled(lines: Vec<Line<'static>>, top: usize, height: usize) -> PaneList {
    let total = lines.len();
    let first = top.min(total.saturating_sub(height));
    let rows = lines.into_iter().skip(first).take(height).map(|line| vec![line]).collect();
    PaneList { rows, total, first, ..PaneList::default() }
}

/// Paints a pop-up over what is there; says where the text cursor belongs.
pub(crate) fn paint(content: PaneContent, theme: &Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    Clear.render(area, buf);
    content.paint(theme, area, buf)
}

/// Paints a field of several lines; says where the text cursor belongs.
pub(crate) fn text_area(mut field: TextArea<'static>, theme: &Theme, area: Rect, buf: &mut Buffer) -> Position {
    field.set_cursor_line_style(Style::default());
    field.set_style(theme.text.0);
    // The terminal's own cursor is shown instead of a painted one.
    field.set_cursor_style(Style::default());
    (&field).render(area, buf);
    let at = field.screen_cursor();
    let (x, y) = (area.x.saturating_add(cells(at.col)), area.y.saturating_add(cells(at.row)));
    Position::new(x.min(area.right().saturating_sub(1)), y.min(area.bottom().saturating_sub(1)))
}
