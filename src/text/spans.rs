//! Styled text: lines of spans, and wrapping them to a width.

use unicode_segmentation::UnicodeSegmentation;

use super::width::grapheme_width;

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

/// A grapheme of a line that is being wrapped.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    emphasis: Emphasis,
    cells: usize,
}

impl RichText {
    /// The words without their styles, lines joined by `\n`.
    pub fn plain(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(|line| plain(line)).collect();
        lines.join("\n")
    }

    /// The first line that is not blank, without styles and outer spaces.
    pub fn first_line(&self) -> String {
        let lines = self.lines.iter().map(|line| plain(line).trim().to_owned());
        lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default()
    }

    /// The same text in lines of at most `cells` cells, broken between words where that is possible.
    #[must_use]
    pub fn wrapped(&self, cells: u16) -> RichText {
        if cells == 0 {
            return RichText::default();
        }
        let mut lines = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            wrap(&pieces(line, usize::from(cells)), usize::from(cells), &mut lines);
        }
        RichText { lines }
    }
}

fn plain(line: &[Span]) -> String {
    line.iter().map(|span| span.text.as_str()).collect()
}

/// A grapheme that no line could hold is shown as `…`.
fn pieces(line: &[Span], cells: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for span in line {
        for grapheme in span.text.graphemes(true) {
            let wide = grapheme_width(grapheme);
            let (text, wide) = if wide > cells { ("…", 1) } else { (grapheme, wide) };
            pieces.push(Piece { text, emphasis: span.emphasis, cells: wide });
        }
    }
    pieces
}

fn wrap(pieces: &[Piece<'_>], cells: usize, lines: &mut Vec<Vec<Span>>) {
    let mut rest = pieces;
    loop {
        let fit = fitting(rest, cells);
        if fit == rest.len() {
            lines.push(joined(rest));
            return;
        }
        let at = break_before(rest, fit);
        let kept = rest[..at].iter().rposition(|piece| piece.text != " ").map_or(0, |last| last + 1);
        lines.push(joined(&rest[..kept]));
        rest = &rest[at..];
        let spaces = rest.iter().take_while(|piece| piece.text == " ").count();
        rest = &rest[spaces..];
        if rest.is_empty() {
            return;
        }
    }
}

/// How many pieces one line holds.
fn fitting(pieces: &[Piece<'_>], cells: usize) -> usize {
    let mut used = 0;
    for (index, piece) in pieces.iter().enumerate() {
        used += piece.cells;
        if used > cells {
            return index;
        }
    }
    pieces.len()
}

/// Where to break at or before `limit`: at a space, or beside a wide character (CJK has no spaces), else
/// within the word.
fn break_before(pieces: &[Piece<'_>], limit: usize) -> usize {
    let breakable = |at: usize| {
        let (before, after) = (&pieces[at - 1], &pieces[at]);
        after.text == " " || before.text == " " || before.text == "-" || before.cells > 1 || after.cells > 1
    };
    let indent = pieces.iter().take_while(|piece| piece.text == " ").count();
    (indent + 1..=limit).rev().find(|&at| breakable(at)).unwrap_or(limit.max(1))
}

fn joined(pieces: &[Piece<'_>]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for piece in pieces {
        match spans.last_mut() {
            Some(last) if last.emphasis == piece.emphasis => last.text.push_str(piece.text),
            _ => spans.push(Span { text: piece.text.to_owned(), emphasis: piece.emphasis }),
        }
    }
    spans
}
