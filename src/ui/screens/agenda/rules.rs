//! What can be done with the task or the appointment under the cursor, and why not.

use crate::config::{Action, Context, Need};
use crate::domain::{Scope, is_on};

use crate::protocol::DraftKey;
use crate::ui::model::Model;
use crate::ui::rules;
use crate::ui::screens::agenda::state::{Booked, Part, What};
use crate::ui::screens::open_tasks::state::Todo;

/// Why a need is not met by what is under the cursor.
pub(crate) fn unmet(model: &Model, need: Need) -> Option<String> {
    let item = match need {
        Need::Openable if model.agenda.part == Part::Calendar => return None,
        Need::Task
        | Need::Ownable
        | Need::Appointment
        | Need::Editable
        | Need::Deletable
        | Need::Openable
        | Need::Contact => match item(model) {
            Ok(item) => item,
            Err(why) => return Some(why),
        },
        need => return rules::unmet(model, need),
    };
    let saved = |known: bool| (!known).then(|| "still being saved".to_owned());
    match (need, item) {
        (Need::Task | Need::Ownable, What::Task(todo)) => saved(todo.target.is_some()),
        (Need::Task, What::Appointment(_)) => {
            let key = model.key(Context::Agenda, Action::Edit);
            Some(format!("this is an appointment ({key} edits it)"))
        }
        (Need::Ownable, What::Appointment(_)) => Some("this is an appointment".to_owned()),
        (Need::Editable | Need::Deletable, What::Task(todo)) => {
            model.access.refusal(Scope::ContactsWrite).or_else(|| saved(todo.target.is_some()))
        }
        (Need::Editable | Need::Deletable, What::Appointment(one)) => {
            model.access.refusal(Scope::EventsWrite).or_else(|| saved(one.target.is_some()))
        }
        (Need::Appointment, What::Appointment(one)) => {
            saved(one.target.is_some()).or_else(|| (!is_on(&one.value.status)).then(|| "already cancelled".to_owned()))
        }
        (Need::Appointment, What::Task(_)) => Some("this is a task".to_owned()),
        _ => None,
    }
}

/// What is under the cursor in the list, or why there is nothing.
fn item(model: &Model) -> Result<&What, String> {
    if model.agenda.part == Part::Calendar {
        let key = model.key(Context::Agenda, Action::NextPane);
        return Err(format!("select something in the list first ({key})"));
    }
    model.agenda.item().map(|item| &item.what).ok_or_else(|| "nothing selected".to_owned())
}

/// The task under the cursor.
pub(crate) fn task(model: &Model) -> Option<&Todo> {
    match &model.agenda.item()?.what {
        What::Task(todo) => Some(todo),
        What::Appointment(_) => None,
    }
}

/// The appointment under the cursor.
pub(crate) fn booked(model: &Model) -> Option<&Booked> {
    match &model.agenda.item()?.what {
        What::Appointment(booked) => Some(booked),
        What::Task(_) => None,
    }
}

/// The draft of what is under the cursor.
pub(crate) fn draft(model: &Model) -> Option<DraftKey> {
    let contact = model.agenda.item()?.contact();
    let of_task = task(model).and_then(|task| model.drafts.of_task(contact, task.target.as_ref()));
    let of_appointment = || model.drafts.of_appointment(contact, booked(model)?.target.as_ref());
    of_task.or_else(of_appointment)
}
