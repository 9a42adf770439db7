//! The rows of the two tables: a screen as a [`Room`], what opens over it as a [`Popup`].
//!
//! The tables stand on top (`ui::screens`, `ui::popups`), for their rows name painters and keys. What lies lower
//! reads them through the model, so that no footer, palette or dispatcher names a single screen.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::Span,
};
use tui_textarea::{Input, TextArea};

use crate::config::{Action, Context, Need};
use crate::domain::{ContactId, Pending};
use crate::protocol::DraftKey;
use crate::ui::ink::pane_content::PaneContent;
use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::state::layout::Layout;

/// A screen: its keys, its tab, what it does and how it is painted.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) screen: Screen,
    /// Where Back leads; its tab is the lit one while a screen without a tab is shown.
    pub(crate) parent: Screen,
    /// The action that goes there.
    pub(crate) go: Action,
    pub(crate) tab: Option<Tab>,
    /// Where keys are looked up.
    pub(crate) context: fn(&Model) -> Context,
    /// The actions worth a place in the footer, the most useful first.
    pub(crate) hints: fn(&Model) -> &'static [Action],
    /// Why a need of an action is not met here; `None` where it is.
    pub(crate) unmet: fn(&Model, Need) -> Option<String>,
    /// The contact under the cursor, or the one whose record is there.
    pub(crate) contact: fn(&Model) -> Option<ContactId>,
    /// The edit under the cursor, or the failed one that is meant otherwise.
    pub(crate) edit: fn(&Model) -> Option<&Pending>,
    /// The draft that waits under the cursor, or in the pane that has the focus.
    pub(crate) draft: fn(&Model) -> Option<DraftKey>,
    /// Marked lines, on a screen that has some of its own.
    pub(crate) marks: Option<RoomMarks>,
    /// Runs an action of this screen.
    pub(crate) act: fn(&mut Model, Action, &mut Vec<Effect>) -> Handled,
    /// Brings the screen in line with the rest of the model after each message, whether it is shown or not.
    pub(crate) settle: fn(&mut Model),
    /// What its panes show, and where they are.
    pub(crate) panes: fn(&Model, &Layout) -> Vec<(Rect, PaneContent)>,
}

/// What a screen made of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handled {
    Done,
    /// The action opens its pop-up here; the table of pop-ups knows which.
    Opens,
    /// The screen has no such action of its own: it means what it means on every screen.
    Elsewhere,
}

/// What can be marked on a screen.
#[derive(Debug)]
pub(crate) struct RoomMarks {
    pub(crate) count: fn(&Model) -> usize,
    pub(crate) clear: fn(&mut Model),
    /// What can be done with them, the most useful first.
    pub(crate) actions: &'static [Action],
}

/// A screen's place in the line of tabs.
#[derive(Debug)]
pub(crate) struct Tab {
    /// Its name, and a shorter one for narrow terminals.
    pub(crate) names: [&'static str; 2],
    /// How many lines the screen has; 0 is not printed.
    pub(crate) count: fn(&Model) -> usize,
    /// What must be noticed, in its long or its short form.
    pub(crate) alarm: fn(&Model, bool) -> Alarm,
}

/// What must be noticed about a screen that is not shown.
#[derive(Clone, Debug)]
pub(crate) enum Alarm {
    Quiet,
    /// Next to the count.
    Count(Span<'static>),
    /// Next to the name.
    Tab(Span<'static>),
}

/// What opens over a screen and takes the keys until it closes.
#[derive(Debug)]
pub(crate) struct Popup {
    pub(crate) context: Context,
    /// The actions worth a place in the footer, the most useful first.
    pub(crate) hints: fn(&Model) -> &'static [Action],
    /// What an action is called in the footer here, where that differs from its own words.
    pub(crate) words: fn(&Model, Action) -> Option<&'static str>,
    /// Runs an action; one that it returns runs on the screen below: a move while the pop-up is still open, any
    /// other after it has closed.
    pub(crate) act: fn(&mut Model, Action, &mut Vec<Effect>) -> Option<Action>,
    pub(crate) input: TextInput,
    pub(crate) paint: PopupPaint,
}

/// How a pop-up is painted over the screen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PopupPaint {
    /// What it shows, and where.
    Content(fn(&Model, &Layout) -> Option<(Rect, PaneContent)>),
    /// It paints more than rows of text itself; says where the text cursor belongs.
    Own(fn(&Model, &Layout, &mut Buffer) -> Option<Position>),
}

/// Where keys without an action and pasted text go.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TextInput {
    /// Nowhere.
    None,
    /// Into a line; `changed` follows each change of it.
    Line { field: fn(&mut Mode) -> Option<&mut TextArea<'static>>, changed: fn(&mut Model, &mut Vec<Effect>) },
    /// The pop-up takes them in itself.
    Own { write: fn(&mut Model, Input, &mut Vec<Effect>), paste: fn(&mut Model, &str, &mut Vec<Effect>) },
}
