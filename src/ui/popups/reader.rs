//! Reading a text: a note, the evidence for duplicates.

pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::popups::popup;
use crate::ui::update::moves;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Reader,
    hints: |_| &[Action::Down, Action::Up],
    words: &[],
    act: |model, action, _| {
        moves::read(model, action);
        None
    },
    input: TextInput::None,
    paint: |model, _, buf| {
        if let Mode::Read(reader) = &model.mode {
            popup::read(model, reader, buf);
        }
        None
    },
};
