//! Wraps styled lines to a number of cells.

use super::width::{grapheme_width, width as cells_of};
use super::{Emphasis, TextSpan};
use unicode_segmentation::UnicodeSegmentation;

/// One grapheme with its width and style.
#[derive(Clone, Copy)]
struct LinePiece<'a> {
    text: &'a str,
    cells: usize,
    emphasis: Emphasis,
}

impl LinePiece<'_> {
    fn is_space(&self) -> bool {
        self.text == " "
    }
}

/// Wraps words into lines of at most `width` cells.
pub fn words(said: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in said.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if cells_of(line) + 1 + cells_of(word) <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Wraps a line to at most `cells` cells (a wider grapheme gets a line of its own).
///
/// Spaces at a break vanish; the text of a list item stays aligned.
pub(super) fn line(spans: &[TextSpan], cells: usize) -> Vec<Vec<TextSpan>> {
    let pieces = pieces(spans);
    let cells = cells.max(1);
    let hang = Some(hang(&pieces)).filter(|hang| hang * 3 <= cells).unwrap_or(0);
    let mut lines = Vec::new();
    let mut rest = pieces.as_slice();
    let mut indent = 0;
    loop {
        let (taken, left) = split(rest, cells - indent);
        lines.push(spans_of(taken, indent));
        if left.is_empty() {
            return lines;
        }
        rest = left;
        indent = hang;
    }
}

fn pieces(spans: &[TextSpan]) -> Vec<LinePiece<'_>> {
    let mut pieces = Vec::new();
    for TextSpan { text, emphasis } in spans {
        let graphemes = text.graphemes(true);
        pieces.extend(graphemes.map(|text| LinePiece { text, cells: grapheme_width(text), emphasis: *emphasis }));
    }
    pieces
}

/// The width of a line's indentation and bullet.
fn hang(pieces: &[LinePiece<'_>]) -> usize {
    let blanks = pieces.iter().take_while(|piece| piece.is_space()).count();
    match &pieces[blanks..] {
        [bullet, space, ..] if matches!(bullet.text, "•" | "-" | "*" | ">") && space.is_space() => blanks + 2,
        _ => blanks,
    }
}

/// The part that fits into `cells`, and the rest.
fn split<'p, 'a>(pieces: &'p [LinePiece<'a>], cells: usize) -> (&'p [LinePiece<'a>], &'p [LinePiece<'a>]) {
    let (mut used, mut in_text, mut break_at) = (0, false, None);
    for (at, piece) in pieces.iter().enumerate() {
        used += piece.cells;
        if in_text && may_break(&pieces[at - 1], piece) {
            break_at = Some(at);
        }
        if used > cells && at > 0 && !piece.is_space() {
            return divide(pieces, break_at.unwrap_or(at));
        }
        in_text |= !piece.is_space();
    }
    // Only spaces can run over.
    if used > cells && pieces.len() > 1 { divide(pieces, pieces.len()) } else { (pieces, &[]) }
}

/// Breaks are allowed between words, and next to wide characters of scripts without spaces.
fn may_break(before: &LinePiece<'_>, after: &LinePiece<'_>) -> bool {
    !after.is_space() && (before.is_space() || before.cells > 1 || after.cells > 1)
}

fn divide<'p, 'a>(pieces: &'p [LinePiece<'a>], at: usize) -> (&'p [LinePiece<'a>], &'p [LinePiece<'a>]) {
    let (head, tail) = pieces.split_at(at);
    let blanks = head.iter().rev().take_while(|piece| piece.is_space()).count();
    (&head[..head.len() - blanks], tail)
}

fn spans_of(pieces: &[LinePiece<'_>], indent: usize) -> Vec<TextSpan> {
    let mut spans: Vec<TextSpan> = Vec::new();
    if indent > 0 {
        spans.push(TextSpan { text: " ".repeat(indent), emphasis: Emphasis::default() });
    }
    for piece in pieces {
        match spans.last_mut() {
            Some(last) if last.emphasis == piece.emphasis => last.text.push_str(piece.text),
            _ => spans.push(TextSpan { text: piece.text.to_owned(), emphasis: piece.emphasis }),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use crate::text::{Emphasis, RichText, TextSpan, rich, width};
    use proptest::prelude::*;

    #[test]
    fn lines_break_between_words() {
        for (text, cells, expected) in [
            ("the quick brown fox", 10, "the quick\nbrown fox"),
            ("the quick brown fox", 80, "the quick brown fox"),
            ("abcdefghij", 4, "abcd\nefgh\nij"),
            ("a  b", 2, "a\nb"),
            ("王小明你好", 5, "王小\n明你\n好"),
            ("• one two three", 9, "• one two\n  three"),
            ("  x yy zz", 6, "  x yy\n  zz"),
            ("exact fit", 9, "exact fit"),
            ("a", 0, "a"),
            ("", 5, ""),
            ("x\n\ny", 5, "x\n\ny"),
        ] {
            assert_eq!(rich(text).wrapped(cells).plain(), expected, "{text:?} in {cells}");
        }
    }

    #[test]
    fn a_break_inside_a_style_keeps_it() {
        let bold = Emphasis { bold: true, ..Emphasis::default() };
        let text = RichText { lines: vec![vec![TextSpan { text: "one two".into(), emphasis: bold }]] };
        let lines = text.wrapped(4).lines;
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().flatten().all(|span| span.emphasis == bold));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_all_fits(text in "([a-d]{0,7}|[ ]{1,3}|王|👩\u{200d}🚀|e\u{301}|• ){0,30}", cells in 2_u16..20) {
            let text = rich(&text);
            let wrapped = text.wrapped(cells);
            let solid = |text: &RichText| text.plain().replace([' ', '\n'], "");
            prop_assert_eq!(solid(&wrapped), solid(&text));
            for line in &wrapped.lines {
                let cells_used: usize = line.iter().map(|span| width(&span.text)).sum();
                prop_assert!(cells_used <= usize::from(cells), "{:?}", line);
            }
        }
    }
}
