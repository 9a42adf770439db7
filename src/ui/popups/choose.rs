//! Pop-ups to choose and to decide: lists, the palette, yes or no, yours or theirs, one request whole.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::{BorderType, Clear, Widget},
};

use crate::config::{Action, Context};
use crate::domain::{EditId, Progress};
use crate::protocol::RequestRecord;
use crate::text;

use crate::ui::ink::pane::{self, Titles};
use crate::ui::ink::{cells, put, row};
use crate::ui::model::Model;
use crate::ui::popups::confirm::state::{Confirmation, OnYes};
use crate::ui::popups::palette::state::{Offer, Palette};
use crate::ui::popups::picker::state::{Picker, Purpose};
use crate::ui::popups::popup::{centred, keys};
use crate::ui::state::layout::{self, Layout};
use crate::ui::update::refusal;

pub(crate) fn open(model: &Model, area: Rect, title: &str, below: &[(&str, &str)], buf: &mut Buffer) -> Rect {
    let titles = Titles {
        left: Line::styled(
            text::cut(&text::clean(title), usize::from(area.width).saturating_sub(8)).into_owned(),
            model.theme.title.0,
        ),
        right: Line::default(),
        below: keys(model, below),
    };
    Clear.render(area, buf);
    pane::boxed(BorderType::Thick, model.theme.focus.0, titles, area, buf)
}

/// The line in which a list is searched; says where the text cursor belongs.
pub(crate) fn prompt(
    model: &Model,
    field: &tui_textarea::TextArea<'static>,
    hint: &str,
    inner: Rect,
    buf: &mut Buffer,
) -> Position {
    let typed = field.lines().concat();
    let shown =
        if typed.is_empty() { Span::styled(hint.to_owned(), model.theme.dim.0) } else { Span::raw(typed.clone()) };
    put(buf, row(inner, 0), &Line::from(vec![Span::raw(" "), shown]));
    let before: String = typed.chars().take(field.cursor().1).collect();
    let x = inner.x.saturating_add(1 + cells(text::width(&before)));
    Position::new(x.min(inner.right().saturating_sub(1)), inner.y)
}

/// A list to choose from.
pub(crate) fn pick(model: &Model, picker: &Picker, layout: &Layout, buf: &mut Buffer) -> Position {
    let lines = picker.lines(&model.names);
    let many = picker.purpose.takes_many();
    let wanted = cells(lines.len()).saturating_add(5).clamp(9, 22);
    let area = centred(layout.body, 64, wanted.min(layout.body.height));
    let key = |action| model.key(Context::Picker, action);
    let (accept, choose, cancel) = (key(Action::Accept), key(Action::Choose), key(Action::Cancel));
    let below: Vec<(&str, &str)> = match &picker.purpose {
        Purpose::Sort => vec![(&accept, "first, or turn it"), (&choose, "second"), (&cancel, "leave")],
        _ if many => vec![(&choose, "mark"), (&accept, "done"), (&cancel, "leave")],
        _ => vec![(&accept, "choose"), (&cancel, "leave")],
    };
    let inner = open(model, area, &picker.title, &below, buf);
    let position = prompt(model, &picker.field, "type to search", inner, buf);
    let mut used = 1;
    if let Some(warning) = &picker.warning {
        put(buf, row(inner, used), &Line::styled(format!(" ! {warning}"), model.theme.warn.0));
        used += 1;
    }
    let list = Rect {
        y: inner.y.saturating_add(used).min(inner.bottom()),
        height: inner.height.saturating_sub(used),
        ..inner
    };
    let catalogue = picker.purpose.catalogue();
    let missing = catalogue.filter(|catalogue| model.names.get(*catalogue).is_none());
    let said = match missing.map(|catalogue| model.names.failed.get(&catalogue)) {
        Some(Some(why)) => Some((why.as_str(), true)),
        Some(None) => Some(("Loading…", false)),
        None => lines.is_empty().then_some(("Nothing is called so.", false)),
    };
    if let Some((said, bad)) = said {
        let below = cells(lines.len()).min(list.height.saturating_sub(1));
        let rest = Rect { y: list.y + below, height: list.height.saturating_sub(below), ..list };
        pane::words(model, said, bad, rest, buf);
    }
    let height = usize::from(list.height);
    let offset = picker.cursor.saturating_sub(height.saturating_sub(1));
    for (n, (at, choice)) in lines.iter().enumerate().skip(offset).take(height).enumerate() {
        let area = row(list, cells(n));
        let is_new = picker.purpose.takes_new()
            && choice.id == choice.name
            && choice.name == picker.typed()
            && !picker.choices.contains(choice);
        let mark = match (many, picker.chosen.contains(&choice.id)) {
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
            (false, _) => "",
        };
        let here = if at == picker.cursor { "▶ " } else { "  " };
        let name = text::cut(&choice.name, usize::from(area.width).saturating_sub(14)).into_owned();
        let mut spans = vec![Span::raw(here), Span::raw(mark), Span::raw(name)];
        if is_new {
            spans.push(Span::styled("  (new)", model.theme.dim.0));
        }
        put(buf, area, &Line::from(spans));
        if at == picker.cursor {
            buf.set_style(area, model.theme.cursor.0);
        }
    }
    pane::scrollbar(list, offset, height, lines.len(), model.theme.focus.0, buf);
    position
}

/// The palette.
pub(crate) fn palette(model: &Model, palette: &Palette, layout: &Layout, buf: &mut Buffer) -> Position {
    let area = centred(layout.body, 84, layout.body.height.saturating_sub(2).min(26));
    let (accept, cancel) = (model.key(Context::Palette, Action::Accept), model.key(Context::Palette, Action::Cancel));
    let inner = open(model, area, "Do, go, find", &[(&accept, "do it"), (&cancel, "close")], buf);
    let position = prompt(model, &palette.field, "an action, a screen, a contact", inner, buf);
    let list =
        Rect { y: inner.y.saturating_add(1).min(inner.bottom()), height: inner.height.saturating_sub(1), ..inner };
    let offers = palette.offers(model);
    if offers.is_empty() {
        pane::words(model, "Nothing is called so.", false, list, buf);
    }
    let height = usize::from(list.height);
    let offset = palette.cursor.saturating_sub(height.saturating_sub(1));
    for (n, (at, offer)) in offers.iter().enumerate().skip(offset).take(height).enumerate() {
        let area = row(list, cells(n));
        let width = usize::from(area.width);
        let line = match offer {
            Offer::Action(action, bound) => {
                let why = refusal(model, *action);
                let style = if why.is_some() { model.theme.dim.0 } else { model.theme.text.0 };
                let said =
                    why.map_or_else(|| action.describe().to_owned(), |why| format!("{} — {why}", action.describe()));
                let keys = text::pad(&bound.join("  "), 12);
                Line::from(vec![
                    Span::styled(format!(" {keys} "), model.theme.key.0),
                    Span::styled(text::cut(&said, width.saturating_sub(15)).into_owned(), style),
                ])
            }
            Offer::Contact(_, name) => Line::from(vec![
                Span::styled(format!(" {} ", text::pad("contact", 12)), model.theme.dim.0),
                Span::raw(text::cut(name, width.saturating_sub(15)).into_owned()),
            ]),
        };
        put(buf, area, &line);
        if at == palette.cursor {
            buf.set_style(area, model.theme.cursor.0);
        }
    }
    pane::scrollbar(list, offset, height, offers.len(), model.theme.focus.0, buf);
    position
}

/// Whether it shall be done.
pub(crate) fn confirm(model: &Model, confirm: &Confirmation, layout: &Layout, buf: &mut Buffer) {
    let lines: Vec<String> = confirm.lines.iter().flat_map(|line| text::wrap_words(line, 66)).collect();
    let area = centred(layout.body, 72, cells(lines.len()).saturating_add(4));
    let (yes, no) = (model.key(Context::Confirm, Action::Yes), model.key(Context::Confirm, Action::Cancel));
    let below: Vec<(&str, &str)> = match &confirm.deed {
        OnYes::Apply(_) | OnYes::Merge(_) | OnYes::Merges { .. } | OnYes::DeleteAtOnce { .. } => {
            vec![(&yes, "do it"), (&no, "leave it")]
        }
        OnYes::Planning(_) | OnYes::Nothing => vec![(&no, "close")],
    };
    let inner = open(model, area, &confirm.title, &below, buf);
    for (n, line) in lines.iter().enumerate() {
        put(buf, row(inner, cells(n + 1)), &Line::raw(format!("  {line}")));
    }
}

/// Whose values shall stay.
pub(crate) fn decide(model: &Model, id: EditId, layout: &Layout, buf: &mut Buffer) {
    let pending = model.overlay.get(id);
    let clash = match pending.map(|pending| &pending.progress) {
        Some(Progress::Clash(clash)) => clash.as_slice(),
        _ => &[],
    };
    let area = centred(layout.body, 96, cells(clash.len() * 4).saturating_add(5).max(8));
    let key = |action| model.key(Context::Decide, action);
    let (ours, theirs, later) = (key(Action::KeepOurs), key(Action::TakeTheirs), key(Action::Cancel));
    let title = pending.map_or_else(
        || "It is settled".to_owned(),
        |pending| {
            let whom = model.name_of(&pending.edit.contact);
            let whom = if whom.is_empty() { whom } else { format!(" for {whom}") };
            format!("Somebody else changed this as well: {}{whom}", pending.edit.intent())
        },
    );
    let below = [(ours.as_str(), "yours"), (theirs.as_str(), "the server's"), (later.as_str(), "later")];
    let inner = open(model, area, &title, &below, buf);
    let width = usize::from(inner.width).saturating_sub(14);
    let mut n = 0;
    for one in clash {
        put(buf, row(inner, n), &Line::styled(format!(" {}", model.field_name(&one.field)), model.theme.title.0));
        for (label, value, style) in [
            ("was", &one.base, model.theme.dim.0),
            ("yours", &one.ours, model.theme.accent.0),
            ("server's", &one.theirs, model.theme.warn.0),
        ] {
            n += 1;
            let value = text::clean(value);
            let shown = if value.trim().is_empty() { "—" } else { &*value };
            let spans = vec![
                Span::styled(format!("   {} ", text::pad(label, 9)), model.theme.dim.0),
                Span::styled(text::cut(shown, width).into_owned(), style),
            ];
            put(buf, row(inner, n), &Line::from(spans));
        }
        n += 1;
    }
}

fn inspector(area: Rect) -> Rect {
    centred(area, 110, area.height.saturating_sub(4).max(6))
}

/// How many lines a request has, and how many are seen.
pub(crate) fn inspector_room(model: &Model, record: &RequestRecord) -> (usize, usize) {
    let area = layout::inside(inspector(Rect::new(0, 0, model.size.0, model.size.1)));
    (inspected(model, record, usize::from(area.width).saturating_sub(2)).len(), usize::from(area.height))
}

/// One request, whole.
pub(crate) fn inspect(model: &Model, record: &RequestRecord, top: usize, buf: &mut Buffer) {
    let area = inspector(buf.area);
    let key = |action| model.key(Context::Inspect, action);
    let (down, curl, close) = (key(Action::Down), key(Action::CopyCurl), key(Action::Cancel));
    let title = format!("{} {}", record.verb, record.path);
    let inner = open(model, area, &title, &[(&down, "more"), (&curl, "copy as curl"), (&close, "close")], buf);
    let lines = inspected(model, record, usize::from(inner.width).saturating_sub(2));
    let height = usize::from(inner.height);
    let top = top.min(lines.len().saturating_sub(height));
    for (n, line) in lines.iter().skip(top).take(height).enumerate() {
        put(buf, row(inner, cells(n)), line);
    }
    pane::scrollbar(inner, top, height, lines.len(), model.theme.focus.0, buf);
}

fn inspected(model: &Model, record: &RequestRecord, width: usize) -> Vec<Line<'static>> {
    let dim = model.theme.dim.0;
    let status = record.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let mut lines = vec![
        Line::styled(
            format!(
                " {} · {status} · {} ms · try {}",
                model.zone.to_datetime(record.at).strftime("%H:%M:%S"),
                record.millis,
                record.tries
            ),
            dim,
        ),
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
            lines.extend(chunks(line, width).map(|part| Line::raw(format!(" {part}"))));
        }
    }
    lines
}

/// A line in parts of at most `width` cells.
fn chunks(line: &str, width: usize) -> impl Iterator<Item = String> {
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
    parts.into_iter()
}
