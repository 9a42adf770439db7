//! Which given names are short for which.
//!
//! The table lies in `assets/nicknames.txt` with its source and licence.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The number of a full name in the table.
pub type Root = u16;

static ROOTS: LazyLock<HashMap<&'static str, Vec<Root>>> = LazyLock::new(|| {
    let lines = include_str!("../../assets/nicknames.txt").lines().filter(|line| !line.starts_with('#'));
    let mut roots: HashMap<&str, Vec<Root>> = HashMap::new();
    for (root, (name, short)) in (0..).zip(lines.filter_map(|line| line.split_once(':'))) {
        for one in std::iter::once(name).chain(short.split_whitespace()) {
            roots.entry(one).or_default().push(root);
        }
    }
    roots
});

/// The full names that `name` is or is short for, in order; `name` in plain small letters.
pub fn roots(name: &str) -> &'static [Root] {
    ROOTS.get(name).map_or(&[], Vec::as_slice)
}

/// Whether two plain names can be one person's: both are, or are short for, one full name.
pub fn akin(a: &[Root], b: &[Root]) -> bool {
    a.iter().any(|root| b.contains(root))
}

/// Whether the first is short for the second: "Bob" for "Robert".
pub fn short_for(short: &str, full: &str) -> bool {
    let full_roots = roots(full);
    let own = full_roots.first().copied().filter(|_| short.len() <= full.len() && short != full);
    own.is_some() && akin(roots(short), full_roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bob_is_robert_and_rob() {
        for (a, b, expected) in [
            ("bob", "robert", true),
            ("bob", "rob", true),
            ("liz", "elizabeth", true),
            ("bob", "william", false),
            ("xyz", "xyz", false),
        ] {
            assert_eq!(akin(roots(a), roots(b)), expected, "{a} {b}");
        }
        assert!(short_for("bob", "robert") && !short_for("robert", "bob"));
    }
}
