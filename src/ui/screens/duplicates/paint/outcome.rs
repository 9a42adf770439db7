//! What a merge would do, what it costs and what is lost; and what happened to the records when.

use jiff::Timestamp;
use ratatui::{
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Keep, Leftover, MergeOp, MergePlan, age};
use crate::text;

use crate::ui::ink::inside;
use crate::ui::ink::pane_content::{PaneContent, PaneList};
use crate::ui::ink::popup::keys;
use crate::ui::model::Model;
use crate::ui::screens::duplicates::rules::sheet::{Known, Sheet};

/// Cells for the records that a line is about.
const LEAD: usize = 3;

/// Requests that the API takes in ten seconds.
const BUDGET: usize = 100;

/// `2 notes`, `1 note`
fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

pub(crate) fn content(model: &Model, sheet: &Sheet<'_>, area: Rect) -> PaneContent {
    let fresh = matches!(sheet.known, Known::Fresh(_));
    let right = if fresh { "nothing is sent yet" } else { "as far as is cached" };
    let inner = inside(area);
    let width = usize::from(inner.width);
    let lines = match sheet.plan(model) {
        Some(plan) => planned(model, sheet, &plan),
        None => vec![("!".to_owned(), "at least two records must be included".to_owned(), model.theme.warn.0)],
    };
    let wrapped = lines.into_iter().flat_map(|(lead, said, style)| {
        let parts = text::wrap_words(&said, width.saturating_sub(LEAD + 3));
        parts.into_iter().enumerate().map(move |(n, part)| {
            let lead = if n == 0 { lead.clone() } else { String::new() };
            Line::from(vec![Span::styled(format!(" {} ", text::pad(&lead, LEAD)), style), Span::raw(part)])
        })
    });
    PaneContent {
        title: Line::styled("If you merge", model.theme.title.0),
        right: Line::styled(right, model.theme.dim.0),
        below: ways(model, sheet),
        list: PaneList::still(wrapped.take(usize::from(inner.height))),
        ..PaneContent::default()
    }
}

/// What of the losers can be done otherwise, by which keys.
fn ways(model: &Model, sheet: &Sheet<'_>) -> Line<'static> {
    let key = |action| model.key(Context::Duplicates, action);
    let (delete, silence) = (key(Action::DeleteAtOnce), key(Action::Silence));
    let silent = sheet.choices.silence.unwrap_or(model.merge_rules.set_aside_silent);
    let fate = if sheet.choices.delete { "archive" } else { "delete now" };
    let silent = if silent { "leave DND" } else { "do not disturb" };
    keys(&model.theme, &[(delete, fate), (silence, silent)])
}

/// What is said, with what it is about and how loud.
type Said = (String, String, Style);

/// What a plan does, the most important first: where there is little room, the end is not seen.
fn planned(model: &Model, sheet: &Sheet<'_>, plan: &MergePlan) -> Vec<Said> {
    let theme = &model.theme;
    let ops = sheet.steps(model, plan);
    let survivor = sheet.letter(sheet.review.survivor);
    let losers: Vec<String> = sheet.review.losers().into_iter().map(|at| sheet.letter(at)).collect();
    let (lead, whose) = if losers.len() > LEAD {
        ("+".to_owned(), format!("{}: ", losers.join(" ")))
    } else {
        (losers.concat(), String::new())
    };
    let (writes, reads) = sheet.cost(plan, &ops);
    let seconds = ((writes + reads) * 10).div_ceil(BUDGET);
    let mut said = vec![
        (survivor.clone(), gains(sheet, plan), theme.accent.0),
        (lead, whose + &fate(model, plan, &survivor), theme.accent.0),
    ];
    if let Some(lost) = leftovers(model, sheet, plan, &survivor) {
        said.push(("!".to_owned(), lost, theme.warn.0));
    }
    said.push(("!".to_owned(), stays(model, sheet, plan), theme.warn.0));
    said.extend(coming(model, sheet, plan).map(|coming| (String::new(), coming, theme.dim.0)));
    let may_run = automations(&ops).map(|may_run| format!(" · {may_run}")).unwrap_or_default();
    let cost = format!("{}, ~{} ({seconds} s of quota){may_run}", many(writes, "write"), many(reads, "read"));
    said.push((String::new(), cost, theme.dim.0));
    said
}

/// What the survivor gets.
fn gains(sheet: &Sheet<'_>, plan: &MergePlan) -> String {
    let mut parts = Vec::new();
    let fields = plan.patch.entries().len();
    if fields > 0 {
        parts.push(format!("1 update ({})", many(fields, "field")));
    }
    if !plan.add_tags.is_empty() {
        parts.push(format!("+{}", many(plan.add_tags.len(), "tag")));
    }
    if !plan.add_followers.is_empty() {
        parts.push(format!("+{}", many(plan.add_followers.len(), "follower")));
    }
    let losers = sheet.review.losers();
    let tasks: usize = losers.iter().map(|at| sheet.members[*at].tasks.len()).sum();
    let notes: usize = losers.iter().map(|at| sheet.members[*at].notes.len()).sum();
    let copies: Vec<String> = [(tasks, "task"), (notes, "note")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| many(count, what))
        .collect();
    if !copies.is_empty() {
        parts.push(format!("copies of {}", joined(&copies)));
    }
    if parts.is_empty() { "stays as it is".to_owned() } else { parts.join(" · ") }
}

/// What becomes of the losers.
fn fate(model: &Model, plan: &MergePlan, survivor: &str) -> String {
    let key = |action| model.key(Context::Duplicates, action);
    if plan.delete {
        return format!("deleted immediately and for good ({} archives instead)", key(Action::DeleteAtOnce));
    }
    let tag = plan.tag.as_ref().map(|tag| format!("tag {}, ", text::clean(tag))).unwrap_or_default();
    let silent = if plan.silence { ", do not disturb" } else { "" };
    format!("archived: {tag}a note naming {survivor}{silent} · undo until purged")
}

/// Values of losers that have no place on the survivor, and where they go.
fn leftovers(model: &Model, sheet: &Sheet<'_>, plan: &MergePlan, survivor: &str) -> Option<String> {
    if plan.leftovers.is_empty() {
        return None;
    }
    let one = |left: &Leftover| {
        let value = text::clean(&left.value).into_owned();
        format!("{} {} ({})", model.field_name(&left.label), text::cut(&value, 24), sheet.letter_of(&left.of))
    };
    let values = plan.leftovers.iter().map(one).collect::<Vec<_>>().join(", ");
    Some(match &plan.keep {
        Keep::Note => format!("goes into a note on {survivor}: {values}"),
        Keep::Field(id) => format!("goes into the field {}: {values}", model.field_name(id)),
        Keep::Nowhere => format!("{survivor} will not have: {values}"),
    })
}

/// What the API cannot move.
fn stays(model: &Model, sheet: &Sheet<'_>, plan: &MergePlan) -> String {
    let losers = sheet.review.losers();
    let key = |action| model.key(Context::Duplicates, action);
    let appointments: usize = losers.iter().map(|at| sheet.members[*at].appointments.len()).sum();
    let coming: usize = losers.iter().map(|at| sheet.coming(model, *at)).sum();
    let total = |count: fn(&crate::protocol::Stays) -> Option<u64>| {
        let all = losers.iter().filter_map(|at| count(sheet.stays.get(*at)?));
        all.reduce(|a, b| a + b)
    };
    let counted = |count: Option<u64>, what: &str| match count {
        Some(0) => None,
        Some(count) => Some(many(usize::try_from(count).unwrap_or(usize::MAX), what)),
        None => Some(format!("{what}s")),
    };
    let mut parts = Vec::new();
    let left = if plan.move_appointments { appointments - coming } else { appointments };
    if left > 0 {
        let coming = if coming > 0 && !plan.move_appointments { format!(" ({coming} coming)") } else { String::new() };
        parts.push(format!("{}{coming}", many(left, "appointment")));
    }
    parts.extend(counted(total(|stays| stays.conversations), "conversation"));
    parts.extend(counted(total(|stays| stays.opportunities), "opportunity").map(|said| plural(&said)));
    parts.extend(["payments".to_owned(), "workflows".to_owned()]);
    let whose = losers.iter().map(|at| sheet.letter(*at)).collect::<Vec<_>>().join(" ");
    format!("stays on {whose}: {} ({} opens it)", parts.join(", "), key(Action::Browse))
}

/// What happens to the upcoming appointments of the contacts that are merged away.
fn coming(model: &Model, sheet: &Sheet<'_>, plan: &MergePlan) -> Option<String> {
    let coming: usize = sheet.review.losers().iter().map(|at| sheet.coming(model, *at)).sum();
    let key = model.key(Context::Duplicates, Action::MoveAppointments);
    let what = many(coming, "upcoming appointment");
    let said = if plan.move_appointments {
        format!("{what} booked again, nobody is notified ({key} leaves it)")
    } else {
        format!("{key} books {what} again")
    };
    (coming > 0).then_some(said)
}

fn plural(said: &str) -> String {
    said.replace("opportunitys", "opportunities")
}

/// What may set off automations of the location.
fn automations(ops: &[MergeOp]) -> Option<String> {
    let (mut tags, mut tasks, mut notes) = (0, 0, 0);
    for op in ops {
        match op {
            MergeOp::AddTags { tags: added, .. } => tags += added.len(),
            MergeOp::MakeTask { .. } => tasks += 1,
            MergeOp::MakeNote { .. } => notes += 1,
            _ => {}
        }
    }
    let all = [(tags, "tag"), (tasks, "task"), (notes, "note")];
    let parts: Vec<String> =
        all.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| many(count, what)).collect();
    (!parts.is_empty()).then(|| format!("may trigger automations: {}", parts.join(", ")))
}

/// Something that happened to a record.
struct Moment {
    at: Timestamp,
    of: String,
    what: String,
}

fn moments(model: &Model, sheet: &Sheet<'_>) -> Vec<Moment> {
    let mut all = Vec::new();
    for (place, member) in sheet.members.iter().enumerate() {
        let of = sheet.letter(place);
        let mut push = |at: Option<Timestamp>, what: String| {
            if let Some(at) = at {
                all.push(Moment { at, of: of.clone(), what });
            }
        };
        push(member.contact.added, "added".to_owned());
        for note in &member.notes {
            let by = note.author.as_ref().map(|id| format!(" by {}", model.user_name(id))).unwrap_or_default();
            push(note.added, format!("note{by}"));
        }
        for task in &member.tasks {
            let what = if task.completed { "task done" } else { "task due" };
            push(task.due, what.to_owned());
        }
        for one in &member.appointments {
            let status = text::clean(one.status.label()).into_owned();
            let start = one.start.and_then(|start| start.instant(&model.zone));
            push(start, format!("appt {status}"));
        }
    }
    all.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.of.cmp(&b.of)));
    all
}

/// The newest of what happened to the records.
pub(crate) fn timeline(model: &Model, sheet: &Sheet<'_>, area: Rect) -> PaneContent {
    let all = moments(model, sheet);
    let count = |at: usize| {
        let letter = sheet.letter(at);
        format!("{letter} {}", all.iter().filter(|moment| moment.of == letter).count())
    };
    let counts: Vec<String> = (0..sheet.members.len()).take(8).map(count).collect();
    let inner = inside(area);
    let (height, width) = (usize::from(inner.height), usize::from(inner.width));
    let last = summary(model, sheet).filter(|_| height > 0);
    let rows = height.saturating_sub(usize::from(last.is_some()));
    let columns = (width / 28).max(1);
    let column = width / columns;
    let said = |moment: &Moment| {
        let when = if moment.at > model.now {
            format!("in {}", age(model.now, moment.at).replace("now", "1m"))
        } else {
            age(moment.at, model.now)
        };
        let said = format!(" {} {} {}", moment.of, text::pad(&when, 6), moment.what);
        text::pad(&text::cut(&said, column.saturating_sub(1)), column)
    };
    let line = |n: usize| all.iter().take(rows * columns).skip(n).step_by(rows).map(said).collect::<String>();
    let summary = |last: String| Line::styled(text::cut(&format!(" {last}"), width).into_owned(), model.theme.dim.0);
    PaneContent {
        title: Line::styled("Timeline", model.theme.title.0),
        right: Line::styled(counts.join(" · "), model.theme.dim.0),
        list: PaneList::still((0..rows).map(|n| Line::raw(line(n)))),
        foot: last.map(summary).into_iter().collect(),
        ..PaneContent::default()
    }
}

/// Where the records are from, and which of them was changed last.
fn summary(model: &Model, sheet: &Sheet<'_>) -> Option<String> {
    let source = |at: usize| sheet.members[at].contact.source.clone().filter(|text| !text.trim().is_empty());
    let first = source(0);
    let same = sheet.members.len() > 1 && (1..sheet.members.len()).all(|at| source(at) == first);
    let from = first.filter(|_| same).map(|source| {
        let source = text::clean(&source).into_owned();
        format!("all from “{}”", text::cut(&source, 30))
    });
    let newest = (0..sheet.members.len()).max_by_key(|at| sheet.members[*at].contact.updated)?;
    let changed = sheet.members[newest].contact.updated;
    let changed = changed.map(|at| format!("{} was changed last, {} ago", sheet.letter(newest), age(at, model.now)));
    let said: Vec<String> = from.into_iter().chain(changed).collect();
    (!said.is_empty()).then(|| said.join(" · "))
}
