//! What each message changes. Painting and doing are elsewhere.

mod actions;
mod compose;
mod edits;
mod events;
mod keys;
mod moves;

use crate::protocol::{Command, DraftKey};

use super::message::{Effect, Msg};
use super::model::{Mode, Model, Pane, Section};
use super::opened::{Heights, Opened};
use super::toast::Level;

pub(super) use actions::refusal;
pub(super) use compose::SAVE_AFTER;
pub(super) use keys::matching_help;

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
        Msg::Matched { generation, roster, matches } => model.listing.matched(generation, roster, matches),
        Msg::NotTaken(command) => edits::not_taken(model, &command),
        Msg::NotOpened(url) => {
            model.say(Level::Warn, format!("No browser could be started. The address: {url}"));
        }
        Msg::Wake => compose::save_when_due(model, &mut effects),
        Msg::Terminate => quit(model, &mut effects),
    }
    settle(model, &mut effects);
    effects
}

/// Ends; what is being written is kept first.
fn quit(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Mode::Compose(composer) = &model.mode {
        let text = composer.field.lines().join("\n");
        if !text.trim().is_empty() {
            let key = DraftKey::NewNote(composer.contact.clone());
            effects.push(Effect::Send(Command::SaveDraft { key, text }));
        }
    }
    effects.push(Effect::Quit);
}

/// Brings what depends on the rest in line: scrolling, and which contact is opened.
fn settle(model: &mut Model, effects: &mut Vec<Effect>) {
    let list = model.height_of(Pane::Contacts).saturating_sub(usize::from(super::view::LIST_HEAD));
    model.listing.scroll(list);
    let selected = model.listing.selected.clone();
    if model.opened.as_ref().map(|opened| &opened.contact) != selected.as_ref() {
        model.opened = selected.clone().map(|contact| Opened::new(contact, model.now));
        effects.extend(selected.map(|contact| Effect::Send(Command::Show(contact))));
    }
    let room = |section| model.height_of(Pane::Section(section));
    let heights =
        Heights { tasks: room(Section::Tasks), notes: room(Section::Notes), appointments: room(Section::Appointments) };
    if let Some(opened) = &mut model.opened {
        opened.settle(&model.overlay, model.now, &model.zone, heights);
    }
}
