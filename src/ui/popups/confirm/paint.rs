//! What is about to be done, and the keys for yes and no.

use ratatui::{layout::Rect, text::Line};

use crate::config::{Action, Context};
use crate::text;

use crate::ui::ink::cells;
use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::popup::{centred, titled};
use crate::ui::model::{Mode, Model};
use crate::ui::state::layout::Layout;

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Confirm(confirmation) = &model.mode else { return None };
    let lines = confirmation.lines.iter().flat_map(|line| text::wrap_words(line, 66));
    let lines = lines.map(|line| Line::raw(format!("  {line}")));
    let head: Vec<Line<'static>> = std::iter::once(Line::default()).chain(lines).collect();
    let area = centred(layout.body, 72, cells(head.len()).saturating_add(3));
    let hint = |action| Some((model.key(Context::Confirm, action), confirmation.word(action)?));
    let hints: Vec<_> = [Action::Yes, Action::Cancel].into_iter().filter_map(hint).collect();
    let mut content = titled(&model.theme, &confirmation.title, &hints, area);
    content.head = head;
    Some((area, content))
}
