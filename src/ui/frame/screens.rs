//! The screens beside the contacts, and the line of tabs above them all.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::BorderType,
};

use crate::config::{Action, Context};
use crate::domain::{Pending, Progress, age};
use crate::text;

use crate::ui::frame::footer::level_style;
use crate::ui::ink::pane::{self, Titles};
use crate::ui::ink::{cells, grouped, mark, put, row};
use crate::ui::model::room::Alarm;
use crate::ui::model::{Model, Screen};
use crate::ui::screens::activity::state::Entry;
use crate::ui::state::layout::{self, Layout};
use crate::ui::state::list_cursor::ListCursor;
use crate::ui::wake::seconds_until;

/// The rows that a screen's list has.
pub(crate) fn screen_height(model: &Model) -> usize {
    usize::from(layout::inside(model.layout().body).height).saturating_sub(1)
}

/// `[1 Contacts 4,812]  2 Tasks 37 (5 late)  5 Activity  6 Outbox 3`, with shorter names where there is no room.
pub(crate) fn tabs(model: &Model, area: Rect, buf: &mut Buffer) {
    let (palette, help) = (model.key(Context::Main, Action::Palette), model.key(Context::Main, Action::Help));
    let right = Line::from(vec![
        Span::styled(palette, model.theme.key.0),
        Span::styled(" palette  ", model.theme.dim.0),
        Span::styled(help, model.theme.key.0),
        Span::styled(" help ", model.theme.dim.0),
    ]);
    let room = usize::from(area.width);
    let line = [true, false].into_iter().map(|long| names(model, long)).find(|line| line.width() <= room);
    let line = line.unwrap_or_else(|| names(model, false));
    if line.width() + right.width() <= room {
        let width = cells(right.width());
        put(buf, Rect { x: area.right() - width, width, ..area }, &right);
    }
    put(buf, area, &line);
}

fn names(model: &Model, long: bool) -> Line<'static> {
    let counted = |count: usize| if count == 0 { String::new() } else { format!(" {}", grouped(count as u64)) };
    let lit = if model.room().tab.is_some() { model.screen } else { model.room().parent };
    let mut spans = vec![Span::raw(" ")];
    for room in Screen::ALL.map(|screen| model.room_of(screen)) {
        let Some(tab) = &room.tab else { continue };
        let key = model.key(Context::Main, tab.action);
        let here = lit == room.screen;
        let style = if here { model.theme.title.0.patch(model.theme.accent.0) } else { model.theme.dim.0 };
        // The shown one is told from the others without colour too.
        let (before, behind) = match (here, long) {
            (true, _) => ("[", "]"),
            (false, true) => (" ", " "),
            (false, false) => ("", ""),
        };
        let name = tab.names[usize::from(!long)];
        spans.push(Span::styled(format!("{before}{key} {name}{}", counted((tab.count)(model))), style));
        let (at_count, at_tab) = match (tab.alarm)(model, long) {
            Alarm::Quiet => (None, None),
            Alarm::Count(span) => (Some(span), None),
            Alarm::Tab(span) => (None, Some(span)),
        };
        spans.extend(at_count);
        spans.push(Span::styled(behind, style));
        spans.extend(at_tab);
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

/// What happened.
pub(crate) fn activity(model: &Model, layout: &Layout, buf: &mut Buffer) {
    let count = model.activity.len();
    let right = Line::styled(
        if count == 0 { String::new() } else { format!("the last {count}, kept in memory only") },
        model.theme.dim.0,
    );
    let titles = Titles { left: Line::styled("Activity", model.theme.title.0), right, below: Line::default() };
    let inner = pane::boxed(BorderType::Thick, model.theme.focus.0, titles, layout.body, buf);
    let width = usize::from(inner.width);
    let head = format!(
        "  {} {} {} {:>6} {:>4} What",
        text::pad("Time", 9),
        text::pad("Answer", 9),
        text::pad("Method", 7),
        "ms",
        "try"
    );
    put(buf, row(inner, 0), &Line::styled(text::cut(&head, width).into_owned(), model.theme.dim.0));
    let list =
        Rect { y: inner.y.saturating_add(1).min(inner.bottom()), height: inner.height.saturating_sub(1), ..inner };
    if count == 0 {
        pane::words(model, "Nothing has happened yet.", false, list, buf);
    }
    let (offset, height) = (model.activity.cursor.top, usize::from(list.height));
    for (n, (at, entry)) in model.activity.iter().enumerate().skip(offset).take(height).enumerate() {
        let area = row(list, cells(n));
        put(buf, area, &happened(model, entry, at == model.activity.cursor.at, width));
        if at == model.activity.cursor.at {
            buf.set_style(area, model.theme.cursor.0);
        }
    }
    pane::scrollbar(list, offset, height, count, model.theme.focus.0, buf);
}

fn happened(model: &Model, entry: &Entry, here: bool, width: usize) -> Line<'static> {
    let theme = &model.theme;
    let time = |at| model.zone.to_datetime(at).strftime("%H:%M:%S").to_string();
    let lead = Span::raw(if here { "▶ " } else { "  " });
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
            let room = width.saturating_sub(42);
            let trace = if text::width(&path) + text::width(&trace) <= room { trace } else { String::new() };
            Line::from(vec![
                lead,
                Span::styled(text::pad(&time(record.at), 10), theme.dim.0),
                Span::styled(text::pad(&status, 10), style),
                Span::raw(text::pad(&record.verb.to_string(), 8)),
                Span::styled(format!("{:>6} {:>4} ", record.millis, record.tries), theme.dim.0),
                Span::raw(text::cut(&path, room).into_owned()),
                Span::styled(trace, theme.dim.0),
            ])
        }
        Entry::Message { at, level, text } => Line::from(vec![
            lead,
            Span::styled(text::pad(&time(*at), 10), theme.dim.0),
            Span::styled(format!("{} ", level.symbol()), level_style(model, *level)),
            Span::raw(text::cut(text, width.saturating_sub(16)).into_owned()),
        ]),
    }
}

/// What waits and what has failed.
pub(crate) fn outbox(model: &Model, layout: &Layout, buf: &mut Buffer) {
    let lines = model.outbox_lines();
    let failed = lines.iter().filter(|pending| !pending.progress.is_live()).count();
    let right = match (lines.len(), failed) {
        (0, _) => String::new(),
        (all, 0) => format!("{all} on their way"),
        (all, failed) => format!("{failed} failed · {} on their way", all - failed),
    };
    // Why it failed is what must be read: whole where the line has no room for it.
    let here = lines.get(model.outbox.at).filter(|pending| !pending.progress.is_live());
    let room = usize::from(layout.body.width).saturating_sub(8);
    let below = here.map(|pending| text::cut(&standing(model, pending), room).into_owned()).unwrap_or_default();
    let titles = Titles {
        left: Line::styled("Outbox", model.theme.title.0),
        right: Line::styled(right, model.theme.dim.0),
        below: Line::styled(below, model.theme.bad.0),
    };
    let inner = pane::boxed(BorderType::Thick, model.theme.focus.0, titles, layout.body, buf);
    let list =
        Rect { y: inner.y.saturating_add(1).min(inner.bottom()), height: inner.height.saturating_sub(1), ..inner };
    let width = usize::from(inner.width);
    if lines.is_empty() {
        pane::words(model, "Everything is on the server.", false, list, buf);
        return;
    }
    let (what, whom) = (width * 2 / 5, (width / 5).min(24));
    let head = format!("    {} {} {:>4}  How it stands", text::pad("What", what), text::pad("Contact", whom), "Age");
    put(buf, row(inner, 0), &Line::styled(text::cut(&head, width).into_owned(), model.theme.dim.0));
    let (ListCursor { at: cursor, top: offset }, height) = (model.outbox, usize::from(list.height));
    for (n, (at, pending)) in lines.iter().enumerate().skip(offset).take(height).enumerate() {
        let area = row(list, cells(n));
        put(buf, area, &waiting(model, pending, at == cursor, [what, whom, width]));
        if at == cursor {
            buf.set_style(area, model.theme.cursor.0);
        }
    }
    pane::scrollbar(list, offset, height, lines.len(), model.theme.focus.0, buf);
}

fn waiting(model: &Model, pending: &Pending, here: bool, [what, whom, width]: [usize; 3]) -> Line<'static> {
    let (symbol, style) = mark(&model.theme, Some(pending.progress.state()));
    let intent = text::clean(&pending.edit.intent()).into_owned();
    let name = model.name_of(&pending.edit.contact);
    let how = standing(model, pending);
    let quiet: Style = model.theme.dim.0;
    let how_style = if pending.progress.is_live() { quiet } else { model.theme.bad.0 };
    Line::from(vec![
        Span::raw(if here { "▶ " } else { "  " }),
        Span::styled(format!("{symbol} "), style),
        Span::raw(format!("{} ", text::pad(&text::cut(&intent, what), what))),
        Span::styled(format!("{} ", text::pad(&text::cut(&name, whom), whom)), quiet),
        Span::styled(format!("{:>4}  ", age(pending.made_at, model.now)), quiet),
        Span::styled(text::cut(&how, width.saturating_sub(what + whom + 13)).into_owned(), how_style),
    ])
}

/// How far an edit has come, in words.
pub(crate) fn standing(model: &Model, pending: &Pending) -> String {
    match &pending.progress {
        Progress::Saving => "saving".to_owned(),
        Progress::Queued => "queued".to_owned(),
        Progress::Sending => "sending".to_owned(),
        Progress::Waiting { until, why } => {
            format!("again in {}s: {}", seconds_until(*until, model.now), text::clean(why))
        }
        Progress::Failed { why } => format!("failed: {}", text::clean(why)),
        Progress::Clash(clash) => {
            let fields: Vec<String> = clash.iter().map(|one| model.field_name(&one.field)).collect();
            format!("somebody else changed {}", fields.join(", "))
        }
    }
}
