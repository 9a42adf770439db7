//! How the outbox is listed.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::domain::{Pending, age};
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, Words, rows_in};
use crate::ui::ink::{lead, mark};
use crate::ui::model::Model;
use crate::ui::screens::outbox::rules::progress;

pub(crate) fn content(model: &Model, area: Rect) -> PaneContent {
    let theme = &model.theme;
    let lines = model.outbox_lines();
    let failed = lines.iter().filter(|pending| !pending.progress.is_live()).count();
    let right = match (lines.len() - failed, failed) {
        (0, 0) => String::new(),
        (live, 0) => format!("{live} sending"),
        (0, failed) => format!("{failed} failed"),
        (live, failed) => format!("{failed} failed · {live} sending"),
    };
    // The reason of a failure must be readable in full; the row may have no room for it.
    let here = lines.get(model.outbox.at).filter(|pending| !pending.progress.is_live());
    let room = usize::from(area.width).saturating_sub(8);
    let below = here.map(|pending| text::cut(&progress(model, pending), room).into_owned()).unwrap_or_default();
    let width = usize::from(area.width).saturating_sub(2);
    let (what, whom) = (width * 2 / 5, (width / 5).min(24));
    let head = if lines.is_empty() {
        String::new()
    } else {
        format!("    {} {} {:>4}  Status", text::pad("What", what), text::pad("Contact", whom), "Age")
    };
    let line = |pending: &&Pending, here| waiting(model, pending, here, [what, whom, width]);
    PaneContent {
        below: Line::styled(below, theme.bad.0),
        list: model
            .outbox
            .rows(lines.iter(), rows_in(area, 1), line)
            .or(Words::quiet("Nothing waiting; all edits are saved.")),
        ..PaneContent::listed(theme, "Outbox", right, &head, area)
    }
}

fn waiting(model: &Model, pending: &Pending, here: bool, [what, whom, width]: [usize; 3]) -> Line<'static> {
    let (symbol, style) = mark(&model.theme, Some(pending.progress.state()));
    let intent = text::clean(&pending.edit.intent()).into_owned();
    let name = model.name_of(&pending.edit.contact);
    let status = progress(model, pending);
    let quiet = model.theme.dim.0;
    let status_style = if pending.progress.is_live() { quiet } else { model.theme.bad.0 };
    Line::from(vec![
        Span::raw(lead(here, ' ')),
        Span::styled(format!("{symbol} "), style),
        Span::raw(format!("{} ", text::pad(&text::cut(&intent, what), what))),
        Span::styled(format!("{} ", text::pad(&text::cut(&name, whom), whom)), quiet),
        Span::styled(format!("{:>4}  ", age(pending.made_at, model.now)), quiet),
        Span::styled(text::cut(&status, width.saturating_sub(what + whom + 13)).into_owned(), status_style),
    ])
}
