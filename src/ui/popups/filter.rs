//! Typing the filter of the contacts. It is painted by their list.

pub(crate) mod state;

use crate::config::{Action, Context};
use crate::text;
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::state::line::write_line;
use crate::ui::update::finding;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Filter,
    hints: |_| &[Action::Accept, Action::Cancel, Action::NextOption, Action::Down, Action::Up],
    words: &[(Action::NextOption, "complete")],
    act: |model, action, effects| {
        finding::act(model, action, effects);
        None
    },
    input: TextInput::Own {
        write: |model, input, effects| {
            if let Mode::Filter(filter) = &mut model.mode {
                filter.tried = None;
                if write_line(&mut filter.field, input) {
                    finding::changed(model, effects);
                }
            }
        },
        paste: |model, pasted, effects| {
            if let Mode::Filter(filter) = &mut model.mode {
                filter.tried = None;
                filter.field.insert_str(text::clean(pasted));
                finding::changed(model, effects);
            }
        },
    },
    paint: |_, _, _| None,
};
