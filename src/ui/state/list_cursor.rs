//! Where the cursor stands in a list, and which of its lines is the first in sight.

use crate::config::Action;

/// A cursor and the first line in sight, both counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListCursor {
    pub(crate) at: usize,
    pub(crate) top: usize,
}

impl ListCursor {
    /// Moves as the action says, in a list of `len` lines with pages of `page`.
    pub(crate) fn step(&mut self, len: usize, page: usize, action: Action) {
        self.at = step(self.at, len, page, action);
    }

    /// Keeps the cursor inside the list and in sight.
    pub(crate) fn settle(&mut self, len: usize, height: usize) {
        self.at = self.at.min(len.saturating_sub(1));
        self.top = visible_from(self.top, self.at, len, height);
    }
}

/// Whether an action moves a cursor through a list.
pub(crate) fn is_move(action: Action) -> bool {
    matches!(
        action,
        Action::Down
            | Action::Up
            | Action::PageDown
            | Action::PageUp
            | Action::HalfPageDown
            | Action::HalfPageUp
            | Action::Top
            | Action::Bottom
    )
}

/// Where a cursor goes in a list of `len` with pages of `page`.
pub(crate) fn step(at: usize, len: usize, page: usize, action: Action) -> usize {
    let page = page.max(2);
    let to = match action {
        Action::Down => at.saturating_add(1),
        Action::Up => at.saturating_sub(1),
        Action::PageDown => at.saturating_add(page - 1),
        Action::PageUp => at.saturating_sub(page - 1),
        Action::HalfPageDown => at.saturating_add(page / 2),
        Action::HalfPageUp => at.saturating_sub(page / 2),
        Action::Top => 0,
        Action::Bottom => len,
        _ => at,
    };
    to.min(len.saturating_sub(1))
}

/// The first visible line of a text of so many lines, after an action.
pub(crate) fn scroll(top: usize, lines: usize, height: usize, action: Action) -> usize {
    let last = lines.saturating_sub(height);
    step(top.min(last), last + 1, height, action)
}

/// The first visible line, moved as little as needed for `cursor` to be seen and no room to be wasted.
pub(crate) fn visible_from(offset: usize, cursor: usize, len: usize, height: usize) -> usize {
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
