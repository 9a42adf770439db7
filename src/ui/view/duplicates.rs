//! The screen of contacts that may be one person: the groups, and of one of them who is in it and why.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout as Split, Rect},
    text::{Line, Span},
    widgets::BorderType,
};

use crate::config::{Action, Context};
use crate::dedupe::Reason;
use crate::domain::{ContactId, age};
use crate::protocol::{DuplicateGroup, DuplicatePair, Scan};
use crate::query::RowRef;
use crate::text;

use super::super::layout::{self, Layout};
use super::super::model::Model;
use super::pane::{self, Titles};
use super::{cells, grouped, put, row};

/// The list beside what is in a group; below it where the screen is narrow.
const LIST: u16 = 40;
const NARROW: u16 = 100;
/// Cells before the contacts of a group.
const LABEL: usize = 10;
/// So many lines show every field and the reasons below them.
const TALL: u16 = 20;
/// What moves the odds by less is no reason to anybody.
const QUIET: f64 = 0.5;
/// A contact needs so many to be told from another.
const COLUMN: usize = 24;

fn halves(body: Rect) -> [Rect; 2] {
    if body.width < NARROW {
        Split::vertical([Constraint::Fill(1), Constraint::Fill(3)]).areas(body)
    } else {
        Split::horizontal([Constraint::Length(LIST), Constraint::Fill(1)]).areas(body)
    }
}

/// The rows that the list of groups has.
pub(in super::super) fn duplicates_height(model: &Model) -> usize {
    usize::from(layout::inside(halves(model.layout().body)[0]).height)
}

/// Paints the screen.
pub(super) fn paint(model: &Model, layout: &Layout, buf: &mut Buffer) {
    let [list, detail] = halves(layout.body);
    groups(model, list, buf);
    group(model, detail, buf);
}

fn groups(model: &Model, area: Rect, buf: &mut Buffer) {
    let suspects = &model.suspects;
    let groups = suspects.groups();
    let right = match suspects.scan() {
        Scan::Running { done, total } if total > 0 => {
            format!("comparing {} %", (done * 100 / total).min(100))
        }
        Scan::Running { .. } => "comparing".to_owned(),
        Scan::Off | Scan::Done if groups.is_empty() => String::new(),
        Scan::Off | Scan::Done => format!("{} · surest first", grouped(groups.len() as u64)),
    };
    let titles = Titles {
        left: Line::styled("Duplicates", model.theme.title.0),
        right: Line::styled(right, model.theme.dim.0),
        below: Line::default(),
    };
    let inner = pane::boxed(BorderType::Thick, model.theme.focus.0, titles, area, buf);
    if groups.is_empty() {
        let said = match suspects.scan() {
            Scan::Off => "They are looked for once the contacts are here.",
            Scan::Running { .. } => "Comparing the contacts…",
            Scan::Done => "No two contacts look like one person.",
        };
        pane::words(model, said, false, inner, buf);
        return;
    }
    let height = usize::from(inner.height);
    for (n, (at, group)) in groups.iter().enumerate().skip(suspects.offset).take(height).enumerate() {
        let area = row(inner, cells(n));
        let here = at == suspects.cursor;
        let room = usize::from(area.width).saturating_sub(13);
        put(
            buf,
            area,
            &Line::from(vec![
                Span::raw(if here { "▶ " } else { "  " }),
                Span::styled(format!("{} ", score(group.score)), model.theme.accent.0),
                Span::styled(format!("×{:<3} ", group.members.len()), model.theme.dim.0),
                Span::raw(text::cut(&name(model, group), room).into_owned()),
            ]),
        );
        if here {
            buf.set_style(area, model.theme.cursor.0);
        }
    }
    pane::scrollbar(inner, suspects.offset, height, groups.len(), model.theme.focus.0, buf);
}

/// A probability as it is shown: nothing is ever certain.
fn score(score: f64) -> String {
    format!("{:.2}", score.min(0.99))
}

/// The longest of the members' names says most.
fn name(model: &Model, group: &DuplicateGroup) -> String {
    let names = group.members.iter().map(|member| model.name_of(member));
    let longest = names.max_by_key(|name| text::width(name)).unwrap_or_default();
    if longest.is_empty() { "(no name)".to_owned() } else { longest }
}

fn group(model: &Model, area: Rect, buf: &mut Buffer) {
    let Some(group) = model.suspects.group() else {
        pane::boxed(BorderType::Plain, model.theme.border.0, Titles::default(), area, buf);
        return;
    };
    let left = format!("{} · {} contacts · {}", name(model, group), group.members.len(), score(group.score));
    let (open, next) =
        (model.key(Context::Duplicates, Action::Open), model.key(Context::Duplicates, Action::NextMember));
    let below = Line::styled(format!("{open} goes to the marked contact · {next} marks the next"), model.theme.dim.0);
    let titles = Titles { left: Line::styled(left, model.theme.title.0), right: Line::default(), below };
    let inner = pane::boxed(BorderType::Plain, model.theme.border.0, titles, area, buf);
    let width = usize::from(inner.width);
    let shown = ((width.saturating_sub(LABEL)) / COLUMN).clamp(1, group.members.len());
    let first = model.suspects.member.saturating_sub(shown - 1).min(group.members.len() - shown);
    // Where there is little room, why is more than what was added when.
    let fields = if inner.height < TALL { 4 } else { usize::MAX };
    let mut lines = members(model, group, first, shown, width, fields);
    lines.push(Line::default());
    for pair in &group.pairs {
        lines.extend(why(model, group, pair, width));
    }
    for (n, line) in lines.iter().take(usize::from(inner.height)).enumerate() {
        put(buf, row(inner, cells(n)), line);
    }
}

/// What a contact has in a field.
type Value = fn(&Model, RowRef<'_>) -> String;

/// The contacts of a group beside each other, from the `first` one on.
fn members(
    model: &Model,
    group: &DuplicateGroup,
    first: usize,
    shown: usize,
    width: usize,
    at_most: usize,
) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let column = (width.saturating_sub(LABEL) / shown).min(44);
    let roster = &model.listing.latest;
    let of = |member: &ContactId| roster.find(member).map(|ix| roster.get(ix));
    let seen: Vec<(usize, &ContactId)> = group.members.iter().enumerate().skip(first).take(shown).collect();
    let mut head = vec![Span::raw(" ".repeat(LABEL))];
    for (at, member) in &seen {
        let here = *at == model.suspects.member;
        let name = model.name_of(member);
        let name = if name.is_empty() { "(no name)".to_owned() } else { name };
        let label = format!("{}{} {name}", if here { "▶" } else { " " }, at + 1);
        let style = if here { theme.title.0 } else { theme.text.0 };
        head.push(Span::styled(text::pad(&text::cut(&label, column.saturating_sub(1)), column), style));
    }
    let mut lines = vec![Line::from(head)];
    let fields: [(&str, Value); 8] = [
        ("E-mail", |_, row| row.email().to_owned()),
        ("Phone", |_, row| row.phone().to_owned()),
        ("Company", |_, row| row.company().to_owned()),
        ("City", |_, row| row.city().to_owned()),
        ("Source", |_, row| row.source().to_owned()),
        ("Tags", |_, row| row.tags().collect::<Vec<_>>().join(", ")),
        ("Added", |model, row| day(model, row.added())),
        ("Updated", |model, row| row.updated().map(|at| age(at, model.now)).unwrap_or_default()),
    ];
    for (label, value) in fields.into_iter().take(at_most) {
        let all: Vec<String> =
            group.members.iter().map(|member| of(member).map(|row| value(model, row)).unwrap_or_default()).collect();
        if all.iter().all(String::is_empty) {
            continue;
        }
        let filled: Vec<&String> = all.iter().filter(|value| !value.is_empty()).collect();
        let mark = match filled.as_slice() {
            [_] => " ",
            [one, others @ ..] if others.iter().all(|other| same(one, other)) => "=",
            _ => "≠",
        };
        let mut spans = vec![Span::styled(format!("{mark} {}", text::pad(label, LABEL - 2)), theme.dim.0)];
        for (at, _member) in &seen {
            let value = text::clean(&all[*at]);
            let shown = if value.is_empty() { "—" } else { &*value };
            spans.push(Span::raw(text::pad(&format!(" {}", text::cut(shown, column.saturating_sub(2))), column)));
        }
        lines.push(Line::from(spans));
    }
    lines
}

/// Whether two values are the same to a person.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn day(model: &Model, at: Option<jiff::Timestamp>) -> String {
    at.map(|at| model.zone.to_datetime(at).strftime("%-d %b %Y").to_string()).unwrap_or_default()
}

/// Why two members are taken for one person: what speaks for it and what against, the loudest first.
fn why(model: &Model, group: &DuplicateGroup, pair: &DuplicatePair, width: usize) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let whom = if group.members.len() > 2 { format!(" {} and {}", pair.a + 1, pair.b + 1) } else { String::new() };
    let mut lines = vec![Line::styled(format!("  Why{whom}: {}", score(pair.score)), theme.title.0)];
    let loud = |reason: &&Reason| reason.bits.abs() >= QUIET;
    for reason in pair.reasons.iter().filter(loud) {
        let (sign, style) = if reason.bits >= 0.0 { ("+", theme.good.0) } else { ("−", theme.warn.0) };
        let bits = format!("{sign}{:.1}", reason.bits.abs());
        let words = text::cut(&reason.words, width.saturating_sub(14)).into_owned();
        lines.push(Line::from(vec![Span::styled(format!("  {bits:>6}  "), style), Span::raw(words)]));
    }
    lines
}
