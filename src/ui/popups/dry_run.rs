//! Merging all safe groups: the report comes first.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Prompt,
    hints: |model| match &model.mode {
        Mode::DryRun(run) if run.report.is_none() => &[Action::Cancel],
        _ => &[Action::Accept, Action::Cancel, Action::Down, Action::Up],
    },
    words: |_, action| (action == Action::Accept).then_some("merge"),
    act: keys::act,
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::DryRun(run) => Some(&mut run.how_many.field),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::DryRun(run) = &mut model.mode {
                run.how_many.is_wrong = false;
            }
        },
    },
    paint: PopupPaint::Content(paint::content),
};
