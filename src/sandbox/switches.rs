//! Open questions about the real API, each as a switch; the likelier answer is the default.
//! It owns names and values only; each switch takes effect where it is read.

use std::time::Duration;

use thiserror::Error;

/// The answer chosen for each open question; set by name, the same on the command line and at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each on or off")]
pub struct Switches {
    pub(super) clears: Clears,
    pub(super) lower_tags: bool,
    pub(super) html_notes: bool,
    pub(super) touches_date_updated: bool,
    pub(super) index_lag: Duration,
    pub(super) direct_duplicate_search: bool,
    pub(super) rate_body: ErrorBody,
    /// The seconds in Retry-After.
    pub(super) retry_after: Option<u64>,
    pub(super) error_5xx: ErrorBody,
    pub(super) unknown_id: u16,
    pub(super) bad_version: u16,
    /// The name of a task's id in the listing of the whole location.
    pub(super) task_id: &'static str,
    pub(super) tasks_limit: usize,
    pub(super) plain_names: bool,
    pub(super) upsert_status: u16,
    pub(super) create_422_creates: bool,
    pub(super) allow_duplicates: bool,
    /// The fields that identify duplicates, the decisive one first.
    pub(super) duplicate_order: &'static [&'static str],
    /// How long an authorisation code may be exchanged.
    pub(super) code_lifetime: Duration,
    /// How long an access token is valid.
    pub(super) access_lifetime: Duration,
    /// The page sends the app's `state` back.
    pub(super) oauth_state: bool,
    /// The page requires the app's `version_id`, as for apps that are not public.
    pub(super) needs_version_id: bool,
}

/// What clears a field in an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clears {
    /// Null, and an empty text.
    Null,
    /// Only an empty text; null is ignored.
    EmptyText,
    /// Neither, for an e-mail or a phone.
    Neither,
}

/// The body of an error that HighLevel does not document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorBody {
    Json,
    Html,
    Empty,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub enum SwitchError {
    #[error("unknown switch `{0}`; the switches are: {all}", all = NAMES.join(", "))]
    Unknown(String),
    #[error("the switch `{name}` takes {expected}, not `{value}`")]
    Value { name: String, value: String, expected: &'static str },
}

const EMAIL_PHONE: &[&str] = &["email", "phone"];
const ORDERS: [(&str, &[&str]); 4] =
    [("email,phone", EMAIL_PHONE), ("phone,email", &["phone", "email"]), ("email", &["email"]), ("phone", &["phone"])];

const NAMES: [&str; 22] = [
    "null-clears",
    "tag-case",
    "note-body",
    "touches-date-updated",
    "index-lag",
    "duplicate-search",
    "rate-body",
    "retry-after",
    "error-5xx",
    "unknown-id",
    "bad-version",
    "task-id",
    "tasks-limit",
    "plain-names",
    "upsert-status",
    "create-422-creates",
    "allow-duplicates",
    "duplicate-order",
    "code-lifetime",
    "access-lifetime",
    "oauth-state",
    "version-id",
];

impl Default for Switches {
    fn default() -> Self {
        Self {
            clears: Clears::Null,
            lower_tags: true,
            html_notes: true,
            touches_date_updated: false,
            index_lag: Duration::from_secs(2),
            direct_duplicate_search: false,
            rate_body: ErrorBody::Json,
            retry_after: None,
            error_5xx: ErrorBody::Json,
            unknown_id: 400,
            bad_version: 401,
            task_id: "id",
            tasks_limit: 100,
            plain_names: true,
            upsert_status: 200,
            create_422_creates: false,
            allow_duplicates: false,
            duplicate_order: EMAIL_PHONE,
            code_lifetime: Duration::from_secs(60),
            access_lifetime: Duration::from_secs(86_399),
            oauth_state: true,
            needs_version_id: false,
        }
    }
}

impl Switches {
    /// The names of all switches.
    pub fn names() -> &'static [&'static str] {
        &NAMES
    }

    /// Sets one switch by its name, with the values of [`super::CONTROL_HELP`].
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SwitchError> {
        let wrong = |expected| SwitchError::Value { name: name.into(), value: value.into(), expected };
        let one_of = |a: &str, b: &str, expected| {
            if value == a {
                Ok(true)
            } else if value == b {
                Ok(false)
            } else {
                Err(wrong(expected))
            }
        };
        let on = || one_of("on", "off", "on or off");
        let body = || match value {
            "json" => Ok(ErrorBody::Json),
            "html" => Ok(ErrorBody::Html),
            "empty" => Ok(ErrorBody::Empty),
            _ => Err(wrong("json, html or empty")),
        };
        match name {
            "null-clears" => {
                self.clears = match value {
                    "on" => Clears::Null,
                    "off" => Clears::EmptyText,
                    "never" => Clears::Neither,
                    _ => return Err(wrong("on, off or never")),
                }
            }
            "tag-case" => self.lower_tags = one_of("lower", "keep", "lower or keep")?,
            "note-body" => self.html_notes = one_of("html", "plain", "html or plain")?,
            "touches-date-updated" => self.touches_date_updated = on()?,
            "index-lag" => self.index_lag = duration(value).ok_or_else(|| wrong("a time such as 2s or 150ms"))?,
            "duplicate-search" => self.direct_duplicate_search = one_of("direct", "index", "index or direct")?,
            "rate-body" => self.rate_body = body()?,
            "retry-after" if value == "absent" => self.retry_after = None,
            "retry-after" => {
                let seconds = value.trim_end_matches('s').parse();
                self.retry_after = Some(seconds.map_err(|_| wrong("absent or seconds"))?);
            }
            "error-5xx" => self.error_5xx = body()?,
            "unknown-id" => self.unknown_id = if one_of("400", "404", "400 or 404")? { 400 } else { 404 },
            "bad-version" => self.bad_version = if one_of("401", "400", "401 or 400")? { 401 } else { 400 },
            "task-id" => self.task_id = if one_of("id", "_id", "id or _id")? { "id" } else { "_id" },
            "tasks-limit" => self.tasks_limit = value.parse().map_err(|_| wrong("a number"))?,
            "plain-names" => self.plain_names = on()?,
            "upsert-status" => self.upsert_status = if one_of("200", "201", "200 or 201")? { 200 } else { 201 },
            "create-422-creates" => self.create_422_creates = on()?,
            "allow-duplicates" => self.allow_duplicates = on()?,
            "duplicate-order" => {
                let order = ORDERS.iter().find(|(name, _)| *name == value).map(|(_, order)| *order);
                self.duplicate_order = order.ok_or_else(|| wrong("email,phone or phone,email or email or phone"))?;
            }
            "code-lifetime" => {
                self.code_lifetime = duration(value).ok_or_else(|| wrong("a time such as 60s"))?;
            }
            "access-lifetime" => {
                self.access_lifetime = duration(value).ok_or_else(|| wrong("a time such as 86399s"))?;
            }
            "oauth-state" => self.oauth_state = one_of("keep", "drop", "keep or drop")?,
            "version-id" => self.needs_version_id = one_of("required", "off", "required or off")?,
            _ => return Err(SwitchError::Unknown(name.into())),
        }
        Ok(())
    }
}

/// `150ms`, `2s`, `2` (seconds).
pub(super) fn duration(text: &str) -> Option<Duration> {
    if let Some(ms) = text.strip_suffix("ms") {
        return ms.parse().ok().map(Duration::from_millis);
    }
    let seconds = text.strip_suffix('s').unwrap_or(text);
    seconds.parse::<f64>().ok().and_then(|s| Duration::try_from_secs_f64(s).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_set_by_name_and_say_what_they_take() {
        let mut switches = Switches::default();
        for (name, value) in [("index-lag", "150ms"), ("retry-after", "3"), ("task-id", "_id"), ("rate-body", "html")] {
            assert_eq!(switches.set(name, value), Ok(()), "{name}");
        }
        assert_eq!((switches.index_lag, switches.retry_after), (Duration::from_millis(150), Some(3)));
        let wrong = switches.set("note-body", "pdf").expect_err("pdf is no kind of note");
        assert_eq!(wrong.to_string(), "the switch `note-body` takes html or plain, not `pdf`");
        assert!(switches.set("nope", "on").expect_err("no such switch").to_string().contains("index-lag"));
        for name in NAMES {
            assert!(!matches!(switches.set(name, "\u{1}"), Ok(()) | Err(SwitchError::Unknown(_))), "{name} is known");
        }
    }
}
