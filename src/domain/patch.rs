//! New values for a contact, task, note or appointment. A field that the patch does not name keeps its value.

use std::collections::BTreeMap;

use super::{
    Appointment, AppointmentId, AppointmentStatus, AppointmentTime, CalendarId, Contact, ContactId, CustomFieldId,
    CustomValue, Entries, Note, NoteId, Task, TaskId, UserId,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

macro_rules! contact_fields {
    ($($(#[$doc:meta])* $field:ident $member:ident $name:literal $label:literal;)*) => {
        /// A field of a contact that can be written as text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum ContactField {
            $($(#[$doc])* $field,)*
        }

        impl ContactField {
            pub const ALL: [Self; [$(Self::$field),*].len()] = [$(Self::$field),*];

            /// The API's name of the field.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$field => $name,)*
                }
            }

            /// The name in forms and messages.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$field => $label,)*
                }
            }

            /// The contact's value.
            pub fn get(self, contact: &Contact) -> Option<String> {
                match self {
                    $(Self::$field => contact.$member.as_ref().map(ToString::to_string),)*
                }
            }

            fn set(self, contact: &mut Contact, value: Option<String>) {
                let value = value.filter(|value| !value.is_empty());
                match self {
                    $(Self::$field => contact.$member = value.map(Into::into),)*
                }
            }
        }
    };
}

contact_fields! {
    FirstName first_name "firstName" "first name";
    LastName last_name "lastName" "last name";
    Email email "email" "e-mail";
    Phone phone "phone" "phone";
    /// Can be set only on a new contact: the API refuses it in an update.
    CompanyName company "companyName" "company";
    Address1 address1 "address1" "address";
    City city "city" "city";
    State state "state" "state";
    PostalCode postal_code "postalCode" "postal code";
    /// A two-letter ISO code.
    Country country "country" "country";
    Website website "website" "website";
    TimeZone time_zone "timezone" "time zone";
    /// `1990-05-17`
    DateOfBirth date_of_birth "dateOfBirth" "date of birth";
    Source source "source" "source";
    /// A user's id.
    Owner owner "assignedTo" "owner";
}

impl ContactField {
    /// The field with this API name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// The value in a form that can be compared: the server changes the spelling of e-mails, phones and countries.
    pub fn comparable(self, value: Option<&str>) -> String {
        let value = value.unwrap_or_default().trim();
        match self {
            Self::Email => value.to_lowercase(),
            Self::Phone => value.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
            Self::Country => value.to_uppercase(),
            _ => value.to_owned(),
        }
    }

    /// Whether it can be changed on an existing contact.
    pub fn can_be_updated(self) -> bool {
        self != Self::CompanyName
    }

    /// Whether writing null clears it; an empty text clears postal code and country.
    pub fn takes_null(self) -> bool {
        !matches!(self, Self::PostalCode | Self::Country)
    }
}

/// Values for a new contact, or changes to an existing one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContactPatch {
    /// `None` clears the field.
    pub fields: BTreeMap<ContactField, Option<String>>,
    pub dnd: Option<bool>,
    /// Channel (`SMS`, `Email`, `Call`, …) and whether messages there are blocked.
    pub channels: BTreeMap<String, bool>,
    /// Null clears a custom field.
    pub custom: BTreeMap<CustomFieldId, serde_json::Value>,
    /// Only for a new contact: in an update they would replace all tags, so tags have their own edits.
    pub tags: Vec<String>,
}

impl ContactPatch {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Everything that can be written, to re-create a contact.
    pub fn of(contact: &Contact) -> Self {
        let fields = ContactField::ALL.into_iter();
        let fields =
            fields.filter_map(|field| Some((field, Some(field.get(contact).filter(|text| !text.is_empty())?))));
        let channels = contact.dnd.channels.iter().flatten().filter(|(_, off)| *off).cloned();
        let customs = contact.custom.iter().filter(|custom| !custom.value.is_null() && !custom.value.is_object());
        Self {
            fields: fields.collect(),
            dnd: contact.dnd.all.then_some(true),
            channels: channels.collect(),
            custom: customs.map(|custom| (custom.id.clone(), custom.value.clone())).collect(),
            tags: contact.tags.clone(),
        }
    }

    /// The contact's current values of the fields in this patch.
    #[must_use]
    pub fn current(&self, contact: &Contact) -> Self {
        let channel = |name: &String| {
            let known = contact.dnd.channels.iter().flatten().find(|(known, _)| known == name);
            known.is_some_and(|(_, off)| *off)
        };
        let custom = |id: &CustomFieldId| {
            let known = contact.custom.iter().find(|custom| custom.id == *id);
            known.map_or(serde_json::Value::Null, |custom| custom.value.clone())
        };
        Self {
            fields: self.fields.keys().map(|field| (*field, field.get(contact))).collect(),
            dnd: self.dnd.map(|_| contact.dnd.all),
            channels: self.channels.keys().map(|name| (name.clone(), channel(name))).collect(),
            custom: self.custom.keys().map(|id| (id.clone(), custom(id))).collect(),
            tags: Vec::new(),
        }
    }

    /// Sets these values on a contact.
    pub fn apply(&self, contact: &mut Contact) {
        for (field, value) in &self.fields {
            field.set(contact, value.clone());
        }
        contact.dnd.all = self.dnd.unwrap_or(contact.dnd.all);
        for (name, off) in &self.channels {
            let channels = contact.dnd.channels.get_or_insert_default();
            match channels.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = *off,
                None => channels.push((name.clone(), *off)),
            }
        }
        for (id, value) in &self.custom {
            match contact.custom.iter_mut().find(|custom| custom.id == *id) {
                Some(custom) => custom.value = value.clone(),
                None => contact.custom.push(CustomValue { id: id.clone(), value: value.clone() }),
            }
        }
        for tag in &self.tags {
            if !contact.tags.contains(tag) {
                contact.tags.push(tag.clone());
            }
        }
    }

    /// The values by field, as text that can be compared and shown.
    pub fn entries(&self) -> Entries {
        let fields =
            self.fields.iter().map(|(field, value)| (field.name().to_owned(), field.comparable(value.as_deref())));
        let yes = |on: bool| if on { "on" } else { "off" }.to_owned();
        let dnd = self.dnd.map(|on| ("dnd".to_owned(), yes(on)));
        let channels = self.channels.iter().map(|(name, off)| (format!("dnd {name}"), yes(*off)));
        let custom = self.custom.iter().map(|(id, value)| (id.as_str().to_owned(), value_text(value)));
        fields.chain(dnd).chain(channels).chain(custom).collect()
    }

    /// What it changes, in words; custom fields are only counted, because only the location knows their names.
    pub fn labels(&self) -> Vec<String> {
        let mut labels: Vec<String> = self.fields.keys().map(|field| field.label().to_owned()).collect();
        if self.dnd.is_some() || !self.channels.is_empty() {
            labels.push("do not disturb".to_owned());
        }
        match self.custom.len() {
            0 => {}
            1 => labels.push("a custom field".to_owned()),
            many => labels.push(format!("{many} custom fields")),
        }
        labels
    }

    /// The name of a contact with these values.
    pub fn name(&self) -> String {
        let mut contact = Contact::unknown(ContactId::new(""));
        self.apply(&mut contact);
        contact.name()
    }
}

/// A custom value as text.
pub fn value_text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.trim().to_owned(),
        serde_json::Value::Array(all) => all.iter().map(value_text).collect::<Vec<_>>().join(", "),
        serde_json::Value::Object(map) => format!("{} {}", map.len(), if map.len() == 1 { "file" } else { "files" }),
        other => other.to_string(),
    }
}

/// Values for a new task, or changes to an existing one: `None` keeps a value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskPatch {
    pub title: Option<String>,
    pub body: Option<String>,
    pub due: Option<Timestamp>,
    pub completed: Option<bool>,
    /// `Some(None)` removes the assignment.
    #[serde(default, with = "assignment")]
    pub assigned_to: Option<Option<UserId>>,
}

/// In a ledger, null keeps the assignment and an empty id removes it.
mod assignment {
    use crate::domain::UserId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::option_option, clippy::ref_option, reason = "serde passes the field as declared")]
    pub(super) fn serialize<S: Serializer>(user: &Option<Option<UserId>>, to: S) -> Result<S::Ok, S::Error> {
        user.as_ref().map(|user| user.as_ref().map_or("", UserId::as_str)).serialize(to)
    }

    #[expect(clippy::option_option, reason = "the field is one")]
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<UserId>>, D::Error> {
        let user = Option::<UserId>::deserialize(from)?;
        Ok(user.map(|user| Some(user).filter(|user| !user.as_str().is_empty())))
    }
}

impl TaskPatch {
    /// Everything in a task, to re-create it.
    pub fn of(task: &Task) -> Self {
        Self {
            title: Some(task.title.clone()),
            body: task.body.clone(),
            due: task.due,
            completed: Some(task.completed),
            assigned_to: task.assigned_to.clone().map(Some),
        }
    }

    /// The task's current values of the fields in this patch.
    #[must_use]
    pub fn current(&self, task: &Task) -> Self {
        Self {
            title: self.title.as_ref().map(|_| task.title.clone()),
            body: self.body.as_ref().map(|_| task.body.clone().unwrap_or_default()),
            due: self.due.and(task.due),
            completed: self.completed.map(|_| task.completed),
            assigned_to: self.assigned_to.as_ref().map(|_| task.assigned_to.clone()),
        }
    }

    pub fn apply(&self, task: &mut Task) {
        if let Some(title) = &self.title {
            task.title.clone_from(title);
        }
        if let Some(body) = &self.body {
            task.body = Some(body.clone()).filter(|body| !body.is_empty());
        }
        task.due = self.due.or(task.due);
        task.completed = self.completed.unwrap_or(task.completed);
        if let Some(user) = &self.assigned_to {
            task.assigned_to.clone_from(user);
        }
    }

    /// The task that these values make.
    pub fn made(&self, id: TaskId, contact: ContactId) -> Task {
        let mut task =
            Task { id, contact, title: String::new(), body: None, due: None, completed: false, assigned_to: None };
        self.apply(&mut task);
        task
    }

    /// The values by field, as text that can be compared and shown.
    pub fn entries(&self) -> Entries {
        let user = |user: &Option<UserId>| user.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
        named([
            ("title", self.title.as_ref().map(|text| text.trim().to_owned())),
            ("body", self.body.as_ref().map(|text| text.trim().to_owned())),
            ("dueDate", self.due.map(seconds)),
            ("completed", self.completed.map(|done| if done { "yes" } else { "no" }.to_owned())),
            ("assignedTo", self.assigned_to.as_ref().map(user)),
        ])
    }

    /// The changed field, if there is only one.
    pub fn only(&self) -> Option<&'static str> {
        only(&self.entries(), &["title", "body", "dueDate", "completed", "assignedTo"])
    }
}

/// Values for a new note, or changes to an existing one: `None` keeps a value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NotePatch {
    pub body: Option<String>,
    pub title: Option<String>,
    pub pinned: Option<bool>,
    pub author: Option<UserId>,
}

impl NotePatch {
    /// Everything in a note, to re-create it.
    pub fn of(note: &Note) -> Self {
        Self {
            body: Some(note.body.clone()),
            title: note.title.clone(),
            pinned: note.pinned.then_some(true),
            author: note.author.clone(),
        }
    }

    /// The note that it makes.
    #[must_use]
    pub fn made(&self, id: NoteId, contact: ContactId) -> Note {
        let (title, body, author) = (None, String::new(), self.author.clone());
        let mut note = Note { id, contact, title, body, author, added: None, pinned: false };
        self.apply(&mut note);
        note
    }

    /// The note's current values of the fields in this patch.
    #[must_use]
    pub fn current(&self, note: &Note) -> Self {
        Self {
            body: self.body.as_ref().map(|_| note.body.clone()),
            title: self.title.as_ref().map(|_| note.title.clone().unwrap_or_default()),
            pinned: self.pinned.map(|_| note.pinned),
            author: None,
        }
    }

    pub fn apply(&self, note: &mut Note) {
        if let Some(body) = &self.body {
            note.body.clone_from(body);
        }
        if let Some(title) = &self.title {
            note.title = Some(title.clone()).filter(|title| !title.is_empty());
        }
        note.pinned = self.pinned.unwrap_or(note.pinned);
    }

    /// The values by field, as text that can be compared and shown.
    pub fn entries(&self) -> Entries {
        named([
            ("body", self.body.clone()),
            ("title", self.title.as_ref().map(|text| text.trim().to_owned())),
            ("pinned", self.pinned.map(|on| if on { "yes" } else { "no" }.to_owned())),
        ])
    }

    /// The changed field, if there is only one.
    pub fn only(&self) -> Option<&'static str> {
        only(&self.entries(), &["body", "title", "pinned"])
    }
}

/// Values for a new appointment, or changes to an existing one: `None` keeps a value. Its contact never changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AppointmentPatch {
    pub calendar: Option<CalendarId>,
    pub title: Option<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub status: Option<AppointmentStatus>,
    pub assigned_to: Option<UserId>,
    pub address: Option<String>,
    /// Whether the contact is notified; `None` leaves that to the calendar.
    pub notify: Option<bool>,
    /// Book it even if the calendar is busy at that time.
    pub anyway: bool,
}

impl AppointmentPatch {
    /// Whether an appointment is what this one books, by its title and its start.
    pub fn books(&self, held: &Appointment, zone: &TimeZone) -> bool {
        let wanted = Self { title: self.title.clone(), start: self.start, ..Self::default() };
        wanted.entries() == wanted.current(held, zone).entries()
    }

    /// Everything in an appointment, to book it again.
    pub fn of(one: &Appointment, zone: &TimeZone) -> Self {
        let at = |moment: Option<AppointmentTime>| moment.and_then(|moment| moment.instant(zone));
        Self {
            calendar: one.calendar.clone(),
            title: one.title.clone(),
            start: at(one.start),
            end: at(one.end),
            status: Some(one.status.clone()),
            assigned_to: one.assigned_to.clone(),
            address: one.address.clone(),
            notify: Some(false),
            anyway: true,
        }
    }

    /// The appointment's current values of the fields in this patch.
    #[must_use]
    pub fn current(&self, one: &Appointment, zone: &TimeZone) -> Self {
        let all = Self::of(one, zone);
        Self {
            calendar: self.calendar.as_ref().and(all.calendar),
            title: self.title.as_ref().map(|_| all.title.unwrap_or_default()),
            start: self.start.and(all.start),
            end: self.end.and(all.end),
            status: self.status.as_ref().and(all.status),
            assigned_to: self.assigned_to.as_ref().and(all.assigned_to),
            address: self.address.as_ref().map(|_| all.address.unwrap_or_default()),
            notify: None,
            anyway: self.anyway,
        }
    }

    pub fn apply(&self, one: &mut Appointment) {
        let text = |to: &mut Option<String>, from: &Option<String>| {
            if from.is_some() {
                *to = from.clone().filter(|text| !text.is_empty());
            }
        };
        text(&mut one.title, &self.title);
        text(&mut one.address, &self.address);
        one.start = self.start.map(AppointmentTime::Instant).or(one.start);
        one.end = self.end.map(AppointmentTime::Instant).or(one.end);
        if let Some(status) = &self.status {
            one.status = status.clone();
        }
        if self.assigned_to.is_some() {
            one.assigned_to.clone_from(&self.assigned_to);
        }
        if self.calendar.is_some() {
            one.calendar.clone_from(&self.calendar);
        }
    }

    /// A new appointment with these values.
    pub fn made(&self, id: AppointmentId, contact: ContactId) -> Appointment {
        let mut one = Appointment {
            id,
            contact,
            calendar: None,
            title: None,
            start: None,
            end: None,
            status: AppointmentStatus::New,
            assigned_to: None,
            address: None,
        };
        self.apply(&mut one);
        one
    }

    /// The values by field, as text that can be compared and shown.
    pub fn entries(&self) -> Entries {
        named([
            ("calendarId", self.calendar.as_ref().map(|id| id.as_str().to_owned())),
            ("title", self.title.as_ref().map(|text| text.trim().to_owned())),
            ("startTime", self.start.map(seconds)),
            ("endTime", self.end.map(seconds)),
            ("appointmentStatus", self.status.as_ref().map(|status| status.label().to_owned())),
            ("assignedUserId", self.assigned_to.as_ref().map(|id| id.as_str().to_owned())),
            ("address", self.address.as_ref().map(|text| text.trim().to_owned())),
        ])
    }

    /// The changed field, if there is only one.
    pub fn only(&self) -> Option<&'static str> {
        let all = ["calendarId", "title", "startTime", "endTime", "appointmentStatus", "assignedUserId", "address"];
        only(&self.entries(), &all)
    }
}

/// The API rounds times to seconds.
fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn named<const N: usize>(all: [(&'static str, Option<String>); N]) -> Entries {
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn only(entries: &Entries, names: &[&'static str]) -> Option<&'static str> {
    let [(name, _)] = entries.as_slice() else { return None };
    names.iter().find(|known| *known == name).copied()
}
