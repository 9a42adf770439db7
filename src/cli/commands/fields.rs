//! `--set FIELD=VALUE`: parses new values for a contact's fields.

use crate::cli::ExitStatus;
use crate::cli::args::Setting;
use crate::cli::fault::Fault;
use crate::domain::{Contact, ContactField, ContactPatch, CustomField, CustomFieldId, MergeField, UserId, parse_day};
use crate::normalise;

use super::Invocation;

/// The values that the settings stand for; `known` is the contact to change.
pub(super) fn patch(
    settings: &[Setting],
    known: Option<&Contact>,
    what: &str,
    context: &Invocation<'_, '_>,
) -> Result<ContactPatch, Fault> {
    let mut patch = ContactPatch::default();
    for setting in settings {
        set(&mut patch, setting, known, context)
            .map_err(|(why, next)| Fault::new(ExitStatus::Usage, &format!("{what}: {}", setting.field), why, &next))?;
    }
    Ok(patch)
}

type Wrong = (String, String);

fn set(
    patch: &mut ContactPatch,
    Setting { field, value }: &Setting,
    known: Option<&Contact>,
    context: &Invocation<'_, '_>,
) -> Result<(), Wrong> {
    let on = || match value.as_str() {
        "on" | "true" | "yes" => Ok(true),
        "off" | "false" | "no" => Ok(false),
        _ => Err((format!("{value} is not on or off"), "write on or off".to_owned())),
    };
    match named(field, context) {
        Some(MergeField::Field(name)) if known.is_some() && !name.can_be_updated() => return Err(unchangeable()),
        Some(MergeField::Field(name)) => {
            patch.fields.insert(name, checked(name, value, known, context)?);
        }
        Some(MergeField::Dnd) => patch.dnd = Some(on()?),
        Some(MergeField::Channel(channel)) => {
            patch.channels.insert(channel, on()?);
        }
        Some(MergeField::Custom(id)) => {
            let custom = context.session.location().and_then(|location| location.custom_field(&id));
            let value = custom.map_or_else(|| value.clone().into(), |custom| custom_value(custom, value));
            patch.custom.insert(id, value);
        }
        Some(MergeField::Tags | MergeField::Followers) | None => return Err(no_field(field, known)),
    }
    Ok(())
}

/// The field with this name: the API's, ours, or a custom field's.
pub(super) fn named(field: &str, context: &Invocation<'_, '_>) -> Option<MergeField> {
    if let Some(name) = ContactField::of_name(field).or_else(|| by_label(field)) {
        return Some(MergeField::Field(name));
    }
    if let Some(channel) = field.strip_prefix("dnd.") {
        return Some(MergeField::Channel(channel.to_owned()));
    }
    if field == "dnd" {
        return Some(MergeField::Dnd);
    }
    // A custom field may be called tags.
    custom_id(field, context).map(MergeField::Custom).or(match field {
        "tags" => Some(MergeField::Tags),
        "followers" => Some(MergeField::Followers),
        _ => None,
    })
}

/// The custom field with this id, key or name.
pub(super) fn custom_id(name: &str, context: &Invocation<'_, '_>) -> Option<CustomFieldId> {
    let location = context.session.location()?;
    custom(&location.custom_fields, name).map(|field| field.id.clone())
}

pub(super) fn unchangeable() -> (String, String) {
    ("the API cannot change it on an existing contact".to_owned(), "change it in the web app".to_owned())
}

/// What is no field, and how to change it if it has an option or a command of its own.
fn no_field(name: &str, known: Option<&Contact>) -> Wrong {
    match (name.to_lowercase().as_str(), known) {
        ("tag" | "tags", None) => ("tags have their own option".to_owned(), "give each as --tag TAG".to_owned()),
        ("tag" | "tags", Some(Contact { id, .. })) => {
            ("tags have their own command".to_owned(), format!("ghl-tui contacts tag {id} --add TAG, or --remove TAG"))
        }
        ("follower" | "followers", _) => {
            ("--set cannot change followers".to_owned(), "change them in the dashboard".to_owned())
        }
        _ => nameless(""),
    }
}

/// No field has this name; `more` lists extra names that only some commands know.
pub(super) fn nameless(more: &str) -> (String, String) {
    let names: Vec<&str> = ContactField::ALL.iter().map(|field| field.name()).collect();
    let next = format!("the fields are: {}, {more}dnd, dnd.CHANNEL, and the custom fields by name", names.join(", "));
    ("no field has this name".to_owned(), next)
}

/// `postal code` as people write it, or in snake case.
fn by_label(name: &str) -> Option<ContactField> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    ContactField::ALL
        .into_iter()
        .find(|field| plain(field.name()) == plain(name) || plain(field.label()) == plain(name))
}

fn custom<'a>(fields: &'a [CustomField], name: &str) -> Option<&'a CustomField> {
    let key =
        |field: &CustomField| field.key.as_deref().is_some_and(|key| key == name || key == format!("contact.{name}"));
    let by_name = |field: &CustomField| field.name.to_lowercase() == name.to_lowercase();
    fields.iter().find(|field| field.id.as_str() == name || key(field) || by_name(field))
}

/// Lists are written with commas.
fn custom_value(field: &CustomField, value: &str) -> serde_json::Value {
    match field.data_type.as_deref().unwrap_or_default() {
        "MULTIPLE_OPTIONS" | "CHECKBOX" => {
            value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().into()
        }
        "NUMERICAL" | "FLOAT" | "MONETORY" => {
            serde_json::from_str::<serde_json::Number>(value).map_or_else(|_| value.into(), serde_json::Value::Number)
        }
        _ => value.into(),
    }
}

/// A value as it is stored; an empty one clears the field.
fn checked(
    field: ContactField,
    value: &str,
    known: Option<&Contact>,
    context: &Invocation<'_, '_>,
) -> Result<Option<String>, Wrong> {
    if value.trim().is_empty() {
        return Ok(None);
    }
    let location = context.session.location();
    let wrong = |why: String| (why, String::new());
    let country = known.and_then(|contact| contact.country.clone());
    let country = country.or_else(|| location.and_then(|location| location.country.clone())).unwrap_or_default();
    Ok(Some(match field {
        ContactField::Email => normalise::email(value).map_err(|why| wrong(why.to_string()))?,
        ContactField::Phone => normalise::phone(value, &country).map_err(|why| wrong(why.to_string()))?,
        ContactField::Country => normalise::country(value).map_err(|why| wrong(why.to_string()))?.code.to_owned(),
        ContactField::DateOfBirth => {
            let day = parse_day(value, context.now, &context.session.zone());
            day.map_err(|why| wrong(why.to_string()))?.to_string()
        }
        ContactField::TimeZone => {
            jiff::tz::TimeZone::get(value).map_err(|_unknown| {
                ("this is not a time zone".to_owned(), "write it like America/New_York".to_owned())
            })?;
            value.to_owned()
        }
        ContactField::Owner => {
            user(value, "set the owner", context).map_err(|fault| (fault.why, fault.next))?.to_string()
        }
        _ => value.to_owned(),
    }))
}

/// The user with this id or name; while the users are unknown, any id is accepted as it is.
pub(super) fn user(wanted: &str, what: &str, context: &Invocation<'_, '_>) -> Result<UserId, Fault> {
    if wanted == "me" {
        let next = "run ghl-tui me NAME once";
        let unknown = || Fault::new(ExitStatus::Usage, what, "ghl-tui does not know which user you are", next);
        return context.session.me().cloned().ok_or_else(unknown);
    }
    let users = context.session.location().map(|location| location.users.as_slice()).unwrap_or_default();
    let called = |name: &str| name.trim().to_lowercase() == wanted.trim().to_lowercase();
    if let Some(user) = users.iter().find(|user| user.id.as_str() == wanted || called(&user.name)) {
        return Ok(user.id.clone());
    }
    if users.is_empty() {
        return Ok(UserId::new(wanted));
    }
    let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).take(10).collect();
    let next = format!("the users are: {}", names.join(", "));
    Err(Fault::new(ExitStatus::NotFound, what, "no user has this id or name", &next))
}
