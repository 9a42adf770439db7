//! A form: fields of one line or several, each checked as it is typed.
//!
//! What a field holds is text; [`FieldKind`] says how it is read. A form knows nothing of the server: its builders turn
//! records into fields, and fields into edits.

mod appointment;
mod contact;
mod field;
mod task;

use jiff::{Timestamp, tz::TimeZone};

use crate::domain::{Edit, EditId, Hours, Location};
use crate::protocol::DraftKey;

pub(crate) use appointment::AppointmentForm;
pub(crate) use contact::{ContactForm, merged};
pub(crate) use field::{FieldKind, FieldValue, FormField, LockedBy, in_words};
pub(crate) use task::{TaskForm, due_field};

/// What checks and readings depend on.
#[derive(Clone, Copy)]
pub(crate) struct FormContext<'a> {
    pub(crate) now: Timestamp,
    pub(crate) zone: &'a TimeZone,
    pub(crate) hours: Hours,
    pub(crate) location: &'a Location,
}

/// What a form is about.
#[derive(Clone, Debug)]
pub(crate) enum FormSubject {
    Contact(ContactForm),
    Task(TaskForm),
    Appointment(AppointmentForm),
}

/// A form while it is filled in.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) subject: FormSubject,
    pub(crate) title: String,
    pub(crate) fields: Vec<FormField>,
    /// The field that has the keys.
    pub(crate) at: usize,
    /// The suggestion that Enter takes.
    pub(crate) option: Option<usize>,
    pub(crate) draft: DraftKey,
    /// Since when there is something that the ledger does not hold.
    pub(crate) unsaved_since: Option<Timestamp>,
    /// The refused edit that this form repeats: given up once the new one is safe.
    pub(crate) replaces: Option<EditId>,
    /// What is wrong with the whole.
    pub(crate) error: Option<String>,
}

impl Form {
    fn new(subject: FormSubject, title: String, fields: Vec<FormField>, draft: DraftKey) -> Self {
        let at = fields.iter().position(FormField::is_open).unwrap_or(0);
        Self { subject, title, fields, at, option: None, draft, unsaved_since: None, replaces: None, error: None }
    }

    pub(crate) fn field(&self, key: &str) -> Option<&FormField> {
        self.fields.iter().find(|field| field.key == key)
    }

    pub(crate) fn field_mut(&mut self, key: &str) -> Option<&mut FormField> {
        self.fields.iter_mut().find(|field| field.key == key)
    }

    pub(crate) fn current(&self) -> Option<&FormField> {
        self.fields.get(self.at)
    }

    /// The suggestion that is offered for what is typed: the chosen one, else the first where the text is no whole
    /// answer yet.
    pub(crate) fn offered(&self, around: FormContext<'_>) -> Option<String> {
        let field = self.current()?;
        let at = self.option.or_else(|| field.is_begun(around).then_some(0))?;
        let option = field.options(around).into_iter().nth(at)?;
        // A new tag may be part of another one.
        let is_meant = self.option.is_some() || field.kind != FieldKind::Tags || field.begins(&option);
        is_meant.then_some(option)
    }

    /// What is typed in a field, without blanks around it.
    fn typed(&self, key: &str) -> String {
        self.field(key).map(|field| field.text().trim().to_owned()).unwrap_or_default()
    }

    /// Goes to the next field that can be written, or the one before.
    pub(crate) fn step(&mut self, forward: bool) {
        let count = self.fields.len();
        for by in 1..=count {
            let at = if forward { self.at + by } else { self.at + count - by } % count.max(1);
            if self.fields[at].is_open() {
                self.at = at;
                self.option = None;
                return;
            }
        }
    }

    /// The country that a phone number without a plus belongs to.
    fn country(&self, around: FormContext<'_>) -> String {
        let typed = self.typed("country");
        let own = crate::normalise::country(&typed).map(|country| country.code.to_owned()).ok();
        own.or_else(|| around.location.country.clone()).unwrap_or_default()
    }

    /// Checks the field under the cursor, or all; says whether anything is wrong.
    pub(crate) fn check(&mut self, around: FormContext<'_>, all: bool) -> bool {
        let country = self.country(around);
        let start = self.start(around);
        let at = self.at;
        for (number, field) in self.fields.iter_mut().enumerate() {
            if all || number == at {
                let start = start.filter(|_| field.key == "endTime");
                field.error = field.read(around, &country, start).err();
            }
        }
        self.fields.iter().any(|field| field.error.is_some())
    }

    /// The edits that the changed fields mean; none where nothing was changed.
    ///
    /// Where something is wrong, says so beside the fields, goes to the first of them, and gives nothing.
    pub(crate) fn edits(&mut self, around: FormContext<'_>) -> Option<Vec<Edit>> {
        self.error = None;
        if self.check(around, true) {
            self.at = self.fields.iter().position(|field| field.error.is_some()).unwrap_or(self.at);
            return None;
        }
        let edits = match self.subject.clone() {
            FormSubject::Contact(form) => form.edits(self, around),
            FormSubject::Task(form) => Ok(form.edits(self, around)),
            FormSubject::Appointment(form) => form.edits(self, around),
        };
        match edits {
            Ok(edits) => Some(edits),
            Err((key, why)) => {
                match self.fields.iter().position(|field| field.key == key) {
                    Some(at) => {
                        self.at = at;
                        self.fields[at].error = Some(why);
                    }
                    None => self.error = Some(why),
                }
                None
            }
        }
    }

    fn read(&self, key: &str, around: FormContext<'_>) -> Option<FieldValue> {
        let field = self.field(key).filter(|field| field.is_changed())?;
        let start = self.start(around).filter(|_| key == "endTime");
        field.read(around, &self.country(around), start).ok()
    }

    /// The start that an end is relative to.
    fn start(&self, around: FormContext<'_>) -> Option<Timestamp> {
        match self.field("startTime")?.read(around, "", None) {
            Ok(FieldValue::Time(at)) => Some(at),
            _ => None,
        }
    }

    /// How the text of a field will be stored; shown after it while it is typed.
    pub(crate) fn echo(&self, field: &FormField, around: FormContext<'_>) -> Option<String> {
        let start = self.start(around).filter(|_| field.key == "endTime");
        match (&self.subject, start) {
            (FormSubject::Appointment(form), Some(start)) if !field.is_changed() => {
                form.moved_end(start, around).map(|end| in_words(end, around))
            }
            _ => field.echo(around, &self.country(around), start),
        }
    }

    /// What the server said of a refused edit, beside the field it names.
    pub(crate) fn blame(&mut self, why: &str) {
        let lower = why.to_lowercase();
        let named = self.fields.iter().position(|field| {
            field.is_open() && lower.split(|c: char| !c.is_alphanumeric()).any(|word| word == field.key.to_lowercase())
        });
        match named {
            Some(at) => {
                self.at = at;
                self.fields[at].error = Some(why.to_owned());
            }
            None => self.error = Some(why.to_owned()),
        }
    }

    /// What was typed, to be kept; nothing where nothing was.
    pub(crate) fn kept(&self) -> String {
        let typed = self.fields.iter().filter(|field| field.is_open() && field.is_changed());
        let typed: serde_json::Map<String, serde_json::Value> =
            typed.map(|field| (field.key.clone(), field.text().into())).collect();
        if typed.is_empty() { String::new() } else { serde_json::Value::Object(typed).to_string() }
    }

    /// Whether something was typed that is not there from the start.
    pub(crate) fn is_changed(&self) -> bool {
        self.fields.iter().any(|field| field.is_open() && field.is_changed())
    }

    /// Goes back to what every field began with.
    pub(crate) fn start_over(&mut self) {
        self.fields.iter_mut().filter(|field| field.is_open()).for_each(FormField::start_over);
        (self.option, self.error, self.unsaved_since) = (None, None, None);
    }

    /// Brings back what was typed.
    pub(crate) fn restore(&mut self, kept: &str) {
        let Ok(typed) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(kept) else { return };
        for (key, text) in typed {
            if let (Some(field), Some(text)) = (self.field_mut(&key).filter(|field| field.is_open()), text.as_str()) {
                field.set(text);
            }
        }
    }
}
