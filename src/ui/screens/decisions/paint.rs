//! How the not-a-duplicate decisions are listed.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{ContactId, Dismissal, age};
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, Words, rows_in};
use crate::ui::ink::{grouped, inside, lead};
use crate::ui::model::Model;

pub(crate) fn content(model: &Model, area: Rect) -> PaneContent {
    let (theme, all, width) = (&model.theme, model.merges.decisions(), usize::from(inside(area).width));
    let names = width.saturating_sub(10) / 2;
    let (head, right) = if all.is_empty() {
        (String::new(), String::new())
    } else {
        let head = format!("  {} {} {:>4}", text::pad("Contact", names), text::pad("Is not", names), "Age");
        (head, grouped(all.len() as u64))
    };
    let key = model.key(Context::Duplicates, Action::NotDuplicates);
    PaneContent {
        list: model
            .merges
            .listed
            .rows(all.iter(), rows_in(area, 1), |one, here| decision(model, one, here, names))
            .or(Words::quiet(format!("No decisions yet. {key} on a group marks it as not duplicates."))),
        ..PaneContent::listed(theme, "Not duplicates", right, &head, area)
    }
}

fn decision(model: &Model, decision: &Dismissal, here: bool, names: usize) -> Line<'static> {
    let name = |id: &ContactId| {
        let name = model.name_of(id);
        let id = text::clean(id.as_str()).into_owned();
        text::pad(&text::cut(if name.is_empty() { &id } else { &name }, names), names)
    };
    let age = Span::styled(format!("{:>4}", age(decision.at, model.now)), model.theme.dim.0);
    Line::from(vec![Span::raw(format!("{}{} {} ", lead(here, ' '), name(&decision.a), name(&decision.b))), age])
}
