//! News of edits: promised when the outbox has them, gone when they are settled; and undo, retry and discard.

use crate::config::Action;
use crate::domain::{
    Clash, ContactId, CountedAs, Direction, Edit, EditId, GroupId, Label, Pending, PendingState, Progress,
};
use crate::protocol::{Command, Confirmed, EditEvent, Failure, Outcome, Refused, Ticket};
use crate::text;
use crate::ui::rules;

use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::popups::form::rules::is_typed;
use crate::ui::state::bulk::Bulk;
use crate::ui::state::toast::Level;
use crate::ui::state::undo_stack::OwnStep;
use crate::ui::update::undo::said_of;
use crate::ui::update::{drafts, merges};
use crate::ui::verbs::edits::taken_back;

const NOT_TAKEN: &str = "Not done, too many edits are waiting. Try again in a moment";

/// The failed edits that retry and discard are about: the one under the cursor, with those made at once.
fn failed_ids(model: &Model) -> Vec<EditId> {
    let Some(failed) = rules::failed_edit(model) else { return Vec::new() };
    let Some(group) = failed.group else { return failed.id.into_iter().collect() };
    let same = |pending: &&Pending| pending.group == Some(group) && pending.progress.state() == PendingState::Failed;
    model.overlay.iter().filter(same).filter_map(|pending| pending.id).collect()
}

/// Puts what failed back in line.
pub(crate) fn retry(model: &mut Model, effects: &mut Vec<Effect>) {
    let ids = failed_ids(model);
    let group = ids.first().and_then(|id| model.overlay.get(*id)).and_then(|pending| pending.group);
    if let Some(bulk) = model.bulk.as_mut().filter(|bulk| Some(bulk.group) == group) {
        bulk.failed = bulk.failed.saturating_sub(ids.len());
    }
    effects.push(Effect::Send(Command::Retry(ids)));
}

/// Gives up what failed.
pub(crate) fn discard(model: &mut Model, effects: &mut Vec<Effect>) {
    let ids = failed_ids(model);
    model.undo.discarding(&ids);
    effects.push(Effect::Send(Command::Discard(ids)));
}

/// Stops the change of many contacts that is under way.
pub(crate) fn cancel(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(bulk) = &model.bulk {
        effects.push(Effect::Send(Command::Cancel(bulk.group)));
    }
}

/// A command that went nowhere: what it showed is taken back.
pub(crate) fn not_taken(model: &mut Model, command: &Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Apply { ticket, .. } => {
            model.undo.refused(*ticket);
            if let Some(asked) = taken_back(model, *ticket) {
                let what = described(&asked.edits);
                if let Some(typed) = asked.typed {
                    drafts::give_back(model, typed, effects);
                }
                model.say(Level::Bad, format!("Not done, too many edits are waiting: {what}. Try again in a moment"));
            }
        }
        Command::Reverse { ticket, .. } => {
            model.undo.refused(*ticket);
            model.say(Level::Bad, NOT_TAKEN);
        }
        Command::TakeBack { .. }
        | Command::Plan { .. }
        | Command::Names(_)
        | Command::Cancel(_)
        | Command::Insist(_)
        | Command::Retry(_)
        | Command::Discard(_)
        | Command::IAm(_)
        | Command::Refresh
        | Command::HoldSync(_)
        | Command::Ask { .. } => {
            model.say(Level::Bad, NOT_TAKEN);
        }
        Command::Merge { .. }
        | Command::DryRun { .. }
        | Command::Merges { .. }
        | Command::Dismiss { .. }
        | Command::Reopen { .. } => {
            merges::not_taken(model, command);
            model.say(Level::Bad, NOT_TAKEN);
        }
        Command::SaveDraft { .. } => {
            model.say(Level::Warn, "The draft could not be saved yet; it is still here");
        }
        Command::InView(_) => model.worker_view.not_taken(model.now),
        Command::Remember { .. }
        | Command::ChangeHint(_)
        | Command::Focus(_)
        | Command::DropDraft(_)
        | Command::Stop => {}
    }
}

/// News of an edit.
pub(crate) fn news(model: &mut Model, event: EditEvent, effects: &mut Vec<Effect>) {
    match event {
        EditEvent::Queued { ticket, group, edits, made_at } => queued(model, ticket, group, &edits, made_at, effects),
        EditEvent::Refused { ticket, why } => refused(model, ticket, why, effects),
        EditEvent::Sending(id) => set_progress(model, id, Progress::Sending),
        EditEvent::Waiting { id, until, why, .. } => set_progress(model, id, Progress::Waiting { until, why }),
        EditEvent::Requeued(id) => {
            model.toasts.forget(id);
            set_progress(model, id, Progress::Queued);
        }
        EditEvent::Settled { id, edit, outcome: Outcome::Confirmed(confirmed) } => {
            settled(model, id, &edit, &confirmed);
        }
        EditEvent::Settled { id, edit, outcome: Outcome::Rejected { why, existing } } => {
            rejected(model, id, edit, &why, existing);
        }
        EditEvent::Settled { id, edit, outcome: Outcome::Clash(clash) } => clashed(model, id, edit, clash),
        EditEvent::Discarded(ids) => discarded(model, &ids, effects),
        EditEvent::Withdrawn(ids) => {
            leave_bulk(model, &ids);
            gone(model, &ids);
        }
        // Neither withdrawn nor queued: merges are taken back by their own steps, and say so when they are.
        EditEvent::Reversed { ticket, group, label, withdrawn: 0, queued, .. } if queued.is_empty() => {
            model.undo.saved(ticket, group, None);
            model.say(Level::Queued, format!("Taking back: {}", text::clean(&label.words)));
        }
        EditEvent::Reversed { ticket, direction, group, label, queued, .. } => {
            model.undo.saved(ticket, group, None);
            reversed(model, direction, &label, &queued);
        }
    }
}

fn set_progress(model: &mut Model, id: EditId, progress: Progress) {
    if let Some(known) = model.overlay.progress_mut(id) {
        *known = progress;
    }
}

fn queued(
    model: &mut Model,
    ticket: Option<Ticket>,
    group: Option<GroupId>,
    edits: &[(EditId, Edit)],
    made_at: jiff::Timestamp,
    effects: &mut Vec<Effect>,
) {
    let asked = ticket.and_then(|ticket| taken_back(model, ticket));
    for (id, edit) in edits {
        if model.overlay.get(*id).is_none() {
            let (id, edit) = (Some(*id), edit.clone());
            model.overlay.push(Pending { id, group, edit, progress: Progress::Queued, made_at });
        }
    }
    // Of another process, or of an undo, which says so itself.
    let Some(asked) = asked else { return };
    if let Some(failed) = asked.replaces {
        effects.push(Effect::Send(Command::Discard(vec![failed])));
    }
    if let (Some(ticket), Some(group)) = (ticket, group) {
        let all: Vec<&Edit> = edits.iter().map(|(_, edit)| edit).collect();
        model.undo.saved(ticket, group, Some(Label::of(&all)));
    }
    let Some((first, edit)) = edits.first() else { return };
    if edit.makes_contact() {
        model.listing.go_to(edit.contact.clone());
    }
    let text = format!("{}{}", described(&asked.edits), for_whom(model, &asked.edits));
    let group = group.filter(|_| edits.len() > 1);
    let toast = model.say(Level::Queued, text.clone());
    // A change of many is confirmed with its last one.
    toast.about = Some(*first).filter(|_| group.is_none());
    if edits.iter().any(|(_, edit)| !edit.is_once()) {
        toast.offers = vec![Action::Undo];
    }
    let offers = toast.offers.clone();
    if let Some(group) = group {
        model.bulk = Some(Bulk::new(group, text, offers, edits.len()));
    }
}

/// ` for Ana`, where all are about one contact.
fn for_whom(model: &Model, edits: &[Edit]) -> String {
    let Some(first) = edits.first() else { return String::new() };
    let named_already = first.counted() == CountedAs::Contacts;
    if named_already || edits.iter().any(|edit| edit.contact != first.contact) {
        return String::new();
    }
    let name = model.name_of(&first.contact);
    if name.is_empty() { name } else { format!(" for {name}") }
}

fn refused(model: &mut Model, ticket: Ticket, why: Refused, effects: &mut Vec<Effect>) {
    model.undo.refused(ticket);
    let mut asked = taken_back(model, ticket);
    if let Some(typed) = asked.as_mut().and_then(|asked| asked.typed.take()) {
        drafts::give_back(model, typed, effects);
    }
    let what = asked.map_or_else(|| "Not done".to_owned(), |asked| format!("Not done: {}", described(&asked.edits)));
    let reason = match why {
        Refused::ReadOnly(access, why) => {
            model.access = access;
            why
        }
        Refused::NotSaved(failure) => rules::said(&failure),
        Refused::NothingToReverse => "nothing of it is left to change".to_owned(),
        Refused::Irreversible(label) => {
            let what = text::clean(&label.words).into_owned();
            model.say(Level::Warn, format!("Cannot be undone: {what}"));
            return;
        }
    };
    model.say(Level::Bad, format!("{what} ({reason})"));
}

fn reversed(model: &mut Model, direction: Direction, label: &Label, queued: &[EditId]) {
    let done = text::lower_first(&text::clean(&label.words));
    let named = label.contact.as_ref().filter(|_| !done.contains("contact "));
    let whom = named.map(|contact| model.name_of(contact)).filter(|name| !name.is_empty());
    let whom = whom.map_or_else(String::new, |name| format!(" ({name})"));
    let edits = queued.iter().filter_map(|id| model.overlay.get(*id));
    let remade = edits.clone().any(|pending| pending.edit.replaces().is_some());
    let group = edits.clone().find_map(|pending| pending.group);
    let remade = if remade { ", re-created" } else { "" };
    let (verb, offers) = said_of(direction);
    // What was withdrawn has never been sent.
    let level = if queued.is_empty() { Level::Done } else { Level::Queued };
    let (text, group) = (format!("{verb}: {done}{whom}{remade}"), group.filter(|_| queued.len() > 1));
    let toast = model.say(level, text.clone());
    (toast.about, toast.offers) = (queued.first().copied().filter(|_| group.is_none()), offers.clone());
    if let Some(group) = group {
        model.bulk = Some(Bulk::new(group, text, offers, queued.len()));
    }
}

/// The server has it: its copy and the overlay change places in one step, so nothing moves.
fn settled(model: &mut Model, id: EditId, edit: &Edit, confirmed: &Confirmed) {
    let group = model.overlay.remove(id).and_then(|pending| pending.group);
    count(model, group, |bulk| bulk.done += 1);
    model.toasts.confirmed(id);
    let receipt = &confirmed.receipt;
    if let Some(made) = receipt.id() {
        model.overlay.learn(id, made);
    }
    model.open_tasks.receipt(id, receipt);
    model.agenda.receipt(id, receipt);
    if let Some(made) = receipt.id().filter(|_| edit.makes_contact()) {
        became(model, &edit.contact, &ContactId::new(made));
    }
    let known = model.became.get(&edit.contact).unwrap_or(&edit.contact).clone();
    model.neighbours.forget(&known);
    if let Some(opened) = model.opened.as_mut().filter(|opened| opened.contact == known) {
        opened.made(id, receipt);
        opened.confirm(confirmed);
    }
}

/// A contact that was being made goes by its own id from now on.
fn became(model: &mut Model, provisional: &ContactId, made: &ContactId) {
    model.overlay.rename_contact(provisional, made);
    model.became.insert(provisional.clone(), made.clone());
    model.marks.rename(provisional, made);
    model.listing.rename(provisional, made);
    if let Some(opened) = model.opened.as_mut().filter(|opened| opened.contact == *provisional) {
        opened.contact = made.clone();
    }
}

fn count(model: &mut Model, group: Option<GroupId>, change: impl FnOnce(&mut Bulk)) {
    let Some(bulk) = model.bulk.as_mut().filter(|bulk| Some(bulk.group) == group) else { return };
    change(bulk);
    if !bulk.is_over() {
        return;
    }
    let (done, failed) = (bulk.done, bulk.failed);
    if failed == 0 {
        if let Some((said, offers)) = model.bulk.take().and_then(|bulk| bulk.said) {
            model.say(Level::Done, said).offers = offers;
        }
        return;
    }
    let is_failed = |pending: &&Pending| pending.group == group && !pending.progress.is_live();
    let about = model.overlay.iter().find(is_failed).and_then(|pending| pending.id);
    let toast = model.say(Level::Bad, format!("{done} done, {failed} failed"));
    (toast.about, toast.offers) = (about, vec![Action::Retry, Action::Discard, Action::GoOutbox]);
}

fn take_progress(model: &mut Model, id: EditId, edit: Edit, progress: Progress) -> Option<GroupId> {
    if let Some(known) = model.overlay.progress_mut(id) {
        *known = progress;
    } else {
        let (group, made_at) = (None, model.now);
        model.overlay.push(Pending { id: Some(id), group, edit, progress, made_at });
    }
    model.toasts.forget(id);
    model.overlay.get(id).and_then(|pending| pending.group)
}

fn rejected(model: &mut Model, id: EditId, edit: Edit, why: &Failure, existing: Option<ContactId>) {
    let whom = for_whom(model, std::slice::from_ref(&edit));
    let what = text::clean(&why.what).into_owned();
    let reason = rules::said(why);
    let has_form = is_typed(&edit);
    let group = take_progress(model, id, edit, Progress::Failed { why: why.why.clone() });
    if model.bulk.as_ref().is_some_and(|bulk| Some(bulk.group) == group) {
        return count(model, group, |bulk| bulk.failed += 1);
    }
    let mut offers = Vec::new();
    if let Some(existing) = existing {
        model.existing = Some(existing);
        offers.push(Action::OpenExisting);
    }
    if has_form {
        offers.push(Action::EditAgain);
    }
    offers.extend([Action::Retry, Action::Discard]);
    let toast = model.say(Level::Bad, format!("Failed to {what}{whom}: {reason}"));
    (toast.about, toast.offers) = (Some(id), offers);
}

fn clashed(model: &mut Model, id: EditId, edit: Edit, clash: Vec<Clash>) {
    let group = take_progress(model, id, edit, Progress::Clash(clash));
    count(model, group, |bulk| bulk.failed += 1);
    tell_conflict(model, id);
}

/// Says which edit collides with someone else's, and offers to resolve it.
pub(crate) fn tell_conflict(model: &mut Model, id: EditId) {
    let Some(Pending { edit, progress: Progress::Clash(clash), .. }) = model.overlay.get(id) else { return };
    let whom = for_whom(model, std::slice::from_ref(edit));
    let what = text::clean(&edit.intent()).into_owned();
    let fields: Vec<String> = clash.iter().map(|clash| model.field_name(&clash.field)).collect();
    let toast = model.say(Level::Warn, format!("Not sent: {what}{whom}: someone else changed {}", fields.join(", ")));
    (toast.about, toast.offers) = (Some(id), vec![Action::Decide]);
}

fn discarded(model: &mut Model, ids: &[EditId], effects: &mut Vec<Effect>) {
    let by_the_user: Vec<bool> = ids.iter().map(|id| model.undo.gave_up(*id)).collect();
    let stopped = leave_bulk(model, ids).map(|bulk| {
        let under_way = bulk.total.saturating_sub(bulk.done + bulk.failed);
        let under_way = if under_way > 0 { format!(", {under_way} already being sent") } else { String::new() };
        format!("Stopped: {} done{under_way}, {} not sent", bulk.done, ids.len())
    });
    if let Some(said) = stopped.filter(|_| !by_the_user.contains(&true)) {
        model.say(Level::Hint, said);
        return gone(model, ids);
    }
    let mut given_up = Vec::new();
    for (id, by_the_user) in ids.iter().zip(by_the_user) {
        model.toasts.forget(*id);
        let Some(gone) = model.overlay.remove(*id) else { continue };
        if model.replaced.take_if(|replaced| *replaced == *id).is_some() {
            continue;
        }
        if drafts::restore(model, &gone.edit, effects) {
            model.say(Level::Hint, "Discarded. What you typed is a draft again.");
        } else {
            let what = text::lower_first(&described(std::slice::from_ref(&gone.edit)));
            if by_the_user {
                given_up.push(gone.edit);
            } else {
                model.say(Level::Hint, format!("Discarded: {what}"));
            }
        }
    }
    if !given_up.is_empty() {
        let step = OwnStep::Discarded(given_up);
        model.say(Level::Hint, text::clean(&step.words()).into_owned()).offers = vec![Action::Undo];
        model.undo.did(step);
    }
    // They may have been the last that a change of many waited for.
    gone(model, &[]);
}

fn gone(model: &mut Model, ids: &[EditId]) {
    let group = model.bulk.as_ref().map(|bulk| bulk.group);
    for id in ids {
        model.toasts.forget(*id);
        model.overlay.remove(*id);
    }
    // These may have been the last that it waited for.
    count(model, group, |_bulk| {});
}

/// Edits that are never sent leave the change of many that they belong to; returns it if there are any.
fn leave_bulk<'m>(model: &'m mut Model, ids: &[EditId]) -> Option<&'m Bulk> {
    let (bulk, overlay) = (model.bulk.as_mut()?, &model.overlay);
    let is_of_it = |pending: &&Pending| pending.group == Some(bulk.group);
    let live: Vec<bool> = ids
        .iter()
        .filter_map(|id| overlay.get(*id))
        .filter(is_of_it)
        .map(|pending| pending.progress.is_live())
        .collect();
    if live.is_empty() {
        return None;
    }
    let failed = live.iter().filter(|is_live| !**is_live).count();
    bulk.total = bulk.total.saturating_sub(live.len());
    bulk.failed = bulk.failed.saturating_sub(failed);
    bulk.said = None;
    Some(bulk)
}

fn described(edits: &[Edit]) -> String {
    let words = match edits {
        [] => String::new(),
        [one] => one.describe(),
        [first, ..] if is_of_tasks(edits) => first.describe_many(edits.len()),
        [first, ..] if edits.iter().all(|edit| edit.contact == first.contact) => {
            edits.iter().map(Edit::describe).collect::<Vec<_>>().join(", ")
        }
        [first, ..] => first.describe_many(edits.len()),
    };
    text::clean(&words).into_owned()
}

/// Whether they do the same to some tasks.
fn is_of_tasks(edits: &[Edit]) -> bool {
    edits.iter().all(|edit| edit.counted() == CountedAs::Tasks)
}
