//! Nicknames: which given names are short for which.
//!
//! The table is in `assets/nicknames.txt`, with its source and licence.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold::one_slip;

/// The number of a full name in the table.
pub type Root = u16;

static LINES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let lines = include_str!("../../assets/nicknames.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(':')).collect()
});

static ROOTS: LazyLock<HashMap<&'static str, Vec<Root>>> = LazyLock::new(|| {
    let mut roots: HashMap<&str, Vec<Root>> = HashMap::new();
    for (root, (name, short)) in (0..).zip(LINES.iter()) {
        for one in std::iter::once(*name).chain(short.split_whitespace()) {
            roots.entry(one).or_default().push(root);
        }
    }
    roots
});

/// The name that a line of the table is about.
#[derive(Clone, Copy)]
struct FullName {
    name: &'static str,
    /// The line of a short form, such as "bob: rob robert". Robert's own line has Bob; Rob is not short for Bob.
    is_turned: bool,
    /// Whether it is a short form of a longer name.
    is_short: bool,
}

/// By root.
static FULL: LazyLock<Vec<FullName>> = LazyLock::new(|| {
    let full = |(own, &(name, short)): (Root, &(&'static str, &str))| {
        // One more letter does not make a full name: Mary and Marie list each other.
        let listed_by = |longer: &str, by: usize| {
            longer.len() >= name.len() + by && roots(name).iter().any(|&root| root != own && name_of(root) == longer)
        };
        FullName {
            name,
            is_turned: short.split_whitespace().any(|longer| listed_by(longer, 2) && !endears(longer, name)),
            is_short: roots(name).iter().any(|&root| listed_by(name_of(root), 1)),
        }
    };
    (0..).zip(LINES.iter()).map(full).collect()
});

/// Annie is a pet form of Ann, although it is longer.
fn endears(form: &str, name: &str) -> bool {
    form.starts_with(name) && (form.ends_with("ie") || form.ends_with('y'))
}

fn name_of(root: Root) -> &'static str {
    LINES[usize::from(root)].0
}

/// The full names that `name` is or is short for, sorted; `name` in plain lower case.
pub fn roots(name: &str) -> &'static [Root] {
    ROOTS.get(name).map_or(&[], Vec::as_slice)
}

/// The table's names by first letter, for finding misspelt ones.
static BY_LETTER: LazyLock<HashMap<u8, Vec<&'static str>>> = LazyLock::new(|| {
    let mut by_letter: HashMap<u8, Vec<&str>> = HashMap::new();
    for &name in ROOTS.keys().filter(|name| name.len() >= 3) {
        by_letter.entry(name.as_bytes()[0]).or_default().push(name);
    }
    by_letter
});

/// The full names for names one slip away from an unknown one, sorted: for "Kathu" those of Kathy. People misspell the
/// first letter so rarely that looking for it costs more than it finds.
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

/// Whether one name is the beginning of the other, perhaps with a pet ending: Max and Maximilian, Kimmy and Kimberly.
/// The table cannot have them all.
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

/// Whether two names can belong to one person: both are, or are short for, the same full name.
pub fn akin(a: &[Root], b: &[Root]) -> bool {
    a.iter().any(|root| b.contains(root))
}

/// Whether the first is a form of the second, which is a full name: "Bob" of "Robert", but not "Bob" of "Rob".
pub fn form_of(form: &str, full: &str) -> bool {
    form != full && has_full(full, roots(form), roots(full))
}

/// How two given names of one person are related.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kin {
    /// One is a form of the other: Bob of Robert, Bobby of Bob.
    FormAndFull,
    /// Both are forms of a third.
    TwoForms,
}

/// How two names, given with their roots, are related; `None` if nobody has both.
pub fn kin((a, roots_a): (&str, &[Root]), (b, roots_b): (&str, &[Root])) -> Option<Kin> {
    if has_full(a, roots_a, roots_b) || has_full(b, roots_a, roots_b) {
        return Some(Kin::FormAndFull);
    }
    let is_form = |found: FullName| found.name == a || found.name == b || found.joins(a, b);
    let is_kin = shared(roots_a, roots_b).any(is_form);
    let found = if endears(a, b) || endears(b, a) { Kin::FormAndFull } else { Kin::TwoForms };
    is_kin.then_some(found)
}

impl FullName {
    /// Whether two other names on its line are one name. Robert and William are both Bill, and still two names.
    fn joins(self, a: &str, b: &str) -> bool {
        let are_longer = a.len().min(b.len()) >= self.name.len() + 2;
        !(self.is_turned || self.is_short && are_longer)
    }
}

fn has_full(full: &str, a: &[Root], b: &[Root]) -> bool {
    shared(a, b).any(|found| found.name == full && !found.is_turned)
}

fn shared<'a>(a: &'a [Root], b: &'a [Root]) -> impl Iterator<Item = FullName> + 'a {
    a.iter().filter(|root| b.contains(root)).map(|&root| FULL[usize::from(root)])
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
    }

    #[test]
    fn a_form_of_a_name_is_told_from_another_form_of_it() {
        for (form, full, expected) in [
            ("bob", "robert", true),
            ("robert", "bob", false),
            ("rob", "bob", false),
            ("bob", "rob", false),
            ("jack", "john", true),
            ("molly", "mary", true),
            ("sandy", "sandra", true),
            ("annie", "ann", true),
            ("magda", "magdalena", true),
            ("lena", "magda", false),
            ("addy", "adele", true),
            ("bob", "bob", false),
        ] {
            assert_eq!(form_of(form, full), expected, "{form} {full}");
            let found = kin((form, roots(form)), (full, roots(full)));
            let expected = if form_of(form, full) || form_of(full, form) { Kin::FormAndFull } else { Kin::TwoForms };
            assert!(form == full || found == Some(expected), "{form} {full} {found:?}");
        }
        for (a, b, expected) in [
            ("lena", "magda", Some(Kin::TwoForms)),
            ("bob", "rob", Some(Kin::TwoForms)),
            ("ron", "ronnie", Some(Kin::FormAndFull)),
            ("bill", "will", Some(Kin::TwoForms)),
            ("peggy", "meg", Some(Kin::TwoForms)),
            ("liz", "beth", Some(Kin::TwoForms)),
            ("bob", "william", None),
            ("robert", "william", None),
            ("caroline", "charlotte", None),
        ] {
            assert_eq!(kin((a, roots(a)), (b, roots(b))), expected, "{a} {b}");
            assert_eq!(kin((b, roots(b)), (a, roots(a))), expected, "{b} {a}");
        }
    }
}
