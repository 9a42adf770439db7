//! What a pane shows, as data that can be read without a terminal too, and the one function that paints it.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::BorderType,
};

use crate::config::Theme;
use crate::text;

use crate::ui::ink::pane::{Titles, boxed, scrollbar};
use crate::ui::ink::{cells, inside, put, row};

/// What a pane shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct PaneContent {
    pub(crate) title: Line<'static>,
    /// In the border, at its right end and below.
    pub(crate) right: Line<'static>,
    pub(crate) below: Line<'static>,
    pub(crate) focused: bool,
    /// Lines above the rows; they do not scroll.
    pub(crate) head: Vec<Line<'static>>,
    pub(crate) list: PaneList,
    /// Lines at the bottom of the pane; they do not scroll.
    pub(crate) foot: Vec<Line<'static>>,
    /// Where text is typed in the first line of the head, or where there is no head, in the last of the foot: the column
    /// inside the border.
    pub(crate) typing_at: Option<u16>,
}

/// The rows of a pane: those that are seen, and where they stand among all.
#[derive(Clone, Debug, Default)]
pub(crate) struct PaneList {
    pub(crate) rows: Vec<PaneRow>,
    /// How many there are, seen or not.
    pub(crate) total: usize,
    /// The first that is seen.
    pub(crate) first: usize,
    /// The one under the cursor.
    pub(crate) cursor: Option<usize>,
    /// Said where there is no row.
    pub(crate) empty: Option<Words>,
}

/// A row: one line, or several that belong together. All rows of a list have as many.
pub(crate) type PaneRow = Vec<Line<'static>>;

/// A few words in an empty pane; loud ones stand out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    pub(crate) said: String,
    pub(crate) loud: bool,
}

impl Words {
    #[expect(clippy::unnecessary_wraps, reason = "a pane has words or none, and takes these as they are")]
    pub(crate) fn quiet(said: impl Into<String>) -> Option<Self> {
        Some(Self { said: said.into(), loud: false })
    }

    /// The words in lines of a width, with a blank on each side.
    pub(crate) fn wrapped(&self, theme: &Theme, width: usize) -> Vec<Line<'static>> {
        let style = if self.loud { theme.warn.0 } else { theme.dim.0 };
        let lines = text::wrap_words(&self.said, width.saturating_sub(2)).into_iter();
        lines.map(|line| Line::styled(format!(" {line}"), style)).collect()
    }
}

impl PaneList {
    /// Lines that neither scroll nor have a cursor.
    pub(crate) fn still(lines: impl IntoIterator<Item = Line<'static>>) -> Self {
        Self { rows: lines.into_iter().map(|line| vec![line]).collect(), ..Self::default() }
    }

    /// These words where nothing is listed.
    pub(crate) fn or(self, empty: Option<Words>) -> Self {
        Self { empty, ..self }
    }
}

/// One line at the left, which gives way, and one at the right end.
pub(crate) fn spread(left: Line<'static>, right: Line<'static>, width: usize) -> Line<'static> {
    let mut room = width.saturating_sub(right.width());
    let mut spans = Vec::new();
    for span in left.spans {
        let shown = text::cut(&span.content, room).into_owned();
        room -= text::width(&shown).min(room);
        spans.push(Span::styled(shown, span.style));
    }
    spans.push(Span::raw(" ".repeat(room)));
    spans.extend(right.spans);
    Line::from(spans)
}

/// How many rows of one line are seen in a pane with so many lines that do not scroll.
pub(crate) fn rows_in(area: Rect, fixed: usize) -> usize {
    usize::from(inside(area).height).saturating_sub(fixed)
}

impl PaneContent {
    /// A list that fills the screen below the names of its columns; `right` says how many there are.
    pub(crate) fn listed(theme: &Theme, title: &'static str, right: String, columns: &str, area: Rect) -> Self {
        let columns = text::cut(columns, usize::from(inside(area).width)).into_owned();
        Self {
            title: Line::styled(title, theme.title.0),
            right: Line::styled(right, theme.dim.0),
            focused: true,
            head: vec![Line::styled(columns, theme.dim.0)],
            ..Self::default()
        }
    }

    /// Paints the pane; where text is typed in it, says where the text cursor belongs.
    pub(crate) fn paint(self, theme: &Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
        if area.is_empty() {
            return None;
        }
        let (kind, frame, cursor) = if self.focused {
            (BorderType::Thick, theme.focus.0, theme.cursor.0)
        } else {
            (BorderType::Plain, theme.border.0, theme.cursor_idle.0)
        };
        let titles = Titles { left: self.title, right: self.right, below: self.below };
        let inner = boxed(kind, frame, titles, area, buf);
        for (n, line) in self.head.iter().enumerate() {
            put(buf, row(inner, cells(n)), line);
        }
        let foot = cells(self.foot.len()).min(inner.height);
        for (n, line) in self.foot.iter().take(usize::from(foot)).enumerate() {
            put(buf, row(inner, inner.height - foot + cells(n)), line);
        }
        let head = cells(self.head.len()).min(inner.height);
        let body = Rect { y: inner.y + head, height: inner.height.saturating_sub(head + foot), ..inner };
        self.list.paint(theme, (frame, cursor), body, buf);
        let at = self.typing_at?;
        let y = if self.head.is_empty() { inner.bottom().saturating_sub(1) } else { inner.y };
        Some(Position { x: inner.x.saturating_add(at).min(inner.right().saturating_sub(1)), y })
    }
}

impl PaneList {
    fn paint(self, theme: &Theme, (bar, cursor): (Style, Style), body: Rect, buf: &mut Buffer) {
        let lines = self.rows.first().map_or(1, Vec::len).max(1);
        if let Some(words) = self.empty.filter(|_| self.rows.is_empty()) {
            for (n, line) in words.wrapped(theme, usize::from(body.width)).iter().enumerate() {
                put(buf, row(body, cells(n)), line);
            }
        }
        for (n, one) in self.rows.iter().enumerate() {
            for (of_row, line) in one.iter().enumerate() {
                let area = row(body, cells(n * lines + of_row));
                put(buf, area, line);
                if self.cursor == Some(self.first + n) {
                    buf.set_style(area, cursor);
                }
            }
        }
        scrollbar(body, self.first, usize::from(body.height) / lines, self.total, bar, buf);
    }
}
