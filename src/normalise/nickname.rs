//! Which given names are short for which.
//!
//! The table lies in `assets/nicknames.txt` with its source and licence.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold::one_slip;

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

/// The table's names by first letter, for those misspelt.
static BY_LETTER: LazyLock<HashMap<u8, Vec<&'static str>>> = LazyLock::new(|| {
    let mut by_letter: HashMap<u8, Vec<&str>> = HashMap::new();
    for &name in ROOTS.keys().filter(|name| name.len() >= 3) {
        by_letter.entry(name.as_bytes()[0]).or_default().push(name);
    }
    by_letter
});

/// The full names of those one slip away from a name that the table does not have, in order: of "Kathu" those of
/// Kathy. Nobody misspells the first letter of a name, or so rarely that looking costs more than it finds.
pub fn roots_if_misspelt(name: &str) -> Vec<Root> {
    let Some(&letter) = name.as_bytes().first().filter(|_| name.len() >= 4 && !ROOTS.contains_key(name)) else {
        return Vec::new();
    };
    let near = BY_LETTER.get(&letter).into_iter().flatten().filter(|known| one_slip(name.as_bytes(), known.as_bytes()));
    let mut found: Vec<Root> = near.flat_map(|known| roots(known)).copied().collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether one name is the beginning of the other, or that with an ending of endearment: Max and Maximilian, Kimmy and
/// Kimberly. The table cannot have them all.
pub fn cut_short(a: &str, b: &str) -> bool {
    let (short, full) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let stem = ["ie", "y", "i"].iter().find_map(|ending| short.strip_suffix(ending)).unwrap_or(short).as_bytes();
    let stem = match stem {
        [start @ .., x, y] if x == y => &stem[..=start.len()],
        stem => stem,
    };
    let begins = |stem: &[u8]| stem.len() >= 3 && full.as_bytes().starts_with(stem);
    full.len() >= short.len() + 2 && (begins(short.as_bytes()) || begins(stem))
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
        for (a, b, expected) in [
            ("kimmy", "kimberly", true),
            ("max", "maximilian", true),
            ("ann", "anna", false),
            ("jo", "josephine", false),
            ("mary", "mark", false),
        ] {
            assert_eq!(cut_short(a, b), expected, "{a} {b}");
            assert_eq!(cut_short(b, a), expected, "{b} {a}");
        }
        assert!(akin(&roots_if_misspelt("jiimmy"), roots("james")));
        assert!(short_for("bob", "robert") && !short_for("robert", "bob"));
    }
}
