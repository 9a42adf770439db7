//! Removes everything from a text that could control a terminal, reorder a line or upset its columns.
//!
//! Two passes. The first removes what is never wanted: escape sequences, controls, bidi marks, invisible format
//! characters. The second keeps joiners and variation selectors only where they join something; it must see the final
//! neighbours.

use std::borrow::Cow;
use unicode_width::UnicodeWidthChar;

/// More zero-width characters than this on one base are an attack on the line above, not writing.
const MARKS: usize = 16;

/// One clean line: no escape sequences, controls, bidi marks or invisible format characters; line breaks
/// and tabs become a space.
///
/// Borrowed if the text is clean already. Idempotent.
pub fn clean(text: &str) -> Cow<'_, str> {
    tidy(text, CleanLayout::Line)
}

/// [`clean`], cut to at most `max_chars` characters, the last then being `…`.
pub fn clean_capped(text: &str, max_chars: usize) -> Cow<'_, str> {
    let text = clean(text);
    if text.len() <= max_chars || text.chars().nth(max_chars).is_none() {
        return text;
    }
    if max_chars == 0 {
        return Cow::Borrowed("");
    }
    let kept: String = text.chars().take(max_chars - 1).collect();
    // A joiner with nothing to join would not be clean.
    let mut kept = kept.trim_end_matches(is_joiner).to_owned();
    kept.push('…');
    Cow::Owned(kept)
}

/// [`clean`] for a text of several lines: `\n` stays (`\r\n` becomes one), a tab becomes four spaces.
pub fn clean_block(text: &str) -> Cow<'_, str> {
    tidy(text, CleanLayout::Block)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CleanLayout {
    Line,
    Block,
}

impl CleanLayout {
    fn line_break(self) -> &'static str {
        match self {
            Self::Line => " ",
            Self::Block => "\n",
        }
    }

    fn tab(self) -> &'static str {
        match self {
            Self::Line => " ",
            Self::Block => "    ",
        }
    }

    fn keeps(self, byte: u8) -> bool {
        (0x20..0x7f).contains(&byte) || (byte == b'\n' && self == Self::Block)
    }
}

fn tidy(text: &str, layout: CleanLayout) -> Cow<'_, str> {
    // Nearly all text is plain ASCII, and most of the rest is clean.
    if text.bytes().all(|byte| layout.keeps(byte)) || !text.chars().any(|c| suspicious(c, layout)) {
        return Cow::Borrowed(text);
    }
    let mut tidied = Stripper::new(text, layout).run();
    // Removing one joiner may leave another with nothing to join: repeat until nothing changes.
    loop {
        let settled = settle_joiners(&tidied);
        if settled.len() == tidied.len() {
            break;
        }
        tidied = settled;
    }
    if tidied == text { Cow::Borrowed(text) } else { Cow::Owned(tidied) }
}

/// Whether a text with this character needs a closer look.
fn suspicious(c: char, layout: CleanLayout) -> bool {
    match u8::try_from(c) {
        Ok(byte) if c.is_ascii() => !layout.keeps(byte),
        _ => c.is_control() || is_invisible(c) || is_line_separator(c) || c.width() == Some(0),
    }
}

/// The first pass, which knows how long escape sequences are.
struct Stripper<'a> {
    rest: &'a str,
    layout: CleanLayout,
    out: String,
    /// Zero-width characters since the last visible one.
    marks: usize,
}

impl<'a> Stripper<'a> {
    fn new(text: &'a str, layout: CleanLayout) -> Self {
        Self { rest: text, layout, out: String::with_capacity(text.len()), marks: 0 }
    }

    fn run(mut self) -> String {
        while let Some(c) = self.next() {
            match c {
                '\x1b' => self.escape(),
                '\u{9b}' => self.control_sequence(),
                '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => self.control_string(),
                '\r' => {
                    self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
                    self.put(self.layout.line_break());
                }
                '\n' | '\x0b' | '\x0c' | '\u{85}' => self.put(self.layout.line_break()),
                _ if is_line_separator(c) => self.put(self.layout.line_break()),
                '\t' => self.put(self.layout.tab()),
                _ if c.is_control() || is_invisible(c) => {}
                _ => self.keep(c),
            }
        }
        self.out
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn put(&mut self, space: &str) {
        self.marks = 0;
        self.out.push_str(space);
    }

    fn keep(&mut self, c: char) {
        self.marks = if c.width() == Some(0) { self.marks + 1 } else { 0 };
        if self.marks <= MARKS {
            self.out.push(c);
        }
    }

    /// After ESC (ECMA-48, 5.3 and 8.3).
    fn escape(&mut self) {
        match self.rest.bytes().next() {
            Some(b'[') => {
                self.rest = &self.rest[1..];
                self.control_sequence();
            }
            Some(b']' | b'P' | b'X' | b'^' | b'_') => {
                self.rest = &self.rest[1..];
                self.control_string();
            }
            Some(0x20..=0x7e) => {
                self.skip_while(|byte| (0x20..=0x2f).contains(&byte));
                self.skip_one(|byte| (0x30..=0x7e).contains(&byte));
            }
            _ => {}
        }
    }

    /// After CSI: parameters, intermediates, one final byte. Anything else ends it and is not part of it.
    fn control_sequence(&mut self) {
        self.skip_while(|byte| (0x30..=0x3f).contains(&byte));
        self.skip_while(|byte| (0x20..=0x2f).contains(&byte));
        self.skip_one(|byte| (0x40..=0x7e).contains(&byte));
    }

    /// After OSC, DCS, SOS, PM or APC: everything up to the terminator. Without one, only the introducer is removed:
    /// hiding the rest of a name would help nobody.
    fn control_string(&mut self) {
        if let Some(end) = terminator(self.rest) {
            self.rest = &self.rest[end..];
        }
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let len = self.rest.bytes().take_while(|byte| wanted(*byte)).count();
        self.rest = &self.rest[len..];
    }

    fn skip_one(&mut self, wanted: impl Fn(u8) -> bool) {
        if self.rest.bytes().next().is_some_and(wanted) {
            self.rest = &self.rest[1..];
        }
    }
}

/// Where the control string at the start of `text` ends: after BEL, ST in either form, CAN or SUB.
///
/// Looks no further than a terminal would; that also keeps a text full of introducers linear.
fn terminator(text: &str) -> Option<usize> {
    const REACH: usize = 4096;
    let mut chars = text.char_indices().take(REACH).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\x07' | '\x18' | '\x1a' | '\u{9c}' => return Some(at + c.len_utf8()),
            '\x1b' if chars.peek().is_some_and(|(_, next)| *next == '\\') => return Some(at + 2),
            _ => {}
        }
    }
    None
}

/// The second pass: joiners and variation selectors stay only where they have an effect.
fn settle_joiners(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek().copied();
        let stays = match c {
            '\u{200d}' => joins(before, after),
            '\u{200c}' => before.is_some_and(is_letter) && after.is_some_and(is_letter),
            '\u{fe0e}' | '\u{fe0f}' => before.is_some_and(is_emoji) || is_keycap(before, after),
            _ => !is_variation_selector(c),
        };
        if stays {
            out.push(c);
            before = Some(c);
        }
    }
    out
}

/// Whether a zero-width joiner between these makes one emoji, or one Indic conjunct.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let emoji = (is_emoji(before) || before == '\u{fe0f}') && is_emoji(after);
    emoji || (is_virama(before) && after.is_alphabetic())
}

fn is_keycap(before: Option<char>, after: Option<char>) -> bool {
    matches!(before, Some('0'..='9' | '#' | '*')) && after == Some('\u{20e3}')
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c)
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_line_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}')
}

/// Bidi controls and characters that are always invisible.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' // soft hyphen, joiner, letter mark, Mongolian
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{ffa0}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' // tags and ideographic variation selectors
    )
}

/// Roughly the characters that occur in emoji sequences, by block.
fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2934}' | '\u{2935}'
        | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}'
    )
}

fn is_virama(c: char) -> bool {
    matches!(
        c,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{dca}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_text_loses_its_teeth() {
        for (hostile, cleaned) in [
            ("Ana", "Ana"),
            ("\x1b[31mred\x1b[0m", "red"),
            ("\x1b[?1049h\x1b[2J\x1b[Hboo", "boo"),
            ("\x1b]0;title\x07Ana", "Ana"),
            ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
            ("\x1b]52;c;cm0gLXJm\u{9c}x", "x"),
            ("\x1bPq#0;2;0\x1b\\x", "x"),
            ("\u{9b}31mred", "red"),
            ("\u{9d}0;title\x07x", "x"),
            ("\x1b(Bx\x1bc", "x"),
            ("\x1b]never ends", "never ends"),
            ("a\nb\tc\r\nd", "a b c d"),
            ("a\0b\x7f\x08c", "abc"),
            ("\u{202e}evil\u{202c} \u{2066}x\u{2069}\u{200f}", "evil x"),
            ("a\u{feff}b\u{e0041}\u{fff9}c", "abc"),
            ("x\u{2028}y", "x y"),
            ("a\u{200d}b", "ab"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("x\u{200c} y", "x y"),
            ("👩\u{200d}🚀 ❤\u{fe0f} 1\u{fe0f}\u{20e3}", "👩\u{200d}🚀 ❤\u{fe0f} 1\u{fe0f}\u{20e3}"),
            ("a\u{fe0f}", "a"),
            ("µ\u{200c}\u{fe0f}", "µ"),
            ("José Łukasz 王小明 محمد", "José Łukasz 王小明 محمد"),
        ] {
            assert_eq!(clean(hostile), cleaned, "{hostile:?}");
        }
    }

    #[test]
    fn what_is_clean_is_borrowed() {
        for text in ["Ana", "José", "王小明", "e\u{301}", "👩\u{200d}🚀"] {
            assert!(matches!(clean(text), Cow::Borrowed(_)), "{text:?}");
        }
        assert!(matches!(clean_block("a\nb"), Cow::Borrowed(_)));
    }

    #[test]
    fn blocks_keep_their_lines() {
        assert_eq!(clean_block("a\r\nb\tc\x1b[2Jd\re"), "a\nb    cd\ne");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let zalgo = format!("a{}b", "\u{301}".repeat(5000));
        assert_eq!(clean(&zalgo).chars().count(), MARKS + 2);
    }

    #[test]
    fn capped_by_characters() {
        assert_eq!(clean_capped("Ana María", 9), "Ana María");
        assert_eq!(clean_capped("Ana María", 4), "Ana…");
        assert_eq!(clean_capped("👩\u{200d}🚀x", 3), "👩…");
        assert_eq!(clean_capped("abc", 0), "");
    }

    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            any::<char>().prop_map(String::from),
            "[\u{0}-\u{ff}]{0,4}",
            proptest::sample::select(vec![
                "\x1b",
                "\x1b[",
                "\x1b]",
                "\u{9b}",
                "\u{9d}",
                "\x07",
                "\x1b\\",
                "\u{200d}",
                "\u{200c}",
                "\u{fe0f}",
                "👩",
                "❤",
                "\u{1f3fd}",
                "\u{301}",
                "a",
                "م",
                "\u{202e}",
                "\r",
                "\n",
                "1",
                "\u{20e3}",
                "\u{dca}",
                ";",
                "m",
            ])
            .prop_map(str::to_owned),
        ];
        proptest::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left(text in hostile()) {
            let line = clean(&text);
            prop_assert!(!line.chars().any(|c| c.is_control() || is_invisible(c) || is_line_separator(c)));
            prop_assert_eq!(clean(&line), line.as_ref());
            let block = clean_block(&text);
            prop_assert!(!block.chars().any(|c| (c.is_control() && c != '\n') || is_invisible(c)));
            prop_assert_eq!(clean_block(&block), block.as_ref());
        }

        #[test]
        fn capped_text_is_clean_and_short(text in hostile(), cap in 0_usize..12) {
            let short = clean_capped(&text, cap);
            prop_assert!(short.chars().count() <= cap);
            prop_assert_eq!(clean(&short), short.as_ref());
        }
    }
}
