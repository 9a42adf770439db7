//! The filter's language: words, and terms such as `tag:vip` and `-tag:cold`.

use crate::text::clean;

use super::fold::{folded, mask};

/// Longer words than any field's; what is beyond is not looked at.
const MAX_WORD_CHARS: usize = 64;
const MAX_TERMS: usize = 16;

/// A filter as typed, understood. All its terms must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub(super) words: Vec<Word>,
    pub(super) tags: Vec<TagTerm>,
}

/// A word to look for in any field, folded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) mask: u64,
    /// Digits must stand together: taken apart they would match nearly every phone number.
    pub(super) exact: bool,
}

/// `tag:x`: has a tag with this very name, case and accents aside; `tag:x*`: one that begins so.
#[derive(Clone, Debug, PartialEq)]
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
            if let Some(tag) = tag_term(&token) {
                query.tags.extend(tag);
            } else {
                query.words.extend(Word::new(&token));
            }
        }
        query
    }

    /// Whether it lets every row through.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.tags.is_empty()
    }
}

impl Word {
    fn new(token: &str) -> Option<Self> {
        let token: String = token.chars().take(MAX_WORD_CHARS).collect();
        let mut text = folded(&token);
        let phone_like = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '(' | ')' | '/');
        let exact = text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(phone_like);
        if exact {
            text.retain(|c| c.is_ascii_digit());
        }
        let mask = mask(&text);
        (!text.is_empty()).then_some(Self { text, mask, exact })
    }
}

/// `None`: not a tag term. `Some(None)`: one without a name.
fn tag_term(token: &str) -> Option<Option<TagTerm>> {
    let (negated, term) = token.strip_prefix('-').map_or((false, token), |term| (true, term));
    let name = term.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("tag:")).map(|_| &term[4..])?;
    let (name, prefix) = name.strip_suffix('*').map_or((name, false), |name| (name, true));
    let folded = folded(name.trim());
    Some((!folded.is_empty()).then_some(TagTerm { folded, prefix, negated }))
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
