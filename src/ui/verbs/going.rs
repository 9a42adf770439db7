//! Going to a screen or to a contact, here or in the web app.

use crate::domain::ContactId;
use crate::protocol::RequestRecord;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::screens::activity::state::curl;
use crate::ui::state::layout::Focus;
use crate::ui::state::toast::Level;
use crate::ui::verbs::filtering;

/// Goes to a screen.
pub(crate) fn go(model: &mut Model, screen: Screen) {
    model.screen = screen;
    model.mode = Mode::Browse;
}

/// Copies a request as a curl command.
pub(crate) fn copy_curl(model: &mut Model, record: &RequestRecord, effects: &mut Vec<Effect>) {
    model.say(Level::Hint, "Handed to the terminal's clipboard as a curl command, without the token");
    effects.push(Effect::Copy(curl(record)));
}

/// The filter that lists what merges have set aside.
const SET_ASIDE: &str = "is:set-aside";

/// Shows a contact, whatever the filter says.
pub(crate) fn visit(model: &mut Model, contact: ContactId, effects: &mut Vec<Effect>) {
    go(model, Screen::Contacts);
    model.zoom = false;
    model.focus = Focus::Contacts;
    let contact = model.became.get(&contact).cloned().unwrap_or(contact);
    if model.merges.aside().contains(&contact) {
        filtering::list_by(model, SET_ASIDE.to_owned(), Some(contact), effects);
        return;
    }
    let listed = model.listing.shown.find(&contact).is_some_and(|ix| model.listing.rows.contains(&ix));
    if listed {
        model.listing.go_to(contact);
        effects.push(model.listing.again());
    } else {
        filtering::clear(model, Some(contact), effects);
    }
}

/// Shows the contact under the cursor; returns whether there is one.
pub(crate) fn visit_here(model: &mut Model, effects: &mut Vec<Effect>) -> bool {
    let contact = (model.room().contact)(model);
    contact.map(|contact| visit(model, contact, effects)).is_some()
}

/// Opens the contact under the cursor in the web app.
pub(crate) fn browse(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(contact) = (model.room().contact)(model) else { return };
    let url = model.link_of(&contact);
    model.say(Level::Hint, format!("Opening {url}"));
    effects.push(Effect::Open(url));
}
