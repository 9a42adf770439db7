//! The filter above the list: its line, what could follow while it is typed, what of it is not understood.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::{Clear, Widget},
};

use crate::config::{Action, Context};
use crate::protocol::Reading;
use crate::query::{TermError, TermProblem};
use crate::text;

use crate::ui::ink::pane_content::spread;
use crate::ui::ink::{before_cursor, cells, inside, put, row};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::filter::rules::suggestions;
use crate::ui::popups::filter::state::{FilterBox, FilterSuggestions};
use crate::ui::popups::form::paint::suggested;
use crate::ui::state::layout::{Layout, Pane};

/// Offers in sight at once.
const OFFERS: u16 = 8;
/// Where the pane has fewer rows inside, offers are folded into one.
const ROOMY: u16 = 14;

/// The filter: a field while it is typed, with the column of the text cursor, else what it says or how to begin.
pub(crate) fn line(model: &Model, width: usize) -> (Line<'static>, Option<u16>) {
    let theme = &model.theme;
    let slash = Span::styled(format!(" {} ", model.key(Context::Main, Action::Filter)), theme.accent.0);
    let Mode::Filter(filter) = &model.mode else {
        let said = if model.listing.filter.is_empty() {
            Span::styled("filter by name, e-mail, phone or tag", theme.dim.0)
        } else {
            Span::raw(text::clean(&model.listing.filter).into_owned())
        };
        return (Line::from(vec![slash, said]), None);
    };
    let (typed, before) = (filter.field.lines().concat(), before_cursor(&filter.field));
    let lead = slash.width();
    // A long filter is shown from where the cursor is still seen.
    let seen_before = text::tail(&before, width.saturating_sub(lead + 1));
    let at = lead + text::width(seen_before);
    let shown = if typed.is_empty() {
        Span::styled("words  tag:vip  added:<7d  -has:email", theme.dim.0)
    } else {
        Span::raw(typed[before.len() - seen_before.len()..].to_owned())
    };
    let key = |action| model.key(Context::Filter, action);
    let hint = Line::styled(format!("{} keep  {} undo ", key(Action::Accept), key(Action::Cancel)), theme.dim.0);
    let line = Line::from(vec![slash, shown]);
    let has_room = line.width() + 2 + hint.width() <= width;
    (if has_room { spread(line, hint, width) } else { line }, Some(cells(at)))
}

/// What of the filter is not understood, or not typed to its end: it stands where the names of the columns do.
pub(crate) fn misunderstood(model: &Model, width: usize) -> Option<Line<'static>> {
    let (said, style) = misunderstanding(model)?;
    Some(Line::styled(format!(" {}", text::cut(&said, width.saturating_sub(2))), style))
}

fn misunderstanding(model: &Model) -> Option<(String, Style)> {
    let errors = model.listing.query.errors();
    let is_wrong = |error: &&TermError| !matches!(error.why, TermProblem::Unfinished(_));
    Some(match (errors.iter().find(is_wrong), errors.first()) {
        (Some(wrong), _) => (format!("✗ {wrong}"), model.theme.bad.0),
        (None, Some(begun)) => (begun.to_string(), model.theme.dim.0),
        (None, None) => match missing(model)? {
            (said, true) => (format!("✗ {said}"), model.theme.bad.0),
            (said, false) => (said, model.theme.dim.0),
        },
    })
}

/// What the filter asks for and is not known, or not whole; and whether that will stay so.
fn missing(model: &Model) -> Option<(String, bool)> {
    let asks = model.listing.query.needed_facts();
    if asks.tasks {
        return match &model.open_tasks.reading {
            Reading::Missing(scope) => Some((format!("not all tasks known: needs {scope}"), true)),
            Reading::Failed(failure) if model.open_tasks.fetched_at.is_none() => {
                Some((format!("the open tasks could not be read: {}", text::clean(&failure.why)), true))
            }
            Reading::Running { .. } | Reading::Idle if model.open_tasks.fetched_at.is_none() => {
                Some(("the open tasks are being read…".to_owned(), false))
            }
            Reading::Failed(_) | Reading::Running { .. } | Reading::Idle => None,
        };
    }
    let unread = asks.fields.iter().any(|field| !model.facts.knows(field));
    unread.then(|| ("the values are being read…".to_owned(), false))
}

/// Paints what is wrong and what could follow under the line, over the head of the list and its first rows; what could
/// follow in one row where there are few.
pub(crate) fn paint(model: &Model, layout: &Layout, buf: &mut Buffer) -> Option<Position> {
    if let Mode::Filter(filter) = &model.mode {
        let inner = inside(layout.pane(Pane::Contacts)?);
        let below = say_what_is_wrong(model, inner, buf);
        suggest(model, filter, below, buf);
    }
    None
}

/// Says in full what is not understood, on as many rows as it takes; what is left of the pane below its first row.
fn say_what_is_wrong(model: &Model, inner: Rect, buf: &mut Buffer) -> Rect {
    let mut below = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let is_wrong = model.listing.query.errors().iter().any(|error| !matches!(error.why, TermProblem::Unfinished(_)));
    let Some((said, style)) = misunderstanding(model).filter(|_| is_wrong) else { return below };
    for line in text::wrap_words(&said, usize::from(inner.width).saturating_sub(2)) {
        let area = row(below, 0);
        Clear.render(area, buf);
        put(buf, area, &Line::styled(format!(" {line}"), style));
        below = Rect { y: below.y + 1, height: below.height.saturating_sub(1), ..below };
    }
    below
}

fn suggest(model: &Model, filter: &FilterBox, below: Rect, buf: &mut Buffer) {
    let FilterSuggestions { completion, at, .. } = suggestions(model, filter);
    let before = before_cursor(&filter.field);
    // Where nothing is begun, all names are offered: only to who asks.
    let asked = at.is_some() || completion.from < before.len() || before.ends_with(':');
    let count = cells(completion.suggestions.len());
    let area = row(below, 0);
    if count == 0 || !asked || area.is_empty() {
        return;
    }
    let texts: Vec<String> = completion.suggestions.iter().map(|offer| text::clean(&offer.text).into_owned()).collect();
    let key = model.key(Context::Filter, Action::NextOption);
    let hint = Line::from(vec![Span::styled(format!(" {key} "), model.theme.key.0)]);
    let height = count.min(OFFERS);
    let area = if below.height < ROOMY - 1 { area } else { Rect { height, ..area } };
    Clear.render(area, buf);
    if below.height < ROOMY - 1 {
        let lead = cells(hint.width());
        put(buf, area, &hint);
        let rest = Rect { x: area.x + lead.min(area.width), width: area.width.saturating_sub(lead), ..area };
        let said = suggested(&texts, at);
        put(buf, rest, &Line::styled(text::cut(&said, usize::from(rest.width)).into_owned(), model.theme.accent.0));
        return;
    }
    let first = at.map_or(0, |at| (at + 1).saturating_sub(usize::from(height)));
    let wide = texts.iter().map(|text| text::width(text)).max().unwrap_or(0).min(usize::from(area.width) / 2);
    for (n, (number, offer)) in
        completion.suggestions.iter().enumerate().skip(first).take(usize::from(height)).enumerate()
    {
        let line = row(area, cells(n));
        let shown = text::cut(&texts[number], usize::from(area.width).saturating_sub(4)).into_owned();
        let shown = text::pad(&shown, wide.max(text::width(&shown)));
        let here = if at == Some(number) { "▸" } else { " " };
        let mut spans = vec![Span::styled(format!(" {here} {shown}"), model.theme.accent.0)];
        let room = usize::from(area.width).saturating_sub(spans[0].width() + 3);
        spans.push(Span::styled(format!("  {}", text::cut(&offer.hint, room)), model.theme.dim.0));
        put(buf, line, &Line::from(spans));
        if at == Some(number) {
            buf.set_style(line, model.theme.cursor.0);
        }
    }
    let (width, top) = (cells(hint.width()), row(area, 0));
    if at.is_none() && width < top.width {
        put(buf, Rect { x: top.right() - width, width, ..top }, &hint);
    }
}
