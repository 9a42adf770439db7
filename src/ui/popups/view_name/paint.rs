//! The line in which a view is named, and what it will hold.

use ratatui::{buffer::Buffer, layout::Position, text::Line};

use crate::config::{Action, Context};
use crate::text;

use crate::ui::ink::popup::{self, asking, centred, remark};
use crate::ui::model::{Mode, Model};
use crate::ui::state::layout::Layout;

pub(crate) fn paint(model: &Model, layout: &Layout, buf: &mut Buffer) -> Option<Position> {
    let Mode::ViewName(prompt) = &model.mode else { return None };
    let theme = &model.theme;
    let area = centred(layout.body, 66, 5);
    let key = |action| model.key(Context::Prompt, action);
    let hints = [(key(Action::Accept), "save"), (key(Action::Cancel), "cancel")];
    let mut content = asking(theme, "Save the view as", &hints, &prompt.field, "a name", area);
    let known = model.views.get(prompt.field.lines().concat().trim()).is_some();
    let replaces = known.then(|| "replaces the saved view of this name".to_owned());
    content.head.push(remark(theme, prompt.error.as_deref(), replaces));
    let listing = &model.listing;
    let filter = if listing.filter.trim().is_empty() { "all contacts" } else { listing.filter.trim() };
    let columns = listing.columns.as_ref().map(|columns| format!(" · {columns}")).unwrap_or_default();
    let held = format!(" {} · by {}{columns}", text::clean(filter), listing.sort);
    let room = usize::from(area.width).saturating_sub(2);
    content.head.push(Line::styled(text::cut(&held, room).into_owned(), theme.dim.0));
    popup::paint(content, theme, area, buf)
}
