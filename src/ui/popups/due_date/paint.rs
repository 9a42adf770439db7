//! The line in which a due date is typed, and what it means.

use ratatui::{buffer::Buffer, layout::Position};

use crate::config::{Action, Context};
use crate::domain::due;

use crate::ui::ink::popup::{self, asking, centred, remark};
use crate::ui::model::{Mode, Model};
use crate::ui::screens::open_tasks::state::called;
use crate::ui::state::layout::Layout;

pub(crate) fn paint(model: &Model, layout: &Layout, buf: &mut Buffer) -> Option<Position> {
    let Mode::DueDate(prompt) = &model.mode else { return None };
    let (theme, field) = (&model.theme, &prompt.field);
    let area = centred(layout.body, 66, 4);
    let due_now = match prompt.tasks.as_slice() {
        [(_, task)] => task.due,
        _ => None,
    };
    let now = due_now.map(|at| format!(", due {}", due(at, true, model.now, &model.zone).text)).unwrap_or_default();
    let title = format!("New due date for {}{now}", called(&prompt.tasks));
    let key = |action| model.key(Context::Prompt, action);
    let hints = [(key(Action::Accept), "set"), (key(Action::Cancel), "cancel")];
    let mut content = asking(theme, &title, &hints, &field.input, "tomorrow 9am, tue, +3d, 2026-12-01 14:00", area);
    let day = due_now.map(|at| model.zone.to_datetime(at).date());
    let meaning = field.echo(model.form_context(), "", day).map(|meaning| format!("→ {meaning}"));
    content.head.push(remark(theme, field.error.as_deref(), meaning));
    popup::paint(content, theme, area, buf)
}
