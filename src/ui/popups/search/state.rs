//! Words that tasks and appointments are searched for, while they are typed.

use tui_textarea::TextArea;

use crate::domain::{Target, TaskId};

use crate::ui::screens::agenda::state::Place;

/// Words that are looked for, while they are typed.
#[derive(Clone, Debug)]
pub(crate) struct TaskSearch {
    pub(crate) field: TextArea<'static>,
    pub(crate) before: BeforeSearch,
}

/// What Esc goes back to: the words, and where the cursor was.
#[derive(Clone, Debug)]
pub(crate) enum BeforeSearch {
    Tasks((String, Option<Target<TaskId>>)),
    Agenda(Place),
}
