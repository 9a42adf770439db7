//! The form of a contact: every field that the API can write, grouped; those it cannot write say so.

use crate::domain::{
    Contact, ContactEdit, ContactField, ContactId, ContactPatch, CustomField, CustomFieldId, Edit, MergeField, TagEdit,
    value_text,
};
use crate::protocol::DraftKey;

use crate::ui::popups::form::state::field::list;
use crate::ui::popups::form::state::{FieldKind, FieldValue, Form, FormContext, FormField, FormSubject, LockedBy};

/// A new contact, or changes of one.
#[derive(Clone, Debug)]
pub(crate) struct ContactForm {
    known: Option<Box<Contact>>,
}

/// The channels of "do not disturb", as the API spells them.
const CHANNELS: [(&str, &str); 6] = [
    ("Call", "Calls"),
    ("Email", "E-mail"),
    ("SMS", "SMS"),
    ("WhatsApp", "WhatsApp"),
    ("GMB", "Google"),
    ("FB", "Facebook"),
];
const CHANNEL: &str = "dnd:";

impl ContactForm {
    pub(crate) fn open(known: Option<&Contact>, around: FormContext<'_>) -> Form {
        let none = Contact::unknown(ContactId::new(""));
        let contact = known.unwrap_or(&none);
        let mut fields: Vec<FormField> = Vec::new();
        for (heading, of_group) in GROUPS {
            let first = fields.len();
            fields.extend(of_group.iter().map(|field| text_field(*field, contact, known.is_some(), around)));
            fields.extend(extra(heading, contact));
            if let Some(field) = fields.get_mut(first) {
                field.heading = Some(heading);
            }
        }
        fields.push(FormField::new("tags", "Tags", FieldKind::Tags, &contact.tags.join(", ")));
        fields.push(
            FormField::new("dnd", "Everything", FieldKind::Toggle, on(contact.dnd.all)).heading("Do not disturb"),
        );
        // A search does not return the channels; an unknown one must not look as if it were off.
        let told = contact.dnd.channels.is_some() || known.is_none();
        fields.extend(CHANNELS.map(|(name, label)| {
            let key = format!("{CHANNEL}{name}");
            if told {
                FormField::new(&key, label, FieldKind::Toggle, on(is_off(contact, name)))
            } else {
                FormField::new(&key, label, FieldKind::Fixed(LockedBy::Loading), "loading…")
            }
        }));
        for (number, custom) in around.location.custom_fields.iter().enumerate() {
            let value = contact.custom.iter().find(|value| value.id == custom.id).map(|value| &value.value);
            let field = FormField::new(
                custom.id.as_str(),
                &custom.name,
                kind(custom),
                &value.map(value_text).unwrap_or_default(),
            );
            fields.push(if number == 0 { field.heading("Custom fields") } else { field });
        }
        let (title, draft) = match known {
            Some(contact) => (format!("Contact {}", contact.name()), DraftKey::Contact(contact.id.clone())),
            None => ("New contact".to_owned(), DraftKey::NewContact),
        };
        Form::new(FormSubject::Contact(Self { known: known.cloned().map(Box::new) }), title, fields, draft)
    }

    /// The whole contact has arrived while its form is open: channels can be set from now on.
    pub(crate) fn complete(form: &mut Form, contact: &Contact) {
        let FormSubject::Contact(Self { known: Some(known) }) = &mut form.subject else { return };
        if known.id != contact.id || known.dnd.channels.is_some() || contact.dnd.channels.is_none() {
            return;
        }
        known.dnd.channels.clone_from(&contact.dnd.channels);
        for (name, label) in CHANNELS {
            let key = format!("{CHANNEL}{name}");
            if let Some(field) = form.fields.iter_mut().find(|field| field.key == key) {
                *field = FormField::new(&key, label, FieldKind::Toggle, on(is_off(contact, name)));
            }
        }
    }

    pub(crate) fn edits(self, form: &Form, around: FormContext<'_>) -> Result<Vec<Edit>, (&'static str, String)> {
        let after = patch(form, around);
        let tags = |field: Option<&FormField>| field.map(|field| list(&field.text())).unwrap_or_default();
        let tags_now = tags(form.field("tags"));
        let Some(known) = self.known else {
            let reach = [ContactField::FirstName, ContactField::LastName, ContactField::Email, ContactField::Phone];
            let named = reach.iter().chain(&[ContactField::CompanyName]).any(|field| after.fields.contains_key(field));
            if !named {
                return Err(("firstName", "give at least a name, a company, an e-mail or a phone".to_owned()));
            }
            let patch = ContactPatch { tags: tags_now, ..after };
            return Ok(vec![Edit::new(ContactId::of_group(), ContactEdit::Create { patch, replaces: None })]);
        };
        let mut edits = Vec::new();
        if !after.is_empty() {
            let (contact, name, before) = (known.id.clone(), known.name(), after.current(&known));
            edits.push(Edit::new(contact, ContactEdit::Patch { name, before, after }));
        }
        if form.field("tags").is_some_and(FormField::is_changed) {
            let has = |all: &[String], tag: &String| all.iter().any(|one| one.to_lowercase() == tag.to_lowercase());
            let added: Vec<String> = tags_now.iter().filter(|tag| !has(&known.tags, tag)).cloned().collect();
            let removed: Vec<String> = known.tags.iter().filter(|tag| !has(&tags_now, tag)).cloned().collect();
            if !added.is_empty() {
                edits.push(Edit::new(known.id.clone(), TagEdit::Add { tags: added }));
            }
            if !removed.is_empty() {
                edits.push(Edit::new(known.id.clone(), TagEdit::Remove { tags: removed }));
            }
        }
        Ok(edits)
    }
}

/// Whether the contact must not be disturbed on this channel.
fn is_off(contact: &Contact, channel: &str) -> bool {
    contact.dnd.channels.iter().flatten().any(|(known, off)| known == channel && *off)
}

/// A toggle's text.
fn on(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

const GROUPS: [(&str, &[ContactField]); 4] = [
    ("Name", &[ContactField::FirstName, ContactField::LastName, ContactField::CompanyName]),
    ("Contact", &[ContactField::Email, ContactField::Phone, ContactField::Website]),
    (
        "Address",
        &[
            ContactField::Address1,
            ContactField::City,
            ContactField::State,
            ContactField::PostalCode,
            ContactField::Country,
            ContactField::TimeZone,
        ],
    ),
    ("About", &[ContactField::DateOfBirth, ContactField::Source, ContactField::Owner]),
];

fn text_field(field: ContactField, contact: &Contact, exists: bool, around: FormContext<'_>) -> FormField {
    let value = written(field, field.get(contact).unwrap_or_default(), around);
    let mut label = field.label().to_owned();
    label[..1].make_ascii_uppercase();
    FormField::new(field.name(), &label, kind_of(field, exists), &value)
}

fn kind_of(field: ContactField, exists: bool) -> FieldKind {
    match field {
        ContactField::CompanyName if exists => FieldKind::Fixed(LockedBy::Business),
        ContactField::Email => FieldKind::Email,
        ContactField::Phone => FieldKind::Phone,
        ContactField::Country => FieldKind::Country,
        ContactField::TimeZone => FieldKind::Zone,
        ContactField::DateOfBirth => FieldKind::Day,
        ContactField::Owner => FieldKind::User,
        _ => FieldKind::Text,
    }
}

/// A value as a form shows it: users by name.
fn written(field: ContactField, value: String, around: FormContext<'_>) -> String {
    match field {
        ContactField::Owner => {
            let known = around.location.users.iter().find(|user| user.id.as_str() == value);
            known.map_or(value, |user| user.name.clone())
        }
        _ => value,
    }
}

/// The field in which a value of a merge is typed, or why it cannot be typed.
pub(crate) fn merged(of: &MergeField, label: &str, value: &str, around: FormContext<'_>) -> Result<FormField, String> {
    let switch = || FieldKind::One(["on", "off"].map(|word| (word.to_owned(), word.to_owned())).to_vec());
    let (key, kind) = match of {
        MergeField::Field(field) => (field.name(), kind_of(*field, true)),
        MergeField::Custom(id) => {
            let known = around.location.custom_field(id);
            (id.as_str(), known.map_or(FieldKind::Text, kind))
        }
        MergeField::Dnd | MergeField::Channel(_) => ("dnd", switch()),
        MergeField::Tags => ("tags", FieldKind::Tags),
        MergeField::Followers => return Err("choose followers on the contact itself".to_owned()),
    };
    let value = match of {
        MergeField::Field(field) => written(*field, value.to_owned(), around),
        _ => value.to_owned(),
    };
    let kind = match kind {
        FieldKind::Fixed(by) => return Err(by.words(None).unwrap_or_default()),
        // One line is enough here.
        FieldKind::Long => FieldKind::Text,
        other => other,
    };
    Ok(FormField::new(key, label, kind, &value))
}

/// What the server holds beside it and the API cannot write.
fn extra(heading: &str, contact: &Contact) -> Vec<FormField> {
    if heading != "Contact" {
        return Vec::new();
    }
    let emails = contact.additional_emails.join(", ");
    let phones = contact.additional_phones.join(", ");
    [("additionalEmails", "More e-mail", emails), ("additionalPhones", "More phones", phones)]
        .into_iter()
        .filter(|(_, _, value)| !value.is_empty())
        .map(|(key, label, value)| FormField::new(key, label, FieldKind::Fixed(LockedBy::Api), &value))
        .collect()
}

/// How a custom field is read, by the server's word for its type.
fn kind(custom: &CustomField) -> FieldKind {
    let options = || custom.options.iter().map(|option| (option.clone(), option.clone())).collect();
    match custom.data_type.as_deref().unwrap_or("TEXT") {
        "LARGE_TEXT" => FieldKind::Long,
        "NUMERICAL" | "FLOAT" | "MONETORY" | "MONETARY" => FieldKind::Number,
        "DATE" => FieldKind::Day,
        "EMAIL" => FieldKind::Email,
        "PHONE" => FieldKind::Phone,
        "SINGLE_OPTIONS" | "RADIO" if !custom.options.is_empty() => FieldKind::One(options()),
        "MULTIPLE_OPTIONS" | "CHECKBOX" if !custom.options.is_empty() => FieldKind::Many(custom.options.clone()),
        "FILE_UPLOAD" | "SIGNATURE" => FieldKind::Fixed(LockedBy::WebApp),
        _ => FieldKind::Text,
    }
}

/// The changed fields, tags left out.
fn patch(form: &Form, around: FormContext<'_>) -> ContactPatch {
    let mut patch = ContactPatch::default();
    for field in form.fields.iter().filter(|field| field.is_open() && field.is_changed()) {
        let Some(read) = form.read(&field.key, around) else { continue };
        if let Some(name) = ContactField::of_name(&field.key) {
            patch.fields.insert(name, read.text());
        } else if field.key == "dnd" {
            patch.dnd = Some(read == FieldValue::On(true));
        } else if let Some(channel) = field.key.strip_prefix(CHANNEL) {
            patch.channels.insert(channel.to_owned(), read == FieldValue::On(true));
        } else if field.key != "tags" {
            patch.custom.insert(CustomFieldId::new(field.key.as_str()), read.json());
        }
    }
    patch
}
