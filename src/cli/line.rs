//! Server text as one line that is safe to print.

use crate::text::clean;

/// Clean, on one line, without surrounding space.
pub(super) fn one_line(text: &str) -> String {
    clean(text).trim().to_owned()
}

/// Characters that a terminal or a line reader may take for more than text: controls, bidi controls, line ends.
pub(super) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
