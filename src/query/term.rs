//! The typed terms of a filter: their names, the values each one takes, and why a value is rejected.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{CustomField, CustomFieldId, User, UserId};

use super::chunk::SearchField;
use super::fold::{digits, folded, mask};
use super::period::{DueTerm, Period};

/// What a filter's words refer to, apart from the contacts themselves.
#[derive(Clone, Copy, Debug)]
pub struct FilterContext<'a> {
    pub now: Timestamp,
    /// Says where days begin and end.
    pub zone: &'a TimeZone,
    pub users: &'a [User],
    /// The user that `owner:me` means.
    pub me: Option<&'a UserId>,
    /// The fields that `cf.` terms may name.
    pub custom_fields: &'a [CustomField],
}

/// A part of a filter that was rejected; the other parts still apply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", term.strip_suffix(':').unwrap_or(term))]
pub struct TermError {
    /// As typed.
    pub term: String,
    pub why: TermProblem,
}

/// What is wrong with a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermProblem {
    /// It may become valid as the user types on.
    #[error("{0}")]
    Unfinished(&'static str),
    #[error("{0}")]
    Wrong(&'static str),
    #[error("unknown term; quote it to search literally")]
    Unknown,
    #[error("no custom field has this name")]
    NoField,
    #[error("custom fields not loaded")]
    NoFields,
    #[error("no user has this name")]
    NoUser,
    #[error("user names not loaded")]
    NoUsers,
    #[error("not set; run `ghl-tui me NAME`")]
    NoMe,
    #[error("no such date")]
    NoSuchDay,
    #[error("ignored: a filter takes up to 16 parts")]
    TooMany,
}

/// The names of the terms, each with a hint about its values.
pub(super) const NAMES: [(&str, &str); 15] = [
    ("tag", "a tag, or how it starts: vip, vi*"),
    ("owner", "a user's name, me or none"),
    ("due", "an open task's date: late, today, tomorrow, <7d, none"),
    ("added", "<7d, >30d, today, 2026-01..2026-02"),
    ("updated", "<7d, >30d, today, 2026-01..2026-02"),
    ("name", "part of the name"),
    ("email", "part of the address"),
    ("phone", "digits, in any format"),
    ("company", "part of the company name"),
    ("city", "part of the city name"),
    ("source", "part of the source"),
    ("dnd", "on or off"),
    ("has", HAS),
    ("no", HAS),
    ("is", "duplicate or set-aside"),
];

const HAS: &str = "email, phone, tag, owner, company, city, source, name, task";
/// The prefix of custom field terms.
pub(super) const CUSTOM: &str = "cf.";
const CUSTOM_EXPECTED: &str = "part of the field's value";

pub(super) const ON_OFF: [(&str, bool); 2] = [("on", true), ("off", false)];
pub(super) const PRESENT: [(&str, Present); 9] = [
    ("email", Present::Email),
    ("phone", Present::Phone),
    ("tag", Present::Tag),
    ("owner", Present::Owner),
    ("company", Present::Company),
    ("city", Present::City),
    ("source", Present::Source),
    ("name", Present::Name),
    ("task", Present::Task),
];
pub(super) const STATES: [(&str, ContactState); 2] =
    [("duplicate", ContactState::Duplicate), ("set-aside", ContactState::SetAside)];
pub(super) const ME: &str = "me";
pub(super) const NOBODY: &str = "none";

/// One typed term: a test that a row must pass, or must fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilterTerm {
    pub(super) negated: bool,
    pub(super) test: TermTest,
}

/// A test on one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TermTest {
    /// Has exactly this tag, or one that begins with it.
    Tag(Pattern),
    /// The source contains this, or begins with it.
    Source(Pattern),
    /// The same for a field of the search text.
    Text(SearchField, Pattern),
    Owner(Vec<UserId>),
    Time(Stamp, Period),
    Dnd(bool),
    Present(Present),
    /// Has an open task due then; `None` is any open task.
    Due(Option<DueTerm>),
    /// May be a duplicate.
    Duplicate,
    /// The custom field contains this, or begins with it.
    Custom(CustomFieldId, Pattern),
}

/// A text to look for, folded; `x*` matches only at the beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) folded: String,
    pub(super) mask: u64,
    pub(super) prefix: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamp {
    Added,
    Updated,
}

/// Something that a contact may have or lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Present {
    Email,
    Phone,
    Tag,
    Owner,
    Company,
    City,
    Source,
    Name,
    /// An open one.
    Task,
}

/// A state that `is:` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContactState {
    Duplicate,
    SetAside,
}

/// The meaning of one part of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ParsedPart {
    Term(FilterTerm),
    SetAside {
        negated: bool,
    },
    /// Not a term: a word to search for.
    Word,
}

impl Pattern {
    /// `None` if nothing is left to look for.
    fn new(value: &str) -> Option<Self> {
        let (value, prefix) = value.strip_suffix('*').map_or((value, false), |value| (value, true));
        let folded = folded(value.trim());
        let mask = mask(&folded);
        (!folded.is_empty()).then_some(Self { folded, mask, prefix })
    }
}

/// Reads `name:value`.
pub(super) fn understood(
    negated: bool,
    name: &str,
    value: &str,
    context: &FilterContext<'_>,
) -> Result<ParsedPart, TermProblem> {
    let name = name.to_lowercase();
    if let Some(field) = name.strip_prefix(CUSTOM) {
        return custom(negated, field, value, context);
    }
    let Some((name, expected)) = NAMES.iter().find(|(known, _)| *known == name) else {
        return stranger(&name, value);
    };
    if value.trim().is_empty() {
        return Err(TermProblem::Unfinished(expected));
    }
    let pattern = || Pattern::new(value).ok_or(TermProblem::Unfinished(expected));
    let part = |field| pattern().map(|pattern| TermTest::Text(field, pattern));
    let time =
        |stamp| Period::parse(value.trim(), context.now, context.zone).map(|period| TermTest::Time(stamp, period));
    let (negated, test) = match *name {
        "tag" => (negated, TermTest::Tag(pattern()?)),
        "source" => (negated, TermTest::Source(pattern()?)),
        "name" => (negated, part(SearchField::Name)?),
        "email" => (negated, part(SearchField::Email)?),
        "company" => (negated, part(SearchField::Company)?),
        "city" => (negated, part(SearchField::City)?),
        "phone" => (negated, TermTest::Text(SearchField::Phone, phone(value)?)),
        "due" => (negated, TermTest::Due(DueTerm::parse(value.trim(), context.now, context.zone)?)),
        "added" => (negated, time(Stamp::Added)?),
        "updated" => (negated, time(Stamp::Updated)?),
        "dnd" => (negated, TermTest::Dnd(chosen(value, &ON_OFF, expected)?)),
        "has" => (negated, TermTest::Present(chosen(value, &PRESENT, expected)?)),
        "no" => (!negated, TermTest::Present(chosen(value, &PRESENT, expected)?)),
        "owner" if value.eq_ignore_ascii_case(NOBODY) => (!negated, TermTest::Present(Present::Owner)),
        "owner" => (negated, TermTest::Owner(owners(value.trim(), context)?)),
        _ => match chosen(value, &STATES, expected)? {
            ContactState::SetAside => return Ok(ParsedPart::SetAside { negated }),
            ContactState::Duplicate => (negated, TermTest::Duplicate),
        },
    };
    Ok(ParsedPart::Term(FilterTerm { negated, test }))
}

/// A minus sign and the beginning of a term's name. As a word it would find nobody until the name is complete.
pub(super) fn begun(name: &str) -> Result<ParsedPart, TermProblem> {
    const EXPECTED: &str = "incomplete term; quote it to search literally";
    let name = name.to_ascii_lowercase();
    if NAMES.iter().any(|(known, _)| known.starts_with(&name)) {
        Err(TermProblem::Unfinished(EXPECTED))
    } else {
        Ok(ParsedPart::Word)
    }
}

/// A term on a custom field.
fn custom(negated: bool, name: &str, value: &str, context: &FilterContext<'_>) -> Result<ParsedPart, TermProblem> {
    let slug = slug(name);
    let known = context.custom_fields.iter().find(|field| named(field).any(|own| own == slug));
    let Some(field) = known else {
        let begun = |field: &CustomField| named(field).any(|own| own.starts_with(&slug));
        return Err(match context.custom_fields {
            [] => TermProblem::NoFields,
            fields if value.is_empty() && fields.iter().any(begun) => TermProblem::Unfinished(CUSTOM_EXPECTED),
            _ => TermProblem::NoField,
        });
    };
    let pattern = Pattern::new(value).ok_or(TermProblem::Unfinished(CUSTOM_EXPECTED))?;
    Ok(ParsedPart::Term(FilterTerm { negated, test: TermTest::Custom(field.id.clone(), pattern) }))
}

/// The names of a field: its own, and the key that the server gave it.
pub(super) fn named(field: &CustomField) -> impl Iterator<Item = String> {
    let key = field.key.as_deref().map(|key| key.strip_prefix("contact.").unwrap_or(key));
    std::iter::once(field.name.as_str()).chain(key).map(slug).filter(|name| !name.is_empty())
}

/// A name that can be typed without spaces: `insurance-provider` for `Insurance provider`.
fn slug(name: &str) -> String {
    let folded = folded(name);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A name that no term has. Web addresses and times of day have colons too, and stay words.
fn stranger(name: &str, value: &str) -> Result<ParsedPart, TermProblem> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if is_name && !value.is_empty() && !value.starts_with("//") {
        Err(TermProblem::Unknown)
    } else {
        Ok(ParsedPart::Word)
    }
}

/// One of a few choices; the beginning of one is only unfinished.
fn chosen<T: Copy>(value: &str, choices: &[(&str, T)], expected: &'static str) -> Result<T, TermProblem> {
    let value = value.trim().to_lowercase();
    match choices.iter().find(|(name, _)| *name == value) {
        Some((_, choice)) => Ok(*choice),
        None if choices.iter().any(|(name, _)| name.starts_with(&value)) => Err(TermProblem::Unfinished(expected)),
        None => Err(TermProblem::Wrong(expected)),
    }
}

/// The digits of part of a number. Stored numbers have no trunk zero and no zeros before the country code.
fn phone(value: &str) -> Result<Pattern, TermProblem> {
    const EXPECTED: &str = "write digits, in any format";
    let is_phone = value.chars().all(|c| c.is_numeric() || c.is_whitespace() || "+-.()/*".contains(c));
    let all = digits(value);
    let folded = all.trim_start_matches('0').to_owned();
    match (is_phone, folded.is_empty()) {
        (false, _) => Err(TermProblem::Wrong(EXPECTED)),
        (true, true) => Err(TermProblem::Unfinished(EXPECTED)),
        (true, false) => Ok(Pattern { mask: mask(&folded), folded, prefix: value.ends_with('*') }),
    }
}

/// The users with this name; else those whose first or last name begins with it.
fn owners(value: &str, context: &FilterContext<'_>) -> Result<Vec<UserId>, TermProblem> {
    if value.eq_ignore_ascii_case(ME) {
        return context.me.map(|me| vec![me.clone()]).ok_or(TermProblem::NoMe);
    }
    let wanted = folded(value);
    let who = |holds: &dyn Fn(&User) -> bool| -> Vec<UserId> {
        context.users.iter().filter(|user| holds(user)).map(|user| user.id.clone()).collect()
    };
    let named = who(&|user| user.id.as_str() == value || folded(&user.name).trim() == wanted);
    if !named.is_empty() {
        return Ok(named);
    }
    let begins = |name: &str| name.starts_with(&wanted) || name.contains(&format!(" {wanted}"));
    let begun = who(&|user| !wanted.is_empty() && begins(&folded(&user.name)));
    match (begun.is_empty(), context.users.is_empty()) {
        (false, _) => Ok(begun),
        // While no names are known, an id still works.
        (true, true) if is_id(value) => Ok(vec![UserId::new(value)]),
        (true, true) => Err(TermProblem::NoUsers),
        (true, false) if [ME, NOBODY].iter().any(|word| word.starts_with(&wanted)) => {
            Err(TermProblem::Unfinished("a user's name, me or none"))
        }
        (true, false) => Err(TermProblem::NoUser),
    }
}

/// Ids of the API have 20 letters and digits.
fn is_id(value: &str) -> bool {
    value.len() >= 16 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
