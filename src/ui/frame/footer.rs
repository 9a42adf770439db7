//! The two lines at the bottom: the newest message, and what the keys do here.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::MergePhase;
use crate::text;

use crate::ui::ink::{grouped, put, row};
use crate::ui::model::{Leaving, Model};
use crate::ui::rules::{undoes, unsent, why_not};
use crate::ui::state::layout::Layout;
use crate::ui::state::toast::{Level, Toast};

/// Paints the messages: the newest in its own line, older ones above it over the panes.
pub(crate) fn paint_messages(model: &Model, layout: &Layout, buf: &mut Buffer) {
    let question = leaving(model);
    let lines = question.iter().chain(model.toasts.iter().rev()).flat_map(|toast| {
        let mut lines = message(model, toast, usize::from(layout.status.width));
        lines.reverse();
        lines
    });
    let standing = standing(model, usize::from(layout.status.width));
    let lines = lines.chain(standing);
    for (n, line) in lines.enumerate() {
        let up = u16::try_from(n).unwrap_or(u16::MAX);
        let Some(y) = layout.status.y.checked_sub(up).filter(|y| *y > layout.header.y) else { return };
        let area = Rect { y, ..layout.status };
        if up > 0 {
            buf.set_string(area.x, y, " ".repeat(usize::from(area.width)), model.theme.text.0);
        }
        put(buf, area, &line);
    }
}

/// The question before leaving: it stays until another key, or until all is sent.
fn leaving(model: &Model) -> Option<Toast> {
    let unsent = unsent(model).filter(|_| model.leaving == Leaving::Asked)?;
    Some(Toast::lasting(Level::Warn, unsent, vec![Action::Quit]))
}

/// What is under way, or what the marks are for: said as long as it is so. A hint that has no room is left out.
fn standing(model: &Model, width: usize) -> Option<Line<'static>> {
    let key = |action| model.keymap.key(Context::Main, action).unwrap_or_default();
    let count = |count: usize| grouped(count as u64);
    if let Some(bulk) = model.bulk.as_ref().filter(|bulk| !bulk.is_over()) {
        let failed = if bulk.failed > 0 { format!(", {} failed", count(bulk.failed)) } else { String::new() };
        let said = format!("{} of {} done{failed}", count(bulk.done), count(bulk.total));
        return Some(Line::from(vec![
            Span::styled(" ⇅ ", model.theme.accent.0),
            Span::raw(said),
            Span::styled(format!("  {} stop", key(Action::CancelBulk)), model.theme.key.0),
        ]));
    }
    if let Some(batch) = model.merges.batch() {
        let (done, total) = (count(batch.done), count(batch.total));
        let stopped = if batch.stopped > 0 { format!(" · {} stopped", count(batch.stopped)) } else { String::new() };
        let doing = match batch.phase {
            MergePhase::Merge => "Merging",
            MergePhase::Undo => "Undoing",
            MergePhase::Purge => "Purging",
        };
        let (said, what) = if batch.is_live() {
            (format!("{doing} {done} of {total}{stopped}"), "pause")
        } else {
            (format!("{doing} paused at {done} of {total}{stopped}"), "resume")
        };
        let key = model.keymap.key(model.context_below(), Action::PauseMerges);
        let hint = key.map(|key| format!("  {key} {what}")).unwrap_or_default();
        return Some(Line::from(vec![
            Span::styled(" ⇅ ", model.theme.accent.0),
            Span::raw(said),
            Span::styled(hint, model.theme.key.0),
        ]));
    }
    let room = model.room();
    let marks = room.marks.as_ref()?;
    let marked = (marks.count)(model);
    if marked == 0 || matches!(model.popup(), Some(popup) if popup.context != Context::Filter) {
        return None;
    }
    let mut line =
        Line::from(vec![Span::styled(" ● ", model.theme.accent.0), Span::raw(format!("{} marked", count(marked)))]);
    let context = (room.context)(model);
    for action in marks.actions {
        let hint = [
            Span::styled(format!("  {}", model.key(context, *action)), model.theme.key.0),
            Span::styled(format!(" {}", action.short()), model.theme.dim.0),
        ];
        if line.width() + hint.iter().map(Span::width).sum::<usize>() <= width {
            line.spans.extend(hint);
        }
    }
    Some(line)
}

/// A message on one line; one about a failure on two where it needs them: the reason is what must be read.
fn message(model: &Model, toast: &Toast, width: usize) -> Vec<Line<'static>> {
    const LEAD: usize = 3;
    let style = level_style(model, toast.level);
    let room = width.saturating_sub(LEAD + 1);
    let mut offers = String::new();
    for action in &toast.offers {
        let Some(key) = model.keymap.key(model.context_below(), *action) else { continue };
        let left = room.saturating_sub(text::width(&toast.text) + text::width(&offers) + text::width(&key) + 3);
        let Some(what) = offered(model, toast, *action, left) else { continue };
        offers.extend(["  ", &key, " ", &what]);
    }
    // What can be done about it is never what gives way.
    let last_room = room.saturating_sub(text::width(&offers));
    let folded = matches!(toast.level, Level::Bad | Level::Warn) && text::width(&toast.text) > last_room;
    let (first, last) = if folded { folded_at(&toast.text, room) } else { (&*toast.text, "") };
    let mut lines = vec![Line::from(vec![
        Span::styled(format!(" {} ", toast.level.symbol()), style),
        Span::styled(text::cut(first, if folded { room } else { last_room }).into_owned(), style),
    ])];
    if folded {
        let rest = text::cut(last, last_room).into_owned();
        lines.push(Line::from(vec![Span::raw(" ".repeat(LEAD)), Span::styled(rest, style)]));
    }
    lines.last_mut().expect("the first is there").spans.push(Span::styled(offers, model.theme.key.0));
    lines
}

/// What an action that a message offers is called. Undo is about what was done last, and says what that is where the
/// message does not; `None` where there is nothing to undo any more, or no room in `left` cells to say what it is.
fn offered(model: &Model, toast: &Toast, action: Action, left: usize) -> Option<String> {
    const LEAST: usize = 16;
    const MOST: usize = 40;
    let short = action.short().to_owned();
    if action != Action::Undo {
        return Some(short);
    }
    let undoes = undoes(model)?;
    let words = undoes.rsplit_once(" (").map_or(&*undoes, |(words, _)| words);
    let is_it = toast.text.to_lowercase().contains(&words.to_lowercase());
    if is_it {
        return Some(short);
    }
    (left >= LEAST).then(|| text::cut(&format!("{short}: {undoes}"), left.min(MOST)).into_owned())
}

/// Splits a text behind the last word that ends within `room` cells.
fn folded_at(text: &str, room: usize) -> (&str, &str) {
    let ends = text.match_indices(' ').map(|(at, _)| at).take_while(|at| text::width(&text[..*at]) <= room);
    ends.last().map_or((text, ""), |at| (&text[..at], &text[at + 1..]))
}

pub(crate) fn level_style(model: &Model, level: Level) -> Style {
    match level {
        Level::Queued => model.theme.accent.0,
        Level::Done => model.theme.good.0,
        Level::Hint => model.theme.dim.0,
        Level::Warn => model.theme.warn.0,
        Level::Bad => model.theme.bad.0,
    }
}

/// Paints what the keys do in the context that has the focus.
pub(crate) fn paint_hints(model: &Model, area: Rect, buf: &mut Buffer) {
    let context = model.context();
    let last: &[Action] = if context == model.context_below() { &[Action::Help, Action::Quit] } else { &[] };
    let right = hints(model, context, last);
    let right_width = right.width();
    let room = usize::from(area.width).saturating_sub(right_width + 1);
    let mut left = Line::from(Span::raw(" "));
    let hints = model.popup().map_or(model.room().hints, |popup| popup.hints);
    for action in hints(model) {
        let hint = hint(model, context, *action);
        if hint.width() > 0 && left.width() + hint.width() <= room {
            left.spans.extend(hint.spans);
        }
    }
    let area = row(area, 0);
    put(buf, area, &left);
    if right_width < usize::from(area.width) {
        let width = u16::try_from(right_width).unwrap_or(area.width);
        put(buf, Rect { x: area.right() - width, width, ..area }, &right);
    }
}

fn hints(model: &Model, context: Context, actions: &[Action]) -> Line<'static> {
    actions.iter().flat_map(|action| hint(model, context, *action).spans).collect()
}

/// `x done  `, dim where it would be refused.
fn hint(model: &Model, context: Context, action: Action) -> Line<'static> {
    let Some(key) = model.keymap.key(context, action) else { return Line::default() };
    let dead = why_not(model, action).is_some();
    let key_style = if dead { model.theme.dim.0 } else { model.theme.key.0 };
    let here = model.popup().and_then(|popup| (popup.words)(model, action));
    let what = here.unwrap_or(action.short());
    Line::from(vec![Span::styled(key, key_style), Span::styled(format!(" {what}  "), model.theme.dim.0)])
}
