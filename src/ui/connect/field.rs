//! The fields of the sign-in screen: a line, a hidden line, something that is on or off.

use std::fmt;

use secrecy::SecretString;
use tui_textarea::TextArea;

use crate::config::{Key, KeyCode};

use crate::ui::state::line::{line_field, typed, write_line};

/// One field.
#[derive(Clone)]
pub(crate) struct ConnectField {
    pub(crate) label: &'static str,
    /// Shown while nothing is typed, or behind a switch.
    pub(crate) hint: &'static str,
    pub(crate) error: Option<String>,
    pub(crate) kind: ConnectFieldKind,
}

#[derive(Clone)]
pub(crate) enum ConnectFieldKind {
    Line(TextArea<'static>),
    /// Shown as dots, and never printed.
    Hidden(TextArea<'static>),
    Toggle(bool),
}

impl fmt::Debug for ConnectField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match &self.kind {
            ConnectFieldKind::Line(field) => field.lines().concat(),
            ConnectFieldKind::Hidden(_) => "(hidden)".to_owned(),
            ConnectFieldKind::Toggle(on) => on.to_string(),
        };
        f.debug_struct("ConnectField").field("label", &self.label).field("value", &value).finish_non_exhaustive()
    }
}

impl ConnectField {
    pub(crate) fn line(label: &'static str, hint: &'static str, text: &str) -> Self {
        Self { label, hint, error: None, kind: ConnectFieldKind::Line(line_field(text)) }
    }

    pub(crate) fn hidden(label: &'static str, hint: &'static str) -> Self {
        Self { label, hint, error: None, kind: ConnectFieldKind::Hidden(line_field("")) }
    }

    pub(crate) fn toggle(label: &'static str, hint: &'static str, on: bool) -> Self {
        Self { label, hint, error: None, kind: ConnectFieldKind::Toggle(on) }
    }

    pub(crate) fn text(&self) -> String {
        match &self.kind {
            ConnectFieldKind::Line(field) | ConnectFieldKind::Hidden(field) => field.lines().concat().trim().to_owned(),
            ConnectFieldKind::Toggle(_) => String::new(),
        }
    }

    pub(crate) fn write(&mut self, key: Key) {
        self.error = None;
        match &mut self.kind {
            ConnectFieldKind::Line(field) | ConnectFieldKind::Hidden(field) => {
                write_line(field, typed(key));
            }
            ConnectFieldKind::Toggle(on) => {
                if matches!(key.code, KeyCode::Char(' ') | KeyCode::Left | KeyCode::Right) {
                    *on = !*on;
                }
            }
        }
    }

    pub(crate) fn insert(&mut self, text: &str) {
        self.error = None;
        if let ConnectFieldKind::Line(field) | ConnectFieldKind::Hidden(field) = &mut self.kind {
            field.insert_str(text);
        }
    }
}

/// Fields that may stay empty.
const OPTIONAL: [&str; 2] = ["Server", "Version ID"];

/// The fields of a page, one of which has the focus.
#[derive(Clone, Debug)]
pub(crate) struct ConnectFields {
    pub(crate) all: Vec<ConnectField>,
    pub(crate) focus: usize,
}

impl ConnectFields {
    pub(crate) fn new(all: Vec<ConnectField>) -> Self {
        // What is known already need not be typed.
        let focus =
            all.iter().position(|entry| !matches!(entry.kind, ConnectFieldKind::Toggle(_)) && entry.text().is_empty());
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
        let empty = |entry: &ConnectField| {
            matches!(entry.kind, ConnectFieldKind::Line(_) | ConnectFieldKind::Hidden(_)) && entry.text().is_empty()
        };
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
        matches!(self.all[at].kind, ConnectFieldKind::Toggle(true))
    }

    /// Empties what is hidden.
    pub(crate) fn forget(&mut self) {
        for entry in &mut self.all {
            if let ConnectFieldKind::Hidden(field) = &mut entry.kind {
                *field = line_field("");
            }
        }
    }
}
