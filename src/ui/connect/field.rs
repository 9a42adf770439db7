//! The fields of the sign-in screen: a line, a hidden line, something that is on or off.

use std::fmt;

use secrecy::SecretString;
use tui_textarea::TextArea;

use crate::config::{Key, KeyCode};

use crate::ui::state::line::{line_field, typed, write_line};

/// One field.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) label: &'static str,
    /// Shown while nothing is typed, or behind a switch.
    pub(crate) hint: &'static str,
    pub(crate) error: Option<String>,
    pub(crate) kind: Kind,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Line(TextArea<'static>),
    /// Shown as dots, and never printed.
    Hidden(TextArea<'static>),
    Toggle(bool),
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match &self.kind {
            Kind::Line(field) => field.lines().concat(),
            Kind::Hidden(_) => "(hidden)".to_owned(),
            Kind::Toggle(on) => on.to_string(),
        };
        f.debug_struct("Entry").field("label", &self.label).field("value", &value).finish_non_exhaustive()
    }
}

impl Entry {
    pub(crate) fn line(label: &'static str, hint: &'static str, text: &str) -> Self {
        Self { label, hint, error: None, kind: Kind::Line(line_field(text)) }
    }

    pub(crate) fn hidden(label: &'static str, hint: &'static str) -> Self {
        Self { label, hint, error: None, kind: Kind::Hidden(line_field("")) }
    }

    pub(crate) fn toggle(label: &'static str, hint: &'static str, on: bool) -> Self {
        Self { label, hint, error: None, kind: Kind::Toggle(on) }
    }

    pub(crate) fn text(&self) -> String {
        match &self.kind {
            Kind::Line(field) | Kind::Hidden(field) => field.lines().concat().trim().to_owned(),
            Kind::Toggle(_) => String::new(),
        }
    }

    pub(crate) fn write(&mut self, key: Key) {
        self.error = None;
        match &mut self.kind {
            Kind::Line(field) | Kind::Hidden(field) => {
                write_line(field, typed(key));
            }
            Kind::Toggle(on) => {
                if matches!(key.code, KeyCode::Char(' ') | KeyCode::Left | KeyCode::Right) {
                    *on = !*on;
                }
            }
        }
    }

    pub(crate) fn insert(&mut self, text: &str) {
        self.error = None;
        if let Kind::Line(field) | Kind::Hidden(field) = &mut self.kind {
            field.insert_str(text);
        }
    }
}

/// Fields that make sense when they are empty.
const OPTIONAL: [&str; 2] = ["Server", "Version id"];

/// The fields of a page, one of which has the focus.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub(crate) all: Vec<Entry>,
    pub(crate) focus: usize,
}

impl Fields {
    pub(crate) fn new(all: Vec<Entry>) -> Self {
        // What is known already need not be typed.
        let focus = all.iter().position(|entry| !matches!(entry.kind, Kind::Toggle(_)) && entry.text().is_empty());
        Self { all, focus: focus.unwrap_or(0) }
    }

    pub(crate) fn step(&mut self, down: bool) {
        let count = self.all.len();
        self.focus = (self.focus + if down { 1 } else { count - 1 }) % count;
    }

    pub(crate) fn write(&mut self, key: Key) {
        self.all[self.focus].write(key);
    }

    pub(crate) fn insert(&mut self, text: &str) {
        self.all[self.focus].insert(text);
    }

    /// Enter goes on to what is empty before it signs in.
    pub(crate) fn is_last_needed(&self) -> bool {
        let empty = |entry: &Entry| matches!(entry.kind, Kind::Line(_) | Kind::Hidden(_)) && entry.text().is_empty();
        !self.all.iter().skip(self.focus + 1).any(|entry| empty(entry) && !OPTIONAL.contains(&entry.label))
    }

    pub(crate) fn need(&mut self, at: usize, why: &str) {
        if self.all[at].text().is_empty() {
            self.all[at].error = Some(why.to_owned());
        }
    }

    /// Goes to the first field that is wrong; whether there is one.
    pub(crate) fn show_first_error(&mut self) -> bool {
        let wrong = self.all.iter().position(|entry| entry.error.is_some());
        self.focus = wrong.unwrap_or(self.focus);
        wrong.is_some()
    }

    pub(crate) fn text(&self, at: usize) -> String {
        self.all[at].text()
    }

    pub(crate) fn some(&self, at: usize) -> Option<String> {
        Some(self.text(at)).filter(|text| !text.is_empty())
    }

    pub(crate) fn secret(&self, at: usize) -> SecretString {
        SecretString::from(self.text(at))
    }

    pub(crate) fn is_on(&self, at: usize) -> bool {
        matches!(self.all[at].kind, Kind::Toggle(true))
    }

    /// Empties what is hidden.
    pub(crate) fn forget(&mut self) {
        for entry in &mut self.all {
            if let Kind::Hidden(field) = &mut entry.kind {
                *field = line_field("");
            }
        }
    }
}
