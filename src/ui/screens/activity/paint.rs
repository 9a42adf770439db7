//! How requests and messages are listed.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::text;

use crate::ui::frame::footer::level_style;
use crate::ui::ink::lead;
use crate::ui::ink::pane_content::{PaneContent, Words, rows_in};
use crate::ui::model::Model;
use crate::ui::screens::activity::state::Entry;

pub(crate) fn content(model: &Model, area: Rect) -> PaneContent {
    let (theme, activity) = (&model.theme, &model.activity);
    let width = usize::from(area.width).saturating_sub(2);
    let head = format!("  {} {} {} {:>6} {:>4} What", pad("Time", 12), pad("Answer", 9), pad("Method", 7), "ms", "try");
    let listed = activity.listed();
    let (right, empty) = match activity.len() {
        0 => (String::new(), "No activity yet."),
        count if activity.edits_alone => (format!("edits only: {} of the last {count}", listed.len()), "No edits yet."),
        count => (format!("the last {count}, kept in memory only"), ""),
    };
    let line = |entry: &Entry, here| happened(model, entry, here, width);
    PaneContent {
        list: activity.cursor.rows(listed.into_iter(), rows_in(area, 1), line).or(Words::quiet(empty)),
        ..PaneContent::listed(theme, "Activity", right, &head, area)
    }
}

fn pad(text: &str, width: usize) -> String {
    text::pad(text, width)
}

fn happened(model: &Model, entry: &Entry, here: bool, width: usize) -> Line<'static> {
    let theme = &model.theme;
    let time = |at| model.hours().to_the_second(model.zone.to_datetime(at));
    let lead = Span::raw(lead(here, ' '));
    match entry {
        Entry::Request(record) => {
            let (status, style) = match record.status {
                Some(status @ 200..300) => (status.to_string(), theme.good.0),
                Some(status @ 429) => (status.to_string(), theme.warn.0),
                Some(status) => (status.to_string(), theme.bad.0),
                None => ("no answer".to_owned(), theme.bad.0),
            };
            let trace = record.trace.as_deref().map(|trace| format!("  {}", text::clean(trace))).unwrap_or_default();
            let path = text::clean(&record.path).into_owned();
            let room = width.saturating_sub(45);
            let trace = if text::width(&path) + text::width(&trace) <= room { trace } else { String::new() };
            Line::from(vec![
                lead,
                Span::styled(text::pad(&time(record.at), 13), theme.dim.0),
                Span::styled(text::pad(&status, 10), style),
                Span::raw(text::pad(&record.verb.to_string(), 8)),
                Span::styled(format!("{:>6} {:>4} ", record.millis, record.tries), theme.dim.0),
                Span::raw(text::cut(&path, room).into_owned()),
                Span::styled(trace, theme.dim.0),
            ])
        }
        Entry::Message { at, level, text } => Line::from(vec![
            lead,
            Span::styled(text::pad(&time(*at), 13), theme.dim.0),
            Span::styled(format!("{} ", level.symbol()), level_style(model, *level)),
            Span::raw(text::cut(text, width.saturating_sub(19)).into_owned()),
        ]),
    }
}
