//! The agenda: walking through days, and what is done to the task or the appointment under the cursor.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::config::Action;
use crate::domain::{AppointmentEdit, AppointmentPatch, Edit, TaskEdit, TaskPatch};
use crate::protocol::Command;
use crate::ui::state::layout::Section;

use crate::ui::message::Effect;
use crate::ui::model::room::Handled;
use crate::ui::model::{Model, Screen};
use crate::ui::screens::agenda::paint::agenda_height;
use crate::ui::screens::agenda::rules;
use crate::ui::screens::agenda::state::{Agenda, Part, What};
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::verbs::{edits, forms, going, tasks};

/// An action on the agenda.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Handled {
    match action {
        Action::Reschedule | Action::Assign | Action::ByOwner | Action::Filter => return Handled::Opens,
        Action::ToggleTask => tasks::toggle(model, effects),
        Action::Edit => edit(model, effects),
        Action::Read => {
            if let Some(task) = rules::task(model).map(|task| Arc::clone(&task.value)) {
                tasks::read(model, &task);
            }
        }
        Action::Delete => delete(model, effects),
        Action::CancelAppointment => {
            let edit = rules::booked(model).and_then(|one| AppointmentEdit::cancel(one.target.clone()?, &one.value));
            if let Some(edit) = edit {
                edits::apply(model, vec![edit], effects);
            }
        }
        Action::Open => open(model, effects),
        Action::NextPane | Action::PreviousPane => {
            model.agenda.part = match model.agenda.part {
                Part::Calendar => Part::List,
                Part::List => Part::Calendar,
            };
        }
        Action::Refresh => {
            model.say(Level::Hint, "Refreshing…");
            effects.push(Effect::Send(Command::Refresh));
        }
        Action::Back if model.agenda.filter.is_on() => model.agenda.clear_filter(),
        Action::Back if model.agenda.part == Part::Calendar => model.agenda.part = Part::List,
        action if walk(model, action) => {}
        _ => return Handled::Elsewhere,
    }
    Handled::Done
}

/// Goes to another day, or within the list.
fn walk(model: &mut Model, action: Action) -> bool {
    let in_list = model.agenda.part == Part::List;
    let by = list_cursor::distance(action, agenda_height(model)).filter(|_| in_list);
    let agenda = &mut model.agenda;
    match (action, by) {
        (Action::Today, _) => agenda.go_to_today(model.now),
        (Action::Top | Action::Bottom, Some(_)) => agenda.end(action == Action::Bottom),
        (_, Some(by)) => agenda.step(by),
        (_, None) => match day_from(agenda, action) {
            Some(day) => agenda.go_to(day),
            None => return false,
        },
    }
    true
}

/// The day that an action leads to from the chosen one.
fn day_from(agenda: &Agenda, action: Action) -> Option<Date> {
    let by = |span: Span| Some(agenda.day.checked_add(span).unwrap_or(agenda.day));
    match action {
        Action::PreviousDay => by(-1.day()),
        Action::NextDay => by(1.day()),
        Action::PreviousWeek | Action::Up => by(-1.week()),
        Action::NextWeek | Action::Down => by(1.week()),
        Action::PreviousMonth | Action::PageUp | Action::HalfPageUp => by(-1.month()),
        Action::NextMonth | Action::PageDown | Action::HalfPageDown => by(1.month()),
        Action::Top => Some(agenda.month().first()),
        Action::Bottom => Some(agenda.month().last()),
        _ => None,
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
    match what {
        What::Task(todo) => {
            let Some(target) = todo.target else { return };
            forms::task(model, contact, Some((target, Arc::unwrap_or_clone(todo.value))));
        }
        What::Appointment(one) => {
            let Some(target) = one.target else { return };
            forms::appointment(model, contact, Some((target, Arc::unwrap_or_clone(one.value))), effects);
        }
    }
}

/// Deletes what is under the cursor: undo re-creates it.
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
        let mut agenda = std::mem::take(&mut model.agenda);
        agenda.settle(&model.open_tasks, &model.around(), height);
        model.agenda = agenda;
    }
}
