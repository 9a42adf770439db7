//! The user's choices for the fields of a merge: `--set FIELD=VALUE` and `--from FIELD=ID`.

use std::collections::BTreeMap;

use crate::cli::ExitStatus;
use crate::cli::args::{MergeChoice, Setting};
use crate::cli::fault::Fault;
use crate::dedupe::merge::{Pick, Review};
use crate::domain::{ContactId, ContactPatch, Member, MergeField, MergePlan, value_text};

use crate::cli::commands::Invocation;
use crate::cli::commands::fields;

pub(super) const WHAT: &str = "merge";

pub(super) type Picks = BTreeMap<MergeField, Pick>;

pub(super) fn usage(why: impl Into<String>, next: &str) -> Fault {
    Fault::new(ExitStatus::Usage, WHAT, why, next)
}

/// The choices field by field, and the typed values as they are stored.
pub(super) fn of(
    choice: &MergeChoice,
    members: &[Member],
    survivor: usize,
    context: &Invocation<'_, '_>,
) -> Result<(Picks, ContactPatch), Fault> {
    let (mut picks, mut typed) = (Picks::new(), ContactPatch::default());
    let mut say = |setting: &Setting, field: MergeField, pick: Pick| match picks.insert(field, pick) {
        None => Ok(()),
        Some(_) => Err(usage(format!("{} is given twice", setting.field), "give it once")),
    };
    for setting in &choice.set {
        let field = named(setting, members, context)?;
        let text = match &field {
            MergeField::Tags => setting.value.clone(),
            MergeField::Followers => followers(&setting.value, context)?,
            MergeField::Channel(name) => {
                let setting = Setting { field: format!("dnd.{name}"), value: setting.value.clone() };
                value(&setting, &members[survivor], &mut typed, context)?
            }
            MergeField::Field(_) | MergeField::Custom(_) | MergeField::Dnd => {
                value(setting, &members[survivor], &mut typed, context)?
            }
        };
        say(setting, field, Pick::Typed(text))?;
    }
    for setting in &choice.from {
        let field = named(setting, members, context)?;
        if matches!(field, MergeField::Field(field) if !field.can_be_updated()) {
            let (why, next) = fields::unchangeable();
            return Err(Fault::new(ExitStatus::Usage, &format!("{WHAT}: {}", setting.field), why, &next));
        }
        let id = ContactId::new(setting.value.trim());
        if !members.iter().any(|member| member.contact.id == id) {
            let why = format!("{id} does not take part, so {} cannot come from it", setting.field);
            return Err(usage(why, "name a contact that takes part in the merge"));
        }
        say(setting, field, Pick::From(id))?;
    }
    Ok((picks, typed))
}

fn followers(names: &str, context: &Invocation<'_, '_>) -> Result<String, Fault> {
    let users = names.split(',').map(str::trim).filter(|user| !user.is_empty());
    let ids = users.map(|user| fields::user(user, WHAT, context).map(|id| id.as_str().to_owned()));
    Ok(ids.collect::<Result<Vec<_>, _>>()?.join(", "))
}

/// The field with this name; a channel is spelled as on the server.
fn named(setting: &Setting, members: &[Member], context: &Invocation<'_, '_>) -> Result<MergeField, Fault> {
    let field = fields::named(&setting.field, context).ok_or_else(|| {
        let (why, next) = fields::nameless("tags, followers, ");
        Fault::new(ExitStatus::Usage, &format!("{WHAT}: {}", setting.field), why, &next)
    })?;
    let MergeField::Channel(name) = field else { return Ok(field) };
    let mut known = members.iter().flat_map(|member| member.contact.dnd.channels.iter().flatten());
    let spelled = known.find(|(known, _)| known.eq_ignore_ascii_case(&name));
    Ok(MergeField::Channel(spelled.map_or(name, |(known, _)| known.clone())))
}

/// A value as text, checked like any edit's value, in its stored form.
fn value(
    setting: &Setting,
    survivor: &Member,
    typed: &mut ContactPatch,
    context: &Invocation<'_, '_>,
) -> Result<String, Fault> {
    let patch = fields::patch(std::slice::from_ref(setting), Some(&survivor.contact), WHAT, context)?;
    let switch = |on: bool| if on { "on" } else { "off" }.to_owned();
    let field = patch.fields.values().next().map(|value| value.clone().unwrap_or_default());
    let custom = patch.custom.values().next().map(value_text);
    let text = field.or(custom).or(patch.dnd.map(switch)).or(patch.channels.values().next().map(|on| switch(*on)));
    typed.fields.extend(patch.fields);
    typed.custom.extend(patch.custom);
    typed.channels.extend(patch.channels);
    typed.dnd = patch.dnd.or(typed.dnd);
    Ok(text.unwrap_or_default())
}

/// Typed values are used in their stored form, even if no contact has a value for the field.
pub(super) fn write_typed(typed: &ContactPatch, review: &Review, survivor: &Member, plan: &mut MergePlan) {
    for (id, value) in &typed.custom {
        let is_new = review.row(&MergeField::Custom(id.clone())).is_none() && !value_text(value).is_empty();
        if is_new || plan.patch.custom.contains_key(id) {
            plan.patch.custom.insert(id.clone(), value.clone());
        }
    }
    let held = typed.current(&survivor.contact);
    for (channel, off) in &typed.channels {
        if held.channels.get(channel) != Some(off) {
            plan.patch.channels.insert(channel.clone(), *off);
        }
    }
}
