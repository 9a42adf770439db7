//! Asking for a line, and what Enter makes of it.

use crate::config::{Action, ViewChange};
use crate::dedupe::merge::Pick;
use crate::domain::{ContactField, ContactId, DueError, Edit, MergeField, TaskPatch, parse_due_after};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::state::{FieldKind, FormField, due_field, merged};
use crate::ui::popups::prompt::state::{LinePrompt, PromptPurpose};
use crate::ui::screens::duplicates::rules::sheet::{Sheet, label};
use crate::ui::screens::open_tasks::rules::meant;
use crate::ui::screens::open_tasks::state::{Meant, called};
use crate::ui::state::views::view_of;
use crate::ui::verbs::{tasks, views};

/// Asks for a new due date of the marked tasks, else of the one under the cursor.
pub(crate) fn ask_due_date(model: &mut Model) {
    let tasks = meant(model);
    if !tasks.is_empty() {
        open(model, due_field(), PromptPurpose::DueDate(tasks));
    }
}

/// Asks for a value of the field of the review that is under the cursor, where it can be typed.
pub(crate) fn ask_value(model: &mut Model) {
    let Some(sheet) = Sheet::of(model) else { return };
    let Some(row) = sheet.row(model) else { return };
    let Ok(field) = merged(&row.field, &label(model, &row.field), &row.result, model.form_context()) else { return };
    let of_address = sheet.review.row(&MergeField::Field(ContactField::Country));
    let country = of_address.map(|row| row.result.clone()).filter(|code| !code.is_empty());
    let country = country.or_else(|| model.location.country.clone()).unwrap_or_default();
    let (members, of) = (sheet.queued.members.clone(), row.field.clone());
    open(model, field, PromptPurpose::MergeValue { members, of, country });
}

/// Asks for the name to save the list under; it begins with the view that is shown.
pub(crate) fn ask_view_name(model: &mut Model) {
    let shown = model.views.chosen.as_deref().unwrap_or_default();
    open(model, FormField::new("name", "Name", FieldKind::Text, shown), PromptPurpose::ViewName);
}

fn open(model: &mut Model, field: FormField, purpose: PromptPurpose) {
    model.mode = Mode::Prompt(Box::new(LinePrompt { field, purpose }));
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    if !matches!(action, Action::Accept | Action::Cancel) {
        return None;
    }
    let Mode::Prompt(mut prompt) = std::mem::replace(&mut model.mode, Mode::Browse) else { return None };
    let done = match &prompt.purpose {
        _ if action == Action::Cancel => Ok(()),
        PromptPurpose::DueDate(tasks) => reschedule(model, &prompt.field, tasks, effects),
        PromptPurpose::MergeValue { members, of, country } => set_value(model, &prompt.field, members, of, country),
        PromptPurpose::ViewName => save_view(model, &prompt.field, effects),
    };
    if let Err(why) = done {
        prompt.field.error = Some(why);
        model.mode = Mode::Prompt(prompt);
    }
    None
}

fn reschedule(model: &mut Model, field: &FormField, tasks: &[Meant], effects: &mut Vec<Effect>) -> Result<(), String> {
    let typed = field.text();
    let patch = |due| TaskPatch { due, ..TaskPatch::default() };
    // A bare time keeps the day of each.
    let moved = |meant: &Meant| {
        let before = meant.1.due;
        let day = before.map(|at| model.zone.to_datetime(at).date());
        let due = Some(parse_due_after(&typed, model.now, &model.zone, day)?);
        Ok((before != due).then(|| tasks::patched(meant, patch(before), patch(due))))
    };
    let made: Result<Vec<Option<Edit>>, DueError> = tasks.iter().map(moved).collect();
    let made = made.map_err(|why| why.to_string())?.into_iter().flatten().collect();
    tasks::apply(model, format!("Reschedule {}", called(tasks)), "reschedule", made, tasks.len(), effects);
    Ok(())
}

fn set_value(
    model: &mut Model,
    field: &FormField,
    members: &[ContactId],
    of: &MergeField,
    country: &str,
) -> Result<(), String> {
    let read = field.read(model.form_context(), country, None)?;
    if field.is_changed() {
        let pick = Pick::Typed(read.text().unwrap_or_default());
        model.reviewing.row = Some(of.clone());
        model.reviewing.choices_mut(members).picked.insert(of.clone(), pick);
    }
    Ok(())
}

fn save_view(model: &mut Model, field: &FormField, effects: &mut Vec<Effect>) -> Result<(), String> {
    let name = field.text().trim().to_owned();
    if name.is_empty() {
        return Err("type a name".to_owned());
    }
    if !model.listing.query.errors().is_empty() {
        return Err("the filter is not understood: fix it first".to_owned());
    }
    let view = view_of(&model.listing, &name, model.views.get(&name), &model.location.id);
    if model.views.chosen.is_none() {
        model.views.own = views::own(model);
    }
    model.views.chosen = Some(name);
    views::change(model, ViewChange::Put(view), effects);
    Ok(())
}
