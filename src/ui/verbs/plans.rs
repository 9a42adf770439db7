//! What is done to many contacts: planned first, then done when the user says yes.

use crate::domain::ContactId;
use crate::protocol::{BulkAction, Command};
use crate::text;

use crate::ui::ink::counted;
use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::confirm::state::{Confirmation, OnYes};

/// Asks what an action would take; the answer is shown before anything is done.
pub(crate) fn plan(model: &mut Model, contacts: Vec<ContactId>, action: BulkAction, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    let whom = if let [one] = contacts.as_slice() { model.name_of(one) } else { counted(contacts.len(), "contact") };
    let (title, verb) = match &action {
        BulkAction::AddTags(tags) | BulkAction::TagOnce(tags) => (format!("Add {} to {whom}", tags.join(", ")), "add"),
        BulkAction::RemoveTags(tags) => (format!("Remove {} from {whom}", tags.join(", ")), "remove"),
        BulkAction::Assign(Some(user)) => (format!("Assign {whom} to {}", model.user_name(user)), "assign"),
        BulkAction::Assign(None) => (format!("Remove the owner of {whom}"), "remove"),
        BulkAction::SetBusiness(Some(business)) => (format!("Add {whom} to {}", business.name), "add"),
        BulkAction::SetBusiness(None) => (format!("Remove {whom} from the business"), "remove"),
        BulkAction::CompleteTasks => (format!("Complete the open tasks of {whom}"), "complete"),
        BulkAction::Delete => (format!("Delete {whom}"), "delete"),
    };
    let title = text::clean(&title).into_owned();
    let lines = vec!["Checking what will change…".to_owned()];
    model.mode = Mode::Confirm(Confirmation::new(title, lines, verb, OnYes::Planning(ticket)));
    effects.push(Effect::Send(Command::Plan { ticket, contacts, action }));
}
