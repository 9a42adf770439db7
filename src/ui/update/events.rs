//! News from the worker.

use std::sync::Arc;

use crate::domain::Overlay;
use crate::protocol::{Catalogue, Choice, Event, Failure, SyncState};
use crate::text;

use crate::ui::message::{Effect, Msg};
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::popups::form;
use crate::ui::rules;
use crate::ui::state::toast::Level;
use crate::ui::update::{edits, facts, merges, plans, views};
use crate::ui::verbs::{filtering, forms};

/// Takes in one event.
pub(crate) fn take(model: &mut Model, event: Event, effects: &mut Vec<Effect>) {
    match event {
        Event::Location(location) => {
            model.zone = location.zone();
            effects.extend(model.listing.set_users(&location.users));
            model.open_tasks.changed();
            model.agenda.changed();
            model.location = location;
            filtering::reread(model, effects);
        }
        Event::Access(access) => model.access = access,
        Event::Me(me) => {
            model.me = me;
            filtering::reread(model, effects);
        }
        Event::Resumed { pending, drafts, shown } => {
            model.overlay = Overlay::new(pending);
            model.open_tasks.changed();
            model.agenda.changed();
            for (key, text) in drafts {
                model.drafts.put(key, text);
            }
            if let Some(shown) = shown {
                views::resume(model, &shown, effects);
            }
        }
        Event::Opening { roster, total } => {
            model.listing.opening = Some(total);
            effects.push(model.listing.set_roster(roster));
        }
        Event::Roster(roster) => {
            let is_first = model.listing.opening.take().is_some() || model.listing.latest.is_empty();
            if !Arc::ptr_eq(&roster, &model.listing.latest) {
                model.merges.look(&roster);
                effects.push(model.listing.set_roster(roster));
                model.views.stale(model.now);
            }
            // One that was left unresolved: its contact has a name from now on.
            if let Some(conflict) = rules::conflict(model).filter(|_| is_first) {
                edits::tell_conflict(model, conflict);
            }
        }
        Event::Duplicates(found) => model.duplicates.set(found, &mut model.merges, &model.merge_rules),
        Event::Values(values) => facts::values(model, values),
        Event::OpenTasks(tasks) => model.open_tasks.set(tasks),
        Event::LocationAppointments(appointments) => model.agenda.set(appointments),
        Event::Sync(state) => sync(model, state),
        Event::SyncHeld(held) => model.sync.held = held,
        Event::Neighbours(around) => around.into_iter().for_each(|details| model.neighbours.put(details)),
        Event::Details(details) => {
            model.neighbours.put(details.clone());
            if let Some(opened) = model.opened.as_mut().filter(|opened| opened.contact == details.contact.id) {
                opened.set_details(details);
                forms::arrived(model);
            }
        }
        Event::Edit(news) => edits::news(model, news, effects),
        Event::Gauge(gauge) => model.gauge = gauge,
        Event::Reversible { undo, redo } => model.undo.set_ledger(undo, redo),
        Event::Planned { ticket, planned } => plans::planned(model, ticket, planned, effects),
        Event::Names { catalogue, result } => names(model, catalogue, result),
        Event::Request(record) => model.activity.request(record),
        Event::Trouble(failure) | Event::Ledger(failure) => {
            let reason = rules::said(&failure);
            model.say(Level::Bad, format!("{}: {reason}", text::clean(&failure.what)));
        }
        Event::Compared(compared) => {
            // One that was asked for before the cursor moved on is of no use.
            let wanted = model.worker_view.now().comparison.as_ref().map_or(&[][..], |comparison| &comparison.contacts);
            if compared.members.iter().all(|member| wanted.contains(&member.contact.id)) {
                model.reviewing.compared = Some(compared);
            }
        }
        Event::Merge(news) => merges::news(model, news),
        // Only headless commands ask; the runtime ends with the last event.
        Event::DraftSaved(_) | Event::Answer { .. } | Event::Stopped => {}
    }
}

/// The names of a catalogue have come, or have not.
fn names(model: &mut Model, catalogue: Catalogue, result: Result<Vec<Choice>, Failure>) {
    match result {
        Ok(mut choices) => {
            for choice in &mut choices {
                choice.name = text::clean(&choice.name).into_owned();
            }
            model.names.set(catalogue, choices);
            if catalogue == Catalogue::Calendars {
                form::keys::calendars_came(model);
            }
        }
        Err(failure) => {
            let why = rules::said(&failure);
            model.names.failed.insert(catalogue, why);
        }
    }
}

/// Whether the screen says already what this tells, or does not say it at all.
pub fn is_known(model: &Model, msg: &Msg) -> bool {
    match msg {
        Msg::Event(Event::Neighbours(_) | Event::DraftSaved(_)) => true,
        Msg::Event(Event::Request(_)) => model.screen != Screen::Activity,
        Msg::Event(Event::Details(details)) if !matches!(model.mode, Mode::AwaitForm(_)) => {
            let opened = model.opened.as_ref().filter(|opened| opened.contact == details.contact.id);
            opened.is_none_or(|opened| opened.details.as_ref() == Some(details))
        }
        _ => false,
    }
}

fn sync(model: &mut Model, state: SyncState) {
    let was_away = matches!(model.sync.state, SyncState::Offline { .. } | SyncState::Blocked { .. });
    if was_away && matches!(state, SyncState::Fresh { .. }) {
        model.say(Level::Done, "Connected again");
    }
    model.sync.state = state;
}
