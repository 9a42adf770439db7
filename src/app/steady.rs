//! Keeps every cell where it belongs on terminals that count other cells than we do.
//!
//! Terminals disagree on how wide some characters are: Indic clusters, emoji made of several characters,
//! emoji newer than the terminal. One that counts otherwise would shift the rest of the line, and parts of
//! an older frame would stay. So such a character gets its cells blanked before it is written, what follows
//! it is placed anew, and the cells that it may have spilt into are written in every frame.

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthStr;

/// A backend that places what follows a doubtful character anew.
pub(super) struct Steady<B>(pub(super) B);

/// Whether terminals may count the cells of this symbol differently.
fn is_doubtful(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let first = chars.next();
    chars.next().is_some() || first.is_some_and(|c| c >= '\u{1f000}')
}

/// Has the cells behind each doubtful character written even where they have not changed.
pub(super) fn guard(frame: &mut Buffer) {
    /// No character in use is drawn wider than we count by more than this.
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
        // Every call of the inner `draw` begins by placing the cursor.
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

    fn show_cursor(&mut self) -> Result<(), B::Error> {
        self.0.show_cursor()
    }

    /// Never asked of the terminal, which may not answer: the only one who wants to know is
    /// [`ratatui::Terminal::clear`], and the frame that follows it puts the cursor where it belongs.
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

    /// What is written to turn a frame with spaces for the doubtful characters into this line.
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
