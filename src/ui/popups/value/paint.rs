//! The line in which a value of a merge is typed, and how it will be stored.

use ratatui::{buffer::Buffer, layout::Position};

use crate::config::{Action, Context};

use crate::ui::ink::popup::{self, asking, centred, remark};
use crate::ui::model::{Mode, Model};
use crate::ui::state::layout::Layout;

pub(crate) fn paint(model: &Model, layout: &Layout, buf: &mut Buffer) -> Option<Position> {
    let Mode::Value(value) = &model.mode else { return None };
    let (theme, field) = (&model.theme, &value.field);
    let area = centred(layout.body, 66, 4);
    let key = |action| model.key(Context::Prompt, action);
    let hints = [(key(Action::Accept), "set"), (key(Action::Cancel), "cancel")];
    let title = format!("{} of the merged contact", field.label);
    let mut content = asking(theme, &title, &hints, &field.input, "no value", area);
    let stored = field.echo(model.form_context(), &value.country, None).map(|stored| format!("→ {stored}"));
    content.head.push(remark(theme, field.error.as_deref(), stored));
    popup::paint(content, theme, area, buf)
}
