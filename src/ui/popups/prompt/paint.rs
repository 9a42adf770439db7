//! The line that is asked for, what is asked, and below it what the line means so far.

use ratatui::{layout::Rect, text::Line};

use crate::config::{Action, Context};
use crate::domain::{due, parse_due_after};
use crate::text;

use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::popup::{asking, centred, remark};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::rules::new_tags;
use crate::ui::popups::form::state::{FormField, in_words};
use crate::ui::popups::prompt::state::PromptPurpose;
use crate::ui::screens::open_tasks::state::{Meant, called};
use crate::ui::state::layout::Layout;

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Prompt(prompt) = &model.mode else { return None };
    let (theme, field) = (&model.theme, &prompt.field);
    let (title, hint, meaning) = match &prompt.purpose {
        PromptPurpose::DueDate(tasks) => due_date(model, field, tasks),
        PromptPurpose::MergeValue { country, .. } => {
            let stored = field.echo(model.form_context(), country, None).map(|stored| format!("→ {stored}"));
            let stored = stored.or_else(|| new_tags(model, field));
            (format!("{} of the merged contact", field.label), "no value", stored)
        }
        PromptPurpose::ViewName => {
            let known = model.views.get(field.text().trim()).is_some();
            let replaces = known.then(|| "replaces the saved view of this name".to_owned());
            ("Save the view as".to_owned(), "a name", replaces)
        }
    };
    let saved = matches!(prompt.purpose, PromptPurpose::ViewName).then(|| listed(model));
    let area = centred(layout.body, 66, 4 + u16::from(saved.is_some()));
    let key = |action| model.key(Context::Prompt, action);
    let hints = [(key(Action::Accept), prompt.purpose.verb()), (key(Action::Cancel), "cancel")];
    let mut content = asking(theme, &title, &hints, &field.input, hint, area);
    content.head.push(remark(theme, field.error.as_deref(), meaning));
    let room = usize::from(area.width).saturating_sub(2);
    content.head.extend(saved.map(|saved| Line::styled(text::cut(&saved, room).into_owned(), theme.dim.0)));
    Some((area, content))
}

/// What is asked, what can be typed, and what is typed so far.
fn due_date(model: &Model, field: &FormField, tasks: &[Meant]) -> (String, &'static str, Option<String>) {
    let due_now = match tasks {
        [(_, task)] => task.due,
        _ => None,
    };
    let now = due_now
        .map(|at| format!(", due {}", due(at, true, model.now, &model.zone, model.hours()).text))
        .unwrap_or_default();
    let day = due_now.map(|at| model.zone.to_datetime(at).date());
    let read = parse_due_after(&field.text(), model.now, &model.zone, day);
    let meaning = read.ok().map(|at| format!("→ {}", in_words(at, model.form_context())));
    (format!("New due date for {}{now}", called(tasks)), "tomorrow 9am, tue, +3d, 2026-12-01 14:00", meaning)
}

/// ` tag:vip · by name`: what a view saves.
fn listed(model: &Model) -> String {
    let listing = &model.listing;
    let filter = if listing.filter.trim().is_empty() { "all contacts" } else { listing.filter.trim() };
    let columns = listing.columns.as_ref().map(|columns| format!(" · {columns}")).unwrap_or_default();
    format!(" {} · by {}{columns}", text::clean(filter), listing.sort)
}
