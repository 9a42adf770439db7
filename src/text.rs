//! Text from the API made fit for a terminal.
//!
//! All such text is hostile until it has passed through here: escape sequences, control characters and
//! bidi overrides are taken out; HTML becomes styled spans, its size and depth capped.

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
