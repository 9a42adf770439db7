//! Completes a filter as the user types: names of terms, and known values.

use std::collections::HashSet;

use super::Roster;
use super::fold::folded;
use super::parse::{SCATTERED, tokens};
use super::period;
use super::term::{CUSTOM, FilterContext, ME, NAMES, NOBODY, ON_OFF, PRESENT, STATES, named};

/// The most suggestions at once; whoever misses one types on.
const MOST: usize = 50;

/// The suggestions for the part of a filter before the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// A suggestion replaces the text from this byte to the cursor.
    pub from: usize,
    pub suggestions: Vec<Suggestion>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The text to insert.
    pub text: String,
    /// A short explanation; empty if it needs none.
    pub hint: String,
}

impl Suggestion {
    fn new(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { text: text.into(), hint: hint.into() }
    }
}

/// The known values of terms: the location's tags, and what the contacts themselves have.
#[derive(Clone, Copy, Debug)]
pub struct KnownValues<'a> {
    pub context: FilterContext<'a>,
    pub tags: &'a [String],
    pub roster: &'a Roster,
}

/// Suggests how to continue `before`, the filter up to the cursor: names of terms where a part begins, values after a
/// name and its colon.
pub fn complete(before: &str, known: &KnownValues<'_>) -> Completion {
    let token = tokens(before).last().filter(|token| token.end == before.len());
    let Some(token) = token else { return Completion { from: before.len(), suggestions: names("", &known.context) } };
    let Some((negated, name, value)) = token.named() else {
        let (from, suggestions) = match token.text.strip_prefix('-') {
            _ if !token.is_plain() => (token.start, Vec::new()),
            Some(typed) => (token.start + 1, names(typed, &known.context)),
            None => (token.start, names(&token.text, &known.context)),
        };
        return Completion { from, suggestions };
    };
    // Name and sign are unquoted: they take as many bytes in the filter as in the token.
    let from = token.start + usize::from(negated) + name.len() + 1;
    Completion { from, suggestions: values(&name.to_ascii_lowercase(), value, known) }
}

/// The terms whose names begin with `typed`.
fn names(typed: &str, known: &FilterContext<'_>) -> Vec<Suggestion> {
    let typed = typed.to_lowercase();
    let begun = NAMES.iter().filter(|(name, _)| name.starts_with(&typed));
    let terms = begun.map(|(name, hint)| Suggestion::new(format!("{name}:"), *hint));
    // A location may have a hundred: they appear once something is typed.
    let fields = known.custom_fields.iter().filter(|_| !typed.is_empty()).filter_map(|field| {
        let name = named(field).map(|name| format!("{CUSTOM}{name}:")).find(|name| name.starts_with(&typed))?;
        Some(Suggestion::new(name, crate::text::clean(&field.name)))
    });
    let scattered =
        typed.is_empty().then(|| Suggestion::new(SCATTERED, "the letters of a word, in this order, apart: ~sbn"));
    terms.chain(fields).chain(scattered).take(MOST).collect()
}

fn values(name: &str, typed: &str, known: &KnownValues<'_>) -> Vec<Suggestion> {
    let plain = |values: Vec<&str>| begun(values.into_iter().map(str::to_owned), typed);
    match name {
        "tag" => {
            let held = known.roster.tags().iter().cloned();
            begun(known.tags.iter().map(|tag| crate::text::clean(tag).into_owned()).chain(held), typed)
        }
        "source" => begun(known.roster.sources().iter().cloned(), typed),
        "owner" => {
            let users = known.context.users.iter().map(|user| crate::text::clean(&user.name).trim().to_owned());
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

/// The values that begin with `typed`, then those with a later word that does; each once, in quotes if it has spaces.
fn begun(values: impl Iterator<Item = String>, typed: &str) -> Vec<Suggestion> {
    let typed = folded(typed.trim());
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for value in values {
        let name = folded(&value);
        let begins = name.starts_with(&typed);
        // A quoted value cannot contain a quote.
        if value.is_empty() || value.contains('"') || !(begins || name.contains(&format!(" {typed}"))) {
            continue;
        }
        if seen.insert(name) {
            found.push((!begins, value));
        }
    }
    found.sort_by_key(|(later, _)| *later);
    // A complete value needs no suggestion.
    let wanted = if found.len() == 1 && seen.contains(&typed) { 0 } else { MOST };
    found.into_iter().take(wanted).map(|(_, value)| Suggestion::new(quoted(&value), "")).collect()
}

fn quoted(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::context::context;
    use super::super::{ContactRow, Query};
    use super::*;
    use crate::domain::ContactId;
    use proptest::prelude::*;

    fn roster() -> Roster {
        let row = |id: &str, tags: &[&str], source: &str| ContactRow {
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            source: source.to_owned(),
            ..ContactRow::new(ContactId::new(id))
        };
        let roster = Roster::from_rows([
            row("a", &["vip", "Hot Lead", "say \"hi\""], "Facebook form"),
            row("b", &["VIP", "cold"], "web"),
            row("c", &["gone"], "gone"),
        ]);
        roster.with(vec![row("c", &[], "")], &[])
    }

    fn suggested(before: &str) -> (usize, Vec<String>) {
        let roster = roster();
        let tags = ["vip".to_owned(), "very old".to_owned()];
        let found = complete(before, &KnownValues { context: context(), tags: &tags, roster: &roster });
        (found.from, found.suggestions.into_iter().map(|suggestion| suggestion.text).collect())
    }

    #[test]
    fn what_may_follow() {
        for (before, from, suggestions) in [
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
            assert_eq!(suggested(before), (from, suggestions.into_iter().map(str::to_owned).collect()), "{before}");
        }
        assert_eq!(suggested("").1.len(), NAMES.len() + 1);
        assert_eq!(suggested("tag:vip "), (8, suggested("").1));
    }

    proptest! {
        #[test]
        fn what_is_taken_is_understood(before in "(-?(tag|owner|added|dnd|has|is|source):)?[\"a-z<]{0,3}") {
            let (from, suggestions) = suggested(&before);
            for suggestion in suggestions.into_iter().filter(|suggestion| !suggestion.ends_with(':') && before[..from].ends_with(':')) {
                let text = format!("{}{suggestion}", &before[..from]);
                let query = Query::parse(&text, &context());
                prop_assert_eq!(query.errors(), [], "{}", text);
            }
        }

        #[test]
        fn any_text_may_be_gone_on_with(before in any::<String>()) {
            prop_assert!(before.is_char_boundary(suggested(&before).0));
        }
    }
}
