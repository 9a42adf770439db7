//! The merges, and who was said not to be one person.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout as Split, Rect},
    text::{Line, Span},
    widgets::BorderType,
};

use crate::config::{Action, Context};
use crate::domain::{Contact, ContactId, MergeProgress, MergeRecord, age, ago};
use crate::text;

use crate::ui::ink::pane::{self, Titles};
use crate::ui::ink::{cells, grouped, put, row};
use crate::ui::model::Model;
use crate::ui::state::layout::{self, Layout};
use crate::ui::state::list_cursor::ListCursor;

/// Rows for what is to be said of the merge under the cursor, where there is room for them.
const SAID: u16 = 3;

fn list(model: &Model, title: &str, right: String, layout: &Layout, buf: &mut Buffer) -> Rect {
    let titles = Titles {
        left: Line::styled(title.to_owned(), model.theme.title.0),
        right: Line::styled(right, model.theme.dim.0),
        below: Line::default(),
    };
    pane::boxed(BorderType::Thick, model.theme.focus.0, titles, layout.body, buf)
}

/// The list of merges, and the rows below it.
fn journal_parts(inner: Rect) -> [Rect; 2] {
    let said = if inner.height >= 3 * SAID { SAID } else { 0 };
    Split::vertical([Constraint::Fill(1), Constraint::Length(said)]).areas(below_head(inner))
}

/// How many merges are seen at a time.
pub(crate) fn journal_height(model: &Model) -> usize {
    usize::from(journal_parts(layout::inside(model.layout().body))[0].height)
}

fn below_head(inner: Rect) -> Rect {
    Rect { y: inner.y.saturating_add(1).min(inner.bottom()), height: inner.height.saturating_sub(1), ..inner }
}

/// Paints the journal of merges.
pub(crate) fn journal(model: &Model, layout: &Layout, buf: &mut Buffer) {
    let lines = model.merges.lines();
    let right =
        if lines.is_empty() { String::new() } else { format!("{} · newest first", grouped(lines.len() as u64)) };
    let inner = list(model, "Merges", right, layout, buf);
    let [body, said] = journal_parts(inner);
    if lines.is_empty() {
        pane::words(&model.theme, "No merges on this computer yet.", false, body, buf);
        return;
    }
    let width = usize::from(inner.width);
    let (names, state) = ((width * 2 / 5).max(16), 11);
    let head =
        format!("  {:>5} {} {} {:>4}  Status", "No.", text::pad("Contacts", names), text::pad("State", state), "Age");
    put(buf, row(inner, 0), &Line::styled(text::cut(&head, width).into_owned(), model.theme.dim.0));
    let (ListCursor { at: cursor, top: offset }, height) = (model.merges.journal, usize::from(body.height));
    for (n, (at, record)) in lines.iter().enumerate().skip(offset).take(height).enumerate() {
        let area = row(body, cells(n));
        put(buf, area, &merge(model, record, at == cursor, [names, state, width]));
        if at == cursor {
            buf.set_style(area, model.theme.cursor.0);
        }
    }
    pane::scrollbar(body, offset, height, lines.len(), model.theme.focus.0, buf);
    // Why it stopped is what must be read: whole, where the line has no room for it.
    let standing = |record| Some(standing(model, record)).filter(|said| !said.is_empty());
    if let Some((record, status)) = model.merges.here().and_then(|record| Some((record, standing(record)?))) {
        let trouble = format!("#{}: {status}", record.number);
        let loud = model.merges.needs_somebody(record);
        pane::words(&model.theme, &trouble, loud, said, buf);
    }
}

fn merge(model: &Model, record: &MergeRecord, here: bool, [names, state, width]: [usize; 3]) -> Line<'static> {
    let theme = &model.theme;
    let loud = model.merges.needs_somebody(record);
    let lead = match (here, loud) {
        (true, true) => "▶!",
        (true, false) => "▶ ",
        (false, true) => " !",
        (false, false) => "  ",
    };
    let style = if loud { theme.warn.0 } else { theme.dim.0 };
    let how = standing(model, record);
    Line::from(vec![
        Span::styled(lead, style),
        Span::styled(format!("{:>5} ", record.number), theme.dim.0),
        Span::raw(format!("{} ", text::pad(&text::cut(&who(record), names), names))),
        Span::styled(format!("{} ", text::pad(record.word(), state)), style),
        Span::styled(format!("{:>4}  ", age(record.made_at, model.now)), theme.dim.0),
        Span::styled(text::cut(&how, width.saturating_sub(names + state + 16)).into_owned(), style),
    ])
}

/// `Ana Lopez → Ana María López`: who went where.
fn who(record: &MergeRecord) -> String {
    let name = |id: &ContactId| {
        let name = record.plan.seen(id).map(Contact::name).unwrap_or_default();
        let name = text::clean(&name).into_owned();
        if name.trim().is_empty() { "(no name)".to_owned() } else { name }
    };
    let losers: Vec<String> = record.plan.losers.iter().map(name).collect();
    format!("{} → {}", losers.join(", "), name(&record.plan.survivor))
}

/// How a merge stands, and what can be done about it.
fn standing(model: &Model, record: &MergeRecord) -> String {
    let steps = match record.steps {
        0 => "not started".to_owned(),
        steps => format!("step {} of {steps}", record.done),
    };
    let said = trouble(model, record);
    if !said.is_empty() {
        return said;
    }
    match &record.progress {
        MergeProgress::Running | MergeProgress::Paused => steps,
        MergeProgress::Queued => String::new(),
        MergeProgress::Waiting { why, .. } => format!("{steps}, continues automatically: {}", text::clean(why)),
        MergeProgress::Stopped(why) | MergeProgress::Refused(why) => text::clean(&why.to_string()).into_owned(),
        // The footer names the keys for what can still be undone.
        MergeProgress::Done if record.is_archived() || record.can_be_undone() => String::new(),
        MergeProgress::Done => {
            let ended = record.ended_at.filter(|at| age(*at, model.now) != age(record.made_at, model.now));
            ended.map(|at| ago(at, model.now)).unwrap_or_default()
        }
    }
}

/// What needs somebody, and the keys for it; empty where nothing does.
fn trouble(model: &Model, record: &MergeRecord) -> String {
    let key = |action| model.key(Context::Journal, action);
    match &record.progress {
        MergeProgress::Stopped(why) => {
            let why = text::clean(&why.to_string()).into_owned();
            let address = matches!(why_of(record), Some(crate::domain::Obstacle::Address { .. }));
            let ways = if address {
                format!(
                    " · {} leave it there · {} delete the merged contact first",
                    key(Action::LeaveAddress),
                    key(Action::DeleteFirst)
                )
            } else {
                String::new()
            };
            format!("{why} · {} resume{ways} · {} undo", key(Action::Resume), key(Action::UndoMerge))
        }
        MergeProgress::Refused(why) => text::clean(&why.to_string()).into_owned(),
        _ => {
            let moved: Vec<String> = model.merges.moved_on(record.number).map(|id| model.name_of(id)).collect();
            if moved.is_empty() {
                return String::new();
            }
            let (open, restore) = (key(Action::Open), key(Action::UndoMerge));
            format!("{} changed after the merge · {open} open · {restore} undo", moved.join(", "))
        }
    }
}

fn why_of(record: &MergeRecord) -> Option<&crate::domain::Obstacle> {
    match &record.progress {
        MergeProgress::Stopped(why) => Some(why),
        _ => None,
    }
}

/// Paints who was said not to be one person.
pub(crate) fn decisions(model: &Model, layout: &Layout, buf: &mut Buffer) {
    let all = model.merges.decisions();
    let right = if all.is_empty() { String::new() } else { grouped(all.len() as u64) };
    let inner = list(model, "Not duplicates", right, layout, buf);
    let body = below_head(inner);
    if all.is_empty() {
        let key = model.key(Context::Duplicates, Action::NotDuplicates);
        pane::words(
            &model.theme,
            &format!("No decisions yet. {key} on a group marks it as not duplicates."),
            false,
            body,
            buf,
        );
        return;
    }
    let width = usize::from(inner.width);
    let names = width.saturating_sub(10) / 2;
    let head = format!("  {} {} {:>4}", text::pad("Contact", names), text::pad("Is not", names), "Age");
    put(buf, row(inner, 0), &Line::styled(text::cut(&head, width).into_owned(), model.theme.dim.0));
    let (ListCursor { at: cursor, top: offset }, height) = (model.merges.listed, usize::from(body.height));
    let name = |id: &ContactId| {
        let name = model.name_of(id);
        let id = text::clean(id.as_str()).into_owned();
        text::pad(&text::cut(if name.is_empty() { &id } else { &name }, names), names)
    };
    for (n, (at, decision)) in all.iter().enumerate().skip(offset).take(height).enumerate() {
        let area = row(body, cells(n));
        let lead = if at == cursor { "▶ " } else { "  " };
        let said = format!("{lead}{} {} ", name(&decision.a), name(&decision.b));
        let age = Span::styled(format!("{:>4}", age(decision.at, model.now)), model.theme.dim.0);
        put(buf, area, &Line::from(vec![Span::raw(said), age]));
        if at == cursor {
            buf.set_style(area, model.theme.cursor.0);
        }
    }
    pane::scrollbar(body, offset, height, all.len(), model.theme.focus.0, buf);
}
