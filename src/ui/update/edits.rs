//! Edits: on the overlay with the key, promised when the outbox has them, gone when they are settled.

use crate::config::Action;
use crate::domain::{Edit, EditId, NoteTarget, Pending, Progress};
use crate::protocol::{Command, Confirmed, EditEvent, Failure, Outcome, Refused, Ticket};
use crate::text;

use super::super::message::Effect;
use super::super::model::{Asked, Model, Undoable};
use super::super::toast::Level;
use super::compose;

/// Completes or reopens the task under the cursor.
pub(super) fn toggle_task(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some((task, _)) = model.opened.as_ref().and_then(|opened| opened.task(&model.overlay)) else { return };
    let edit =
        Edit::CompleteTask { contact: task.contact, task: task.id, title: task.title, completed: !task.completed };
    apply(model, edit, effects);
}

/// Shows an edit at once and asks for it.
pub(super) fn apply(model: &mut Model, edit: Edit, effects: &mut Vec<Effect>) {
    let ticket = show(model, edit.clone(), None);
    effects.push(Effect::Send(Command::Apply { ticket, edit }));
}

/// Takes back the newest edit.
pub(super) fn undo(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(last) = model.undo.pop() else { return };
    let inverse = known_note(model, last.edit.inverse(last.id));
    let of = last.id;
    let ticket = show(model, inverse, Some(last));
    effects.push(Effect::Send(Command::Undo { ticket, of }));
}

/// Why there is nothing to take back; `None` where there is.
pub(super) fn nothing_to_undo(model: &Model) -> Option<String> {
    if model.asked.iter().any(|asked| asked.undoes.is_none()) {
        return Some("your newest edit is still being saved".to_owned());
    }
    model.undo.is_empty().then(|| "nothing was changed since the start".to_owned())
}

/// Puts the failed edit back in line.
pub(super) fn retry(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(id) = model.failed_edit().and_then(|pending| pending.id) {
        effects.push(Effect::Send(Command::Retry(id)));
    }
}

/// Gives the failed edit up.
pub(super) fn discard(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(id) = model.failed_edit().and_then(|pending| pending.id) {
        effects.push(Effect::Send(Command::Discard(id)));
    }
}

/// Puts an edit on the overlay as not saved yet.
fn show(model: &mut Model, edit: Edit, undoes: Option<Undoable>) -> Ticket {
    let ticket = model.ticket();
    let pending = Pending { id: None, edit: edit.clone(), progress: Progress::Saving, made_at: model.now };
    model.overlay.push(pending);
    model.asked.push(Asked { ticket, edit, undoes });
    ticket
}

/// Names the note itself where we know which one an edit made.
fn known_note(model: &Model, edit: Edit) -> Edit {
    match edit {
        Edit::DeleteNote { contact, note: NoteTarget::MadeBy(by), body } => {
            let note = model.made.get(&by).cloned().map_or(NoteTarget::MadeBy(by), NoteTarget::Known);
            Edit::DeleteNote { contact, note, body }
        }
        edit @ (Edit::CompleteTask { .. } | Edit::AddNote { .. } | Edit::DeleteNote { .. }) => edit,
    }
}

/// A command that went nowhere: what it showed is taken back.
pub(super) fn not_taken(model: &mut Model, command: &Command) {
    match command {
        Command::Apply { ticket, .. } | Command::Undo { ticket, .. } => {
            if let Some(asked) = take_asked(model, *ticket) {
                let what = described(&asked.edit);
                model.say(Level::Bad, format!("Not done, too much is waiting: {what}. Try again in a moment"));
                model.undo.extend(asked.undoes);
            }
        }
        Command::Retry(_) | Command::Discard(_) | Command::Refresh | Command::Ask { .. } => {
            model.say(Level::Bad, "Not done, too much is waiting. Try again in a moment");
        }
        Command::SaveDraft { .. } => {
            model.say(Level::Warn, "The draft could not be saved yet; it is still here");
        }
        Command::Show(_) | Command::Focus(_) | Command::DropDraft(_) | Command::Stop => {}
    }
}

/// Takes an edit that was asked for off the overlay.
fn take_asked(model: &mut Model, ticket: Ticket) -> Option<Asked> {
    let at = model.asked.iter().position(|asked| asked.ticket == ticket)?;
    let asked = model.asked.remove(at);
    model.overlay.drop_unsaved(&asked.edit);
    Some(asked)
}

/// News of an edit.
pub(super) fn news(model: &mut Model, event: EditEvent, effects: &mut Vec<Effect>) {
    match event {
        EditEvent::Queued { ticket, id, edit, made_at } => queued(model, ticket, id, edit, made_at, effects),
        EditEvent::Refused { ticket, why } => refused(model, ticket, why),
        EditEvent::Sending(id) => set_progress(model, id, Progress::Sending),
        EditEvent::Waiting { id, until, why } => set_progress(model, id, Progress::Waiting { until, why }),
        EditEvent::Requeued(id) => {
            model.toasts.forget(id);
            set_progress(model, id, Progress::Queued);
        }
        EditEvent::Settled { id, edit, outcome: Outcome::Confirmed(confirmed) } => {
            settled(model, id, &edit, &confirmed);
        }
        EditEvent::Settled { id, edit, outcome: Outcome::Rejected { why } } => rejected(model, id, edit, &why),
        EditEvent::Discarded(id) => discarded(model, id, effects),
        EditEvent::Withdrawn { ticket, id } => withdrawn(model, ticket, id),
    }
}

fn set_progress(model: &mut Model, id: EditId, progress: Progress) {
    if let Some(pending) = model.overlay.get_mut(id) {
        pending.progress = progress;
    }
}

fn queued(
    model: &mut Model,
    ticket: Option<Ticket>,
    id: EditId,
    edit: Edit,
    made_at: jiff::Timestamp,
    effects: &mut Vec<Effect>,
) {
    let ours = ticket.and_then(|ticket| model.asked.iter().position(|asked| asked.ticket == ticket));
    let Some(asked) = ours.map(|at| model.asked.remove(at)) else {
        // Of another process on the same location.
        if model.overlay.get_mut(id).is_none() {
            model.overlay.push(Pending { id: Some(id), edit, progress: Progress::Queued, made_at });
        }
        return;
    };
    model.overlay.promise(&asked.edit, id, made_at);
    compose::drop_draft(model, &asked.edit, effects);
    let whom = model.name_of(asked.edit.contact());
    let whom = if whom.is_empty() { whom } else { format!(" for {whom}") };
    if let Some(undone) = asked.undoes {
        model.toasts.forget(undone.id);
        let text = format!("Took back: {}{whom}", described(&undone.edit));
        model.say(Level::Queued, text).about = Some(id);
    } else {
        let toast = model.say(Level::Queued, format!("{}{whom}", described(&asked.edit)));
        (toast.about, toast.offers) = (Some(id), vec![Action::Undo]);
        model.undo.push(Undoable { id, edit: asked.edit });
    }
}

fn refused(model: &mut Model, ticket: Ticket, why: Refused) {
    let Some(asked) = take_asked(model, ticket) else { return };
    let what = asked.undoes.as_ref().map_or_else(
        || format!("Not done: {}", described(&asked.edit)),
        |undone| format!("Not taken back: {}", described(&undone.edit)),
    );
    let reason = match why {
        Refused::ReadOnly(access) => {
            model.access = access;
            model.undo.extend(asked.undoes);
            access.refusal().unwrap_or_default()
        }
        Refused::NotSaved(failure) => {
            model.undo.extend(asked.undoes);
            said(&failure)
        }
        Refused::NothingToUndo => "it is too late, or there is nothing to undo".to_owned(),
        Refused::MovedOn { what } => format!("it has changed since: {}", text::clean(&what)),
    };
    model.say(Level::Bad, format!("{what} ({reason})"));
}

/// The server has it: its copy and the overlay change places in one step, so nothing moves.
fn settled(model: &mut Model, id: EditId, edit: &Edit, confirmed: &Confirmed) {
    model.overlay.remove(id);
    model.toasts.confirmed(id);
    if let Confirmed::Note(view) = confirmed {
        model.made.insert(id, view.note.id.clone());
    }
    if let Some(opened) = model.opened.as_mut().filter(|opened| opened.contact == *edit.contact()) {
        opened.confirm(edit, confirmed);
    }
}

fn rejected(model: &mut Model, id: EditId, edit: Edit, why: &Failure) {
    let progress = Progress::Failed { why: why.why.clone() };
    let whom = model.name_of(edit.contact());
    let what = text::clean(&why.what).into_owned();
    let reason = said(why);
    match model.overlay.get_mut(id) {
        Some(pending) => pending.progress = progress,
        None => model.overlay.push(Pending { id: Some(id), edit, progress, made_at: model.now }),
    }
    model.undo.retain(|undoable| undoable.id != id);
    model.toasts.forget(id);
    let whom = if whom.is_empty() { whom } else { format!(" for {whom}") };
    let toast = model.say(Level::Bad, format!("Failed to {what}{whom}: {reason}"));
    (toast.about, toast.offers) = (Some(id), vec![Action::Retry, Action::Discard]);
}

fn discarded(model: &mut Model, id: EditId, effects: &mut Vec<Effect>) {
    model.toasts.forget(id);
    model.undo.retain(|undoable| undoable.id != id);
    let Some(gone) = model.overlay.remove(id) else { return };
    match &gone.edit {
        Edit::AddNote { contact, body } => {
            compose::back_to_draft(model, contact.clone(), body, effects);
            model.say(Level::Hint, "Gave the note up; its text is a draft again");
        }
        Edit::CompleteTask { .. } | Edit::DeleteNote { .. } => {
            let what = described(&gone.edit);
            model.say(Level::Hint, format!("Gave up: {what}"));
        }
    }
}

fn withdrawn(model: &mut Model, ticket: Option<Ticket>, id: EditId) {
    model.toasts.forget(id);
    let gone = model.overlay.remove(id);
    let asked = ticket.and_then(|ticket| take_asked(model, ticket));
    let undone = asked.and_then(|asked| asked.undoes).map(|undone| undone.edit).or(gone.map(|gone| gone.edit));
    if let Some(edit) = undone {
        let what = described(&edit);
        model.say(Level::Done, format!("Took back before it was sent: {what}"));
    }
}

fn described(edit: &Edit) -> String {
    text::clean(&edit.describe()).into_owned()
}

/// Why something failed and what to do, in clean words.
pub(super) fn said(failure: &Failure) -> String {
    let why = text::clean(&failure.why);
    let next = text::clean(&failure.next);
    if next.is_empty() { why.into_owned() } else { format!("{why}; {next}") }
}
