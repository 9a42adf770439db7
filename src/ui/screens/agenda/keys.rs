//! The agenda: walking through days, and what is done to the task or the appointment under the cursor.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::config::{Action, Context};
use crate::domain::{AppointmentEdit, AppointmentPatch, Edit, Scope, TaskEdit, TaskPatch, is_on};
use crate::protocol::Command;

use crate::ui::message::Effect;
use crate::ui::model::{Model, Screen, Section};
use crate::ui::popups::form::state::{AppointmentForm, TaskForm};
use crate::ui::popups::{decide, due_date, form, picker, search};
use crate::ui::screens::agenda::paint::agenda_height;
use crate::ui::screens::agenda::state::{Booked, Part, What};
use crate::ui::screens::tasks;
use crate::ui::screens::tasks::state::{Around, Todo};
use crate::ui::state::toast::Level;
use crate::ui::update::{actions, edits, going, single};

/// An action on the agenda.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    if let Some(why) = actions::refusal(model, action) {
        let key = model.key(Context::Agenda, action);
        model.say(Level::Warn, format!("{key} {}: {why}", action.short()));
        return;
    }
    match action {
        Action::ToggleTask => tasks::keys::toggle(model, effects),
        Action::Reschedule => due_date::keys::open(model),
        Action::Assign | Action::ByOwner => picker::keys::open(model, action, effects),
        Action::Edit => edit(model, effects),
        Action::Delete => delete(model, effects),
        Action::CancelAppointment => {
            let edit = booked(model).and_then(|one| single::cancelling(one.target.clone()?, &one.value));
            if let Some(edit) = edit {
                edits::apply(model, vec![edit], effects);
            }
        }
        Action::Open => open(model, effects),
        Action::Browse => {
            let contact = model.agenda.item().map(|item| item.contact().clone());
            if let Some(contact) = contact {
                going::browse(model, &contact, effects);
            }
        }
        Action::NextPane | Action::PreviousPane => {
            model.agenda.part = match model.agenda.part {
                Part::Calendar => Part::List,
                Part::List => Part::Calendar,
            };
        }
        Action::Filter => search::keys::open(model),
        Action::CancelBulk => edits::cancel(model, effects),
        Action::Retry => edits::retry(model, effects),
        Action::Discard => edits::discard(model, effects),
        Action::Decide => decide::keys::open(model),
        Action::Refresh => {
            model.say(Level::Hint, "Reading tasks and appointments anew");
            effects.push(Effect::Send(Command::Refresh));
        }
        Action::Back if model.agenda.is_filtered() => model.agenda.clear_filter(),
        Action::Back if model.agenda.part == Part::Calendar => model.agenda.part = Part::List,
        Action::Back => going::go(model, Screen::Contacts),
        action if going::shared(model, action, effects) => {}
        action => walk(model, action),
    }
}

/// Goes to another day, or within the list.
pub(crate) fn walk(model: &mut Model, action: Action) {
    let day = model.agenda.day;
    let page = isize::try_from(agenda_height(model)).unwrap_or(isize::MAX).max(2);
    let agenda = &mut model.agenda;
    let by = |span: Span| day.checked_add(span).unwrap_or(day);
    let in_calendar = agenda.part == Part::Calendar;
    let to: Date = match action {
        Action::Today => return agenda.go_to_today(model.now),
        Action::PreviousDay => by(-1.day()),
        Action::NextDay => by(1.day()),
        Action::PreviousWeek => by(-1.week()),
        Action::NextWeek => by(1.week()),
        Action::PreviousMonth => by(-1.month()),
        Action::NextMonth => by(1.month()),
        Action::Up if in_calendar => by(-1.week()),
        Action::Down if in_calendar => by(1.week()),
        Action::PageUp | Action::HalfPageUp if in_calendar => by(-1.month()),
        Action::PageDown | Action::HalfPageDown if in_calendar => by(1.month()),
        Action::Top if in_calendar => agenda.month().first(),
        Action::Bottom if in_calendar => agenda.month().last(),
        Action::Up => return agenda.step(-1),
        Action::Down => return agenda.step(1),
        Action::PageUp => return agenda.step(1 - page),
        Action::PageDown => return agenda.step(page - 1),
        Action::HalfPageUp => return agenda.step(-(page / 2)),
        Action::HalfPageDown => return agenda.step(page / 2),
        Action::Top => return agenda.end(false),
        Action::Bottom => return agenda.end(true),
        _ => return,
    };
    agenda.go_to(to);
}

/// Whether an action means something of its own on the agenda.
pub(crate) fn is_own(action: Action) -> bool {
    matches!(
        action,
        Action::ToggleTask
            | Action::Reschedule
            | Action::Assign
            | Action::Edit
            | Action::Delete
            | Action::CancelAppointment
            | Action::Open
            | Action::Browse
    )
}

/// Why such an action is of no use now.
pub(crate) fn refusal(model: &Model, action: Action) -> Option<String> {
    if action == Action::Open && model.agenda.part == Part::Calendar {
        return None;
    }
    if model.agenda.part == Part::Calendar {
        let key = model.key(Context::Agenda, Action::NextPane);
        return Some(format!("it acts on what is under the cursor in the list: go there first ({key})"));
    }
    let Some(item) = model.agenda.item() else { return Some("nothing is under the cursor".to_owned()) };
    let write = |scope| model.access.refusal(scope);
    let saved = |known: bool| (!known).then(|| "it is being saved".to_owned());
    match (action, &item.what) {
        (Action::Assign, What::Task(todo)) => {
            write(Scope::ContactsWrite).or_else(|| saved(todo.target.is_some())).or_else(|| actions::no_users(model))
        }
        (Action::ToggleTask | Action::Reschedule | Action::Edit | Action::Delete, What::Task(todo)) => {
            write(Scope::ContactsWrite).or_else(|| saved(todo.target.is_some()))
        }
        (Action::ToggleTask | Action::Assign, What::Appointment(_)) => Some("it is an appointment".to_owned()),
        (Action::Reschedule, What::Appointment(_)) => {
            let key = model.key(Context::Agenda, Action::Edit);
            Some(format!("an appointment is moved in its form ({key})"))
        }
        (Action::Edit | Action::Delete, What::Appointment(one)) => {
            write(Scope::EventsWrite).or_else(|| saved(one.target.is_some()))
        }
        (Action::CancelAppointment, What::Appointment(one)) => {
            let over = (!is_on(&one.value.status)).then(|| "it is cancelled already".to_owned());
            write(Scope::EventsWrite).or_else(|| saved(one.target.is_some())).or(over)
        }
        (Action::CancelAppointment, What::Task(_)) => Some("it is a task".to_owned()),
        _ => None,
    }
}

/// The task under the cursor.
pub(crate) fn task(model: &Model) -> Option<&Todo> {
    match &model.agenda.item()?.what {
        What::Task(todo) => Some(todo),
        What::Appointment(_) => None,
    }
}

/// The appointment under the cursor.
fn booked(model: &Model) -> Option<&Booked> {
    match &model.agenda.item()?.what {
        What::Appointment(booked) => Some(booked),
        What::Task(_) => None,
    }
}

/// From the calendar into the list; from there to the contact.
fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.agenda.part == Part::Calendar {
        model.agenda.part = Part::List;
        return;
    }
    let Some(item) = model.agenda.item() else { return };
    let section = match &item.what {
        What::Task(_) => Section::Tasks,
        What::Appointment(_) => Section::Appointments,
    };
    let contact = item.contact().clone();
    going::visit(model, contact, effects);
    model.section = section;
}

/// Opens what is under the cursor in its form.
fn edit(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(item) = model.agenda.item() else { return };
    let (contact, what) = (item.contact().clone(), item.what.clone());
    let whom = model.name_of(&contact);
    let form = match what {
        What::Task(todo) => {
            let Some(target) = todo.target else { return };
            TaskForm::open(contact, Some((target, todo.value.as_ref().clone())), &whom, model.form_context())
        }
        What::Appointment(one) => {
            let Some(target) = one.target else { return };
            let calendars = form::keys::calendars(model, effects);
            let known = Some((target, one.value.as_ref().clone()));
            AppointmentForm::open(contact, known, &calendars, &whom, model.form_context())
        }
    };
    form::keys::show(model, form);
}

/// Deletes what is under the cursor: undo makes it anew.
fn delete(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(item) = model.agenda.item() else { return };
    let contact = item.contact().clone();
    let edit = match &item.what {
        What::Task(todo) => {
            let was = TaskPatch::of(&todo.value);
            todo.target.clone().map(|task| Edit::new(contact, TaskEdit::Delete { task, was }))
        }
        What::Appointment(one) => {
            let was = AppointmentPatch::of(&one.value, &model.zone);
            one.target.clone().map(|appointment| Edit::new(contact, AppointmentEdit::Delete { appointment, was }))
        }
    };
    if let Some(edit) = edit {
        edits::apply(model, vec![edit], effects);
    }
}

/// Brings the lines in line with what they are made from.
pub(crate) fn settle(model: &mut Model) {
    if model.screen == Screen::Agenda {
        let height = agenda_height(model);
        let around = Around {
            now: model.now,
            zone: &model.zone,
            overlay: &model.overlay,
            aside: model.merges.aside(),
            roster: &model.listing.latest,
        };
        model.agenda.settle(&model.backlog, &around, height);
    }
}
