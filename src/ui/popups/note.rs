//! Writing a note.

pub(crate) mod keys;
pub(crate) mod state;

use crate::config::{Action, Context};
use crate::text;
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::popups::popup;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Composer,
    hints: |_| &[Action::Send, Action::Cancel],
    words: &[(Action::Cancel, "keep as draft")],
    act: |model, action, effects| {
        match action {
            Action::Send => keys::send(model, effects),
            Action::External => keys::external(model, effects),
            _ => keys::leave(model, effects),
        }
        None
    },
    input: TextInput::Own {
        write: |model, input, _| {
            if let Mode::Note(composer) = &mut model.mode
                && composer.field.input(input)
            {
                keys::changed(composer, model.now);
            }
        },
        paste: |model, pasted, _| {
            if let Mode::Note(composer) = &mut model.mode {
                composer.field.insert_str(text::clean_block(pasted));
                keys::changed(composer, model.now);
            }
        },
    },
    paint: |model, layout, buf| match &model.mode {
        Mode::Note(composer) => Some(popup::compose(model, composer, layout, buf)),
        _ => None,
    },
};
