//! Server text as one line that is safe to print.

use crate::text::{clean, is_invisible};

/// Clean, on one line, without surrounding space.
pub(super) fn one_line(text: &str) -> String {
    clean(text).trim().to_owned()
}

/// Characters that a terminal, a line reader or a person may take for something else: controls, bidi controls, line
/// ends, and what is never visible.
///
/// Joiners (U+200C, U+200D) and variation selectors (U+FE00–FE0F) stay: they shape visible emoji and words.
pub(super) fn is_hostile(c: char) -> bool {
    c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}')
}
