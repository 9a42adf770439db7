//! What could follow in a filter that is being typed: names of terms, and values that are known.

use std::collections::HashSet;

use super::Roster;
use super::fold::folded;
use super::parse::tokens;
use super::period;
use super::term::{CUSTOM, ME, NAMES, NOBODY, ON_OFF, PRESENT, STATES, Surroundings, named};

/// More are not offered: who does not see it yet types on.
const OFFERS: usize = 50;

/// What could stand in place of the part of a filter before the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What would be replaced begins at this byte, and ends at the cursor.
    pub from: usize,
    pub offers: Vec<Offer>,
}

/// Something to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What would stand in the filter.
    pub text: String,
    /// A word about it; empty where it speaks for itself.
    pub hint: String,
}

impl Offer {
    fn new(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { text: text.into(), hint: hint.into() }
    }
}

/// What is known to stand behind names: the location's tags, and what the contacts themselves have.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub around: Surroundings<'a>,
    pub tags: &'a [String],
    pub roster: &'a Roster,
}

/// What may go on behind `before`, the part of a filter that stands before the cursor. A name of a term is
/// offered where a part begins; a value where a name and its colon stand.
pub fn complete(before: &str, known: &Known<'_>) -> Completion {
    let token = tokens(before).last().filter(|token| token.end == before.len());
    let Some(token) = token else { return Completion { from: before.len(), offers: names("", &known.around) } };
    let Some((negated, name, value)) = token.named() else {
        let (from, offers) = match token.text.strip_prefix('-') {
            _ if !token.is_plain() => (token.start, Vec::new()),
            Some(typed) => (token.start + 1, names(typed, &known.around)),
            None => (token.start, names(&token.text, &known.around)),
        };
        return Completion { from, offers };
    };
    // Name and sign are plain, so that they take as many bytes in the filter as in the token.
    let from = token.start + usize::from(negated) + name.len() + 1;
    Completion { from, offers: values(&name.to_ascii_lowercase(), value, known) }
}

/// The terms whose names begin so.
fn names(typed: &str, known: &Surroundings<'_>) -> Vec<Offer> {
    let typed = typed.to_lowercase();
    let begun = NAMES.iter().filter(|(name, _)| name.starts_with(&typed));
    let terms = begun.map(|(name, hint)| Offer::new(format!("{name}:"), *hint));
    // A location may have a hundred: they come when they are meant.
    let fields = known.custom_fields.iter().filter(|_| !typed.is_empty()).filter_map(|field| {
        let name = named(field).map(|name| format!("{CUSTOM}{name}:")).find(|name| name.starts_with(&typed))?;
        Some(Offer::new(name, crate::text::clean(&field.name)))
    });
    terms.chain(fields).take(OFFERS).collect()
}

fn values(name: &str, typed: &str, known: &Known<'_>) -> Vec<Offer> {
    let plain = |values: Vec<&str>| begun(values.into_iter().map(str::to_owned), typed);
    match name {
        "tag" => {
            let held = known.roster.tags().iter().cloned();
            begun(known.tags.iter().map(|tag| crate::text::clean(tag).into_owned()).chain(held), typed)
        }
        "source" => begun(known.roster.sources().iter().cloned(), typed),
        "owner" => {
            let users = known.around.users.iter().map(|user| crate::text::clean(&user.name).trim().to_owned());
            begun([ME, NOBODY].into_iter().map(str::to_owned).chain(users), typed)
        }
        "added" | "updated" => {
            let ages = ["<1d", "<7d", "<30d", ">30d", ">1y"];
            plain(period::WORDS.into_iter().chain(ages).collect())
        }
        "due" => {
            let spans = ["<1d", "<7d", ">7d"];
            plain(period::DUE_WORDS.into_iter().chain(spans).collect())
        }
        "dnd" => plain(ON_OFF.iter().map(|(name, _)| *name).collect()),
        "has" | "no" => plain(PRESENT.iter().map(|(name, _)| *name).collect()),
        "is" => plain(STATES.iter().map(|(name, _)| *name).collect()),
        _ => Vec::new(),
    }
}

/// The values that begin so, then those one of whose later words does; each once, in quotes where it has blanks.
fn begun(values: impl Iterator<Item = String>, typed: &str) -> Vec<Offer> {
    let typed = folded(typed.trim());
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for value in values {
        let name = folded(&value);
        let begins = name.starts_with(&typed);
        // A quote cannot be written in quotes.
        if value.is_empty() || value.contains('"') || !(begins || name.contains(&format!(" {typed}"))) {
            continue;
        }
        if seen.insert(name) {
            found.push((!begins, value));
        }
    }
    found.sort_by_key(|(later, _)| *later);
    // What is all there already needs no more.
    let wanted = if found.len() == 1 && seen.contains(&typed) { 0 } else { OFFERS };
    found.into_iter().take(wanted).map(|(_, value)| Offer::new(quoted(&value), "")).collect()
}

fn quoted(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::around::around;
    use super::super::{Query, Row};
    use super::*;
    use crate::domain::ContactId;
    use proptest::prelude::*;

    fn roster() -> Roster {
        let row = |id: &str, tags: &[&str], source: &str| Row {
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            source: source.to_owned(),
            ..Row::new(ContactId::new(id))
        };
        let roster = Roster::from_rows([
            row("a", &["vip", "Hot Lead", "say \"hi\""], "Facebook form"),
            row("b", &["VIP", "cold"], "web"),
            row("c", &["gone"], "gone"),
        ]);
        roster.with(vec![row("c", &[], "")], &[])
    }

    fn offered(before: &str) -> (usize, Vec<String>) {
        let roster = roster();
        let tags = ["vip".to_owned(), "very old".to_owned()];
        let found = complete(before, &Known { around: around(), tags: &tags, roster: &roster });
        (found.from, found.offers.into_iter().map(|offer| offer.text).collect())
    }

    #[test]
    fn what_may_follow() {
        for (before, from, offers) in [
            ("t", 0, vec!["tag:"]),
            ("ana n", 4, vec!["name:", "no:"]),
            ("-so", 1, vec!["source:"]),
            ("ana", 0, vec![]),
            ("\"ta", 0, vec![]),
            ("tag:v", 4, vec!["vip", "\"very old\""]),
            ("x -TAG:lea", 7, vec!["\"Hot Lead\""]),
            ("tag:\"hot l", 4, vec!["\"Hot Lead\""]),
            ("tag:vip", 4, vec![]),
            ("tag:g", 4, vec![]),
            ("tag:s", 4, vec![]),
            ("owner:", 6, vec!["me", "none", "\"Kim Park\"", "\"Dr. Osei\"", "\"Kim Lee\""]),
            ("owner:os", 6, vec!["\"Dr. Osei\""]),
            ("source:f", 7, vec!["\"Facebook form\""]),
            ("source:g", 7, vec![]),
            ("dnd:o", 4, vec!["on", "off"]),
            ("has:c", 4, vec!["company", "city"]),
            ("-no:so", 4, vec!["source"]),
            ("is:", 3, vec!["duplicate", "set-aside"]),
            ("due:t", 4, vec!["today", "tomorrow"]),
            ("cf", 0, vec!["cf.insurance-provider:"]),
            ("-cf.insurance:", 14, vec![]),
            ("added:y", 6, vec!["yesterday", "year"]),
            ("updated:<", 8, vec!["<1d", "<7d", "<30d"]),
            ("city:b", 5, vec![]),
            ("foo:b", 4, vec![]),
        ] {
            assert_eq!(offered(before), (from, offers.into_iter().map(str::to_owned).collect()), "{before}");
        }
        assert_eq!(offered("").1.len(), NAMES.len());
        assert_eq!(offered("tag:vip "), (8, offered("").1));
    }

    proptest! {
        #[test]
        fn what_is_taken_is_understood(before in "(-?(tag|owner|added|dnd|has|is|source):)?[\"a-z<]{0,3}") {
            let (from, offers) = offered(&before);
            for offer in offers.into_iter().filter(|offer| !offer.ends_with(':') && before[..from].ends_with(':')) {
                let text = format!("{}{offer}", &before[..from]);
                let query = Query::parse(&text, &around());
                prop_assert_eq!(query.errors(), [], "{}", text);
            }
        }

        #[test]
        fn any_text_may_be_gone_on_with(before in any::<String>()) {
            prop_assert!(before.is_char_boundary(offered(&before).0));
        }
    }
}
