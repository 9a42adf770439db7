//! How merges are listed.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Contact, ContactId, MergeProgress, MergeRecord, age, ago};
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, Words, rows_in};
use crate::ui::ink::{clean_or, grouped, inside, lead};
use crate::ui::model::Model;

/// Rows that say more of the merge under the cursor, where there is room for them.
const SAID: u16 = 3;

/// The lines at the bottom that say more of the merge under the cursor.
fn said_rows(area: Rect) -> usize {
    if inside(area).height >= 3 * SAID { usize::from(SAID) } else { 0 }
}

/// How many merges are seen at a time.
pub(crate) fn journal_height(model: &Model) -> usize {
    let area = model.layout().body;
    rows_in(area, 1 + said_rows(area))
}

pub(crate) fn content(model: &Model, area: Rect) -> PaneContent {
    let (theme, lines, width) = (&model.theme, model.merges.lines(), usize::from(inside(area).width));
    let right =
        if lines.is_empty() { String::new() } else { format!("{} · newest first", grouped(lines.len() as u64)) };
    let (names, state) = ((width * 2 / 5).max(16), 11);
    let head = if lines.is_empty() {
        String::new()
    } else {
        format!("  {:>5} {} {} {:>4}  Status", "No.", text::pad("Contacts", names), text::pad("State", state), "Age")
    };
    // Why it stopped must be readable in full; the row may have no room for it.
    let status = model.merges.here().map(|record| (record, standing(model, record)));
    let foot = status.filter(|(_, said)| !said.is_empty()).map_or_else(Vec::new, |(record, said)| {
        let said = format!("#{}: {said}", record.number);
        Words { said, loud: model.merges.needs_somebody(record) }.wrapped(theme, width)
    });
    let said_rows = said_rows(area);
    let foot: Vec<_> = foot.into_iter().chain(std::iter::repeat(Line::default())).take(said_rows).collect();
    let line = |record: &&MergeRecord, here| merge(model, record, here, [names, state, width]);
    PaneContent {
        list: model
            .merges
            .journal
            .rows(lines.iter(), rows_in(area, 1 + foot.len()), line)
            .or(Words::quiet("No merges on this computer yet.")),
        foot,
        ..PaneContent::listed(theme, "Merges", right, &head, area)
    }
}

fn merge(model: &Model, record: &MergeRecord, here: bool, [names, state, width]: [usize; 3]) -> Line<'static> {
    let theme = &model.theme;
    let loud = model.merges.needs_somebody(record);
    let lead = lead(here, if loud { '!' } else { ' ' });
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
        clean_or(&name, "(no name)")
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
