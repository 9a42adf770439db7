//! A frame around a part of the screen: heavy where the focus is, quiet elsewhere.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
    text::{Line, Span},
    widgets::{Block, BorderType, Widget},
};

use crate::query::RowRef;
use crate::text;

use crate::ui::ink::pane_content::Words;
use crate::ui::ink::{cells, grouped, inside, put, row};
use crate::ui::model::{Model, Pane, Section};

/// What stands in the border.
#[derive(Debug, Default)]
pub(crate) struct Titles<'a> {
    pub(crate) left: Line<'a>,
    pub(crate) right: Line<'a>,
    pub(crate) below: Line<'a>,
}

/// Draws the frame and gives what is inside.
pub(crate) fn frame(model: &Model, pane: Pane, titles: Titles<'_>, area: Rect, buf: &mut Buffer) -> Rect {
    let focused = model.focused() == pane;
    let (kind, style) =
        if focused { (BorderType::Thick, model.theme.focus.0) } else { (BorderType::Plain, model.theme.border.0) };
    boxed(kind, style, titles, area, buf)
}

/// Draws a frame of this kind; the titles give way where there is no room, the right one first.
pub(crate) fn boxed(kind: BorderType, style: Style, titles: Titles<'_>, area: Rect, buf: &mut Buffer) -> Rect {
    Block::bordered().border_type(kind).border_style(style).render(area, buf);
    let room = usize::from(area.width.saturating_sub(4));
    // What stands in a quiet border is not as quiet as the border.
    let base = if matches!(kind, BorderType::Thick) { style } else { Style::new().fg(Color::Reset) };
    let spaced = |line: Line<'_>| -> Line<'static> {
        let own = line.style;
        let look = |style: Style| base.patch(own).patch(style);
        let spans = line.spans.into_iter().map(|span| Span::styled(span.content.into_owned(), look(span.style)));
        std::iter::once(Span::raw(" ")).chain(spans).chain([Span::raw(" ")]).collect()
    };
    let empty = |line: &Line<'_>| line.width() == 0;
    let mut used = 0;
    if !empty(&titles.left) {
        let left = spaced(titles.left);
        used = left.width().min(room);
        put(buf, Rect { x: area.x + 2, width: cells(room), height: 1, ..area }, &left);
    }
    if !empty(&titles.right) {
        let right = spaced(titles.right);
        if used + right.width() < room {
            let x = area.right() - 2 - cells(right.width());
            put(buf, Rect { x, y: area.y, width: cells(right.width()), height: 1 }, &right);
        }
    }
    if !empty(&titles.below) && area.height > 1 {
        let below = spaced(titles.below);
        if below.width() <= room {
            let x = area.right() - 2 - cells(below.width());
            put(buf, Rect { x, y: area.bottom() - 1, width: cells(below.width()), height: 1 }, &below);
        }
    }
    inside(area)
}

/// The title of a section: its own name, or where only one is in sight, all of them.
pub(crate) fn section_title(model: &Model, section: Section, tabs: bool) -> Line<'static> {
    if !tabs {
        let (name, _) = named(model, section);
        return Line::styled(name, model.theme.title.0);
    }
    let mut spans = vec![Span::styled("‹ ", model.theme.dim.0)];
    for (at, other) in Section::ALL.into_iter().enumerate() {
        if at > 0 {
            spans.push(Span::styled(" │ ", model.theme.border.0));
        }
        let (name, count) = named(model, other);
        let name = if other == Section::Appointments { "Appts".to_owned() } else { name };
        let style = if other == section { model.theme.title.0.patch(model.theme.accent.0) } else { model.theme.dim.0 };
        // The chosen one is told from the others without colour too.
        let label = if other == section { format!("[{name}{count}]") } else { format!("{name}{count}") };
        spans.push(Span::styled(label, style));
    }
    spans.push(Span::styled(" ›", model.theme.dim.0));
    Line::from(spans)
}

fn named(model: &Model, section: Section) -> (String, String) {
    let opened = model.opened.as_ref();
    let many = |len: usize| if len == 0 { String::new() } else { format!(" {}", grouped(len as u64)) };
    match section {
        Section::Detail => ("Detail".to_owned(), String::new()),
        Section::Tasks => {
            let open = opened.map_or(0, |opened| {
                opened.task_lines(&model.overlay).iter().filter(|line| !line.value.completed).count()
            });
            ("Tasks".to_owned(), many(open))
        }
        Section::Notes => {
            ("Notes".to_owned(), many(opened.map_or(0, |opened| opened.note_lines(&model.overlay).len())))
        }
        Section::Appointments => {
            let all = opened.map_or(0, |opened| opened.appointment_lines(&model.overlay, model.now, &model.zone).len());
            ("Appointments".to_owned(), many(all))
        }
    }
}

/// Where only one section is in sight, whose it is.
pub(crate) fn whose(model: &Model, tabs: bool) -> Line<'static> {
    let name = model.listing.selected.as_ref().filter(|_| tabs).map(|id| model.name_of(id)).unwrap_or_default();
    Line::styled(text::cut(&name, 30).to_string(), model.theme.title.0)
}

/// A few quiet words in an empty pane, wrapped; `bad` ones stand out.
pub(crate) fn words(model: &Model, said: &str, bad: bool, area: Rect, buf: &mut Buffer) {
    let words = Words { said: said.to_owned(), loud: bad };
    for (n, line) in words.wrapped(&model.theme, usize::from(area.width)).iter().enumerate() {
        put(buf, row(area, cells(n)), line);
    }
}

/// A bar at the right border that shows which part of a list is seen; nothing where all of it is.
pub(crate) fn scrollbar(area: Rect, offset: usize, height: usize, len: usize, style: Style, buf: &mut Buffer) {
    if len <= height || height == 0 || area.width == 0 {
        return;
    }
    let thumb = (height * height / len).max(1);
    let top = (offset * (height - thumb)).div_ceil((len - height).max(1)).min(height - thumb);
    for n in top..top + thumb {
        let y = area.y.saturating_add(cells(n));
        if y < area.bottom() {
            buf.set_string(area.right(), y, "█", style);
        }
    }
}

/// Puts the cursor's look on a row; only the pane with the focus has the strong one.
pub(crate) fn highlight(model: &Model, pane: Pane, area: Rect, buf: &mut Buffer) {
    let style = if model.focused() == pane { model.theme.cursor.0 } else { model.theme.cursor_idle.0 };
    buf.set_style(area, style);
}

/// What is said in place of a list that is not there yet; `None` where it is.
pub(crate) fn not_there(model: &Model, what: &str) -> Option<(String, bool)> {
    let Some(opened) = &model.opened else { return Some(("Choose a contact on the left.".to_owned(), false)) };
    let Some(details) = &opened.details else {
        let waited = opened.since.duration_until(model.now) >= crate::ui::view::LOADING_AFTER;
        return Some((if waited { format!("Loading {what}…") } else { String::new() }, false));
    };
    if details.fetched_at.is_some() {
        return None;
    }
    let said = details.failure.as_ref().map(|failure| {
        let (why, next) = (text::clean(&failure.why), text::clean(&failure.next));
        format!("The {what} could not be fetched: {why}. {next}")
    });
    Some(said.map_or_else(|| (format!("Loading {what}…"), false), |said| (said, true)))
}

/// The clean name of a row.
pub(crate) fn row_name(row: RowRef<'_>) -> String {
    let name = text::clean(row.name());
    if name.trim().is_empty() { "(no name)".to_owned() } else { name.into_owned() }
}
