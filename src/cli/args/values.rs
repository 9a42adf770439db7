//! Single values on the command line; each error says what it expects.

use std::time::Duration;

use crate::domain::{ContactId, EditId, LocationId, NoteId, TaskId};
use crate::protocol::Verb;

/// How many requests the sandbox allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimitArg {
    Off,
    Requests { count: u32, interval: Duration },
}

/// A switch of the sandbox, by the sandbox's own name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    pub name: String,
    pub value: String,
}

/// A field of a contact and its new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub field: String,
    pub value: String,
}

/// Where a raw request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub path: String,
    pub query: Option<String>,
}

/// Why a value cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ValueError {
    #[error("write a number with a unit, such as 250ms, 10s or 5m")]
    Duration,
    #[error("write a count and a time, such as 100/10s, or off")]
    RateLimitArg,
    #[error("write a time zone such as America/Los_Angeles")]
    Zone,
    #[error("write an address such as http://127.0.0.1:9000/events")]
    Url,
    #[error("write NAME=VALUE")]
    Switch,
    #[error("write FIELD=VALUE, such as city=Oakland")]
    Setting,
    #[error("write a number from 0 to 1, such as 0.8")]
    Probability,
    #[error("write a number with a unit, such as 30d, 2w or 12h")]
    Age,
    #[error("write a number with a unit, such as 15m or 1h; at least one second")]
    Interval,
    #[error("an id cannot be empty")]
    EmptyId,
    #[error("write an id, or a row's number, as ghl-tui outbox list shows it")]
    OutboxName,
    #[error("write GET, POST, PUT or DELETE")]
    Verb,
    #[error("write a path that starts with one slash, such as /contacts/ID: no scheme, no host, no \"..\"")]
    Address,
}

pub(super) fn probability(text: &str) -> Result<f64, ValueError> {
    text.parse().ok().filter(|score| (0.0..=1.0).contains(score)).ok_or(ValueError::Probability)
}

pub(super) fn duration(text: &str) -> Result<Duration, ValueError> {
    let signed: jiff::SignedDuration = text.parse().map_err(|_unreadable| ValueError::Duration)?;
    Duration::try_from(signed).map_err(|_negative| ValueError::Duration)
}

/// How long ago; days have 24 hours.
pub(super) fn age(text: &str) -> Result<Duration, ValueError> {
    let span: jiff::Span = text.parse().map_err(|_unreadable| ValueError::Age)?;
    let signed = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_months| ValueError::Age)?;
    Duration::try_from(signed).map_err(|_negative| ValueError::Age)
}

/// Time between two syncs.
pub(super) fn interval(text: &str) -> Result<Duration, ValueError> {
    duration(text).ok().filter(|time| *time >= Duration::from_secs(1)).ok_or(ValueError::Interval)
}

pub(super) fn merge(text: &str) -> Result<String, ValueError> {
    id(text).map(str::to_owned)
}

pub(super) fn setting(text: &str) -> Result<Setting, ValueError> {
    let (field, value) = text.split_once('=').ok_or(ValueError::Setting)?;
    let field = field.trim().to_owned();
    if field.is_empty() {
        return Err(ValueError::Setting);
    }
    Ok(Setting { field, value: value.to_owned() })
}

pub(super) fn note(text: &str) -> Result<NoteId, ValueError> {
    if text.trim().is_empty() { Err(ValueError::EmptyId) } else { Ok(NoteId::new(text)) }
}

pub(super) fn rate_limit(text: &str) -> Result<RateLimitArg, ValueError> {
    if text == "off" {
        return Ok(RateLimitArg::Off);
    }
    let (count, interval) = text.split_once('/').ok_or(ValueError::RateLimitArg)?;
    let count = count.parse().map_err(|_unreadable| ValueError::RateLimitArg)?;
    let interval = duration(interval).map_err(|_unreadable| ValueError::RateLimitArg)?;
    if count == 0 || interval.is_zero() {
        return Err(ValueError::RateLimitArg);
    }
    Ok(RateLimitArg::Requests { count, interval })
}

pub(super) fn zone(text: &str) -> Result<String, ValueError> {
    jiff::tz::TimeZone::get(text).map(|_known| text.to_owned()).map_err(|_unknown| ValueError::Zone)
}

pub(super) fn url(text: &str) -> Result<url::Url, ValueError> {
    text.parse().map_err(|_unreadable| ValueError::Url)
}

pub(super) fn switch(text: &str) -> Result<Switch, ValueError> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok(Switch { name: name.to_owned(), value: value.to_owned() }),
        _ => Err(ValueError::Switch),
    }
}

pub(super) fn contact(text: &str) -> Result<ContactId, ValueError> {
    id(text).map(ContactId::new)
}

pub(super) fn location(text: &str) -> Result<LocationId, ValueError> {
    id(text).map(LocationId::new)
}

pub(super) fn task(text: &str) -> Result<TaskId, ValueError> {
    id(text).map(TaskId::new)
}

pub(super) fn verb(text: &str) -> Result<Verb, ValueError> {
    let all = [Verb::Get, Verb::Post, Verb::Put, Verb::Delete];
    all.into_iter().find(|verb| verb.to_string().eq_ignore_ascii_case(text)).ok_or(ValueError::Verb)
}

/// Rejects everything that could leave the API's own address.
pub(super) fn address(text: &str) -> Result<Address, ValueError> {
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query.to_owned())));
    let dots = |part: &str| {
        let part = part.to_ascii_lowercase().replace("%2e", ".");
        part == ".." || part == "."
    };
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\'));
    let fine = path.starts_with('/') && !path.starts_with("//") && plain(text) && !path.split('/').any(dots);
    if fine { Ok(Address { path: path.to_owned(), query }) } else { Err(ValueError::Address) }
}

/// An entry of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxName {
    Edit(EditId),
    /// A damaged one by its row, because its id may be damaged too.
    Row(i64),
}

pub(super) fn outbox_name(text: &str) -> Result<OutboxName, ValueError> {
    let by_row = |_no_id| text.trim().parse().map(OutboxName::Row).map_err(|_neither| ValueError::OutboxName);
    text.trim().parse().map(OutboxName::Edit).or_else(by_row)
}

fn id(text: &str) -> Result<&str, ValueError> {
    let id = text.trim();
    if id.is_empty() { Err(ValueError::EmptyId) } else { Ok(id) }
}
