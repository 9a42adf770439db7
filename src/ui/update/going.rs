//! Going to a screen or a contact, and what every screen has: undo, help, the palette.

use crate::config::Action;
use crate::domain::{ContactId, Direction};
use crate::protocol::{Command, RequestRecord};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::popups::{decide, form, help, palette, picker};
use crate::ui::screens::activity::state::curl;
use crate::ui::state::toast::Level;
use crate::ui::update::{edits, finding};

/// Goes to a screen.
pub(crate) fn go(model: &mut Model, screen: Screen) {
    model.screen = screen;
    model.mode = Mode::Browse;
}

/// Shows who else may be the contact under the cursor.
pub(crate) fn go_to_suspects(model: &mut Model) {
    let Some(contact) = model.listing.selected.clone() else { return };
    if model.suspects.go_to(&contact) {
        model.reviewing.marked = Some(contact);
        go(model, Screen::Duplicates);
    }
}

/// Copies a request as a curl command.
pub(crate) fn copy_curl(model: &mut Model, record: &RequestRecord, effects: &mut Vec<Effect>) {
    model.say(Level::Hint, "Handed to the terminal's clipboard as a curl command, without the token");
    effects.push(Effect::Copy(curl(record)));
}

/// Runs an action that means the same on every screen; false where it is none.
pub(crate) fn everywhere(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> bool {
    if let Some(screen) = Screen::ALL.into_iter().find(|screen| model.room_of(*screen).go == action) {
        go(model, screen);
        return true;
    }
    match action {
        Action::Back => go(model, model.room().parent),
        Action::Undo => edits::reverse(model, Direction::Undo, effects),
        Action::Redo => edits::reverse(model, Direction::Redo, effects),
        Action::Retry => edits::retry(model, effects),
        Action::Discard => edits::discard(model, effects),
        Action::EditAgain => form::keys::reopen(model),
        Action::Decide => decide::keys::open(model),
        Action::CancelBulk => edits::cancel(model, effects),
        Action::OpenExisting => visit_existing(model, effects),
        Action::Refresh => refresh(model, effects),
        Action::PauseSync => pause_sync(model, effects),
        Action::Palette => palette::keys::open(model),
        Action::Accounts | Action::WhoAmI => picker::keys::open(model, action, effects),
        Action::Help => help::keys::open(model),
        _ => return false,
    }
    true
}

/// Looks for changes now, as far as they are not held.
pub(crate) fn refresh(model: &mut Model, effects: &mut Vec<Effect>) {
    let said = if model.sync.held {
        let key = model.key(model.context_below(), Action::PauseSync);
        format!("Refreshing this contact; the sync is paused ({key})")
    } else {
        "Looking for changes".to_owned()
    };
    model.say(Level::Hint, said);
    effects.push(Effect::Send(Command::Refresh));
}

/// Holds the fetching of contacts, or lets it go on.
pub(crate) fn pause_sync(model: &mut Model, effects: &mut Vec<Effect>) {
    effects.push(Effect::Send(Command::HoldSync(!model.sync.held)));
}

/// Goes to the contact for whose sake an edit was refused.
pub(crate) fn visit_existing(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(existing) = model.existing.take() {
        visit(model, existing, effects);
    }
}

/// The filter that lists what merges have set aside.
const SET_ASIDE: &str = "is:set-aside";

/// Shows a contact, whatever the filter says.
pub(crate) fn visit(model: &mut Model, contact: ContactId, effects: &mut Vec<Effect>) {
    go(model, Screen::Contacts);
    model.zoom = false;
    model.focus = crate::ui::state::layout::Focus::Contacts;
    let contact = model.became.get(&contact).cloned().unwrap_or(contact);
    if model.merges.aside().contains(&contact) {
        finding::put_back(model, SET_ASIDE.to_owned(), Some(contact), effects);
        return;
    }
    let listed = model.listing.shown.find(&contact).is_some_and(|ix| model.listing.rows.contains(&ix));
    if listed {
        model.listing.go_to(contact);
        effects.push(model.listing.again());
    } else {
        finding::clear(model, Some(contact), effects);
    }
}

/// Opens a contact in the web app.
pub(crate) fn browse(model: &mut Model, contact: &ContactId, effects: &mut Vec<Effect>) {
    let url = model.link_of(contact);
    model.say(Level::Hint, format!("Opening {url}"));
    effects.push(Effect::Open(url));
}
