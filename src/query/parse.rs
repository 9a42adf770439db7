//! The filter's language: words, and terms such as `tag:vip` and `-tag:cold`.

use crate::text::clean;

use super::fold::{folded, mask};

/// Longer words than any field's; what is beyond is not looked at.
const MAX_WORD_CHARS: usize = 64;
const MAX_TERMS: usize = 16;

/// A filter as typed, understood. All its terms must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) words: Vec<Word>,
    pub(super) tags: Vec<TagTerm>,
    /// Only what merges have set aside, which is left out otherwise.
    pub(super) aside: bool,
}

/// The term for what merges have set aside.
const SET_ASIDE: &str = "is:set-aside";

/// A word to look for in any field, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) mask: u64,
    /// Digits must stand together: taken apart they would match nearly every phone number.
    pub(super) exact: bool,
    /// What looks like a phone number, as it was typed: `2024-05` may be part of a tag.
    pub(super) as_typed: Option<String>,
}

/// `tag:x`: has a tag with this very name, case and accents aside; `tag:x*`: one that begins so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TagTerm {
    pub(super) folded: String,
    pub(super) prefix: bool,
    pub(super) negated: bool,
}

impl Query {
    /// Never fails: what is no term is a word. `tag:` without a name asks for nothing yet.
    pub fn parse(text: &str) -> Self {
        let text = clean(text);
        let mut query = Self::default();
        for token in tokens(&text).take(MAX_TERMS) {
            match Term::new(&token) {
                Term::Tag(tag) => query.tags.push(tag),
                Term::Word(word) => query.words.push(word),
                Term::Aside => query.aside = true,
                Term::Nothing => {}
            }
        }
        query
    }

    /// The words, folded: lower case, without accents, digits of phone numbers alone.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.text.as_str())
    }

    /// Whether it lets every row through.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.tags.is_empty() && !self.aside
    }
}

impl Word {
    fn new(token: &str) -> Option<Self> {
        let token: String = token.chars().take(MAX_WORD_CHARS).collect();
        let mut text = folded(&token);
        let phone_like = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '(' | ')' | '/');
        let exact = text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(phone_like);
        let mut as_typed = None;
        if exact && !text.chars().all(|c| c.is_ascii_digit()) {
            as_typed = Some(text.clone());
            text.retain(|c| c.is_ascii_digit());
        }
        let mask = mask(&text);
        (!text.is_empty()).then_some(Self { text, mask, exact, as_typed })
    }
}

/// What one part of a filter says.
enum Term {
    Word(Word),
    Tag(TagTerm),
    Aside,
    /// A term that is not typed to its end yet, or a word of nothing but accents.
    Nothing,
}

impl Term {
    fn new(token: &str) -> Self {
        // What is typed on the way to it looks for nothing yet.
        if token.get(..3).is_some_and(|prefix| prefix.eq_ignore_ascii_case("is:")) {
            let term = token.to_lowercase();
            if term == SET_ASIDE {
                return Self::Aside;
            }
            if SET_ASIDE.starts_with(&term) {
                return Self::Nothing;
            }
        }
        let (negated, term) = token.strip_prefix('-').map_or((false, token), |term| (true, term));
        let Some(name) = tag_name(term) else { return Word::new(token).map_or(Self::Nothing, Self::Word) };
        let (name, prefix) = name.strip_suffix('*').map_or((name, false), |name| (name, true));
        let folded = folded(name.trim());
        if folded.is_empty() { Self::Nothing } else { Self::Tag(TagTerm { folded, prefix, negated }) }
    }
}

fn tag_name(term: &str) -> Option<&str> {
    term.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("tag:")).map(|prefix| &term[prefix.len()..])
}

/// Parts between spaces; quotes hold spaces together (`tag:"hot lead"`).
fn tokens(text: &str) -> impl Iterator<Item = String> {
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        chars.peek()?;
        let mut token = String::new();
        let mut quoted = false;
        while let Some(c) = chars.next_if(|&c| quoted || !c.is_whitespace()) {
            if c == '"' {
                quoted = !quoted;
            } else {
                token.push(c);
            }
        }
        Some(token)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        Query::parse(text).words().map(str::to_owned).collect()
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
            ("city:Bern http://x", vec!["city:bern", "http://x"]),
            ("\"ana maría\"", vec!["ana maria"]),
            ("\u{301}", vec![]),
            ("\x1b[31mred", vec!["red"]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn tag_terms() {
        let query = Query::parse("tag:VIP -tag:\"Hot Lead\" TAG:cold* tag: -tag: x");
        let terms: Vec<_> = query.tags.iter().map(|tag| (tag.folded.as_str(), tag.prefix, tag.negated)).collect();
        assert_eq!(terms, [("vip", false, false), ("hot lead", false, true), ("cold", true, false)]);
        assert_eq!(query.words().collect::<Vec<_>>(), ["x"]);
        assert!(Query::parse("tag:").is_empty());
    }

    #[test]
    fn what_is_set_aside_is_asked_for_by_its_term() {
        for (text, aside, words) in [
            ("is:set-aside", true, 0),
            ("ana IS:Set-Aside", true, 1),
            ("is:", false, 0),
            ("is:set-a", false, 0),
            ("is:late", false, 1),
            ("\"is\":set", false, 0),
        ] {
            let query = Query::parse(text);
            assert_eq!((query.aside, query.words().count()), (aside, words), "{text}");
        }
        assert!(!Query::parse("is:set-aside").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in any::<String>()) {
            let query = Query::parse(&text);
            prop_assert!(query.words().count() <= MAX_TERMS);
            prop_assert!(query.words().all(|word| !word.contains('\n')));
        }
    }
}
