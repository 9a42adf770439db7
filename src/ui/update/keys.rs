//! Keys and pasted text: to an action where the keymap knows one, else into the field that has the focus.

use tui_textarea::{Input, Key as FieldKey, TextArea};

use crate::config::{Action, Key, KeyCode, Lookup};
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::{HelpList, Mode, Model};
use crate::ui::popups::form;
use crate::ui::popups::note;
use crate::ui::screens::tasks;
use crate::ui::state::layout::Shape;
use crate::ui::update::{actions, finding, screens};

/// One key.
pub(crate) fn press(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    let context = model.context();
    // Whoever presses another key does not wait any more.
    model.awaited = None;
    model.last_key = Some(key);
    model.pressed.push(key);
    match model.keymap.lookup(context, &model.pressed) {
        Lookup::Run(action) => {
            model.pressed.clear();
            // What cannot be seen is not acted on.
            if model.layout().shape != Shape::Line || matches!(action, Action::Quit | Action::Suspend) {
                actions::press(model, action, effects);
            }
        }
        Lookup::More => {}
        Lookup::Unbound => {
            let begun = model.pressed.len() > 1;
            model.pressed.clear();
            // A key that does not go on with a sequence only ends it.
            if !begun && model.layout().shape != Shape::Line {
                write(model, key, effects);
            }
        }
    }
}

/// A key that is no action, in the field that has the focus.
fn write(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    let input = typed(key);
    match &mut model.mode {
        Mode::Browse | Mode::Columns(_) | Mode::Read(_) | Mode::Confirm(_) | Mode::Decide(_) | Mode::Inspect(_) => {}
        Mode::ViewName(naming) => {
            if write_line(&mut naming.field, input) {
                naming.error = None;
            }
        }
        Mode::Form(_) => form::keys::write(model, input),
        Mode::Pick(picker) => {
            if write_line(&mut picker.field, input) {
                picker.cursor = 0;
            }
        }
        Mode::Palette(palette) => {
            if write_line(&mut palette.field, input) {
                screens::seek(model, effects);
            }
        }
        Mode::Filter(filter) => {
            filter.tried = None;
            if write_line(&mut filter.field, input) {
                finding::changed(model, effects);
            }
        }
        Mode::Note(composer) => {
            if composer.field.input(input) {
                note::keys::changed(composer, model.now);
            }
        }
        Mode::Help(help) => {
            if write_line(&mut help.field, input) {
                help.cursor = 0;
            }
        }
        Mode::Search(search) => {
            if write_line(&mut search.field, input) {
                tasks::keys::searched(model);
            }
        }
        Mode::DueDate(when) => {
            if write_line(&mut when.field.input, input) {
                when.field.error = None;
            }
        }
        Mode::Value(typing) => {
            if write_line(&mut typing.field.input, input) {
                typing.field.error = None;
            }
        }
        Mode::DryRun(run) => {
            if write_line(&mut run.field, input) {
                run.error = None;
            }
        }
    }
}

/// A key in a field of one line; says whether the text has changed.
pub(crate) fn write_line(field: &mut TextArea<'static>, input: Input) -> bool {
    match input {
        // As in a shell; in a text of several lines it would be an undo.
        Input { key: FieldKey::Char('u'), ctrl: true, .. } => field.delete_line_by_head(),
        Input { key: FieldKey::Enter, .. } | Input { key: FieldKey::Char('j' | 'm'), ctrl: true, .. } => false,
        input => field.input(input),
    }
}

/// Pasted text goes into the field that has the focus; nowhere else may it act as keys.
pub(crate) fn paste(model: &mut Model, pasted: &str, effects: &mut Vec<Effect>) {
    let line = || text::clean(pasted).into_owned();
    match &mut model.mode {
        Mode::Browse | Mode::Columns(_) | Mode::Read(_) | Mode::Confirm(_) | Mode::Decide(_) | Mode::Inspect(_) => {}
        Mode::ViewName(naming) => {
            naming.field.insert_str(line());
            naming.error = None;
        }
        Mode::Form(_) => form::keys::paste(model, &line(), &text::clean_block(pasted)),
        Mode::Pick(picker) => {
            picker.field.insert_str(line());
            picker.cursor = 0;
        }
        Mode::Palette(palette) => {
            palette.field.insert_str(line());
            screens::seek(model, effects);
        }
        Mode::Filter(filter) => {
            filter.tried = None;
            filter.field.insert_str(line());
            finding::changed(model, effects);
        }
        Mode::Note(composer) => {
            composer.field.insert_str(text::clean_block(pasted));
            note::keys::changed(composer, model.now);
        }
        Mode::Help(help) => {
            help.field.insert_str(line());
            help.cursor = 0;
        }
        Mode::Search(search) => {
            search.field.insert_str(line());
            tasks::keys::searched(model);
        }
        Mode::DueDate(when) => {
            when.field.input.insert_str(line());
            when.field.error = None;
        }
        Mode::Value(typing) => {
            typing.field.input.insert_str(line());
            typing.field.error = None;
        }
        Mode::DryRun(run) => {
            run.field.insert_str(line());
            run.error = None;
        }
    }
}

/// A field of one line with this text, the cursor behind it.
pub(crate) fn line_field(text: &str) -> TextArea<'static> {
    let mut field = TextArea::new(vec![text.to_owned()]);
    field.move_cursor(tui_textarea::CursorMove::End);
    field
}

/// A key as the fields understand it.
pub(crate) fn typed(key: Key) -> Input {
    let code = match key.code {
        KeyCode::Char(c) => FieldKey::Char(c),
        KeyCode::Enter => FieldKey::Enter,
        KeyCode::Esc => FieldKey::Esc,
        KeyCode::Tab => FieldKey::Tab,
        KeyCode::Backspace => FieldKey::Backspace,
        KeyCode::Delete => FieldKey::Delete,
        KeyCode::Up => FieldKey::Up,
        KeyCode::Down => FieldKey::Down,
        KeyCode::Left => FieldKey::Left,
        KeyCode::Right => FieldKey::Right,
        KeyCode::PageUp => FieldKey::PageUp,
        KeyCode::PageDown => FieldKey::PageDown,
        KeyCode::Home => FieldKey::Home,
        KeyCode::End => FieldKey::End,
        KeyCode::F(n) => FieldKey::F(n),
    };
    Input { key: code, ctrl: key.ctrl, alt: key.alt, shift: key.shift }
}

/// The actions that the list of keys shows: those whose key or words contain every typed word.
pub(crate) fn matching_help(model: &Model, help: &HelpList) -> Vec<(Action, Vec<String>)> {
    let typed = help.field.lines().concat().to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let matches = |(action, keys): &(Action, Vec<String>)| {
        let said = format!("{} {}", action.describe(), action.short()).to_lowercase();
        words.iter().all(|word| said.contains(word) || keys.iter().any(|key| key.to_lowercase() == *word))
    };
    model.keymap.actions(model.context_below()).into_iter().filter(matches).collect()
}
