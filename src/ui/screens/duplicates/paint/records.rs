//! The records of a group beside each other, field by field, and what the one that stays will be.

use ratatui::{
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::dedupe::Reason;
use crate::dedupe::merge::{ReviewRow, ValueMark, ValueReason};
use crate::protocol::DuplicatePair;
use crate::text::{self, Emphasis, RichText};

use crate::ui::ink::pane_content::{PaneContent, PaneList};
use crate::ui::ink::{grouped, inside};
use crate::ui::model::Model;
use crate::ui::screens::duplicates::paint::queue::score;
use crate::ui::screens::duplicates::rules::sheet::{Known, Sheet, label, letters, name_of, shown};
use crate::ui::screens::duplicates::state::Part;

/// Cells before the records: cursor, mark, label.
const LABEL: usize = 15;
/// A record needs so many to be read.
const COLUMN: usize = 16;
/// What moves the odds by less is no reason to anybody.
const QUIET: f64 = 0.5;
/// Rows of evidence until all of it is asked for.
const WHY: usize = 2;
/// In fewer rows, the fields are all that is shown of the records.
const SHORT: usize = 11;

/// How wide the columns are.
struct Columns {
    record: usize,
    /// How many records are seen, and the first of them.
    shown: usize,
    first: usize,
    result: usize,
}

fn columns(model: &Model, sheet: &Sheet<'_>, width: usize) -> Columns {
    let result = match width {
        ..50 => 14,
        50..84 => 25,
        84..130 => 30,
        _ => 40,
    };
    let room = width.saturating_sub(LABEL + result);
    let count = sheet.members.len();
    let shown = (room / COLUMN).clamp(1, count.max(1));
    let record = (room / shown).min(34);
    let first = sheet.marked(model).saturating_sub(shown - 1).min(count.saturating_sub(shown));
    Columns { record, shown, first, result: width.saturating_sub(LABEL + record * shown) }
}

/// How many fields are seen at a time.
pub(crate) fn height(model: &Model, sheet: &Sheet<'_>, inner: Rect) -> usize {
    let above = above(model, sheet, usize::from(inner.width), usize::from(inner.height)).len();
    usize::from(inner.height).saturating_sub(above)
}

pub(crate) fn content(model: &Model, sheet: &Sheet<'_>, area: Rect) -> PaneContent {
    let theme = &model.theme;
    let (fetching, quiet) = match sheet.known {
        Known::Fresh(_) => (String::new(), true),
        Known::Fetching => ("fetching… · ".to_owned(), true),
        Known::Failed(_) => ("not fetched · ".to_owned(), false),
        Known::Gone => ("gone · ".to_owned(), false),
    };
    let right = Line::from(vec![
        Span::styled(fetching, if quiet { theme.dim.0 } else { theme.warn.0 }),
        Span::styled(score(sheet.queued.group.score), theme.accent.0),
    ]);
    let room = usize::from(area.width).saturating_sub(right.width() + 8);
    let inner = inside(area);
    let (width, rows, height) = (usize::from(inner.width), sheet.rows(model), height(model, sheet, inner));
    let columns = columns(model, sheet, width);
    let line = |row: &&ReviewRow, here| field(model, sheet, row, here, &columns);
    let list = if rows.is_empty() {
        PaneList::still([Line::styled("   The records say the same.", theme.dim.0)])
    } else {
        model.reviewing.fields.rows(rows.iter(), height, line)
    };
    PaneContent {
        title: Line::styled(text::cut(&title(model, sheet), room).into_owned(), theme.title.0),
        right,
        below: Line::styled(hidden(model, sheet), theme.dim.0),
        focused: model.reviewing.part == Part::Fields,
        head: above(model, sheet, width, usize::from(inner.height)),
        list,
        ..PaneContent::default()
    }
}

/// `Ana María López · 1 of 86 · records A B (C left out)`
fn title(model: &Model, sheet: &Sheet<'_>) -> String {
    let duplicates = &model.duplicates;
    let count = sheet.queued.members.len();
    let is_out = |at: usize| model.reviewing.is_excluded(&sheet.queued.members, &sheet.queued.members[at]);
    let (in_it, out) = (letters(count, |at| !is_out(at)), letters(count, is_out));
    let out = if out.is_empty() { out } else { format!(" ({out} left out)") };
    let (at, all) = (grouped(duplicates.cursor.at as u64 + 1), grouped(duplicates.groups().len() as u64));
    format!("{} · {at} of {all} · records {in_it}{out}", name_of(model, &sheet.queued.members))
}

/// What stands above the fields: trouble, evidence, who is who, when they were added.
fn above(model: &Model, sheet: &Sheet<'_>, width: usize, height: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Known::Failed(failure) = sheet.known {
        let (why, next) = (text::clean(&failure.why), text::clean(&failure.next));
        let key = model.key(Context::Duplicates, Action::Refresh);
        let said = format!(" ! What is shown is older: {why}. {next} · {key} tries again");
        lines.push(Line::styled(text::cut(&said, width).into_owned(), model.theme.warn.0));
    }
    // The fields keep most of the room.
    let evidence = loud_evidence(model, sheet, width, if height < SHORT { 1 } else { WHY });
    lines.extend(evidence.into_iter().take(height / 6));
    let columns = columns(model, sheet, width);
    lines.push(head(model, sheet, &columns));
    if height >= SHORT {
        lines.push(added(model, sheet, &columns));
    }
    lines
}

/// The pairs of which both are still to be decided, with their letters.
fn pairs<'a>(sheet: &'a Sheet<'_>) -> impl Iterator<Item = (String, String, &'a DuplicatePair)> {
    let group = &sheet.queued.group;
    group.pairs.iter().filter_map(|pair| {
        let (a, b) = (group.members.get(pair.a)?, group.members.get(pair.b)?);
        let (a, b) = (sheet.letter_of(a), sheet.letter_of(b));
        (!a.is_empty() && !b.is_empty()).then_some((a, b, pair))
    })
}

fn bits(reason: &Reason) -> String {
    let sign = if reason.bits >= 0.0 { "+" } else { "−" };
    format!("{sign}{:.1}", reason.bits.abs())
}

/// The loudest reasons of the surest pair on a line or two.
fn loud_evidence(model: &Model, sheet: &Sheet<'_>, width: usize, most: usize) -> Vec<Line<'static>> {
    let all: Vec<_> = pairs(sheet).collect();
    let Some((a, b, pair)) = all.first() else { return Vec::new() };
    let theme = &model.theme;
    let whom = if sheet.members.len() > 2 { format!(" {a} and {b}") } else { String::new() };
    let lead = format!(" Why{whom} {}: ", score(pair.score));
    let more = format!("({} shows all)", model.key(Context::Duplicates, Action::Evidence));
    let indent = " ".repeat(text::width(&lead).min(width / 3));
    let mut lines = vec![vec![Span::styled(lead, theme.title.0)]];
    let mut used: usize = lines[0].iter().map(Span::width).sum();
    let mut left_out = all.len() > 1;
    for reason in &pair.reasons {
        if reason.bits.abs() < QUIET {
            left_out = true;
            continue;
        }
        let words = text::clean(&reason.words).into_owned();
        let last = lines.len() == most;
        let room = width.saturating_sub(if last { text::width(&more) + 1 } else { 0 });
        let wanted = text::width(&words) + 8;
        if used + wanted > room && last {
            left_out = true;
            break;
        }
        if used + wanted > room {
            lines.push(vec![Span::raw(indent.clone())]);
            used = indent.len();
        }
        let words = text::cut(&words, width.saturating_sub(used + 7)).into_owned();
        let style = if reason.bits >= 0.0 { theme.good.0 } else { theme.warn.0 };
        used += text::width(&words) + 8;
        if let Some(line) = lines.last_mut() {
            line.extend([Span::raw(words), Span::styled(format!(" {}", bits(reason)), style), Span::raw(" · ")]);
        }
    }
    let mut lines: Vec<Line<'static>> = lines
        .into_iter()
        .map(|mut spans| {
            if spans.last().is_some_and(|span| span.content == " · ") {
                spans.pop();
            }
            Line::from(spans)
        })
        .collect();
    if left_out {
        let more = Span::styled(format!("  {more}"), theme.dim.0);
        match lines.last_mut() {
            Some(last) if last.width() + more.width() <= width => last.spans.push(more),
            _ => lines.push(Line::from(vec![Span::raw(indent), more])),
        }
    }
    lines
}

/// Every reason of every pair, as a text to be read.
pub(crate) fn all_evidence(sheet: &Sheet<'_>) -> RichText {
    let line =
        |text: String, bold: bool| vec![text::TextSpan { text, emphasis: Emphasis { bold, ..Emphasis::default() } }];
    let mut lines = Vec::new();
    for (a, b, pair) in pairs(sheet) {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        lines.push(line(format!("{a} and {b}: {}", score(pair.score)), true));
        for reason in &pair.reasons {
            lines.push(line(format!("{:>6}  {}", bits(reason), text::clean(&reason.words)), false));
        }
    }
    RichText { lines }
}

/// Who is who: `A ★ keep  q7Xk…`
fn head(model: &Model, sheet: &Sheet<'_>, columns: &Columns) -> Line<'static> {
    let theme = &model.theme;
    let (from, to) = (columns.first, columns.first + columns.shown - 1);
    let seen = match columns.shown {
        all if all >= sheet.members.len() => String::new(),
        1 => format!("   {} of {}", sheet.letter(from), sheet.members.len()),
        _ => format!("   {}–{} of {}", sheet.letter(from), sheet.letter(to), sheet.members.len()),
    };
    let mut spans = vec![Span::styled(text::pad(&seen, LABEL), theme.dim.0)];
    let marked = sheet.marked(model);
    for at in columns.first..columns.first + columns.shown {
        let role = match () {
            () if at == sheet.review.survivor => " ★ keep",
            () if !sheet.review.included[at] => " left out",
            () => "",
        };
        let here = if at == marked { "▸" } else { " " };
        let id = text::clean(sheet.members[at].contact.id.as_str()).into_owned();
        let said = format!("{here}{}{role}  {id}", sheet.letter(at));
        let style = if at == marked { theme.title.0.patch(theme.accent.0) } else { theme.title.0 };
        spans.push(Span::styled(cell(&said, columns.record), style));
    }
    let result = format!(" RESULT (what {} becomes)", sheet.letter(sheet.review.survivor));
    let said = if text::width(&result) <= columns.result { result } else { " RESULT".to_owned() };
    spans.push(Span::styled(said, theme.title.0));
    Line::from(spans)
}

fn added(model: &Model, sheet: &Sheet<'_>, columns: &Columns) -> Line<'static> {
    let dim = model.theme.dim.0;
    let day = |at: usize| {
        let added = sheet.members[at].contact.added;
        added.map(|at| model.zone.to_datetime(at).strftime("%-d %b %Y").to_string()).unwrap_or_default()
    };
    let mut spans = vec![Span::styled(text::pad("   Added", LABEL), dim)];
    for at in columns.first..columns.first + columns.shown {
        spans.push(Span::styled(cell(&format!("  {}", dash(&day(at))), columns.record), dim));
    }
    spans.push(Span::styled(format!(" {}", dash(&day(sheet.review.survivor))), dim));
    Line::from(spans)
}

fn dash(value: &str) -> &str {
    if value.trim().is_empty() { "—" } else { value }
}

/// Text in a column: cut to leave a gap to the next one.
fn cell(shown: &str, width: usize) -> String {
    text::pad(&text::cut(shown, width.saturating_sub(1)), width)
}

fn mark(model: &Model, row: &ReviewRow) -> (&'static str, Style) {
    let theme = &model.theme;
    match row.mark {
        _ if row.rule == ValueReason::FillsBlank => ("+", theme.good.0),
        ValueMark::Empty => (" ", theme.dim.0),
        // Somebody has one, and it was chosen that nobody shall.
        ValueMark::Equal if row.rule == ValueReason::Chosen => ("≠", theme.accent.0),
        ValueMark::Equal => ("=", theme.dim.0),
        ValueMark::Conflict => ("≠", theme.accent.0),
        ValueMark::Union => ("∪", theme.accent.0),
        ValueMark::Typed => ("✎", theme.accent.0),
        ValueMark::Attention => ("!", theme.warn.0),
    }
}

/// One field: what each record has, which of them is the source, what the result is and by which rule.
fn field(model: &Model, sheet: &Sheet<'_>, row: &ReviewRow, here: bool, columns: &Columns) -> Line<'static> {
    let theme = &model.theme;
    let (symbol, style) = mark(model, row);
    let name = text::pad(&text::cut(&label(model, &row.field), LABEL - 4), LABEL - 3);
    let mut spans = vec![
        Span::raw(if here { "▶" } else { " " }),
        Span::styled(symbol, style),
        Span::styled(format!(" {name}"), theme.dim.0),
    ];
    for at in columns.first..columns.first + columns.shown {
        let included = sheet.review.included[at];
        let of_all = row.source.is_none() && row.mark == ValueMark::Union;
        let chosen = included && !row.values[at].is_empty() && (row.source == Some(at) || of_all)
            || row.source == Some(at) && row.rule == ValueReason::Chosen;
        let value = shown(model, &row.field, &row.values[at]);
        let said = format!(" {}{}", if chosen { "●" } else { " " }, dash(&value));
        let style = if included { theme.text.0 } else { theme.dim.0 };
        spans.push(Span::styled(cell(&said, columns.record), style));
    }
    let word = row.rule.word();
    let room = columns.result.saturating_sub(text::width(word) + 3);
    let value = shown(model, &row.field, &row.result);
    let style = if row.rule == ValueReason::CannotBeSet { theme.warn.0 } else { theme.text.0 };
    spans.push(Span::styled(format!(" {} ", text::pad(&text::cut(dash(&value), room), room)), style));
    spans.push(Span::styled(word, theme.dim.0));
    Line::from(spans)
}

/// How much is not shown, and the key that shows it.
fn hidden(model: &Model, sheet: &Sheet<'_>) -> String {
    let (equal, empty) = sheet.hidden(model);
    let key = model.key(Context::Duplicates, Action::EqualRows);
    let said = match (equal, empty) {
        (0, 0) if model.reviewing.equal => return format!("{key} hides equal and empty fields"),
        (0, 0) => return String::new(),
        (equal, 0) => format!("{equal} equal"),
        (0, empty) => format!("{empty} empty"),
        (equal, empty) => format!("{equal} equal and {empty} empty"),
    };
    format!("{said} fields hidden: {key} shows them")
}
