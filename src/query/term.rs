//! The typed terms of a filter: their names, what may stand behind each, and why a value is not understood.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{CustomField, CustomFieldId, User, UserId};

use super::chunk::Field;
use super::fold::{digits, folded, mask};
use super::period::{Due, Period};

/// What a filter's words refer to, beside the contacts themselves.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    pub now: Timestamp,
    /// Where days begin and end.
    pub zone: &'a TimeZone,
    pub users: &'a [User],
    /// Which of them `owner:me` is.
    pub me: Option<&'a UserId>,
    /// What `cf.` terms may name.
    pub custom_fields: &'a [CustomField],
}

/// A part of a filter that is not understood; the other parts hold without it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", term.strip_suffix(':').unwrap_or(term))]
pub struct TermError {
    /// As it was typed.
    pub term: String,
    pub why: Why,
}

/// What is wrong with a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// It may be right once it is typed to its end.
    #[error("{0}")]
    Unfinished(&'static str),
    #[error("{0}")]
    Wrong(&'static str),
    #[error("no such term; in quotes it is looked for as it is")]
    Unknown,
    #[error("no custom field is called so")]
    NoField,
    #[error("the names of the custom fields are not known")]
    NoFields,
    #[error("no user is called so")]
    NoUser,
    #[error("the users' names are not known")]
    NoUsers,
    #[error("which user you are is not known")]
    NoMe,
    #[error("there is no such day")]
    NoSuchDay,
    #[error("not looked at: a filter has up to 16 parts")]
    TooMany,
}

/// The names of the terms, with what stands behind them.
pub(super) const NAMES: [(&str, &str); 15] = [
    ("tag", "a tag, or its beginning: vip, vi*"),
    ("owner", "a user's name, me or none"),
    ("due", "of an open task: late, today, tomorrow, <7d, none"),
    ("added", "<7d, >30d, today, 2026-01..2026-02"),
    ("updated", "<7d, >30d, today, 2026-01..2026-02"),
    ("name", "a part of the name"),
    ("email", "a part of the address"),
    ("phone", "digits, however they are written"),
    ("company", "a part of the company's name"),
    ("city", "a part of the city's name"),
    ("source", "a part of the source"),
    ("dnd", "on or off"),
    ("has", HAS),
    ("no", HAS),
    ("is", "duplicate or set-aside"),
];

const HAS: &str = "email, phone, tag, owner, company, city, source, name, task";
/// Custom fields are named behind this.
pub(super) const CUSTOM: &str = "cf.";
const CUSTOM_EXPECTED: &str = "a part of the field's value";

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
pub(super) const STATES: [(&str, State); 2] = [("duplicate", State::Duplicate), ("set-aside", State::SetAside)];
pub(super) const ME: &str = "me";
pub(super) const NOBODY: &str = "none";

/// One typed term: what must hold of a row, or must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) negated: bool,
    pub(super) test: Test,
}

/// What is asked of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// Has a tag of this very name, or one that begins so.
    Tag(Pattern),
    /// The source contains this, or begins so.
    Source(Pattern),
    /// So does a field of the search text.
    Text(Field, Pattern),
    Owner(Vec<UserId>),
    Time(Stamp, Period),
    Dnd(bool),
    Present(Present),
    /// Has an open task that is due then; any at all where it is not said when.
    Due(Option<Due>),
    /// May be one person with somebody else.
    Duplicate,
    /// The custom field contains this, or begins so.
    Custom(CustomFieldId, Pattern),
}

/// Something to look for, folded; `x*` is only looked for at the beginning.
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

/// What a contact may have or lack.
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

/// What a contact may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Duplicate,
    SetAside,
}

/// What a name with a value behind it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Term(Term),
    SetAside {
        negated: bool,
    },
    /// It is no term: a word.
    Word,
}

impl Pattern {
    /// `None` where nothing is left to look for.
    fn new(value: &str) -> Option<Self> {
        let (value, prefix) = value.strip_suffix('*').map_or((value, false), |value| (value, true));
        let folded = folded(value.trim());
        let mask = mask(&folded);
        (!folded.is_empty()).then_some(Self { folded, mask, prefix })
    }
}

/// Understands `name:value`.
pub(super) fn understood(negated: bool, name: &str, value: &str, around: &Surroundings<'_>) -> Result<Said, Why> {
    let name = name.to_lowercase();
    if let Some(field) = name.strip_prefix(CUSTOM) {
        return custom(negated, field, value, around);
    }
    let Some((name, expected)) = NAMES.iter().find(|(known, _)| *known == name) else {
        return stranger(&name, value);
    };
    if value.trim().is_empty() {
        return Err(Why::Unfinished(expected));
    }
    let pattern = || Pattern::new(value).ok_or(Why::Unfinished(expected));
    let part = |field| pattern().map(|pattern| Test::Text(field, pattern));
    let time = |stamp| Period::parse(value.trim(), around.now, around.zone).map(|period| Test::Time(stamp, period));
    let (negated, test) = match *name {
        "tag" => (negated, Test::Tag(pattern()?)),
        "source" => (negated, Test::Source(pattern()?)),
        "name" => (negated, part(Field::Name)?),
        "email" => (negated, part(Field::Email)?),
        "company" => (negated, part(Field::Company)?),
        "city" => (negated, part(Field::City)?),
        "phone" => (negated, Test::Text(Field::Phone, phone(value)?)),
        "due" => (negated, Test::Due(Due::parse(value.trim(), around.now, around.zone)?)),
        "added" => (negated, time(Stamp::Added)?),
        "updated" => (negated, time(Stamp::Updated)?),
        "dnd" => (negated, Test::Dnd(chosen(value, &ON_OFF, expected)?)),
        "has" => (negated, Test::Present(chosen(value, &PRESENT, expected)?)),
        "no" => (!negated, Test::Present(chosen(value, &PRESENT, expected)?)),
        "owner" if value.eq_ignore_ascii_case(NOBODY) => (!negated, Test::Present(Present::Owner)),
        "owner" => (negated, Test::Owner(owners(value.trim(), around)?)),
        _ => match chosen(value, &STATES, expected)? {
            State::SetAside => return Ok(Said::SetAside { negated }),
            State::Duplicate => (negated, Test::Duplicate),
        },
    };
    Ok(Said::Term(Term { negated, test }))
}

/// A sign, and behind it what may become the name of a term; as a word it would find nobody for a moment.
pub(super) fn begun(name: &str) -> Result<Said, Why> {
    const EXPECTED: &str = "no term yet; in quotes it is looked for as it is";
    let name = name.to_ascii_lowercase();
    if NAMES.iter().any(|(known, _)| known.starts_with(&name)) {
        Err(Why::Unfinished(EXPECTED))
    } else {
        Ok(Said::Word)
    }
}

/// What stands in a custom field.
fn custom(negated: bool, name: &str, value: &str, around: &Surroundings<'_>) -> Result<Said, Why> {
    let slug = slug(name);
    let known = around.custom_fields.iter().find(|field| named(field).any(|own| own == slug));
    let Some(field) = known else {
        let begun = |field: &CustomField| named(field).any(|own| own.starts_with(&slug));
        return Err(match around.custom_fields {
            [] => Why::NoFields,
            fields if value.is_empty() && fields.iter().any(begun) => Why::Unfinished(CUSTOM_EXPECTED),
            _ => Why::NoField,
        });
    };
    let pattern = Pattern::new(value).ok_or(Why::Unfinished(CUSTOM_EXPECTED))?;
    Ok(Said::Term(Term { negated, test: Test::Custom(field.id.clone(), pattern) }))
}

/// How a field can be named: by its name, or by the key that the server gave it.
pub(super) fn named(field: &CustomField) -> impl Iterator<Item = String> {
    let key = field.key.as_deref().map(|key| key.strip_prefix("contact.").unwrap_or(key));
    std::iter::once(field.name.as_str()).chain(key).map(slug).filter(|name| !name.is_empty())
}

/// A name as it can be typed without blanks: `Insurance provider` as `insurance-provider`.
fn slug(name: &str) -> String {
    let folded = folded(name);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A name that is no term's. Addresses and times of day have colons too, and stay words.
fn stranger(name: &str, value: &str) -> Result<Said, Why> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if is_name && !value.is_empty() && !value.starts_with("//") { Err(Why::Unknown) } else { Ok(Said::Word) }
}

/// One of a few; the beginning of one is not wrong yet.
fn chosen<T: Copy>(value: &str, choices: &[(&str, T)], expected: &'static str) -> Result<T, Why> {
    let value = value.trim().to_lowercase();
    match choices.iter().find(|(name, _)| *name == value) {
        Some((_, choice)) => Ok(*choice),
        None if choices.iter().any(|(name, _)| name.starts_with(&value)) => Err(Why::Unfinished(expected)),
        None => Err(Why::Wrong(expected)),
    }
}

/// The digits of a part of a number. A trunk zero or the zeros before a country are not stored.
fn phone(value: &str) -> Result<Pattern, Why> {
    const EXPECTED: &str = "write digits, however you like";
    let is_phone = value.chars().all(|c| c.is_numeric() || c.is_whitespace() || "+-.()/*".contains(c));
    let all = digits(value);
    let folded = all.trim_start_matches('0').to_owned();
    match (is_phone, folded.is_empty()) {
        (false, _) => Err(Why::Wrong(EXPECTED)),
        (true, true) => Err(Why::Unfinished(EXPECTED)),
        (true, false) => Ok(Pattern { mask: mask(&folded), folded, prefix: value.ends_with('*') }),
    }
}

/// Those who are called so; else those one of whose names begins so.
fn owners(value: &str, around: &Surroundings<'_>) -> Result<Vec<UserId>, Why> {
    if value.eq_ignore_ascii_case(ME) {
        return around.me.map(|me| vec![me.clone()]).ok_or(Why::NoMe);
    }
    let wanted = folded(value);
    let who = |holds: &dyn Fn(&User) -> bool| -> Vec<UserId> {
        around.users.iter().filter(|user| holds(user)).map(|user| user.id.clone()).collect()
    };
    let named = who(&|user| user.id.as_str() == value || folded(&user.name).trim() == wanted);
    if !named.is_empty() {
        return Ok(named);
    }
    let begins = |name: &str| name.starts_with(&wanted) || name.contains(&format!(" {wanted}"));
    let begun = who(&|user| !wanted.is_empty() && begins(&folded(&user.name)));
    match (begun.is_empty(), around.users.is_empty()) {
        (false, _) => Ok(begun),
        // Where no names are known an id says who is meant.
        (true, true) if is_id(value) => Ok(vec![UserId::new(value)]),
        (true, true) => Err(Why::NoUsers),
        (true, false) if [ME, NOBODY].iter().any(|word| word.starts_with(&wanted)) => {
            Err(Why::Unfinished("a user's name, me or none"))
        }
        (true, false) => Err(Why::NoUser),
    }
}

/// Ids of the API have 20 letters and digits.
fn is_id(value: &str) -> bool {
    value.len() >= 16 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
