//! Where the cursor stands in a list, and which of its lines is the first in sight.

use ratatui::text::Line;

use crate::config::Action;

use crate::ui::ink::pane_content::PaneList;

/// A cursor and the first line in sight, both counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListCursor {
    pub(crate) at: usize,
    pub(crate) top: usize,
}

impl ListCursor {
    /// A cursor that is seen in the last of `height` lines, or above it where the list begins in sight.
    pub(crate) fn at_bottom(at: usize, height: usize) -> Self {
        Self { at, top: (at + 1).saturating_sub(height) }
    }

    /// Moves as the action says, in a list of `len` lines with pages of `page`.
    pub(crate) fn step(&mut self, len: usize, page: usize, action: Action) {
        self.at = step(self.at, len, page, action);
    }

    /// Keeps the cursor inside the list and in sight.
    pub(crate) fn settle(&mut self, len: usize, height: usize) {
        self.at = self.at.min(len.saturating_sub(1));
        self.reveal(self.at, len, height);
    }

    /// Scrolls as little as needed to see a line above the cursor, and the cursor in any case.
    pub(crate) fn reveal(&mut self, above: usize, len: usize, height: usize) {
        for line in [above, self.at] {
            self.top = visible_from(self.top, line, len, height);
        }
    }

    /// The cursor on another line that is seen where this one was: nothing moves on the screen.
    #[must_use]
    pub(crate) fn carried_to(self, at: usize) -> Self {
        Self { at, top: at.saturating_sub(self.at.saturating_sub(self.top)) }
    }

    /// What is seen of `all`, a line each; `line` is told whether the cursor is on it.
    pub(crate) fn rows<T>(
        self,
        all: impl ExactSizeIterator<Item = T>,
        height: usize,
        line: impl Fn(T, bool) -> Line<'static>,
    ) -> PaneList {
        let total = all.len();
        let seen = all.enumerate().skip(self.top).take(height);
        let rows = seen.map(|(at, one)| vec![line(one, at == self.at)]).collect();
        PaneList { rows, total, first: self.top, cursor: Some(self.at), empty: None }
    }
}

/// Whether an action moves a cursor through a list.
pub(crate) fn is_move(action: Action) -> bool {
    distance(action, 0).is_some()
}

/// How far an action moves in a list with pages of `page`; `None` where it moves no cursor.
pub(crate) fn distance(action: Action, page: usize) -> Option<isize> {
    let page = isize::try_from(page.max(2)).unwrap_or(isize::MAX);
    Some(match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::PageDown => page - 1,
        Action::PageUp => 1 - page,
        Action::HalfPageDown => page / 2,
        Action::HalfPageUp => -(page / 2),
        Action::Top => isize::MIN,
        Action::Bottom => isize::MAX,
        _ => return None,
    })
}

/// Where a cursor goes in a list of `len` with pages of `page`.
pub(crate) fn step(at: usize, len: usize, page: usize, action: Action) -> usize {
    at.saturating_add_signed(distance(action, page).unwrap_or(0)).min(len.saturating_sub(1))
}

/// The first visible line of a text of so many lines, after an action.
pub(crate) fn scroll(top: usize, lines: usize, height: usize, action: Action) -> usize {
    let last = lines.saturating_sub(height);
    step(top.min(last), last + 1, height, action)
}

/// The first visible line, moved as little as needed for `cursor` to be seen and no room to be wasted.
fn visible_from(offset: usize, cursor: usize, len: usize, height: usize) -> usize {
    if height == 0 {
        return cursor;
    }
    let offset = offset.min(len.saturating_sub(height));
    if cursor < offset {
        cursor
    } else if cursor >= offset + height {
        cursor + 1 - height
    } else {
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::visible_from;

    #[test]
    fn scrolling_is_as_little_as_needed() {
        for (offset, cursor, len, height, expected) in [
            (0, 0, 0, 10, 0),
            (0, 9, 100, 10, 0),
            (0, 10, 100, 10, 1),
            (5, 4, 100, 10, 4),
            (95, 99, 100, 10, 90),
            (7, 3, 5, 10, 0),
            (0, 3, 5, 0, 3),
        ] {
            assert_eq!(visible_from(offset, cursor, len, height), expected, "{offset} {cursor} {len} {height}");
        }
    }
}
