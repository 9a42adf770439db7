//! A line that text is typed into.

use tui_textarea::{Input, Key as FieldKey, TextArea};

use crate::config::{Key, KeyCode};

/// A key in a field of one line; says whether the text has changed.
pub(crate) fn write_line(field: &mut TextArea<'static>, input: Input) -> bool {
    match input {
        // As in a shell; in a text of several lines it would be an undo.
        Input { key: FieldKey::Char('u'), ctrl: true, .. } => field.delete_line_by_head(),
        Input { key: FieldKey::Enter, .. } | Input { key: FieldKey::Char('j' | 'm'), ctrl: true, .. } => false,
        input => field.input(input),
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
