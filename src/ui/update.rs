//! What each message changes, and where a key goes: to the pop-up, to the screen, or to what means the same on all.

mod drafts;
mod edits;
mod events;
mod everywhere;
mod facts;
mod in_view;
mod merges;
mod plans;
mod undo;
mod views;

use crate::config::{Action, Key, Lookup};
use crate::protocol::Command;
use crate::text;

use crate::ui::message::{Effect, Msg, Seeker};
use crate::ui::model::room::{Handled, TextInput};
use crate::ui::model::{Leaving, Mode, Model, Screen};
use crate::ui::popups;
use crate::ui::rules;
use crate::ui::screens::contacts;
use crate::ui::state::layout::Shape;
use crate::ui::state::line::{typed, write_line};
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::verbs::views::remember;
use crate::ui::verbs::{filtering, going};
pub use events::is_known;

/// Takes in one message and says what to do. Set `model.now` first.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    model.toasts.expire(model.now);
    match msg {
        Msg::Key(key) => press(model, key, &mut effects),
        Msg::Paste(text) => paste(model, &text, &mut effects),
        Msg::Resized { columns, rows } => model.size = (columns, rows),
        Msg::Focused(focused) => effects.push(Effect::Send(Command::Focus(focused))),
        Msg::Event(event) => events::take(model, event, &mut effects),
        Msg::Matched { seeker: Seeker::List, generation, roster, matches } => {
            model.listing.matched(generation, roster, matches);
            contacts::keys::marks::listed(model);
            views::remember_first(model, &mut effects);
        }
        Msg::Matched { seeker: Seeker::Palette, generation, roster, matches } => {
            if let Mode::Palette(palette) = &mut model.mode {
                palette.matched(generation, &roster, &matches);
            }
        }
        Msg::Counted { generation, counts } => model.views.counts.counted(generation, counts),
        Msg::Views { change, result } => views::came(model, Some(&change), result, &mut effects),
        Msg::Edited(result) => drafts::edited(model, result, &mut effects),
        Msg::NotTaken(command) => edits::not_taken(model, &command, &mut effects),
        Msg::NotOpened(url) => {
            let said = format!("No browser could be started. Handed to the terminal's clipboard: {url}");
            model.say(Level::Warn, said);
            effects.push(Effect::Copy(url));
        }
        Msg::Wake => {
            drafts::save_when_due(model, &mut effects);
            filtering::reread(model, &mut effects);
        }
        Msg::Terminate => quit(model, &mut effects),
    }
    settle(model, &mut effects);
    effects
}

/// One key: an action where the keymap knows one, else text for the field that has the focus.
fn press(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    let context = model.context();
    if matches!(model.mode, Mode::AwaitForm(_)) {
        model.mode = Mode::Browse;
    }
    model.last_key = Some(key);
    model.pressed.push(key);
    match model.keymap.lookup(context, &model.pressed) {
        Lookup::Run(action) => {
            model.pressed.clear();
            // What cannot be seen is not acted on.
            if model.layout().shape != Shape::Line || is_of_the_terminal(action) {
                act(model, action, effects);
            }
        }
        Lookup::More => {}
        Lookup::Unbound => {
            model.leaving = Leaving::No;
            let begun = model.pressed.len() > 1;
            model.pressed.clear();
            // A key that does not go on with a sequence only ends it.
            if !begun && model.layout().shape != Shape::Line {
                write(model, key, effects);
            }
        }
    }
}

/// Whether an action means the same everywhere, whatever is shown.
fn is_of_the_terminal(action: Action) -> bool {
    matches!(action, Action::Quit | Action::Suspend | Action::Repaint)
}

/// Runs an action where the keys go: in the pop-up that is open, else on the screen.
fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    if action != Action::Quit {
        model.leaving = Leaving::No;
    }
    let on_screen = match model.popup() {
        Some(popup) if !is_of_the_terminal(action) => (popup.act)(model, action, effects),
        _ => Some(action),
    };
    match on_screen {
        // Still open, the pop-up only filters what the screen lists.
        Some(action) if list_cursor::is_move(action) && model.popup().is_some() => {
            (model.room().act)(model, action, effects);
        }
        Some(action) => act_on_screen(model, action, effects),
        None => {}
    }
}

/// Runs an action on the screen that is shown, as if its key were pressed.
fn act_on_screen(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Quit => return ask_or_quit(model, effects),
        Action::Suspend => return effects.push(Effect::Suspend),
        Action::Repaint => return effects.push(Effect::Repaint),
        _ => {}
    }
    let room = rules::room_for(model, action);
    if room.screen != model.screen {
        // Chosen by name, from the palette.
        going::go(model, room.screen);
    }
    if let Some(why) = rules::why_not(model, action) {
        model.say(Level::Warn, rules::sentence(&why));
        return;
    }
    match (room.act)(model, action, effects) {
        Handled::Done => {}
        Handled::Opens => popups::open(model, action, effects),
        Handled::Elsewhere => everywhere::act(model, action, effects),
    }
}

/// A key that is no action, in the field that has the focus.
fn write(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    match model.popup().map_or(TextInput::None, |popup| popup.input) {
        TextInput::None => {}
        TextInput::Line { field, changed } => {
            if field(&mut model.mode).is_some_and(|field| write_line(field, typed(key))) {
                changed(model, effects);
            }
        }
        TextInput::Own { write, .. } => write(model, typed(key), effects),
    }
}

/// Pasted text goes into the field that has the focus; nowhere else may it act as keys.
fn paste(model: &mut Model, pasted: &str, effects: &mut Vec<Effect>) {
    model.leaving = Leaving::No;
    match model.popup().map_or(TextInput::None, |popup| popup.input) {
        TextInput::None => {}
        TextInput::Line { field, changed } => {
            if let Some(field) = field(&mut model.mode) {
                field.insert_str(text::clean(pasted));
                changed(model, effects);
            }
        }
        TextInput::Own { paste, .. } => paste(model, pasted, effects),
    }
}

/// Ends, unless something has not been sent yet and the user was not told so by the key before.
fn ask_or_quit(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.leaving == Leaving::No && rules::unsent(model).is_some() {
        model.leaving = Leaving::Asked;
    } else {
        quit(model, effects);
    }
}

/// Ends; what is being written is kept first.
fn quit(model: &mut Model, effects: &mut Vec<Effect>) {
    drafts::save(model, effects);
    remember(model, effects);
    effects.push(Effect::Quit);
}

/// Brings what depends on the rest in line: scrolling, and which contact is opened.
fn settle(model: &mut Model, effects: &mut Vec<Effect>) {
    facts::settle(model, effects);
    views::count(model, effects);
    for screen in Screen::ALL {
        (model.room_of(screen).settle)(model);
    }
    in_view::settle(model, effects);
}
