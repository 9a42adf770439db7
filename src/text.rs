//! Text from the API made fit for a terminal.
//!
//! All such text is hostile until it has passed through here: escape sequences, control characters and
//! bidi overrides are taken out; HTML becomes styled spans, its size and depth capped.
//!
//! Knows nothing of screens: widths are passed in.

mod clean;
mod html;
mod rewrite;
mod rich;
mod width;
mod wrap;

pub use clean::{clean, clean_block, clean_capped};
pub use rewrite::{Editable, says_the_same};
pub use rich::rich;
pub use width::{cut, pad, width};
pub use wrap::words as wrap_words;

/// Styled text of several lines, clean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RichText {
    pub lines: Vec<Vec<Span>>,
}

/// A run of clean text in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub emphasis: Emphasis,
}

/// How a span stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks that combine freely")]
pub struct Emphasis {
    pub bold: bool,
    pub italic: bool,
    pub struck: bool,
    pub code: bool,
    pub link: bool,
}

impl RichText {
    /// The same text without styles, lines joined by `\n`.
    pub fn plain(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(|line| plain_line(line)).collect();
        lines.join("\n")
    }

    /// The first line that says something, without the blanks around it; empty when none does.
    pub fn first_line(&self) -> String {
        let lines = self.lines.iter().map(|line| plain_line(line));
        lines.map(|line| line.trim().to_owned()).find(|line| !line.is_empty()).unwrap_or_default()
    }

    /// Broken between words to at most `cells` cells a line; a word longer than a line is broken within.
    #[must_use]
    pub fn wrapped(&self, cells: u16) -> Self {
        Self { lines: self.lines.iter().flat_map(|line| wrap::line(line, usize::from(cells))).collect() }
    }
}

fn plain_line(line: &[Span]) -> String {
    line.iter().map(|span| span.text.as_str()).collect()
}
