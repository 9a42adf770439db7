//! Numbers with their nouns, as people read them.

use std::fmt::Display;

/// Writes a number with its noun: `1 contact`, `2 contacts`, `0 copies`.
pub fn counted(count: impl Copy + Display + PartialEq + From<u8>, noun: &str) -> String {
    if count == 1.into() {
        return format!("{count} {noun}");
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{count} {stem}ies"),
        _ if noun.ends_with(['s', 'x']) || noun.ends_with("ch") || noun.ends_with("sh") => format!("{count} {noun}es"),
        _ => format!("{count} {noun}s"),
    }
}

/// Names with their noun: `tag vip`, `tags vip, fair`.
pub(super) fn named(noun: &str, names: &[String]) -> String {
    format!("{noun}{} {}", if names.len() == 1 { "" } else { "s" }, names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_with_their_nouns() {
        let said = [counted(1_u64, "request"), counted(0_usize, "request"), counted(2_u32, "copy")];
        assert_eq!(said, ["1 request", "0 requests", "2 copies"]);
        assert_eq!([counted(3_u64, "day"), counted(2_u64, "address")], ["3 days", "2 addresses"]);
    }
}
