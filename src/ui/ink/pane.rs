//! A frame around a part of the screen: heavy where the focus is, quiet elsewhere.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
    text::{Line, Span},
    widgets::{Block, BorderType, Widget},
};

use crate::ui::ink::{cells, inside, put};

/// What stands in the border.
#[derive(Debug, Default)]
pub(crate) struct Titles<'a> {
    pub(crate) left: Line<'a>,
    pub(crate) right: Line<'a>,
    pub(crate) below: Line<'a>,
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
