//! Forms: filled in, and sent as edits that are made at once.

use tui_textarea::{CursorMove, Input, Key as FieldKey};

use crate::config::{Action, Key};
use crate::protocol::Catalogue;
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::rules::offered;
use crate::ui::popups::form::state::{FieldKind, FormContext};
use crate::ui::state::line::write_line;
use crate::ui::state::toast::Level;
use crate::ui::verbs::edits;
use crate::ui::verbs::forms::{keep, lay_aside, say_saved};

/// The calendars are known now: the form that waits for them can offer them.
pub(crate) fn calendars_came(model: &mut Model) {
    let calendars = model.names.get(Catalogue::Calendars).unwrap_or_default().to_vec();
    if let Mode::Form(form) = &mut model.mode
        && let Some(field) = form.field_mut("calendarId").filter(|field| field.is_open())
    {
        let options = calendars.iter().map(|choice| (choice.id.clone(), choice.name.clone())).collect();
        field.kind = FieldKind::One(options);
        if let ([only], true) = (calendars.as_slice(), field.text().is_empty()) {
            field.begin_with(&only.name);
        }
    }
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let Mode::Form(form) = &mut model.mode else { return None };
    match action {
        Action::Send => send(model, effects),
        Action::Cancel => leave(model, effects),
        Action::External => external(model, effects),
        Action::StartOver => start_over(model, effects),
        Action::Accept => accept(model),
        Action::TakeSuggestion => take_or_go_on(model),
        Action::PageDown | Action::PageUp => {
            for _ in 0..5 {
                form.step(action == Action::PageDown);
            }
        }
        Action::NextOption | Action::PreviousOption => suggest(model, action == Action::NextOption),
        Action::Up | Action::Down if form.current().is_some_and(|field| field.rows() > 1) => within(model, action),
        Action::Up => form.step(false),
        Action::Down => form.step(true),
        _ => {}
    }
    None
}

/// In a field of several lines the arrows move the text cursor, and leave the field at its ends; Tab always leaves.
fn within(model: &mut Model, action: Action) {
    let by_arrow = model.last_key.is_some_and(Key::is_arrow);
    let Mode::Form(form) = &mut model.mode else { return };
    let at = form.at;
    let field = &mut form.fields[at];
    let (row, rows) = (field.input.cursor().0, field.input.lines().len());
    let down = action == Action::Down;
    let at_end = if down { row + 1 >= rows } else { row == 0 };
    if by_arrow && !at_end {
        field.input.move_cursor(if down { CursorMove::Down } else { CursorMove::Up });
    } else {
        form.step(down);
    }
}

/// Takes the suggestion that is chosen; else goes to the next field, or in a long one to the next line.
fn accept(model: &mut Model) {
    let Mode::Form(form) = &model.mode else { return };
    // A field that is wrong takes its first suggestion.
    let wrong = form.current().is_some_and(|field| field.error.is_some());
    let option = form.option.or(wrong.then_some(0));
    let chosen = option.and_then(|at| form.current()?.options(model.form_context()).into_iter().nth(at));
    if let Some(option) = chosen {
        return take(model, &option);
    }
    let now = model.now;
    let Mode::Form(form) = &mut model.mode else { return };
    let at = form.at;
    if form.fields[at].rows() > 1 {
        form.fields[at].input.insert_newline();
        form.unsaved_since.get_or_insert(now);
    } else {
        form.step(true);
    }
}

/// Takes the suggestion that is offered for what is typed; else goes to the next field.
fn take_or_go_on(model: &mut Model) {
    if let Some(option) = offered(model) {
        take(model, &option);
    } else if let Mode::Form(form) = &mut model.mode {
        form.step(true);
    }
}

/// Puts a suggestion in the place of what is typed.
fn take(model: &mut Model, option: &str) {
    let Mode::Form(form) = &mut model.mode else { return };
    let at = form.at;
    form.fields[at].complete(option);
    changed(model);
}

/// Chooses the next suggestion, or the one before.
fn suggest(model: &mut Model, next: bool) {
    let Mode::Form(form) = &model.mode else { return };
    let count = form.current().map_or(0, |field| field.options(model.form_context()).len());
    let Mode::Form(form) = &mut model.mode else { return };
    form.option = match (form.option, next) {
        _ if count == 0 => None,
        (None, true) => Some(0),
        (None, false) => Some(count - 1),
        (Some(at), true) => Some((at + 1) % count),
        (Some(at), false) => Some((at + count - 1) % count),
    };
}

/// A key that is text.
pub(crate) fn write(model: &mut Model, input: Input, _: &mut Vec<Effect>) {
    let Mode::Form(form) = &mut model.mode else { return };
    let at = form.at;
    let Some(field) = form.fields.get_mut(at).filter(|field| field.is_open()) else { return };
    let is_changed = match (&field.kind, &input) {
        (FieldKind::Toggle, Input { key: FieldKey::Char(' ' | 'x'), ctrl: false, .. }) => {
            let on = matches!(field.text().as_str(), "on");
            field.set(if on { "off" } else { "on" });
            true
        }
        (FieldKind::Toggle, _) => false,
        (FieldKind::Long, _) => field.input.input(input),
        _ => write_line(&mut field.input, input),
    };
    if is_changed {
        changed(model);
    }
}

/// Pasted text.
pub(crate) fn paste(model: &mut Model, pasted: &str, _: &mut Vec<Effect>) {
    let Mode::Form(form) = &mut model.mode else { return };
    let at = form.at;
    let Some(field) = form.fields.get_mut(at).filter(|field| field.is_open() && field.kind != FieldKind::Toggle) else {
        return;
    };
    let text = if field.rows() > 1 { text::clean_block(pasted) } else { text::clean(pasted) };
    field.input.insert_str(text);
    changed(model);
}

/// The field under the cursor has another text: it is checked, and saved before long.
fn changed(model: &mut Model) {
    let hours = model.hours();
    let Mode::Form(form) = &mut model.mode else { return };
    form.option = None;
    form.unsaved_since.get_or_insert(model.now);
    form.check(FormContext { now: model.now, zone: &model.zone, hours, location: &model.location }, false);
}

/// Hands a field of several lines over to the user's editor.
fn external(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Form(form) = &model.mode else { return };
    match form.current().filter(|field| field.rows() > 1) {
        Some(field) => {
            let (draft, name, text) = (form.draft.clone(), Some(field.key.clone()), field.text());
            effects.push(Effect::External { draft, field: name, text });
        }
        None => {
            model.say(Level::Hint, "Only a field of several lines opens in the editor");
        }
    }
}

/// Goes back to what the server has; back there already, brings back what was typed.
fn start_over(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Form(form) = &mut model.mode else { return };
    let (draft, typed) = (form.draft.clone(), form.kept());
    if !typed.is_empty() {
        form.start_over();
        lay_aside(model, draft, typed, effects);
    } else if let Some(text) = model.undo.take_dropped(&draft) {
        form.restore(&text);
        keep(model, draft, text, effects);
    } else {
        model.say(Level::Hint, "Nothing was changed here");
    }
}

/// Leaves the form; what was typed stays.
fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Form(form) = std::mem::replace(&mut model.mode, Mode::Browse) else { return };
    let kept = form.kept();
    if !kept.is_empty() {
        say_saved(model, if form.draft.is_new() { Action::New } else { Action::Edit });
    }
    keep(model, form.draft, kept, effects);
}

/// Sends what was changed.
fn send(model: &mut Model, effects: &mut Vec<Effect>) {
    let hours = model.hours();
    let Mode::Form(form) = &mut model.mode else { return };
    let context = FormContext { now: model.now, zone: &model.zone, hours, location: &model.location };
    let Some(made) = form.edits(context) else { return };
    let (draft, kept, replaces) = (form.draft.clone(), form.kept(), form.replaces);
    model.mode = Mode::Browse;
    if made.is_empty() {
        keep(model, draft, String::new(), effects);
        model.say(Level::Hint, "Nothing changed");
        return;
    }
    edits::send_typed(model, made, (draft, kept), replaces, effects);
}
