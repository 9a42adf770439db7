//! The filter language: words, and typed terms such as `tag:vip` and `-added:<7d`.

use crate::text::clean;

use super::facts::NeededFacts;
use super::fold::{folded, mask};
use super::term::{
    FilterContext, FilterTerm, ParsedPart, Present, TermError, TermProblem, TermTest, begun, understood,
};

/// A word up to this long must stand together: the letters of `ana` are scattered in half of all addresses.
const SHORT_WORD_CHARS: usize = 3;
/// Before a word: its letters may be scattered, however short it is.
pub(super) const SCATTERED: char = '~';
/// Longer than the words of any field; the rest of a word is ignored.
const MAX_WORD_CHARS: usize = 64;
/// The most parts that a filter takes.
const MAX_PARTS: usize = 16;

/// A parsed filter. All its words and terms must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) words: Vec<FilterWord>,
    pub(super) terms: Vec<FilterTerm>,
    pub(super) aside: Aside,
    errors: Vec<TermError>,
}

/// Whether to list the contacts that merges have archived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Aside {
    /// Leaves them out.
    #[default]
    Without,
    Only,
    /// The filter asks for both, and no contact is both.
    Neither,
}

/// A word to search for in every field, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilterWord {
    pub(super) text: String,
    pub(super) mask: u64,
    /// Its letters may stand apart, in this order. Not those of a short word, unless asked for, and never digits:
    /// scattered ones would match nearly every phone number.
    pub(super) scatters: bool,
    /// A possible phone number as typed: `2024-05` may be part of a tag.
    pub(super) as_typed: Option<String>,
}

impl Query {
    /// Never fails: whatever is not a term is a word, and rejected terms go to [`Query::errors`].
    pub fn parse(text: &str, context: &FilterContext<'_>) -> Self {
        let text = clean(text);
        let mut query = Self::default();
        let mut without_aside = false;
        for (at, token) in tokens(&text).enumerate() {
            if at == MAX_PARTS {
                query.errors.push(TermError { term: token.text, why: TermProblem::TooMany });
                break;
            }
            let said = match (token.named(), token.begun_negation()) {
                (Some((negated, name, value)), _) => understood(negated, name, value, context),
                (None, Some(name)) => begun(name),
                (None, None) => Ok(ParsedPart::Word),
            };
            match said {
                Ok(ParsedPart::Word) => query.words.extend(FilterWord::of(&token)),
                Ok(ParsedPart::Term(term)) => query.terms.push(term),
                Ok(ParsedPart::SetAside { negated: false }) => query.aside = Aside::Only,
                Ok(ParsedPart::SetAside { negated: true }) => without_aside = true,
                Err(why) => query.errors.push(TermError { term: token.text, why }),
            }
        }
        if without_aside && query.aside == Aside::Only {
            query.aside = Aside::Neither;
        }
        query
    }

    /// The words, folded: lower case, without accents, phone numbers as digits only.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.text.as_str())
    }

    /// The rejected terms, which are ignored. Half-typed ones are among them.
    pub fn errors(&self) -> &[TermError] {
        &self.errors
    }

    /// Whether every row matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.terms.is_empty() && self.aside == Aside::Without
    }

    /// The facts beyond the rows that it needs.
    pub fn needed_facts(&self) -> NeededFacts {
        let mut asks = NeededFacts { aside: self.aside != Aside::Without, ..NeededFacts::default() };
        for term in &self.terms {
            match &term.test {
                TermTest::Due(_) | TermTest::Present(Present::Task) => asks.tasks = true,
                TermTest::Duplicate => asks.duplicates = true,
                TermTest::Custom(field, _) => {
                    asks.add(NeededFacts { fields: vec![field.clone()], ..NeededFacts::default() });
                }
                TermTest::Tag(_)
                | TermTest::Source(_)
                | TermTest::Text(..)
                | TermTest::Owner(_)
                | TermTest::Time(..)
                | TermTest::Dnd(_)
                | TermTest::Present(_) => {}
            }
        }
        asks
    }
}

impl FilterWord {
    fn of(token: &FilterToken) -> Option<Self> {
        let asked = token.text.strip_prefix(SCATTERED).filter(|_| token.is_plain());
        let said: String = asked.unwrap_or(&token.text).chars().take(MAX_WORD_CHARS).collect();
        let mut text = folded(&said);
        let phone_like = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '(' | ')' | '/');
        let digits = text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(phone_like);
        let scatters = !digits && (asked.is_some() || text.chars().count() > SHORT_WORD_CHARS);
        let mut as_typed = None;
        if digits && !text.chars().all(|c| c.is_ascii_digit()) {
            as_typed = Some(text.clone());
            text.retain(|c| c.is_ascii_digit());
        }
        let mask = mask(&text);
        (!text.is_empty()).then_some(Self { text, mask, scatters, as_typed })
    }
}

/// A part of a filter, without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilterToken {
    pub(super) text: String,
    /// Its first byte in the filter.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The length of the text before the first quote; `usize::MAX` without quotes.
    plain: usize,
}

impl FilterToken {
    /// Whether it has no quotes.
    pub(super) fn is_plain(&self) -> bool {
        self.plain == usize::MAX
    }

    /// The text after a minus sign while there is no colon yet.
    fn begun_negation(&self) -> Option<&str> {
        self.text.strip_prefix('-').filter(|_| self.is_plain())
    }

    /// Negation, name and value of a possible term. Quoted text is never one.
    pub(super) fn named(&self) -> Option<(bool, &str, &str)> {
        let colon = self.text.find(':').filter(|colon| *colon < self.plain)?;
        let (name, value) = (&self.text[..colon], &self.text[colon + 1..]);
        let (negated, name) = name.strip_prefix('-').map_or((false, name), |name| (true, name));
        Some((negated, name, value))
    }
}

/// Splits at spaces, but not inside quotes (`tag:"hot lead"`).
pub(super) fn tokens(text: &str) -> impl Iterator<Item = FilterToken> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let &(start, _) = chars.peek()?;
        let mut token = FilterToken { text: String::new(), start, end: start, plain: usize::MAX };
        let mut quoted = false;
        while let Some((at, c)) = chars.next_if(|(_, c)| quoted || !c.is_whitespace()) {
            token.end = at + c.len_utf8();
            if c == '"' {
                quoted = !quoted;
                token.plain = token.plain.min(token.text.len());
            } else {
                token.text.push(c);
            }
        }
        Some(token)
    })
}

#[cfg(test)]
mod tests {
    use super::super::chunk::SearchField;
    use super::super::context::context;
    use super::super::term::Pattern;
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Query {
        Query::parse(text, &context())
    }

    fn words(text: &str) -> Vec<String> {
        parse(text).words().map(str::to_owned).collect()
    }

    #[test]
    fn words_are_folded() {
        for (text, expected) in [
            ("", vec![]),
            ("  Ana   LÓPEZ ", vec!["ana", "lopez"]),
            ("Müller", vec!["muller"]),
            ("415 555-2671", vec!["415", "5552671"]),
            ("+1 (415)", vec!["1", "415"]),
            ("王小明", vec!["王小明"]),
            ("re: http://x 10:30", vec!["re:", "http://x", "10:30"]),
            ("\"ana maría\"", vec!["ana maria"]),
            ("\"lang:de\" -\"tag\":x", vec!["lang:de", "-tag:x"]),
            ("\u{301}", vec![]),
            ("~ ~Än \"~x\"", vec!["an", "~x"]),
            ("\x1b[31mred", vec!["red"]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
            assert_eq!(parse(text).errors(), [], "{text:?}");
        }
    }

    #[test]
    fn short_words_and_digits_stand_together() {
        for (text, scatters) in [
            ("ana", false),
            ("anna", true),
            ("王小明", false),
            ("~ana", true),
            ("~a", true),
            ("4155", false),
            ("~4155", false),
            ("\"~ana\"", true),
        ] {
            assert_eq!(parse(text).words[0].scatters, scatters, "{text}");
        }
    }

    #[test]
    fn tag_terms() {
        let query = parse("tag:VIP -tag:\"Hot Lead\" TAG:cold* tag: -tag: x");
        let tag = |folded: &str, prefix, negated| {
            let pattern = Pattern { folded: folded.to_owned(), mask: mask(folded), prefix };
            FilterTerm { negated, test: TermTest::Tag(pattern) }
        };
        assert_eq!(query.terms, [tag("vip", false, false), tag("hot lead", false, true), tag("cold", true, false)]);
        assert_eq!(query.words().collect::<Vec<_>>(), ["x"]);
        assert!(parse("tag:").is_empty());
    }

    #[test]
    fn values_are_read_by_their_kind() {
        let text = |field, folded: &str| {
            TermTest::Text(field, Pattern { folded: folded.to_owned(), mask: mask(folded), prefix: false })
        };
        let owner = |ids: &[&str]| TermTest::Owner(ids.iter().map(|id| crate::domain::UserId::new(*id)).collect());
        for (term, negated, test) in [
            ("city:\"San José\"", false, text(SearchField::City, "san jose")),
            ("-company:Müller", true, text(SearchField::Company, "muller")),
            ("phone:\"+1 (415) 555\"", false, text(SearchField::Phone, "1415555")),
            ("phone:0049-30", false, text(SearchField::Phone, "4930")),
            ("owner:me", false, owner(&["u1"])),
            ("owner:\"kim park\"", false, owner(&["u1"])),
            ("owner:kim", false, owner(&["u1", "u3"])),
            ("owner:osei", false, owner(&["u2"])),
            ("owner:u2", false, owner(&["u2"])),
            ("owner:none", true, TermTest::Present(Present::Owner)),
            ("-owner:None", false, TermTest::Present(Present::Owner)),
            ("dnd:ON", false, TermTest::Dnd(true)),
            ("has:phone", false, TermTest::Present(Present::Phone)),
            ("no:phone", true, TermTest::Present(Present::Phone)),
            ("-no:phone", false, TermTest::Present(Present::Phone)),
        ] {
            let query = parse(term);
            assert_eq!(
                (query.terms.as_slice(), query.errors()),
                ([FilterTerm { negated, test }].as_slice(), [].as_slice())
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_told_and_left_out() {
        for (term, told) in [
            ("foo:bar", "foo:bar: unknown term; quote it to search literally"),
            ("-foo:bar", "-foo:bar: unknown term; quote it to search literally"),
            ("dnd:maybe", "dnd:maybe: on or off"),
            ("is:late", "is:late: duplicate or set-aside"),
            ("has:money", "has:money: email, phone, tag, owner, company, city, source, name, task"),
            ("owner:nobody", "owner:nobody: no user has this name"),
            ("phone:kim", "phone:kim: write digits, in any format"),
            ("due:soon", "due:soon: write late, today, tomorrow, <7d, >7d, none, any, 2026-12"),
            ("cf.color:red", "cf.color:red: no custom field has this name"),
            ("added:soon", "added:soon: write <7d, >30d, today, 2026-01, 2026-01..2026-02"),
            ("added:2026-02-30", "added:2026-02-30: no such date"),
        ] {
            let query = parse(&format!("ana {term} tag:vip"));
            let errors: Vec<String> = query.errors().iter().map(ToString::to_string).collect();
            assert_eq!(errors, [told]);
            assert_eq!((query.words.len(), query.terms.len()), (1, 1), "{term}");
            assert!(!matches!(query.errors()[0].why, TermProblem::Unfinished(_)), "{term}");
        }
        let alone = |users: &'static [crate::domain::User], text: &str| {
            let query = Query::parse(text, &FilterContext { users, me: None, ..context() });
            query.errors().iter().map(|error| error.why).collect::<Vec<_>>()
        };
        assert_eq!(
            alone(&[], "owner:me owner:kim owner:Ab3dEf6hIj9lMn2pQr5t"),
            [TermProblem::NoMe, TermProblem::NoUsers]
        );
        let many = "a ".repeat(20);
        assert_eq!(parse(&many).errors(), [TermError { term: "a".to_owned(), why: TermProblem::TooMany }]);
    }

    #[test]
    fn what_is_half_typed_asks_for_nothing_and_is_no_mistake() {
        for text in [
            "tag:",
            "-tag:",
            "is:",
            "is:set-a",
            "has:em",
            "dnd:o",
            "added:<",
            "added:tod",
            "owner:no",
            "phone:+",
            "-",
            "-t",
        ] {
            let query = parse(text);
            assert!(query.is_empty(), "{text}");
            assert!(matches!(query.errors(), [TermError { why: TermProblem::Unfinished(_), .. }]), "{text}");
        }
    }

    #[test]
    fn what_is_set_aside_is_asked_for_by_its_term() {
        for (text, aside, words) in [
            ("is:set-aside", Aside::Only, 0),
            ("ana IS:Set-Aside", Aside::Only, 1),
            ("-is:set-aside", Aside::Without, 0),
            ("is:set-aside -is:set-aside", Aside::Neither, 0),
            ("is:set-a", Aside::Without, 0),
            ("\"is\":set-aside", Aside::Without, 1),
        ] {
            let query = parse(text);
            assert_eq!((query.aside, query.words().count()), (aside, words), "{text}");
        }
        assert!(!parse("is:set-aside").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in any::<String>()) {
            let query = parse(&text);
            prop_assert!(query.words().count() <= MAX_PARTS);
            prop_assert!(query.words().all(|word| !word.contains('\n')));
        }

        #[test]
        fn so_is_whatever_looks_like_terms(text in "(-?(tag|owner|added|phone|has|no|is|dnd|cf\\.x|due|x)?:?[\"<>0-9a-z.*-]{0,6} ?){0,8}") {
            parse(&text);
        }
    }
}
