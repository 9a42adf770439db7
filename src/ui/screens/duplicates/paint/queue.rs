//! The queue of groups, the surest first, and what else there is to do.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::protocol::Scan;
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, PaneList, Words};
use crate::ui::ink::{cells, grouped, inside, lead};
use crate::ui::model::Model;
use crate::ui::screens::duplicates::paint::Areas;
use crate::ui::screens::duplicates::rules::sheet::name_of;
use crate::ui::screens::duplicates::state::Part;
use crate::ui::screens::duplicates::state::queue::Queued;

/// So many rows have room for the reasons below each group.
const ROOMY: usize = 12;

/// Something to be done beside the group under the cursor.
struct Counter {
    label: &'static str,
    count: usize,
    key: String,
    loud: bool,
}

fn counters(model: &Model) -> Vec<Counter> {
    let key = |action| model.key(Context::Duplicates, action);
    let merges = &model.merges;
    let all = [
        ("Ready by the rule", model.duplicates.ready(), key(Action::BulkMerge), false),
        ("Not duplicates", merges.decisions().len(), key(Action::GoDecisions), false),
        ("Merged, undo open", merges.undoable(), key(Action::GoJournal), false),
        ("Merges stopped", merges.stopped(), key(Action::GoJournal), true),
        ("Attention", merges.attention(), key(Action::GoJournal), true),
        ("Skipped", model.duplicates.skipped(), String::new(), false),
        ("Decided so far", model.reviewing.decided, String::new(), false),
    ];
    let shown = all.into_iter().filter(|(_, count, ..)| *count > 0);
    shown.map(|(label, count, key, loud)| Counter { label, count, key, loud }).collect()
}

/// The part of the pane for groups, and whether each has a second line.
fn room(model: &Model, areas: Areas) -> (Rect, bool) {
    let inner = inside(areas.queue);
    if areas.strip {
        return (inner, false);
    }
    let below = match counters(model).len() {
        0 => 0,
        many => cells(many).saturating_add(1),
    };
    let list = Rect { height: inner.height.saturating_sub(below), ..inner };
    (list, usize::from(list.height) >= ROOMY)
}

/// How many groups are seen at a time.
pub(crate) fn height(model: &Model, areas: Areas) -> usize {
    let (list, two) = room(model, areas);
    usize::from(list.height) / if two { 2 } else { 1 }
}

pub(crate) fn content(model: &Model, areas: Areas) -> PaneContent {
    let (theme, duplicates) = (&model.theme, &model.duplicates);
    let count = duplicates.groups().len();
    let right = match duplicates.scan() {
        Scan::Running { done, total } if total > 0 => format!("comparing {} %", (done * 100 / total).min(100)),
        Scan::Running { .. } => "comparing".to_owned(),
        Scan::Off | Scan::Done if count == 0 => String::new(),
        Scan::Off | Scan::Done => "surest first".to_owned(),
    };
    let empty = match duplicates.scan() {
        Scan::Off => "Duplicates are looked for once the contacts are here.",
        Scan::Running { .. } => "Comparing the contacts…",
        Scan::Done => "No duplicates found.",
    };
    let (list, two) = room(model, areas);
    let width = usize::from(list.width);
    let group = |(at, queued): (usize, &Queued)| {
        let first = line(model, queued, at == duplicates.cursor.at, width);
        let reasons = || text::cut(&reasons(queued), width.saturating_sub(8)).into_owned();
        let second = two.then(|| Line::styled(format!("       {}", reasons()), theme.dim.0));
        std::iter::once(first).chain(second).collect()
    };
    let seen = duplicates.groups().iter().enumerate().skip(duplicates.cursor.top).take(height(model, areas));
    let counters = if areas.strip { Vec::new() } else { counters(model) };
    let foot: Vec<Line<'static>> =
        counters.iter().map(|counter| counted(model, counter, usize::from(inside(areas.queue).width))).collect();
    let gap = (!foot.is_empty()).then(Line::default);
    PaneContent {
        title: Line::styled(
            if count == 0 { "Queue".to_owned() } else { format!("Queue {}", grouped(count as u64)) },
            theme.title.0,
        ),
        right: Line::styled(right, theme.dim.0),
        below: if areas.strip { below(model) } else { Line::default() },
        focused: model.reviewing.part == Part::Queue,
        list: PaneList {
            rows: seen.map(group).collect(),
            total: count,
            first: duplicates.cursor.top,
            cursor: Some(duplicates.cursor.at),
            empty: Words::quiet(empty),
        },
        foot: gap.into_iter().chain(foot).collect(),
        ..PaneContent::default()
    }
}

/// `▶ 0.99 López, Ana  ×3 !`
fn line(model: &Model, queued: &Queued, here: bool, width: usize) -> Line<'static> {
    let size = format!("×{}", queued.members.len());
    let flag = if queued.attention { " !" } else { "" };
    let behind = text::width(&size) + flag.len();
    let room = width.saturating_sub(8 + behind);
    Line::from(vec![
        Span::raw(lead(here, ' ')),
        Span::styled(format!("{} ", score(queued.group.score)), model.theme.accent.0),
        Span::raw(text::pad(&text::cut(&name_of(model, &queued.members), room), room)),
        Span::styled(format!(" {size}"), model.theme.dim.0),
        Span::styled(flag, model.theme.warn.0),
    ])
}

/// A probability as it is shown: nothing is ever certain.
pub(crate) fn score(score: f64) -> String {
    format!("{:.2}", score.min(0.99))
}

/// What speaks for the group, in short.
fn reasons(queued: &Queued) -> String {
    let reasons = queued.group.pairs.first().map(|pair| pair.reasons.as_slice()).unwrap_or_default();
    let loud = reasons.iter().filter(|reason| reason.bits > 0.0);
    loud.map(|reason| reason.words.trim_start_matches("same ")).take(3).collect::<Vec<_>>().join(" · ")
}

fn counted(model: &Model, counter: &Counter, width: usize) -> Line<'static> {
    let count = grouped(counter.count as u64);
    let (mark, style) = if counter.loud { ("! ", model.theme.warn.0) } else { ("  ", model.theme.dim.0) };
    let room = width.saturating_sub(8);
    let label = text::pad(&text::cut(&format!("{mark}{}", counter.label), room), room);
    Line::from(vec![
        Span::styled(label, style),
        Span::raw(format!("{count:>4} ")),
        Span::styled(counter.key.clone(), model.theme.key.0),
    ])
}

/// The counters in one line: `B 41 ready · U 7 merged`.
fn below(model: &Model) -> Line<'static> {
    let mut spans = Vec::new();
    for counter in counters(model).into_iter().filter(|counter| !counter.key.is_empty()) {
        if !spans.is_empty() {
            spans.push(Span::styled(" · ", model.theme.dim.0));
        }
        let word = match counter.label {
            "Ready by the rule" => "ready",
            "Not duplicates" => "not dup",
            "Merged, undo open" => "merged",
            "Merges stopped" => "stopped",
            _ => "attention",
        };
        spans.push(Span::styled(counter.key, model.theme.key.0));
        let style = if counter.loud { model.theme.warn.0 } else { model.theme.dim.0 };
        spans.push(Span::styled(format!(" {} {word}", grouped(counter.count as u64)), style));
    }
    Line::from(spans)
}
