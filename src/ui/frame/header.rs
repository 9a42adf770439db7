//! The top line: where we are, how fresh it is, what is on its way, and the limits we work under.

use jiff::Timestamp;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{age, ago, lasting};
use crate::protocol::{FailureKind, Headway, SyncState};
use crate::text;

use crate::ui::ink::{grouped, put};
use crate::ui::model::Model;
use crate::ui::wake::seconds_until;

/// A part of the line from its longest form to its shortest; where there is no room, the part of the
/// highest rank gives way first.
struct Part {
    rank: u8,
    forms: Vec<Line<'static>>,
}

/// Paints the line.
pub(crate) fn paint(model: &Model, area: Rect, buf: &mut Buffer) {
    let mut left = left(model);
    let mut right = right(model);
    loop {
        let (head, tail) = (joined(model, &left), joined(model, &right));
        let fits = head.width() + tail.width() + 3 <= usize::from(area.width);
        let widest =
            left.iter_mut().chain(&mut right).filter(|part| !part.forms.is_empty()).max_by_key(|part| part.rank);
        match widest {
            Some(part) if !fits => {
                part.forms.remove(0);
            }
            Some(_) | None => {
                put(buf, Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area }, &head);
                let width = crate::ui::ink::cells(tail.width()).min(area.width);
                put(buf, Rect { x: area.right().saturating_sub(width + 1), width, ..area }, &tail);
                return;
            }
        }
    }
}

fn joined(model: &Model, parts: &[Part]) -> Line<'static> {
    let mut spans = Vec::new();
    for form in parts.iter().filter_map(|part| part.forms.first()) {
        if !spans.is_empty() {
            spans.push(Span::styled(" │ ", model.theme.border.0));
        }
        spans.extend(form.spans.iter().cloned());
    }
    Line::from(spans)
}

fn left(model: &Model) -> Vec<Part> {
    let theme = &model.theme;
    let name = text::clean(&model.location.name);
    let name = if name.trim().is_empty() { text::clean(model.location.id.as_str()) } else { name };
    let short = text::cut(&name, 16).to_string();
    let mut parts = vec![Part {
        rank: 1,
        forms: vec![Line::styled(text::cut(&name, 40).to_string(), theme.title.0), Line::styled(short, theme.title.0)],
    }];
    if model.demo {
        parts.push(Part { rank: 2, forms: vec![Line::styled(" DEMO ", theme.badge.0)] });
    }
    parts.push(Part { rank: 3, forms: sync(model) });
    parts.extend(edits(model));
    parts
}

fn sync(model: &Model) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let forms = |symbol: &'static str, style: Style, forms: Vec<String>| -> Vec<Line<'static>> {
        let line = |said: String| Line::from(vec![Span::styled(symbol, style), Span::styled(said, theme.dim.0)]);
        forms.into_iter().map(line).collect()
    };
    if model.sync.held {
        return forms("‖", theme.warn.0, held(model));
    }
    let cached = |at: &Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| age(at, model.now));
    match &model.sync.state {
        SyncState::Cached { at } => {
            let long =
                at.map_or_else(|| "nothing fetched yet".to_owned(), |at| format!("as of {}", ago(at, model.now)));
            forms("○", theme.dim.0, vec![format!(" {long}"), format!(" {}", cached(at))])
        }
        SyncState::Listing(headway) => {
            let Headway { done, total, rate } = *headway;
            let (count, bar) = (counted(done, total), bar(done, total, 8));
            let rate = rate.map(|rate| format!(" · {}/s", grouped(rate))).unwrap_or_default();
            let left = headway.seconds_left().map(lasting);
            let long = left.as_ref().map(|left| format!(" · {left} left")).unwrap_or_default();
            let short = left.map(|left| format!(" · {left}")).unwrap_or_default();
            forms(
                "↻",
                theme.accent.0,
                vec![
                    format!(" syncing {bar}{count}{rate}{long}"),
                    format!(" syncing{count}{rate}{long}"),
                    format!("{count}{short}"),
                    count,
                ],
            )
        }
        SyncState::Fresh { at } => {
            let age = age(*at, model.now);
            let long = if age == "now" { " up to date".to_owned() } else { format!(" {age} ago") };
            forms("●", theme.good.0, vec![long, format!(" {age}")])
        }
        SyncState::Offline { at, retry_at, why } => {
            let left = seconds_until(*retry_at, model.now);
            let why = text::clean(why);
            let again = if left > 0 { format!("retry in {left} s") } else { "trying".to_owned() };
            let shown = at.map_or_else(|| "no data".to_owned(), |at| data(at, model.now));
            forms(
                "○",
                theme.warn.0,
                vec![
                    format!(" offline: {why} · {again} · {shown}"),
                    format!(" offline: {} · {again} · {shown}", text::cut(&why, 24)),
                    format!(" offline · {again} · {shown}"),
                    format!(" offline · {again}"),
                    " offline".to_owned(),
                ],
            )
        }
        SyncState::Blocked { why } => {
            let reason = text::clean(&why.why);
            // Who may sign in again here needs no other advice.
            let key = model.key(Context::Main, Action::Accounts);
            let next = match why.kind {
                FailureKind::Access => format!("{key} signs in again").into(),
                _ => text::clean(&why.next),
            };
            forms(
                "✗",
                theme.bad.0,
                vec![format!(" {reason} · {next}"), format!(" {}", text::cut(&reason, 40)), " stopped".to_owned()],
            )
        }
    }
}

fn counted(done: u64, total: u64) -> String {
    format!(" {}/{}", grouped(done), grouped(total))
}

/// The fetching of contacts is held: how far it has come, and the key that resumes it.
fn held(model: &Model) -> Vec<String> {
    let key = model.key(model.context_below(), Action::PauseSync);
    let (long, short) = match &model.sync.state {
        SyncState::Listing(headway) => {
            let count = counted(headway.done, headway.total);
            (format!(" at{count}"), count)
        }
        SyncState::Cached { at } | SyncState::Offline { at, .. } => {
            let data =
                at.map_or_else(|| " · nothing fetched yet".to_owned(), |at| format!(" · {}", data(at, model.now)));
            (data.clone(), data)
        }
        SyncState::Fresh { at } => {
            let data = format!(" · {}", data(*at, model.now));
            (data.clone(), data)
        }
        SyncState::Blocked { .. } => (String::new(), String::new()),
    };
    vec![format!(" sync paused{long} · {key} resumes"), format!(" paused{short} · {key}"), format!(" paused · {key}")]
}

fn data(at: Timestamp, now: Timestamp) -> String {
    match age(at, now).as_str() {
        "now" => "data current".to_owned(),
        age => format!("data {age} old"),
    }
}

fn edits(model: &Model) -> Option<Part> {
    let theme = &model.theme;
    let pending = model.overlay.live().count();
    let failed = model.overlay.iter().filter(|pending| !pending.progress.is_live()).count();
    if pending + failed == 0 {
        return None;
    }
    let line = |long: bool| {
        let mut spans = Vec::new();
        if pending > 0 {
            spans.push(Span::styled("⇅ ", theme.accent.0));
            spans.push(Span::raw(if long { format!("{pending} pending") } else { pending.to_string() }));
        }
        if failed > 0 {
            let gap = if spans.is_empty() { "" } else { "  " };
            let said = if long { format!("{gap}✗ {failed} failed") } else { format!("{gap}✗ {failed}") };
            spans.push(Span::styled(said, theme.bad.0));
        }
        Line::from(spans)
    };
    Some(Part { rank: 1, forms: vec![line(true), line(false)] })
}

fn right(model: &Model) -> Vec<Part> {
    let mut parts = Vec::new();
    let gauge = gauge(model);
    if !gauge.is_empty() {
        parts.push(Part { rank: 5, forms: gauge });
    }
    parts.push(Part { rank: 2, forms: access(model) });
    let now = model.now.to_zoned(model.zone.clone());
    let time = model.hours().time(now.datetime());
    parts.push(Part { rank: 4, forms: vec![Line::raw(format!("{time} {}", now.strftime("%Z"))), Line::raw(time)] });
    parts
}

/// What may be done, and how many scopes are missing.
fn access(model: &Model) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let missing = match model.access.features_missing() {
        0 => None,
        1 => Some(" −1 scope".to_owned()),
        many => Some(format!(" −{many} scopes")),
    };
    let (full, short) = if model.access.may_write() {
        (Span::styled("rw", theme.dim.0), Span::styled("rw", theme.dim.0))
    } else {
        (Span::styled(" READ-ONLY ", theme.badge.0), Span::styled("ro", theme.warn.0))
    };
    let with = missing.map(|missing| Line::from(vec![full.clone(), Span::styled(missing, theme.dim.0)]));
    with.into_iter().chain([Line::from(full), Line::from(short)]).collect()
}

fn gauge(model: &Model) -> Vec<Line<'static>> {
    let (theme, gauge) = (&model.theme, &model.gauge);
    if let Some(until) = gauge.paused_until.filter(|until| *until > model.now) {
        let left = seconds_until(until, model.now);
        return vec![Line::styled(format!("API paused {left}s"), theme.warn.0)];
    }
    let (Some(remaining), Some(max)) = (gauge.remaining, gauge.max) else { return Vec::new() };
    let window = gauge.interval_ms.map(|ms| format!("·{}s", ms.div_ceil(1000))).unwrap_or_default();
    let daily = gauge.daily_remaining.map(|left| format!(" {}/day", thousands(left))).unwrap_or_default();
    let low = if remaining * 5 < max { theme.warn.0 } else { theme.accent.0 };
    let bar = bar(remaining.into(), max.into(), 5);
    let form = |bar: &str, rest: String| {
        let label = Span::styled("API ", theme.dim.0);
        Line::from(vec![label, Span::styled(bar.to_owned(), low), Span::styled(rest, theme.dim.0)])
    };
    vec![
        form(&bar, format!(" {remaining}/{max}{window}{daily}")),
        form(&bar, format!(" {remaining}/{max}")),
        form("", format!("{remaining}/{max}")),
    ]
}

/// `━━━──`: heavy for the part, light for the rest.
fn bar(part: u64, whole: u64, width: u64) -> String {
    let filled = (part.min(whole) * width).checked_div(whole).unwrap_or(0);
    (0..width).map(|at| if at < filled { '━' } else { '─' }).collect()
}

/// `199400` as `199.4k`.
fn thousands(number: u64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{}.{}k", number / 1_000, number % 1_000 / 100) }
}
