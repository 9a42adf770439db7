//! What is done to many contacts: planned first, then done when the user says yes.

use crate::config::Action;
use crate::domain::{ContactEdit, ContactId, CountedAs, Edit, EditKind};
use crate::protocol::{BulkAction, Command, Planned, Ticket};
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::popups::confirm::state::{Confirmation, OnYes};
use crate::ui::screens::journal;
use crate::ui::state::toast::Level;
use crate::ui::update::edits;

/// Asks what an action would take; the answer is shown before anything is done.
pub(crate) fn plan(model: &mut Model, contacts: Vec<ContactId>, action: BulkAction, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    let whom =
        if let [one] = contacts.as_slice() { model.name_of(one) } else { format!("{} contacts", contacts.len()) };
    let title = match &action {
        BulkAction::AddTags(tags) | BulkAction::TagOnce(tags) => format!("Add {} to {whom}", tags.join(", ")),
        BulkAction::RemoveTags(tags) => format!("Remove {} from {whom}", tags.join(", ")),
        BulkAction::Assign(Some(user)) => format!("Give {whom} to {}", model.user_name(user)),
        BulkAction::Assign(None) => format!("Take the owner of {whom} away"),
        BulkAction::SetBusiness(Some(business)) => format!("Put {whom} into {}", business.name),
        BulkAction::SetBusiness(None) => format!("Take {whom} out of the business"),
        BulkAction::CompleteTasks => format!("Complete the open tasks of {whom}"),
        BulkAction::Delete => format!("Delete {whom}"),
    };
    let title = text::clean(&title).into_owned();
    let lines = vec!["Looking what that would take…".to_owned()];
    model.mode = Mode::Confirm(Confirmation { title, lines, deed: OnYes::Planning(ticket) });
    effects.push(Effect::Send(Command::Plan { ticket, contacts, action }));
}

/// What an action would take.
pub(crate) fn planned(model: &mut Model, ticket: Ticket, planned: Planned, effects: &mut Vec<Effect>) {
    let Mode::Confirm(confirm) = &mut model.mode else { return };
    if !matches!(confirm.deed, OnYes::Planning(of) if of == ticket) {
        return;
    }
    let Planned { edits: made, unchanged, requests, trouble } = planned;
    let deletes = made.iter().filter(|edit| edit.deletes_contact()).count();
    // One that can be taken back whole needs no asking.
    if made.len() == 1
        && deletes == 0
        && trouble.is_none()
        && matches!(
            made[0].what,
            EditKind::Contact(ContactEdit::Patch { .. }) | EditKind::Business(_) | EditKind::Tag(_)
        )
    {
        model.mode = Mode::Browse;
        edits::apply(model, made, effects);
        return;
    }
    let what = match made.first().map(Edit::counted) {
        Some(CountedAs::Tasks) => "tasks",
        Some(CountedAs::Contacts | CountedAs::PerContact) | None => "contacts",
    };
    let mut lines = Vec::new();
    if let Some(why) = trouble {
        lines.push(format!("It could not be found out: {}", text::clean(&why)));
    } else if made.is_empty() {
        lines.push("There is nothing to change.".to_owned());
    } else {
        let what = if made.len() == 1 { &what[..what.len() - 1] } else { what };
        lines.push(format!("{} {what} change, with about {requests} requests.", made.len()));
    }
    if unchanged > 0 && !made.is_empty() {
        lines.push(format!("{unchanged} are so already."));
    }
    if deletes > 0 {
        lines.push("Undo makes them anew with fields, tags, tasks and notes, under new ids.".to_owned());
        lines.push(
            "What the API cannot restore: conversations, appointments, opportunities, payments, campaigns and \
             workflows, attribution, further e-mails and phones."
                .to_owned(),
        );
    }
    confirm.lines = lines;
    confirm.deed = if made.is_empty() { OnYes::Nothing } else { OnYes::Apply(made) };
}

/// A key while it is asked whether to do it.
pub(crate) fn confirm(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    match (action, &model.mode) {
        (Action::Yes, Mode::Confirm(Confirmation { deed: OnYes::Planning(_), .. }))
        | (Action::Up | Action::Down, _) => {}
        (Action::Yes, Mode::Confirm(confirm)) => {
            let confirmed = confirm.clone();
            model.mode = Mode::Browse;
            done(model, confirmed, effects);
        }
        _ => model.mode = Mode::Browse,
    }
}

/// Does what the user said yes to, or asks once more.
fn done(model: &mut Model, Confirmation { title, deed, .. }: Confirmation, effects: &mut Vec<Effect>) {
    match deed {
        OnYes::Planning(_) | OnYes::Nothing => {}
        OnYes::Apply(made) if made.is_empty() => {}
        OnYes::Apply(made) => {
            match model.screen {
                Screen::Tasks => model.backlog.clear_marks(),
                Screen::Agenda => {}
                _ => model.marks.clear(),
            }
            edits::apply(model, made, effects);
        }
        OnYes::Merge(plans) => journal::keys::send(model, plans, effects),
        OnYes::Merges { deed, merges, again: Some(line) } => {
            let deed = OnYes::Merges { deed, merges, again: None };
            model.mode = Mode::Confirm(Confirmation { title, lines: vec![line], deed });
        }
        OnYes::Merges { deed, merges: which, again: None } => journal::keys::deed(model, deed, which, effects),
        OnYes::DeleteAtOnce { members, again: true } => {
            let lines = vec!["Deleted contacts are gone for ever. Really delete them at once?".to_owned()];
            let deed = OnYes::DeleteAtOnce { members, again: false };
            model.mode = Mode::Confirm(Confirmation { title, lines, deed });
        }
        OnYes::DeleteAtOnce { members, again: false } => {
            model.reviewing.choices_mut(&members).delete = true;
            model.say(Level::Warn, "The losers of this merge will be deleted at once");
        }
    }
}
