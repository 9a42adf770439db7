//! Keeps every cell in its place on terminals that measure some characters differently.
//!
//! Terminals disagree on the width of some characters: Indic clusters, emoji made of several characters,
//! emoji newer than the terminal. A terminal with a different width would shift the rest of the line and leave
//! parts of an older frame on screen. So the cells of such a character are blanked before it is written, the text
//! after it is placed again, and the cells it may have spilled into are written in every frame.

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthStr;

/// A backend that sets the cursor again after every doubtful character.
pub(super) struct Steady<B>(pub(super) B);

/// Whether terminals may disagree on the width of this symbol.
fn is_doubtful(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let first = chars.next();
    chars.next().is_some() || first.is_some_and(|c| c >= '\u{1f000}')
}

/// Marks the cells after each doubtful character to be written even if they have not changed.
pub(super) fn guard(frame: &mut Buffer) {
    /// No character in use is drawn wider than our count by more cells than this.
    const SPILL: u16 = 3;
    let area = frame.area;
    for y in area.top()..area.bottom() {
        let mut guarded = 0;
        for x in area.left()..area.right() {
            let cell = &mut frame[(x, y)];
            if is_doubtful(cell.symbol()) {
                guarded = SPILL + u16::try_from(cell.symbol().width()).unwrap_or(1);
            } else if guarded > 0 {
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
            guarded = guarded.saturating_sub(1);
        }
    }
}

impl<B: Backend> Backend for Steady<B> {
    type Error = B::Error;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), B::Error>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        // Every call of the inner `draw` begins by setting the cursor.
        let mut run = Vec::new();
        for (x, y, cell) in content {
            if !is_doubtful(cell.symbol()) {
                run.push((x, y, cell));
                continue;
            }
            self.0.draw(run.drain(..))?;
            let mut blank = cell.clone();
            blank.set_symbol(" ");
            let width = u16::try_from(cell.symbol().width()).unwrap_or(1);
            self.0.draw((x..x.saturating_add(width)).map(|x| (x, y, &blank)))?;
            self.0.draw(std::iter::once((x, y, cell)))?;
        }
        self.0.draw(run.into_iter())
    }

    fn append_lines(&mut self, count: u16) -> Result<(), B::Error> {
        self.0.append_lines(count)
    }

    fn hide_cursor(&mut self) -> Result<(), B::Error> {
        self.0.hide_cursor()
    }

    /// Never fails: a [`ratatui::Terminal`] prints this error when it is dropped, and printing panics where the
    /// window is closed.
    fn show_cursor(&mut self) -> Result<(), B::Error> {
        let _ = self.0.show_cursor();
        Ok(())
    }

    /// Does not ask the terminal, which may not answer: only [`ratatui::Terminal::clear`] needs the position, and the
    /// frame after it sets the cursor anyway.
    fn get_cursor_position(&mut self) -> Result<Position, B::Error> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), B::Error> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), B::Error> {
        self.0.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> Result<(), B::Error> {
        self.0.clear_region(region)
    }

    fn size(&self) -> Result<Size, B::Error> {
        self.0.size()
    }

    fn window_size(&mut self) -> Result<WindowSize, B::Error> {
        self.0.window_size()
    }

    fn flush(&mut self) -> Result<(), B::Error> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use ratatui::backend::CrosstermBackend;

    use super::*;

    /// The bytes that turn a frame with spaces for the doubtful characters into this line.
    fn painted(line: &str) -> String {
        let mut buffer = Buffer::with_lines([line]);
        let mut before = buffer.clone();
        before.content.iter_mut().filter(|cell| is_doubtful(cell.symbol())).for_each(|cell| {
            cell.set_symbol(" ");
        });
        guard(&mut buffer);
        let mut out = Vec::new();
        Steady(CrosstermBackend::new(&mut out)).draw(before.diff(&buffer).into_iter()).expect("memory takes it");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn what_follows_a_doubtful_character_is_placed_anew() {
        let placed = painted("a\u{1f9d1}\u{200d}\u{1f680}b");
        let (before, after) = placed.split_once("\u{1f9d1}\u{200d}\u{1f680}").expect("it is written whole");
        assert!(before.ends_with("\u{1b}[1;2H"), "its cells are blanked, then it is placed: {placed:?}");
        assert!(before.contains("\u{1b}[1;2H  "), "{placed:?}");
        assert!(after.contains("\u{1b}[1;4Hb"), "{placed:?}");
    }

    #[test]
    fn what_it_may_have_spilt_into_is_written_again_and_no_more() {
        let placed = painted("\u{92e}\u{93e}before");
        let (_, after) = placed.rsplit_once("\u{92e}\u{93e}").expect("it is written whole");
        assert!(after.contains("bef") && !after.contains("befo"), "{placed:?}");
    }

    #[test]
    fn plain_text_that_has_not_changed_is_not_written() {
        let placed = painted("plain ━ text 田中");
        assert!(!placed.contains("plain") && !placed.contains('田'), "{placed:?}");
    }
}
