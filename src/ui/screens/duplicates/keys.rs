//! The review of duplicates: moving about in it, choosing values, and asking for the merge.

use crate::config::{Action, Context};
use crate::dedupe::merge::{Pick, ReviewRow, ValueReason};
use crate::domain::{ContactId, MergeField, counted};
use crate::protocol::Comparison;

use crate::ui::message::Effect;
use crate::ui::model::room::Handled;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::popups::confirm::state::{Confirmation, OnYes};
use crate::ui::popups::reader::state::TextReader;
use crate::ui::rules::how_many;
use crate::ui::screens::duplicates::paint::records::all_evidence;
use crate::ui::screens::duplicates::paint::{fields_height, queue_height, scroll_review};
use crate::ui::screens::duplicates::rules;
use crate::ui::screens::duplicates::rules::sheet::{self, Sheet};
use crate::ui::screens::duplicates::state::Part;
use crate::ui::state::list_cursor::{self, ListCursor};
use crate::ui::state::toast::Level;
use crate::ui::state::undo_stack::OwnStep;
use crate::ui::verbs::{going, merges};

/// An action on the screen of contacts that may be one person.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Handled {
    match action {
        Action::TypeValue | Action::BulkMerge => return Handled::Opens,
        Action::NextPane => {
            model.reviewing.part = if model.reviewing.part == Part::Queue { Part::Fields } else { Part::Queue };
        }
        Action::Open | Action::SourceRight if model.reviewing.part == Part::Queue => {
            model.reviewing.part = Part::Fields;
        }
        Action::Open => {
            going::visit_here(model, effects);
        }
        Action::Back if model.reviewing.part == Part::Fields => model.reviewing.part = Part::Queue,
        Action::NextGroup => to_group(model, Action::Down),
        Action::PreviousGroup => to_group(model, Action::Up),
        Action::NextMember => mark(model, true),
        Action::PreviousMember => mark(model, false),
        Action::SourceLeft if model.reviewing.part == Part::Queue => {}
        Action::SourceLeft => beside(model, false),
        Action::SourceRight => beside(model, true),
        Action::CycleSource => cycle(model),
        Action::TakeColumn => take_column(model),
        Action::ByRule => by_rule(model),
        Action::Master => keep(model),
        Action::Exclude => exclude(model),
        Action::EqualRows => model.reviewing.equal = !model.reviewing.equal,
        Action::Evidence => {
            if let Some(sheet) = Sheet::of(model) {
                let title = format!("Why {} may be the same person", sheet::name_of(model, &sheet.queued.members));
                model.mode = Mode::Read(TextReader { title, text: all_evidence(&sheet), top: 0 });
            }
        }
        Action::NotDuplicates => not_duplicates(model, effects),
        Action::Skip => {
            let Some(members) = model.duplicates.group().map(|queued| queued.members.clone()) else {
                return Handled::Done;
            };
            let step = OwnStep::Skipped { name: sheet::name_of(model, &members), members };
            model.duplicates.skip();
            model.reviewing.part = Part::Queue;
            model.say(Level::Done, step.words()).offers = vec![Action::Undo];
            model.undo.did(step);
        }
        Action::Merge => ask(model),
        Action::DeleteAtOnce => delete_at_once(model),
        Action::MoveAppointments => {
            let choices = choices(model);
            choices.move_appointments = !choices.move_appointments;
        }
        Action::Silence => {
            let by_rule = model.merge_rules.set_aside_silent;
            let choices = choices(model);
            choices.silence = Some(!choices.silence.unwrap_or(by_rule));
        }
        Action::PauseMerges => merges::pause(model, effects),
        Action::Refresh => {
            model.reviewing.round += 1;
            model.duplicates.look_again();
            model.duplicates.refresh(&model.merges, &model.merge_rules);
            model.say(Level::Hint, "Refreshing…");
        }
        action if !list_cursor::is_move(action) => return Handled::Elsewhere,
        action if model.reviewing.part == Part::Queue => to_group(model, action),
        action => to_row(model, action),
    }
    Handled::Done
}

/// What was chosen for the group under the cursor, to be changed. Callers know that there is one.
fn choices(model: &mut Model) -> &mut crate::dedupe::merge::Choices {
    let members = model.duplicates.group().map(|queued| queued.members.clone()).unwrap_or_default();
    model.reviewing.choices_mut(&members)
}

fn to_group(model: &mut Model, action: Action) {
    let height = queue_height(model);
    model.duplicates.cursor.step(model.duplicates.groups().len(), height, action);
}

fn to_row(model: &mut Model, action: Action) {
    let Some(sheet) = Sheet::of(model) else { return };
    let rows = sheet.rows(model);
    let at = list_cursor::step(sheet.cursor(model), rows.len(), fields_height(model), action);
    let field = rows.get(at).map(|row| row.field.clone());
    model.reviewing.row = field;
}

/// Marks the record beside the marked one; around at the ends.
fn mark(model: &mut Model, forward: bool) {
    let Some(sheet) = Sheet::of(model) else { return };
    let count = sheet.members.len();
    let at = (sheet.marked(model) + if forward { 1 } else { count - 1 }) % count;
    let id = sheet.members[at].contact.id.clone();
    model.reviewing.marked = Some(id);
}

/// Takes the value of the record beside the source; the mark goes with it.
fn beside(model: &mut Model, right: bool) {
    let Some(sheet) = Sheet::of(model) else { return };
    let Some(row) = sheet.row(model) else { return };
    let from = row.source.unwrap_or_else(|| sheet.marked(model));
    let included = &sheet.review.included;
    let to = if right {
        (from + 1..included.len()).find(|at| included[*at])
    } else {
        (0..from).rev().find(|at| included[*at])
    };
    // At the end, it is taken from where the key points all the same.
    let at = to.unwrap_or(from);
    let (field, id) = (row.field.clone(), sheet.members[at].contact.id.clone());
    choose(model, field, id);
}

/// Takes the value of the next record; behind the last, of a list, all of them again.
fn cycle(model: &mut Model) {
    let Some(sheet) = Sheet::of(model) else { return };
    let Some(row) = sheet.row(model) else { return };
    let included: Vec<usize> = (0..sheet.members.len()).filter(|at| sheet.review.included[*at]).collect();
    let is_list = matches!(row.field, MergeField::Tags | MergeField::Followers);
    let place = row.source.and_then(|source| included.iter().position(|at| *at == source));
    let next = match place {
        None => 0,
        Some(place) if is_list && place + 1 == included.len() => {
            let field = row.field.clone();
            choices(model).picked.remove(&field);
            return;
        }
        Some(place) => (place + 1) % included.len().max(1),
    };
    let Some(at) = included.get(next) else { return };
    let (field, id) = (row.field.clone(), sheet.members[*at].contact.id.clone());
    choose(model, field, id);
}

fn choose(model: &mut Model, field: MergeField, from: ContactId) {
    model.reviewing.marked = Some(from.clone());
    model.reviewing.row = Some(field.clone());
    choices(model).picked.insert(field, Pick::From(from));
}

/// Takes every value that the marked record has.
fn take_column(model: &mut Model) {
    let Some(sheet) = Sheet::of(model) else { return };
    let at = sheet.marked(model);
    let id = sheet.members[at].contact.id.clone();
    let letter = sheet.letter(at);
    if !sheet.review.included[at] {
        let key = model.key(Context::Duplicates, Action::Exclude);
        model.say(Level::Warn, format!("{letter} is left out ({key} includes it)"));
        return;
    }
    let takes = |row: &&&ReviewRow| {
        let is_list = matches!(row.field, MergeField::Tags | MergeField::Followers);
        !is_list && row.rule != ValueReason::CannotBeSet && !row.values[at].is_empty()
    };
    let rows = sheet.rows(model);
    let fields: Vec<MergeField> = rows.iter().filter(takes).map(|row| row.field.clone()).collect();
    let count = fields.len();
    let choices = choices(model);
    for field in fields {
        choices.picked.insert(field, Pick::From(id.clone()));
    }
    let what = if count == 1 { "value" } else { "values" };
    model.say(Level::Hint, format!("{count} {what} of {letter} chosen"));
}

fn by_rule(model: &mut Model) {
    let field = Sheet::of(model).and_then(|sheet| sheet.row(model).map(|row| row.field.clone()));
    if let Some(field) = field {
        choices(model).picked.remove(&field);
    }
}

/// The marked record is the one that stays.
fn keep(model: &mut Model) {
    let Some(id) = rules::marked(model) else { return };
    let choices = choices(model);
    choices.excluded.remove(&id);
    choices.survivor = Some(id);
}

/// The marked record takes no part, or does again.
fn exclude(model: &mut Model) {
    let Some(id) = rules::marked(model) else { return };
    model.reviewing.marked = Some(id.clone());
    let choices = choices(model);
    if !choices.excluded.remove(&id) {
        choices.excluded.insert(id);
    }
}

fn not_duplicates(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(members) = model.duplicates.group().map(|queued| queued.members.clone()) else { return };
    let pairs = rules::pairs(model);
    let name = sheet::name_of(model, &members);
    merges::dismiss(model, pairs.clone(), effects);
    model.reviewing.decided += 1;
    // Part of it is an open question still: that comes later.
    if model.duplicates.group().is_some_and(|queued| queued.members == members) {
        model.duplicates.skip();
    }
    model.reviewing.part = Part::Queue;
    let step = OwnStep::NotDuplicates { pairs, members, name };
    model.say(Level::Done, step.words()).offers = vec![Action::Undo, Action::GoDecisions];
    model.undo.did(step);
}

/// Asks whether the group shall be merged, naming who stays and who goes.
fn ask(model: &mut Model) {
    let Some(sheet) = Sheet::of(model) else { return };
    let Some(plan) = sheet.plan(model) else { return };
    let named = |at: usize| {
        let name = model.name_of(&sheet.members[at].contact.id);
        let name = if name.is_empty() { "(no name)".to_owned() } else { name };
        format!("{name} ({})", sheet.letter(at))
    };
    let losers: Vec<String> = sheet.review.losers().into_iter().map(named).collect();
    let (writes, reads) = sheet.cost(&plan, &sheet.steps(model, &plan));
    let fate = if plan.delete { "deleted immediately and for good" } else { "archived" };
    let lines = vec![
        format!("{} into {}", losers.join(", "), named(sheet.review.survivor)),
        format!(
            "{} will be {fate} · {}, about {}",
            if losers.len() == 1 { "One contact" } else { "They" },
            counted(writes, "write"),
            counted(reads, "read")
        ),
    ];
    let how_many = how_many(plan.losers.len() + 1, plan.delete);
    let asked = Confirmation::new("Merge?".to_owned(), lines, "merge", OnYes::Merge(vec![plan]));
    model.mode = Mode::Confirm(Confirmation { how_many, ..asked });
}

fn delete_at_once(model: &mut Model) {
    let Some(members) = model.duplicates.group().map(|queued| queued.members.clone()) else { return };
    let choices = choices(model);
    if choices.delete {
        choices.delete = false;
        model.say(Level::Hint, "This merge will archive the contacts merged away");
        return;
    }
    let lines = vec!["They are deleted, not archived, as soon as the survivor has everything.".to_owned()];
    let warning = "Undo re-creates them with new IDs, without conversations, opportunities and payments.".to_owned();
    let title = "Delete the contacts merged away immediately?".to_owned();
    let asked = Confirmation::new(title, lines, "delete", OnYes::DeleteAtOnce { members, again: true });
    model.mode = Mode::Confirm(Confirmation { warning: Some(warning), ..asked });
}

/// The group under the cursor may be another: what it shows begins at the top.
pub(crate) fn settle(model: &mut Model) {
    if model.screen != Screen::Duplicates {
        return;
    }
    let compared = rules::comparison(model).filter(|now| Some(now) != model.worker_view.now().comparison.as_ref());
    if let Some(Comparison { contacts, .. }) = compared {
        let mine = |compared: &crate::protocol::Compared| {
            compared.members.iter().any(|member| contacts.contains(&member.contact.id))
        };
        if !model.reviewing.compared.as_deref().is_some_and(mine) {
            (model.reviewing.compared, model.reviewing.row) = (None, None);
            model.reviewing.fields = ListCursor::default();
            if model.reviewing.marked.as_ref().is_some_and(|marked| !contacts.contains(marked)) {
                model.reviewing.marked = None;
            }
        }
    }
    if model.duplicates.group().is_none() {
        model.reviewing.part = Part::Queue;
    }
    scroll_review(model);
}
