//! One field: what is typed, how it is read, what is wrong with it.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::{Number, Value};
use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::domain::{parse_day, parse_due, parse_end, spoken};
use crate::normalise;
use crate::text;

use crate::ui::popups::form::state::FormContext;

/// How the text of a field is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FieldKind {
    Text,
    /// Several lines.
    Long,
    Email,
    Phone,
    Day,
    /// A moment in words; the second is what must not be empty.
    Time,
    Country,
    Zone,
    /// A user's name.
    User,
    /// A comma between each two.
    Tags,
    Number,
    Toggle,
    /// One of these: what is written, what is shown.
    One(Vec<(String, String)>),
    /// Any of these, a comma between each two.
    Many(Vec<String>),
    /// It cannot be written.
    Fixed(LockedBy),
}

/// Why a field cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockedBy {
    /// Its value is still to come; it stands in the field.
    Loading,
    Api,
    /// The company of a contact: the API changes its business alone.
    Business,
    /// The API could, a form cannot.
    WebApp,
}

impl LockedBy {
    /// Why, and where it is changed. `business` is the key that chooses a business, where that is allowed.
    pub(crate) fn words(self, business: Option<String>) -> Option<String> {
        let words = match (self, business) {
            (Self::Loading, _) => return None,
            (Self::WebApp, _) => "change this in the web app".to_owned(),
            (Self::Business, Some(key)) => format!("the API cannot edit it: {key} in the list sets the business"),
            (Self::Api | Self::Business, _) => "the API cannot change this: use the web app".to_owned(),
        };
        Some(words)
    }
}

/// What a field means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FieldValue {
    /// Empty.
    Nothing,
    Text(String),
    Time(Timestamp),
    On(bool),
    List(Vec<String>),
    Number(Number),
}

impl FieldValue {
    /// As text; `None` where it is empty.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => Some(text),
            Self::Time(at) => Some(at.to_string()),
            Self::On(on) => Some(on.to_string()),
            Self::List(list) => Some(list.join(", ")),
            Self::Number(number) => Some(number.to_string()),
        }
    }

    /// As the value of a custom field.
    pub(crate) fn json(self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::List(list) => list.into(),
            Self::Number(number) => Value::Number(number),
            Self::On(on) => on.into(),
            other => other.text().map_or(Value::Null, Value::String),
        }
    }
}

/// A field of a form.
#[derive(Clone, Debug)]
pub(crate) struct FormField {
    /// The API's name of it, or the id of a custom field.
    pub(crate) key: String,
    pub(crate) label: String,
    /// Stands above it where a new part of the form begins.
    pub(crate) heading: Option<&'static str>,
    pub(crate) kind: FieldKind,
    pub(crate) required: bool,
    pub(crate) input: TextArea<'static>,
    initial: String,
    pub(crate) error: Option<String>,
}

impl FormField {
    pub(crate) fn new(key: &str, label: &str, kind: FieldKind, initial: &str) -> Self {
        let initial = if kind == FieldKind::Long { text::clean_block(initial) } else { text::clean(initial) };
        let mut field = Self {
            key: key.to_owned(),
            label: label.to_owned(),
            heading: None,
            kind,
            required: false,
            input: TextArea::default(),
            initial: initial.to_string(),
            error: None,
        };
        let shown = field.initial.clone();
        field.set(&shown);
        field
    }

    pub(crate) fn heading(mut self, heading: &'static str) -> Self {
        self.heading = Some(heading);
        self
    }

    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) fn text(&self) -> String {
        self.input.lines().join("\n")
    }

    pub(crate) fn set(&mut self, text: &str) {
        self.input = text.lines().collect();
        if self.kind == FieldKind::Long {
            self.input.set_wrap_mode(WrapMode::WordOrGlyph);
        }
        self.input.move_cursor(CursorMove::Bottom);
        self.input.move_cursor(CursorMove::End);
    }

    /// Goes back to what it began with.
    pub(super) fn start_over(&mut self) {
        let initial = self.initial.clone();
        self.set(&initial);
        self.error = None;
    }

    /// Puts a text in an empty field as if it had begun with it.
    pub(crate) fn begin_with(&mut self, text: &str) {
        text.clone_into(&mut self.initial);
        self.set(text);
    }

    /// Whether it can be written.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.kind, FieldKind::Fixed(_))
    }

    pub(crate) fn is_changed(&self) -> bool {
        self.text().trim() != self.initial.trim()
    }

    /// The tags in it that it did not begin with.
    pub(crate) fn added_tags(&self) -> Vec<String> {
        let (mut tags, before) = (list(&self.text()), self.initial.to_lowercase());
        let before = list(&before);
        tags.retain(|tag| self.kind == FieldKind::Tags && !before.contains(&tag.to_lowercase()));
        tags
    }

    /// How many rows it takes.
    pub(crate) fn rows(&self) -> usize {
        if self.kind == FieldKind::Long { 4 } else { 1 }
    }

    /// What it means, or what is wrong with it; `start` is that of the end that this is.
    pub(crate) fn read(
        &self,
        around: FormContext<'_>,
        country: &str,
        start: Option<Timestamp>,
    ) -> Result<FieldValue, String> {
        let typed = self.text();
        let typed = typed.trim();
        if typed.is_empty() {
            return if self.required { Err("this cannot be empty".to_owned()) } else { Ok(FieldValue::Nothing) };
        }
        // A value that the server accepted before may stay.
        if !self.is_changed()
            && !matches!(self.kind, FieldKind::Time | FieldKind::Toggle | FieldKind::User | FieldKind::One(_))
        {
            return Ok(FieldValue::Text(typed.to_owned()));
        }
        let text = |text: String| Ok(FieldValue::Text(text));
        match &self.kind {
            FieldKind::Text | FieldKind::Long | FieldKind::Fixed(_) => text(typed.to_owned()),
            FieldKind::Email => normalise::email(typed).map(FieldValue::Text).map_err(|why| why.to_string()),
            FieldKind::Phone => normalise::phone(typed, country).map(FieldValue::Text).map_err(|why| why.to_string()),
            FieldKind::Country => normalise::country(typed)
                .map(|one| FieldValue::Text(one.code.to_owned()))
                .map_err(|why| why.to_string()),
            FieldKind::Day => {
                let day = parse_day(typed, around.now, around.zone);
                day.map(|day| FieldValue::Text(day.to_string())).map_err(|why| why.to_string())
            }
            FieldKind::Time => {
                let at = match start {
                    Some(start) => parse_end(typed, start, around.now, around.zone),
                    None => parse_due(typed, around.now, around.zone),
                };
                at.map(FieldValue::Time).map_err(|why| why.to_string())
            }
            FieldKind::Zone => match jiff::tz::TimeZone::get(typed) {
                Ok(zone) => text(zone.iana_name().unwrap_or(typed).to_owned()),
                Err(_) => Err("not a time zone: write it like America/New_York".to_owned()),
            },
            FieldKind::User => {
                let same = |name: &str| text::clean(name).trim().to_lowercase() == typed.to_lowercase();
                let found = around.location.users.iter().find(|user| same(&user.name) || user.id.as_str() == typed);
                found.map(|user| FieldValue::Text(user.id.as_str().to_owned())).ok_or_else(|| {
                    if around.location.users.is_empty() {
                        "user names are unknown: the token lacks users.readonly".to_owned()
                    } else {
                        "no user has this name".to_owned()
                    }
                })
            }
            FieldKind::Tags => Ok(FieldValue::List(list(typed))),
            FieldKind::Number => {
                let plain: String = typed.chars().filter(|c| !matches!(c, ',' | ' ' | '$' | '€' | '£')).collect();
                let number = serde_json::from_str::<Number>(&plain);
                number.map(FieldValue::Number).map_err(|_why| "not a number: write it like 1234.50".to_owned())
            }
            FieldKind::Toggle => {
                Ok(FieldValue::On(matches!(typed.to_lowercase().as_str(), "on" | "yes" | "true" | "x")))
            }
            FieldKind::One(options) => {
                let found = options
                    .iter()
                    .find(|(value, shown)| value == typed || shown.to_lowercase() == typed.to_lowercase());
                found
                    .map(|(value, _)| FieldValue::Text(value.clone()))
                    .ok_or_else(|| "not one of the choices".to_owned())
            }
            FieldKind::Many(options) => {
                let chosen = list(typed);
                let known = |one: &String| options.iter().find(|option| option.to_lowercase() == one.to_lowercase());
                match chosen.iter().find(|one| known(one).is_none()) {
                    Some(wrong) => Err(format!("“{wrong}” is not one of the choices")),
                    None => Ok(FieldValue::List(chosen.iter().filter_map(known).cloned().collect())),
                }
            }
        }
    }

    /// How the text will be stored; shown after it while it is typed.
    pub(crate) fn echo(&self, around: FormContext<'_>, country: &str, start: Option<Timestamp>) -> Option<String> {
        if !self.is_changed() && !matches!(self.kind, FieldKind::Time | FieldKind::Country) {
            return None;
        }
        let typed = self.text().trim().to_owned();
        match (&self.kind, self.read(around, country, start).ok()?) {
            (FieldKind::Time, FieldValue::Time(at)) => Some(in_words(at, around)),
            (FieldKind::Country, FieldValue::Text(code)) => {
                normalise::country(&code).ok().map(|one| one.name.to_owned()).filter(|name| *name != typed)
            }
            (FieldKind::Phone | FieldKind::Email | FieldKind::Day, FieldValue::Text(stored)) => {
                Some(stored).filter(|stored| *stored != typed)
            }
            _ => None,
        }
    }

    /// What is typed before the last comma of a list, and the rest, both in lower case; of other fields, the rest alone.
    fn parts(&self) -> (String, String) {
        let typed = self.text().to_lowercase();
        let is_list = matches!(self.kind, FieldKind::Tags | FieldKind::Many(_));
        let (before, last) = typed.rsplit_once(',').filter(|_| is_list).unwrap_or(("", &typed));
        (before.to_owned(), last.trim().to_owned())
    }

    /// Whether what was typed last is not yet an answer that could stand.
    pub(super) fn is_begun(&self, around: FormContext<'_>) -> bool {
        let (_, last) = self.parts();
        let lacks = |all: &[String]| !all.iter().any(|one| text::clean(one).to_lowercase() == last);
        let is_open = match &self.kind {
            FieldKind::Tags => lacks(&around.location.tags),
            FieldKind::Many(options) => lacks(options),
            _ => self.read(around, "", None).is_err(),
        };
        is_open && !last.is_empty() && self.is_changed()
    }

    /// Whether a suggestion begins with what was typed last.
    pub(super) fn begins(&self, option: &str) -> bool {
        option.to_lowercase().starts_with(&self.parts().1)
    }

    /// What could be meant by what is typed so far.
    pub(crate) fn options(&self, around: FormContext<'_>) -> Vec<String> {
        const SHOWN: usize = 8;
        let (before, last) = self.parts();
        let wanted = if self.is_changed() || !before.is_empty() { last } else { String::new() };
        let taken: Vec<&str> = before.split(',').map(str::trim).collect();
        let all: Vec<String> = match &self.kind {
            FieldKind::User => around.location.users.iter().map(|user| text::clean(&user.name).into_owned()).collect(),
            FieldKind::Tags => around.location.tags.iter().map(|tag| text::clean(tag).into_owned()).collect(),
            FieldKind::One(options) => options.iter().map(|(_, shown)| shown.clone()).collect(),
            FieldKind::Many(options) => options.clone(),
            FieldKind::Country if !wanted.is_empty() => {
                normalise::countries().iter().map(|country| country.name.to_owned()).collect()
            }
            FieldKind::Zone if wanted.len() >= 2 => jiff::tz::db().available().map(|name| name.to_string()).collect(),
            _ => return Vec::new(),
        };
        let mut found: Vec<String> = all
            .into_iter()
            .filter(|option| {
                let option = option.to_lowercase();
                option.contains(&wanted) && option != wanted && !taken.contains(&option.as_str())
            })
            .collect();
        found.sort_by_key(|option| !option.to_lowercase().starts_with(&wanted));
        found.truncate(SHOWN);
        found
    }

    /// Takes a suggestion.
    pub(crate) fn complete(&mut self, option: &str) {
        let typed = self.text();
        match &self.kind {
            FieldKind::Tags | FieldKind::Many(_) => {
                let before = typed.rsplit_once(',').map(|(before, _)| format!("{before}, ")).unwrap_or_default();
                self.set(&format!("{before}{option}"));
            }
            _ => self.set(option),
        }
    }
}

/// The parts between commas, each once.
pub(crate) fn list(typed: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let parts = typed.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.filter(|part| seen.insert(part.to_lowercase())).map(str::to_owned).collect()
}

/// A moment as it is understood: `Fri 27 Nov 2026, 10:45 AM PST`.
pub(crate) fn in_words(at: Timestamp, around: FormContext<'_>) -> String {
    let zoned = at.to_zoned(around.zone.clone());
    format!("{} {}", around.hours.day_and_time(zoned.datetime()), zoned.strftime("%Z"))
}

/// A moment as a field of this kind shows it.
pub(crate) fn moment(at: Option<Timestamp>, around: FormContext<'_>) -> String {
    at.map(|at| spoken(at, around.zone)).unwrap_or_default()
}
