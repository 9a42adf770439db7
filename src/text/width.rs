//! The width of a text in cells, and cutting it to a width.
//!
//! Counted grapheme by grapheme, as ratatui fills its buffer: whole-string widths include ligatures (Arabic lam-alef)
//! that a grid of cells does not draw.

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The cells that the text takes on a line.
pub fn width(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    text.graphemes(true).map(grapheme_width).sum()
}

/// At most `cells` cells of the text, cut between graphemes; `…` replaces the rest.
pub fn cut(text: &str, cells: usize) -> Cow<'_, str> {
    if text.len() <= cells && is_plain(text) {
        return Cow::Borrowed(text);
    }
    let (mut used, mut fits) = (0, 0);
    for grapheme in text.graphemes(true) {
        used += grapheme_width(grapheme);
        if used > cells {
            return Cow::Owned(with_ellipsis(&text[..fits], cells));
        }
        if used < cells {
            fits += grapheme.len();
        }
    }
    Cow::Borrowed(text)
}

/// The end of the text that has room in `cells` cells, from a grapheme on.
pub fn tail(text: &str, cells: usize) -> &str {
    let (mut used, mut from) = (0, text.len());
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += grapheme_width(grapheme);
        if used > cells {
            break;
        }
        from = at;
    }
    &text[from..]
}

/// The text cut or padded on the right to exactly `cells` cells.
pub fn pad(text: &str, cells: usize) -> String {
    let mut out = cut(text, cells).into_owned();
    out.extend(std::iter::repeat_n(' ', cells.saturating_sub(width(&out))));
    // A mark that attaches to the next character may have swallowed a space.
    while width(&out) < cells {
        out.push(' ');
    }
    out
}

/// As ratatui counts a symbol: controls are not drawn; half-width sound marks take a cell of their own, as terminals
/// draw them.
pub(super) fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.contains(char::is_control) {
        return 0;
    }
    grapheme.width() + grapheme.chars().filter(|c| matches!(c, '\u{ff9e}' | '\u{ff9f}')).count()
}

/// `head` followed by `…`, shortened until both fit.
fn with_ellipsis(head: &str, cells: usize) -> String {
    let mut head = head;
    loop {
        let cut = format!("{head}…");
        if width(&cut) <= cells {
            return cut;
        }
        let Some((at, _)) = head.grapheme_indices(true).next_back() else { return String::new() };
        head = &head[..at];
    }
}

/// Printable ASCII: one cell per byte.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean;
    use proptest::prelude::*;

    #[test]
    fn widths() {
        for (text, cells) in [
            ("", 0),
            ("Ana", 3),
            ("José", 4),
            ("e\u{301}", 1),
            ("王小明", 6),
            ("👩\u{200d}🚀", 2),
            ("👍🏽", 2),
            ("❤\u{fe0f}", 2),
            ("محمد", 4),
            ("لا", 2),
            ("がｶﾞ", 5),
        ] {
            assert_eq!(width(text), cells, "{text:?}");
        }
    }

    #[test]
    fn cutting_and_padding() {
        for (text, cells, expected) in [
            ("Ana María", 9, "Ana María"),
            ("Ana María", 8, "Ana Mar…"),
            ("王小明", 6, "王小明"),
            ("王小明", 5, "王小…"),
            ("王小明", 4, "王… "),
            ("👩\u{200d}🚀👩\u{200d}🚀", 3, "👩\u{200d}🚀…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
            ("ab", 4, "ab  "),
        ] {
            assert_eq!(pad(text, cells), expected, "{text:?} in {cells}");
        }
    }

    #[test]
    fn the_end_that_has_room() {
        for (text, cells, expected) in [
            ("Ana María", 9, "Ana María"),
            ("Ana María", 5, "María"),
            ("王小明", 5, "小明"),
            ("ab", 0, ""),
            ("", 3, ""),
        ] {
            assert_eq!(tail(text, cells), expected, "{text:?} in {cells}");
        }
    }

    proptest! {
        #[test]
        fn counted_as_ratatui_draws(text in names()) {
            let text = clean(&text);
            let mut buffer = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 400, 1));
            let (end, _) = buffer.set_stringn(0, 0, &text, 400, ratatui::style::Style::new());
            prop_assert_eq!(usize::from(end), width(&text));
        }
    }

    fn names() -> impl Strategy<Value = String> {
        let piece = proptest::sample::select(vec![
            "a",
            " ",
            "王",
            "👩\u{200d}🚀",
            "\u{301}",
            "م",
            "لا",
            "\u{600}",
            "🇨🇭",
            "❤\u{fe0f}",
            "\u{1100}",
            "\u{1161}",
            "ﾞ",
            "ง",
            "ำ",
            "क्ष",
            "\u{1f3fd}",
        ]);
        let known = proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat());
        prop_oneof![known, any::<String>()]
    }

    proptest! {
        #[test]
        fn padded_text_is_exactly_so_wide(text in names(), cells in 0_usize..24) {
            let text = clean(&text);
            prop_assert_eq!(width(&pad(&text, cells)), cells);
        }

        #[test]
        fn cut_text_is_a_beginning_that_fits(text in names(), cells in 0_usize..24) {
            let text = clean(&text);
            let short = cut(&text, cells);
            prop_assert!(width(&short) <= cells);
            prop_assert!(text.starts_with(short.trim_end_matches('…')) || short == text);
        }
    }
}
