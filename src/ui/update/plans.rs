//! What an action on many contacts would take, as the worker has planned it.

use crate::domain::{ContactEdit, Edit, EditKind, TagEdit, TaskEdit};
use crate::protocol::{Planned, Ticket};
use crate::text;

use crate::ui::ink::counted;
use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::confirm::state::OnYes;
use crate::ui::rules;
use crate::ui::verbs::edits;

/// What an action would take.
pub(crate) fn planned(model: &mut Model, ticket: Ticket, planned: Planned, effects: &mut Vec<Effect>) {
    let Mode::Confirm(confirmation) = &model.mode else { return };
    if !matches!(confirmation.yes, OnYes::Planning(of) if of == ticket) {
        return;
    }
    let Planned { edits: made, unchanged, requests, trouble } = planned;
    let deletes = made.iter().any(Edit::deletes_contact);
    let is_small = |edit: &Edit| {
        matches!(edit.what, EditKind::Contact(ContactEdit::Patch { .. }) | EditKind::Business(_) | EditKind::Tag(_))
    };
    // One that can be undone completely needs no asking.
    if let ([one], None) = (made.as_slice(), &trouble)
        && is_small(one)
    {
        model.mode = Mode::Browse;
        edits::apply(model, made, effects);
        return;
    }
    let mut lines = Vec::new();
    if made.len() > 1 {
        lines.push(rules::named(model, made.iter().map(|edit| &edit.contact)));
    }
    if let Some(why) = trouble {
        lines.push(format!("Could not check: {}", text::clean(&why)));
    } else if made.is_empty() {
        lines.push("Nothing to change.".to_owned());
    } else {
        let (what, will) = match made.first().map(|edit| &edit.what) {
            Some(EditKind::Task(TaskEdit::Complete { .. })) => ("task", "be completed"),
            Some(EditKind::Contact(ContactEdit::Delete { .. })) => ("contact", "be deleted"),
            _ => ("contact", "change"),
        };
        let about = if requests == 1 { "" } else { "about " };
        let requests = counted(requests, "request");
        lines.push(format!("{} will {will} ({about}{requests}).", counted(made.len(), what)));
    }
    if let Some(edit) = made.first().filter(|_| unchanged > 0) {
        lines.push(left_as_they_are(edit, unchanged));
    }
    if deletes {
        lines.push("Undo re-creates them with fields, tags, tasks and notes, with new IDs.".to_owned());
    }
    let warning = "Gone for good: conversations, appointments, opportunities, payments, campaigns, workflows, attribution, \
                   further e-mails and phones.";
    let Mode::Confirm(confirmation) = &mut model.mode else { return };
    confirmation.lines = lines;
    confirmation.warning = deletes.then(|| warning.to_owned());
    confirmation.how_many = rules::how_many(made.len(), deletes);
    confirmation.yes = if made.is_empty() { OnYes::Nothing } else { OnYes::Apply(made) };
}

/// Why so many need no such edit.
fn left_as_they_are(edit: &Edit, count: usize) -> String {
    let (has, does) = if count == 1 { ("has", "does") } else { ("have", "do") };
    match edit.what {
        EditKind::Tag(TagEdit::Add { .. }) => format!("{count} already {has} these tags."),
        EditKind::Tag(TagEdit::Remove { .. }) => format!("{count} {does} not have these tags."),
        EditKind::Contact(ContactEdit::Patch { .. }) => format!("{count} already {has} this owner."),
        EditKind::Business(_) => format!("{count} already {has} this business."),
        EditKind::Task(TaskEdit::Complete { .. }) => format!("{count} {has} no open tasks."),
        EditKind::Contact(_)
        | EditKind::Task(_)
        | EditKind::Note(_)
        | EditKind::Appointment(_)
        | EditKind::Follower(_)
        | EditKind::Automation(_) => format!("{count} will not change."),
    }
}
