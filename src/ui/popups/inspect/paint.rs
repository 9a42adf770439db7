//! A request with all that was sent and received.

use ratatui::{layout::Rect, text::Line};

use crate::config::{Action, Context};
use crate::text;

use crate::ui::ink::inside;
use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::popup::{centred, scrolled, titled};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::inspect::state::RequestInspector;
use crate::ui::state::layout::Layout;

fn area(screen: Rect) -> Rect {
    centred(screen, 110, screen.height.saturating_sub(4).max(6))
}

/// The lines of the request, and how many of them are seen at once.
pub(crate) fn lines(model: &Model, inspector: &RequestInspector, screen: Rect) -> (Vec<Line<'static>>, usize) {
    let inner = inside(area(screen));
    let (record, dim) = (&inspector.record, model.theme.dim.0);
    let width = usize::from(inner.width).saturating_sub(2);
    let status = record.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let at = model.hours().to_the_second(model.zone.to_datetime(record.at));
    let mut lines = vec![
        Line::styled(format!(" {at} · {status} · {} ms · try {}", record.millis, record.tries), dim),
        Line::styled(format!(" {}", text::clean(&record.url)), dim),
    ];
    lines.extend(record.trace.as_ref().map(|trace| Line::styled(format!(" trace {}", text::clean(trace)), dim)));
    for (label, body) in [("sent", record.sent.as_deref()), ("received", Some(record.received.as_str()))] {
        let Some(body) = body.filter(|body| !body.is_empty()) else { continue };
        lines.push(Line::default());
        lines.push(Line::styled(format!(" {label}"), model.theme.title.0));
        let pretty = serde_json::from_str::<serde_json::Value>(body)
            .ok()
            .and_then(|json| serde_json::to_string_pretty(&json).ok())
            .unwrap_or_else(|| body.to_owned());
        for line in text::clean_block(&pretty).lines() {
            lines.extend(chunks(line, width).into_iter().map(|part| Line::raw(format!(" {part}"))));
        }
    }
    (lines, usize::from(inner.height))
}

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Inspect(inspector) = &model.mode else { return None };
    let area = area(layout.area);
    let (lines, height) = lines(model, inspector, layout.area);
    let key = |action| model.key(Context::Inspect, action);
    let hints = [(key(Action::Down), "more"), (key(Action::CopyCurl), "copy as curl"), (key(Action::Cancel), "close")];
    let title = format!("{} {}", inspector.record.verb, inspector.record.path);
    let mut content = titled(&model.theme, &title, &hints, area);
    content.list = scrolled(lines, inspector.top, height);
    Some((area, content))
}

/// A line in parts of at most `width` cells.
fn chunks(line: &str, width: usize) -> Vec<String> {
    let (mut parts, mut part, mut used) = (Vec::new(), String::new(), 0);
    for c in line.chars() {
        let wide = text::width(c.encode_utf8(&mut [0; 4]));
        if used + wide > width.max(2) {
            parts.push(std::mem::take(&mut part));
            used = 0;
        }
        part.push(c);
        used += wide;
    }
    parts.push(part);
    parts
}
