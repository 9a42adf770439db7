//! How the outbox is listed, and what the edit under the cursor changes.

use ratatui::{
    layout::{Constraint, Layout as Split, Rect},
    text::{Line, Span},
};

use crate::domain::{Pending, age};
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, PaneList, Words, rows_in};
use crate::ui::ink::{inside, lead, mark};
use crate::ui::model::Model;
use crate::ui::screens::outbox::rules::progress;

/// The widest name of a field.
const LABEL: usize = 16;

/// The list, and below it the fields of the edit under the cursor, where there is room for both.
fn areas(model: &Model, body: Rect) -> [Rect; 2] {
    let room = if body.height < 16 || model.overlay.iter().next().is_none() { 0 } else { (body.height / 3).min(10) };
    Split::vertical([Constraint::Min(1), Constraint::Length(room)]).areas(body)
}

/// The rows of the list, below its head.
pub(crate) fn list_height(model: &Model) -> usize {
    rows_in(areas(model, model.layout().body)[0], 1)
}

pub(crate) fn panes(model: &Model, body: Rect) -> Vec<(Rect, PaneContent)> {
    let [list, below] = areas(model, body);
    vec![(list, content(model, list)), (below, changes(model, below))]
}

/// What the edit under the cursor changes: each field with its value before and after.
fn changes(model: &Model, area: Rect) -> PaneContent {
    let theme = &model.theme;
    let inner = inside(area);
    let here = model.outbox_lines().get(model.outbox.at).copied();
    let all: Vec<[String; 3]> = here.map(|pending| pending.edit.changes()).unwrap_or_default();
    let named = |field: &str| text::cut(&model.field_name(field), LABEL).into_owned();
    let label = all.iter().map(|[field, ..]| text::width(&named(field))).max().unwrap_or(0);
    let room = usize::from(inner.width).saturating_sub(label + " ".len() + "   ".len() + " → ".len() - 2);
    let line = |[field, before, after]: &[String; 3]| {
        let (before, after) = (model.field_value(field, before), model.field_value(field, after));
        // Where there is no room for both, neither pushes the other out.
        let before = text::cut(&before, (room / 2).max(room.saturating_sub(text::width(&after)))).into_owned();
        let after = text::cut(&after, room.saturating_sub(text::width(&before))).into_owned();
        Line::from(vec![
            Span::styled(format!(" {}   ", text::pad(&named(field), label)), theme.dim.0),
            Span::raw(before),
            Span::styled(" → ", theme.dim.0),
            Span::styled(after, theme.accent.0),
        ])
    };
    let height = usize::from(inner.height);
    let fit = if all.len() > height { height.saturating_sub(1) } else { all.len() };
    let more = (all.len() > fit).then(|| Line::styled(format!(" + {} more", all.len() - fit), theme.dim.0));
    PaneContent {
        title: Line::styled("Before → after", theme.title.0),
        list: PaneList::still(all.iter().take(fit).map(line).chain(more)).or(Words::quiet("No fields to compare.")),
        ..PaneContent::default()
    }
}

fn content(model: &Model, area: Rect) -> PaneContent {
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
