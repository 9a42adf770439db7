//! Makes text from the API safe for a terminal.
//!
//! All such text is hostile until it has passed through here: escape sequences, control characters and bidi overrides
//! are removed; HTML becomes styled spans, with its size and depth capped.
//!
//! Knows nothing of screens: widths are passed in.

mod clean;
mod html;
mod rewrite;
mod rich;
mod width;
mod wrap;

pub use clean::{clean, clean_block, clean_capped, is_invisible};
pub use rewrite::{EditableBody, says_the_same};
pub use rich::rich;
pub use width::{cut, pad, tail, width};
pub use wrap::words as wrap_words;

/// Clean styled text of several lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RichText {
    pub lines: Vec<Vec<TextSpan>>,
}

/// A run of clean text in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextSpan {
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

    /// The first line that is not blank, trimmed; empty if there is none.
    pub fn first_line(&self) -> String {
        let lines = self.lines.iter().map(|line| plain_line(line));
        lines.map(|line| line.trim().to_owned()).find(|line| !line.is_empty()).unwrap_or_default()
    }

    /// Wrapped between words to at most `cells` cells a line; a longer word is broken.
    #[must_use]
    pub fn wrapped(&self, cells: u16) -> Self {
        Self { lines: self.lines.iter().flat_map(|line| wrap::line(line, usize::from(cells))).collect() }
    }
}

fn plain_line(line: &[TextSpan]) -> String {
    line.iter().map(|span| span.text.as_str()).collect()
}

/// `Completed "Call back"` as it stands behind a colon: `completed "Call back"`.
pub(crate) fn lower_first(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}
