//! What each message changes. Painting and doing are elsewhere.

pub(crate) mod actions;
pub(crate) mod edits;
pub(crate) mod events;
pub(crate) mod facts;
pub(crate) mod finding;
pub(crate) mod keys;
pub(crate) mod look;
pub(crate) mod marks;
pub(crate) mod moves;
pub(crate) mod plans;
pub(crate) mod screens;
pub(crate) mod single;
pub(crate) mod views;

use crate::protocol::Command;

use crate::ui::message::{Effect, Msg, Seeker};
use crate::ui::model::{Mode, Model, Pane, Section};
use crate::ui::screens::contacts::state::listing::visible_from;
use crate::ui::screens::contacts::state::panel::{Heights, Opened};
use crate::ui::state::toast::Level;

use crate::ui::popups::{form, note};
use crate::ui::screens::{agenda, duplicates, tasks};
pub(crate) use actions::refusal;
pub use events::is_known;
pub(crate) use facts::Gathered;
pub(crate) use finding::offers;
pub(crate) use keys::{line_field, matching_help, typed, write_line};

/// Takes in one message and says what is to be done. Set `model.now` first.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    model.toasts.expire(model.now);
    match msg {
        Msg::Key(key) => keys::press(model, key, &mut effects),
        Msg::Paste(text) => keys::paste(model, &text, &mut effects),
        Msg::Resized { columns, rows } => model.size = (columns, rows),
        Msg::Focused(focused) => effects.push(Effect::Send(Command::Focus(focused))),
        Msg::Event(event) => events::take(model, event, &mut effects),
        Msg::Matched { seeker: Seeker::List, generation, roster, matches } => {
            model.listing.matched(generation, roster, matches);
            marks::listed(model);
            views::remember_first(model, &mut effects);
        }
        Msg::Matched { seeker: Seeker::Palette, generation, roster, matches } => {
            if let Mode::Palette(palette) = &mut model.mode {
                palette.matched(generation, &roster, &matches);
            }
        }
        Msg::Counted { generation, counts } => model.views.counts.counted(generation, counts),
        Msg::Views { change, result } => views::came(model, Some(&change), result, &mut effects),
        Msg::Edited(result) => note::keys::edited(model, result),
        Msg::NotTaken(command) => edits::not_taken(model, &command),
        Msg::NotOpened(url) => {
            model.say(Level::Warn, format!("No browser could be started. The address: {url}"));
        }
        Msg::Wake => {
            note::keys::save_when_due(model, &mut effects);
            finding::reread(model, &mut effects);
        }
        Msg::Terminate => quit(model, &mut effects),
    }
    settle(model, &mut effects);
    effects
}

/// Ends; what is being written is kept first.
fn quit(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some((key, text)) = note::keys::typing(model) {
        note::keys::keep(model, key, text, effects);
    }
    views::remember(model, effects);
    effects.push(Effect::Quit);
}

/// Brings what depends on the rest in line: scrolling, and which contact is opened.
fn settle(model: &mut Model, effects: &mut Vec<Effect>) {
    let list =
        model.height_of(Pane::Contacts).saturating_sub(crate::ui::screens::contacts::paint::list::list_head(model));
    model.listing.scroll(list);
    let height = crate::ui::frame::screens::screen_height(model);
    let (lines, at) = (model.overlay.iter().count(), model.outbox.0);
    model.outbox.0 = at.min(lines.saturating_sub(1));
    model.outbox.1 = visible_from(model.outbox.1, model.outbox.0, lines, height);
    model.activity.offset = visible_from(model.activity.offset, model.activity.cursor(), model.activity.len(), height);
    let (at, first) = model.merges.journal;
    model.merges.journal.1 =
        visible_from(first, at, model.merges.len(), crate::ui::screens::journal::paint::journal_height(model));
    let (at, first) = model.merges.listed;
    model.merges.listed.1 = visible_from(first, at, model.merges.decisions().len(), height);
    duplicates::keys::settle(model);
    facts::settle(model, effects);
    tasks::keys::settle(model);
    agenda::keys::settle(model);
    views::count(model, effects);
    let selected = model.listing.selected.clone();
    if model.opened.as_ref().map(|opened| &opened.contact) != selected.as_ref() {
        model.opened = selected.map(|contact| Opened::new(contact, model.now));
        if let Some(opened) = &mut model.opened
            && let Some(details) = model.near.get(&opened.contact)
        {
            opened.set_details(details);
            form::keys::arrived(model);
        }
    }
    look::settle(model, list, effects);
    let room = |section| model.height_of(Pane::Section(section));
    let heights =
        Heights { tasks: room(Section::Tasks), notes: room(Section::Notes), appointments: room(Section::Appointments) };
    if let Some(opened) = &mut model.opened {
        opened.settle(&model.overlay, model.now, &model.zone, heights);
    }
}
