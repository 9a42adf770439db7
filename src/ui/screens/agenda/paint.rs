//! The agenda: a month with what stands on its days, the days one below the other, and what is under the cursor, whole.

pub(crate) mod item;

use jiff::civil::{Date, Weekday};
use ratatui::{
    layout::{Constraint, Layout as Split, Rect},
    style::Modifier,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Month, Scope, age, first_weekday};
use crate::protocol::{Failure, Reading};
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, PaneList, rows_in};
use crate::ui::ink::{counted, grouped, inside, lead};
use crate::ui::model::Model;
use crate::ui::popups::search::paint as search;
use crate::ui::screens::agenda::state::{Block, Part};
use crate::ui::screens::open_tasks::paint::{TaskColumns, day_words, headline};
use crate::ui::state::layout::Layout;

/// A day in the calendar: a mark, two digits, how much stands on it, a mark.
const CELL: u16 = 5;
const CALENDAR: Rect = Rect { x: 0, y: 0, width: 7 * CELL + 3, height: 9 };
/// From here on the calendar has the left to itself.
const WIDE: u16 = 100;

/// The parts of the screen; those that have no room are left out.
#[derive(Clone, Copy, Debug, Default)]
struct Areas {
    calendar: Option<Rect>,
    /// The month after it.
    next: Option<Rect>,
    detail: Option<Rect>,
    list: Option<Rect>,
}

fn areas(body: Rect, part: Part) -> Areas {
    let all =
        |calendar, next, detail, list| Areas { calendar: Some(calendar), next, detail: Some(detail), list: Some(list) };
    if body.width >= WIDE && body.height > CALENDAR.height {
        let left = if body.width >= 160 { 48 } else { CALENDAR.width };
        let [left, list] = Split::horizontal([Constraint::Length(left), Constraint::Fill(1)]).areas(body);
        let month = Constraint::Length(CALENDAR.height);
        if left.height >= 3 * CALENDAR.height {
            let [calendar, next, detail] = Split::vertical([month, month, Constraint::Fill(1)]).areas(left);
            return all(calendar, Some(next), detail, list);
        }
        let [calendar, detail] = Split::vertical([month, Constraint::Fill(1)]).areas(left);
        return all(calendar, None, detail, list);
    }
    if body.width >= 2 * CALENDAR.width && body.height >= 2 * CALENDAR.height {
        let [top, list] = Split::vertical([Constraint::Length(CALENDAR.height), Constraint::Fill(1)]).areas(body);
        let [calendar, detail] =
            Split::horizontal([Constraint::Length(CALENDAR.width), Constraint::Fill(1)]).areas(top);
        return all(calendar, None, detail, list);
    }
    match part {
        Part::Calendar => Areas { calendar: Some(body), ..Areas::default() },
        Part::List => Areas { list: Some(body), ..Areas::default() },
    }
}

/// The rows that the days have.
pub(crate) fn agenda_height(model: &Model) -> usize {
    let list = areas(model.layout().body, model.agenda.part).list.unwrap_or_default();
    let above = 1 + usize::from(notice(model).is_some());
    usize::from(inside(list).height).saturating_sub(above)
}

pub(crate) fn panes(model: &Model, layout: &Layout) -> Vec<(Rect, PaneContent)> {
    let areas = areas(layout.body, model.agenda.part);
    let month = model.agenda.month();
    let panes = [
        areas.calendar.map(|area| (area, calendar(model, month, area))),
        areas.next.map(|area| (area, calendar(model, month.next(), area))),
        areas.detail.map(|area| (area, item::detail(model, area))),
        areas.list.map(|area| (area, list(model, area))),
    ];
    panes.into_iter().flatten().collect()
}

fn calendar(model: &Model, month: Month, area: Rect) -> PaneContent {
    let (theme, agenda) = (&model.theme, &model.agenda);
    let shown = month == agenda.month();
    let (tasks, booked) = agenda.in_month(month);
    let key = |action| model.key(Context::Agenda, action);
    let leaf = Line::from(vec![
        Span::styled(format!("{} {}", key(Action::PreviousMonth), key(Action::NextMonth)), theme.key.0),
        Span::styled(" month", theme.dim.0),
    ]);
    let begin = first_weekday(model.location.country.as_deref());
    let margin = " ".repeat(usize::from(inside(area).width.saturating_sub(7 * CELL) / 2));
    let names = begin.cycle_forward().take(7).map(|day| text::pad(&format!(" {}", two_letters(day)), CELL.into()));
    let names: String = std::iter::once(margin.clone()).chain(names).collect();
    let week = |days: [Option<Date>; 7]| {
        let mut spans = vec![Span::raw(margin.clone())];
        // A bracket that has no room in the cell of its day takes the first column of the next.
        let mut bracket = false;
        for day in days {
            let (cell, chosen) = (day.map_or_else(Vec::new, |day| one_day(model, day)), day == Some(agenda.day));
            bracket = put_cell(&mut spans, cell, bracket, chosen, model);
        }
        spans.extend(bracket.then(|| Span::styled("]", theme.accent.0)));
        Line::from(spans)
    };
    PaneContent {
        title: Line::styled(name(month), theme.title.0),
        right: if shown { leaf } else { Line::default() },
        below: Line::styled(format!("{}, {}", counted(tasks, "task"), counted(booked, "appointment")), theme.dim.0),
        focused: shown && agenda.part == Part::Calendar,
        head: vec![Line::styled(names, theme.dim.0)],
        list: PaneList::still(month.weeks(begin).into_iter().map(week)),
        ..PaneContent::default()
    }
}

/// Adds the cell of a day, with the bracket of the day before it; whether its own bracket needs the next column.
fn put_cell(
    spans: &mut Vec<Span<'static>>,
    mut cell: Vec<Span<'static>>,
    bracket: bool,
    chosen: bool,
    model: &Model,
) -> bool {
    let theme = &model.theme;
    if bracket {
        let closing = Span::styled("]", theme.accent.0);
        if cell.is_empty() { cell.push(closing) } else { cell[0] = closing }
    }
    let used: usize = cell.iter().map(Span::width).sum();
    let room = usize::from(CELL).saturating_sub(used);
    if !chosen {
        cell.push(Span::raw(" ".repeat(room)));
        spans.extend(cell);
        return false;
    }
    let look = if model.agenda.part == Part::Calendar { theme.cursor.0 } else { theme.cursor_idle.0 };
    spans.extend(cell.into_iter().map(|span| Span::styled(span.content, span.style.patch(look))));
    if room > 0 {
        spans.push(Span::styled("]", look.patch(theme.accent.0)));
        spans.push(Span::styled(" ".repeat(room - 1), look));
    }
    room == 0
}

/// `[24³`: the chosen day behind a bracket, today behind a star; after a day how much stands on it.
fn one_day(model: &Model, day: Date) -> Vec<Span<'static>> {
    let (theme, agenda) = (&model.theme, &model.agenda);
    let (count, chosen, today) = (agenda.count(day), day == agenda.day, day == agenda.today());
    let look = match (today, count) {
        (true, _) => theme.accent.0.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        (false, 0) => theme.dim.0,
        (false, _) => theme.text.0.add_modifier(Modifier::BOLD),
    };
    let lead = match (chosen, today) {
        (true, _) => "[",
        (false, true) => "*",
        (false, false) => " ",
    };
    vec![
        Span::styled(lead, theme.accent.0),
        Span::styled(format!("{:>2}", day.day()), look),
        Span::styled(raised(count), theme.accent.0),
    ]
}

/// A number as it stands behind a day: `¹²`, nothing where there is nothing.
fn raised(count: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    match count {
        0 => String::new(),
        1..=9 => DIGITS[count].to_string(),
        10..=99 => [DIGITS[count / 10], DIGITS[count % 10]].iter().collect(),
        _ => "⁺".to_owned(),
    }
}

fn two_letters(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mo",
        Weekday::Tuesday => "Tu",
        Weekday::Wednesday => "We",
        Weekday::Thursday => "Th",
        Weekday::Friday => "Fr",
        Weekday::Saturday => "Sa",
        Weekday::Sunday => "Su",
    }
}

fn name(month: Month) -> String {
    month.first().strftime("%B %Y").to_string()
}

fn list(model: &Model, area: Rect) -> PaneContent {
    let (theme, agenda) = (&model.theme, &model.agenda);
    let room = usize::from(area.width).saturating_sub(4 + "  Agenda  ".len());
    let zone = model.zone.iana_name().unwrap_or("UTC").to_owned();
    let width = usize::from(inside(area).width);
    let (filter, typing_at) = search::line(model, Context::Agenda, &agenda.filter, width);
    let mut head = vec![filter];
    head.extend(notice(model).map(|forms| {
        let room = width.saturating_sub(4);
        let last = forms.last().cloned().unwrap_or_default();
        let said = forms.into_iter().find(|form| text::width(form) <= room).unwrap_or(last);
        Line::styled(format!(" ! {}", text::cut(&said, room)), theme.warn.0)
    }));
    let columns = item::columns(width, model.hours());
    let lines = agenda.blocks_from(agenda.place.top).iter().flat_map(|block| {
        let lines = (block.line..).take(1 + block.count.max(1)).enumerate();
        lines.map(move |(n, line)| (line, day_line(model, block, n.checked_sub(1).map(|n| block.first + n), columns)))
    });
    let seen = lines.skip_while(|(line, _)| *line < agenda.place.top).take(rows_in(area, head.len()));
    PaneContent {
        title: Line::styled("Agenda", theme.title.0),
        right: status(model, room),
        below: Line::styled(format!("times in {zone}"), theme.dim.0),
        focused: agenda.part == Part::List,
        list: PaneList {
            rows: seen.map(|(_, line)| vec![line]).collect(),
            total: agenda.len(),
            first: agenda.place.top,
            cursor: Some(agenda.place.at),
            empty: None,
        },
        head,
        typing_at,
        ..PaneContent::default()
    }
}

/// A line of a day: its heading, or what stands at a place of the list.
fn day_line(model: &Model, block: &Block, at: Option<usize>, columns: TaskColumns) -> Line<'static> {
    let agenda = &model.agenda;
    let here = block.day == agenda.day && (block.count == 0 || at == agenda.cursor());
    match at {
        None => heading(model, block),
        Some(_) if block.count == 0 => free(model, block.day, here),
        Some(at) => agenda.nth(at).map_or_else(Line::default, |one| item::line(model, one, columns, here)),
    }
}

fn heading(model: &Model, block: &Block) -> Line<'static> {
    let theme = &model.theme;
    let style =
        if block.day == model.agenda.today() { theme.accent.0.add_modifier(Modifier::BOLD) } else { theme.title.0 };
    headline(model, day_words(model, block.day), style, block.count)
}

/// What is said of a day on which nothing is listed.
fn free(model: &Model, day: Date, here: bool) -> Line<'static> {
    let agenda = &model.agenda;
    let said = if agenda.filter.is_on() {
        "no match"
    } else if agenda.told.months.contains_key(&Month::of(day)) {
        "nothing"
    } else {
        match &agenda.told.reading {
            Reading::Missing(_) => "no open task; appointments are not known",
            Reading::Failed(_) => "no open task; appointments could not be read",
            Reading::Running { .. } | Reading::Idle => "no open task; appointments are not read yet",
        }
    };
    Line::from(vec![Span::raw(lead(here, ' ')), Span::styled(said, model.theme.dim.0)])
}

/// How many there are and how fresh that is: the longest of its forms that there is room for.
fn status(model: &Model, room: usize) -> Line<'static> {
    let (agenda, open_tasks) = (&model.agenda, &model.open_tasks);
    let count = |count: usize| grouped(count as u64);
    let counts = if agenda.filter.is_on() {
        format!("{} of {}", count(agenda.listed()), count(agenda.total()))
    } else if open_tasks.late > 0 {
        format!("{} today · {} late", count(agenda.count(agenda.today())), count(open_tasks.late))
    } else {
        format!("{} today", count(agenda.count(agenda.today())))
    };
    // The older of the two.
    let read = agenda.told.months.get(&agenda.month()).copied();
    let old = match (read, open_tasks.fetched_at) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let fresh = match (&agenda.told.reading, &open_tasks.reading) {
        (Reading::Running { done, before }, _) => {
            let of = before.map(|of| format!(" {} of {of}", done.min(&of))).unwrap_or_default();
            let which = agenda.told.month.map(|month| month.first().strftime("%B").to_string()).unwrap_or_default();
            Some(format!("reading {which}{of}…"))
        }
        (_, Reading::Running { done, .. }) => Some(format!("reading tasks {}…", count(*done))),
        _ => old.map(|old| match age(old, model.now).as_str() {
            "now" => "up to date".to_owned(),
            old => format!("{old} ago"),
        }),
    };
    let long = fresh.map(|fresh| format!("{counts} · {fresh}"));
    let fits = long.into_iter().chain([counts]).find(|form| text::width(form) <= room).unwrap_or_default();
    Line::styled(fits, model.theme.dim.0)
}

/// What is not known, and why: the longest form first.
fn notice(model: &Model) -> Option<Vec<String>> {
    let (told, open_tasks) = (&model.agenda.told, &model.open_tasks);
    let why = |failure: &Failure| text::clean(&failure.why).into_owned();
    if let Reading::Missing(scope) = told.reading {
        let both = format!("{} and {}", Scope::CalendarsReadonly, Scope::EventsReadonly);
        return Some(vec![
            format!("only appointments of contacts you opened: all need {both}; the token lacks {scope}"),
            format!("appointments need {both}; no {scope}"),
            format!("appointments need {both}"),
            format!("appointments: the token lacks {scope}"),
            format!("no {scope}"),
        ]);
    }
    if let Reading::Failed(failure) = &told.reading {
        let old = told.months.get(&model.agenda.month()).map(|at| age(*at, model.now));
        let old = old.map_or_else(|| "none of this month".to_owned(), |old| format!("data {old}"));
        let long = format!("appointments not read: {} · {old}", why(failure));
        return Some(vec![long, format!("appointments not read · {old}")]);
    }
    if let Some((calendar, failure)) = told.unread.first() {
        let name = text::clean(calendar).into_owned();
        let of = told.calendars.len();
        let short = format!("{} of {of} calendars not read", told.unread.len());
        let first = format!("{short}: {name}");
        return Some(vec![format!("{first} ({})", why(failure)), first, short]);
    }
    match &open_tasks.reading {
        Reading::Missing(scope) => Some(vec![
            format!("only tasks of contacts you opened: the token lacks the scope {scope}"),
            format!("tasks: the token lacks {scope}"),
        ]),
        Reading::Failed(failure) => {
            let old = open_tasks.fetched_at.map_or_else(|| "never".to_owned(), |at| age(at, model.now));
            let long = format!("tasks not read: {} · data {old}", why(failure));
            Some(vec![long, format!("tasks not read · data {old}")])
        }
        Reading::Idle | Reading::Running { .. } => None,
    }
}
