//! A filter compiled for one chunk: names are looked up once in its tables, so that a row costs a few comparisons
//! and no allocation.

use memchr::memmem::Finder;

use crate::domain::CustomFieldId;

use super::chunk::{Chunk, SharedName};
use super::facts::Facts;
use super::parse::Query;
use super::period::{DueTerm, Period};
use super::term::{FilterTerm, Pattern, Present, Stamp, TermTest};

/// A filter's terms, ready to test the rows of one chunk.
pub(super) struct CompiledFilter<'q> {
    chunk: &'q Chunk,
    terms: Vec<CompiledTerm<'q>>,
}

struct CompiledTerm<'q> {
    negated: bool,
    test: CompiledTest<'q>,
}

/// One test. The tables say, for each number in the chunk's own table, whether it matches.
enum CompiledTest<'q> {
    Tags(Vec<bool>),
    Source(Vec<bool>),
    Owner(Vec<bool>),
    Text { field: usize, pattern: &'q Pattern, finder: Box<Finder<'q>> },
    Time(Stamp, Period),
    Dnd(bool),
    Present(Present),
    Due(&'q Facts, Option<DueTerm>),
    Duplicate(&'q Facts),
    Custom { facts: &'q Facts, field: &'q CustomFieldId, pattern: &'q Pattern },
}

impl<'q> CompiledFilter<'q> {
    pub(super) fn new(query: &'q Query, chunk: &'q Chunk, facts: &'q Facts) -> Self {
        Self { chunk, terms: query.terms.iter().map(|term| CompiledTerm::new(term, chunk, facts)).collect() }
    }

    /// Whether this row passes every term.
    pub(super) fn holds(&self, at: usize) -> bool {
        self.terms.iter().all(|term| term.test.holds(self.chunk, at) != term.negated)
    }
}

impl<'q> CompiledTerm<'q> {
    fn new(term: &'q FilterTerm, chunk: &Chunk, facts: &'q Facts) -> Self {
        let names =
            |names: &[SharedName], holds: &dyn Fn(&str) -> bool| names.iter().map(|name| holds(&name.folded)).collect();
        let test = match &term.test {
            TermTest::Tag(Pattern { folded, prefix: true, .. }) => {
                CompiledTest::Tags(names(&chunk.tags, &|tag| tag.starts_with(folded.as_str())))
            }
            TermTest::Tag(Pattern { folded, .. }) => CompiledTest::Tags(names(&chunk.tags, &|tag| tag == folded)),
            TermTest::Source(Pattern { folded, prefix: true, .. }) => {
                CompiledTest::Source(names(&chunk.sources, &|source| source.starts_with(folded.as_str())))
            }
            TermTest::Source(Pattern { folded, .. }) => {
                CompiledTest::Source(names(&chunk.sources, &|source| source.contains(folded.as_str())))
            }
            TermTest::Owner(users) => {
                CompiledTest::Owner(chunk.owners.iter().map(|owner| users.contains(owner)).collect())
            }
            TermTest::Text(field, pattern) => CompiledTest::Text {
                field: *field as usize,
                pattern,
                finder: Box::new(Finder::new(pattern.folded.as_bytes())),
            },
            TermTest::Time(stamp, period) => CompiledTest::Time(*stamp, *period),
            TermTest::Dnd(on) => CompiledTest::Dnd(*on),
            TermTest::Present(Present::Task) => CompiledTest::Due(facts, None),
            TermTest::Present(what) => CompiledTest::Present(*what),
            TermTest::Due(due) => CompiledTest::Due(facts, *due),
            TermTest::Duplicate => CompiledTest::Duplicate(facts),
            TermTest::Custom(field, pattern) => CompiledTest::Custom { facts, field, pattern },
        };
        Self { negated: term.negated, test }
    }
}

impl CompiledTest<'_> {
    fn holds(&self, chunk: &Chunk, at: usize) -> bool {
        let slot = &chunk.slots[at];
        let meant = |number: Option<u16>, table: &[bool]| number.is_some_and(|number| table[usize::from(number)]);
        match self {
            Self::Tags(table) => chunk.tag_ids(at).iter().any(|tag| table[usize::from(*tag)]),
            Self::Source(table) => meant(slot.source, table),
            Self::Owner(table) => meant(slot.owner, table),
            Self::Text { field, pattern, finder } => {
                chunk.masks[at] & pattern.mask == pattern.mask && stands_in(*field, pattern, finder, chunk.search(at))
            }
            Self::Time(Stamp::Added, period) => period.holds(slot.added),
            Self::Time(Stamp::Updated, period) => period.holds(slot.updated),
            Self::Dnd(on) => slot.dnd == *on,
            Self::Present(what) => present(*what, chunk, at),
            Self::Due(facts, due) => {
                let tasks = facts.due.get(&slot.id);
                tasks.is_some_and(|tasks| tasks.iter().any(|task| due.is_none_or(|due| due.holds(*task))))
            }
            Self::Duplicate(facts) => facts.duplicates.contains(&slot.id),
            Self::Custom { facts, field, pattern } => facts.custom.get(field, &slot.id).is_some_and(|value| {
                let wanted = pattern.folded.as_str();
                if pattern.prefix { value.starts_with(wanted) } else { value.contains(wanted) }
            }),
        }
    }
}

/// Whether this field of a search text contains the pattern. Most rows lack it altogether, so the whole text is
/// searched first, and fields are counted only where something is found.
fn stands_in(field: usize, pattern: &Pattern, finder: &Finder<'_>, search: &str) -> bool {
    let bytes = search.as_bytes();
    let (mut counted, mut before) = (0, 0);
    for found in finder.find_iter(bytes) {
        before += memchr::memchr_iter(b'\n', &bytes[counted..found]).count();
        counted = found;
        if before > field {
            return false;
        }
        if before == field && (!pattern.prefix || found == 0 || bytes[found - 1] == b'\n') {
            return true;
        }
    }
    false
}

fn present(what: Present, chunk: &Chunk, at: usize) -> bool {
    match what {
        Present::Email => !chunk.email(at).is_empty(),
        Present::Phone => !chunk.phone(at).is_empty(),
        Present::Tag => !chunk.tag_ids(at).is_empty(),
        Present::Owner => chunk.slots[at].owner.is_some(),
        Present::Company => !chunk.company(at).is_empty(),
        Present::City => !chunk.city(at).is_empty(),
        Present::Source => chunk.slots[at].source.is_some(),
        Present::Name => !chunk.full_name(at).is_empty(),
        // Compiled as a task due at any time.
        Present::Task => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::context::context;
    use super::super::{ContactRow, CustomValues, Facts, Query, Roster, Sort, listed};
    use crate::domain::{ContactId, CustomFieldId, UserId};
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;
    use std::collections::{HashMap, HashSet};
    use std::sync::Arc;

    fn ago(days: i64) -> Timestamp {
        context().now - SignedDuration::from_hours(24 * days)
    }

    fn people() -> Vec<ContactRow> {
        let row = |id: &str| ContactRow::new(ContactId::new(id));
        let user = |id: &str| Some(UserId::new(id));
        let tags = |tags: &[&str]| tags.iter().map(|&tag| tag.to_owned()).collect();
        vec![
            ContactRow {
                first_name: "Ana María".into(),
                last_name: "López".into(),
                email: "ana.lopez@example.com".into(),
                phone: "+1 (415) 555-0142".into(),
                company: "Lopez Ortho".into(),
                city: "Oakland".into(),
                tags: tags(&["VIP", "hot lead"]),
                owner: user("u1"),
                source: "Facebook form".into(),
                added: Some(ago(3)),
                updated: Some(ago(0)),
                dnd: true,
                ..row("ana")
            },
            ContactRow {
                first_name: "Oakley".into(),
                email: "oak@acme.example".into(),
                company: "Oakland Dental".into(),
                city: "San José".into(),
                tags: tags(&["vip gold"]),
                owner: user("u2"),
                source: "web".into(),
                added: Some(ago(40)),
                updated: Some(ago(9)),
                ..row("oak")
            },
            ContactRow { phone: "+49 30 5550142".into(), owner: user("gone"), added: Some(ago(400)), ..row("tel") },
            row("bare"),
        ]
    }

    /// What is known of them beside their rows.
    fn facts() -> Facts {
        let id = |id: &str| ContactId::new(id);
        let hours = |hours: i64| Some(context().now + SignedDuration::from_hours(hours));
        let mut custom = CustomValues::default();
        custom.set(&CustomFieldId::new("f1"), &id("ana"), "Delta Dental PPO");
        custom.set(&CustomFieldId::new("f1"), &id("tel"), "  ");
        Facts {
            duplicates: Arc::new([id("ana"), id("oak")].into()),
            due: Arc::new(HashMap::from([
                (id("ana"), vec![hours(-30), hours(24 * 10)]),
                (id("oak"), vec![hours(5)]),
                (id("tel"), vec![None]),
            ])),
            custom: Arc::new(custom),
            ..Facts::default()
        }
    }

    fn found(query: &str) -> String {
        let roster = Roster::from_rows(people());
        let query = Query::parse(query, &context());
        assert_eq!(query.errors(), []);
        let found = listed(&roster, &query, &facts(), Sort::default(), &[], &|| false).expect("not cancelled");
        let mut ids: Vec<&str> = found.rows.iter().map(|ix| roster.get(*ix).id().as_str()).collect();
        ids.sort_unstable();
        ids.join(" ")
    }

    #[test]
    fn every_term_lets_through_what_it_names_and_its_negation_the_rest() {
        for (term, expected) in [
            ("tag:vip", "ana"),
            ("tag:vip*", "ana oak"),
            ("tag:\"Hot Lead\"", "ana"),
            ("tag:hot", ""),
            ("owner:me", "ana"),
            ("owner:\"dr. osei\"", "oak"),
            ("owner:kim", "ana"),
            ("owner:none", "bare"),
            ("source:form", "ana"),
            ("source:f*", "ana"),
            ("source:form*", ""),
            ("source:WEB", "oak"),
            ("city:oakland", "ana"),
            ("city:\"san jose\"", "oak"),
            ("city:jos", "oak"),
            ("city:jos*", ""),
            ("company:oak", "oak"),
            ("company:ortho", "ana"),
            ("email:example", "ana oak"),
            ("email:acme", "oak"),
            ("email:oak*", "oak"),
            ("name:oak", "oak"),
            ("name:LÓPEZ", "ana"),
            ("name:lopez*", ""),
            ("phone:4155550142", "ana"),
            ("phone:\"(415) 555\"", "ana"),
            ("phone:555-0142", "ana tel"),
            ("phone:+49*", "tel"),
            ("phone:030-555", "tel"),
            ("added:<7d", "ana"),
            ("added:>30d", "oak tel"),
            ("added:2026-10..2026-11", "ana oak"),
            ("added:2026-11", "ana"),
            ("added:<2026", "tel"),
            ("updated:today", "ana"),
            ("updated:<2w", "ana oak"),
            ("dnd:on", "ana"),
            ("dnd:off", "bare oak tel"),
            ("has:email", "ana oak"),
            ("has:phone", "ana tel"),
            ("has:tag", "ana oak"),
            ("has:owner", "ana oak tel"),
            ("has:company", "ana oak"),
            ("has:city", "ana oak"),
            ("has:source", "ana oak"),
            ("has:name", "ana oak"),
            ("no:email", "bare tel"),
            ("no:name", "bare tel"),
            ("is:duplicate", "ana oak"),
            ("due:late", "ana"),
            ("due:today", "oak"),
            ("due:tomorrow", ""),
            ("due:<7d", "ana oak"),
            ("due:>7d", "ana"),
            ("due:>2h", "ana oak"),
            ("due:2026-12", "ana"),
            ("due:none", "tel"),
            ("due:any", "ana oak tel"),
            ("has:task", "ana oak tel"),
            ("no:task", "bare"),
            ("cf.insurance-provider:delta", "ana"),
            ("cf.Insurance_Provider:ppo", "ana"),
            ("cf.insurance:dental", "ana"),
            ("cf.insurance:ppo*", ""),
            ("cf.insurance:delta*", "ana"),
        ] {
            assert_eq!(found(term), expected, "{term}");
            let everybody = ["ana", "bare", "oak", "tel"];
            let rest: Vec<&str> =
                everybody.into_iter().filter(|id| !expected.split(' ').any(|one| one == *id)).collect();
            assert_eq!(found(&format!("-{term}")), rest.join(" "), "-{term}");
        }
        assert_eq!(found("has:email -tag:vip"), "oak");
        assert_eq!(found("oak city:san"), "oak");
    }

    fn term() -> impl Strategy<Value = String> {
        proptest::sample::select(vec![
            "tag:a",
            "tag:a*",
            "source:b",
            "city:a",
            "company:b",
            "name:ab",
            "email:b",
            "phone:1",
            "phone:1*",
            "dnd:on",
            "owner:me",
            "owner:none",
            "added:<7d",
            "added:>7d",
            "updated:today",
            "has:tag",
            "no:phone",
            "has:source",
            "is:set-aside",
        ])
        .prop_map(str::to_owned)
    }

    fn row() -> impl Strategy<Value = ContactRow> {
        let text = || "[ab1é]{0,3}";
        let texts = (text(), text(), text(), text(), text(), text());
        let owner = proptest::option::of(proptest::sample::select(vec!["u1", "u2", "x"]));
        let days = || proptest::option::of(-1_i64..20);
        (texts, proptest::collection::vec(text(), 0..3), owner, days(), days(), any::<bool>()).prop_map(
            |((first_name, email, phone, company, city, source), tags, owner, added, updated, dnd)| ContactRow {
                first_name,
                email,
                phone,
                company,
                city,
                source,
                tags,
                owner: owner.map(UserId::new),
                added: added.map(ago),
                updated: updated.map(ago),
                dnd,
                ..ContactRow::new(ContactId::new(""))
            },
        )
    }

    proptest! {
        #[test]
        fn a_negated_term_is_the_complement(
            rows in proptest::collection::vec(row(), 0..12),
            aside in proptest::collection::hash_set(0_usize..12, 0..4),
            term in term(),
        ) {
            let named = |at: usize| ContactId::new(format!("c{at}"));
            let roster = Roster::from_rows(rows.into_iter().enumerate().map(|(at, row)| ContactRow { id: named(at), ..row }));
            // Who is set aside is in no list but its own, whatever else is asked.
            let aside = if term.starts_with("is:") { aside } else { HashSet::new() };
            let facts = Facts { aside: Arc::new(aside.into_iter().map(named).collect()), ..Facts::default() };
            let found = |text: &str| {
                let query = Query::parse(text, &context());
                let found = super::super::listed(&roster, &query, &facts, Sort::default(), &[], &|| false);
                found.expect("not cancelled").rows
            };
            let (with, without) = (found(&term), found(&format!("-{term}")));
            prop_assert!(with.iter().all(|ix| !without.contains(ix)));
            prop_assert_eq!(with.len() + without.len(), roster.len());
            prop_assert_eq!(found(&format!("{term} -{term}")), []);
        }
    }
}
