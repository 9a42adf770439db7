//! The agenda: a month with what stands on its days, the days one below the other, and what is under the cursor, whole.

pub(crate) mod item;

use jiff::civil::{Date, Weekday};
use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout as Split, Position, Rect},
    style::Modifier,
    text::{Line, Span},
    widgets::BorderType,
};

use crate::config::{Action, Context};
use crate::domain::{Month, Scope, age, first_weekday};
use crate::protocol::{Failure, Reading};
use crate::text;

use crate::ui::ink::pane::{self, Titles};
use crate::ui::ink::{cells, grouped, put, row};
use crate::ui::model::Model;
use crate::ui::screens::agenda::state::{Block, Part};
use crate::ui::screens::tasks::paint::{day_words, filter_line};
use crate::ui::state::layout::{self, Layout};

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
    usize::from(layout::inside(list).height).saturating_sub(above)
}

/// Paints the screen; where words are typed, says where the text cursor belongs.
pub(crate) fn paint(model: &Model, layout: &Layout, buf: &mut Buffer) -> Option<Position> {
    let areas = areas(layout.body, model.agenda.part);
    if let Some(area) = areas.calendar {
        calendar(model, model.agenda.month(), area, buf);
    }
    if let Some(area) = areas.next {
        calendar(model, model.agenda.month().next(), area, buf);
    }
    if let Some(area) = areas.detail {
        item::detail(model, area, buf);
    }
    areas.list.and_then(|area| list(model, area, buf))
}

fn frame(model: &Model, part: Part, titles: Titles<'_>, area: Rect, buf: &mut Buffer) -> Rect {
    let (kind, style) = if model.agenda.part == part {
        (BorderType::Thick, model.theme.focus.0)
    } else {
        (BorderType::Plain, model.theme.border.0)
    };
    pane::boxed(kind, style, titles, area, buf)
}

fn calendar(model: &Model, month: Month, area: Rect, buf: &mut Buffer) {
    let (theme, agenda) = (&model.theme, &model.agenda);
    let shown = month == agenda.month();
    let (tasks, booked) = agenda.in_month(month);
    let plural = |count: usize, one: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{} {one}{s}", grouped(count as u64))
    };
    let key = |action| model.key(Context::Agenda, action);
    let leaf = Line::from(vec![
        Span::styled(format!("{} {}", key(Action::PreviousMonth), key(Action::NextMonth)), theme.key.0),
        Span::styled(" month", theme.dim.0),
    ]);
    let titles = Titles {
        left: Line::styled(name(month), theme.title.0),
        right: if shown { leaf } else { Line::default() },
        below: Line::styled(format!("{}, {}", plural(tasks, "task"), plural(booked, "appointment")), theme.dim.0),
    };
    let inner = if shown {
        frame(model, Part::Calendar, titles, area, buf)
    } else {
        pane::boxed(BorderType::Plain, theme.border.0, titles, area, buf)
    };
    let begin = first_weekday(model.location.country.as_deref());
    let margin = (inner.width.saturating_sub(7 * CELL)) / 2;
    let cell = |at: usize, week: u16| {
        let x = inner.x.saturating_add(margin).saturating_add(cells(at) * CELL);
        row(Rect { x, width: CELL.min(inner.right().saturating_sub(x)), ..inner }, week)
    };
    for (at, day) in begin.cycle_forward().take(7).enumerate() {
        put(buf, cell(at, 0), &Line::styled(format!(" {}", two_letters(day)), theme.dim.0));
    }
    let mut closing = None;
    for (week, days) in month.weeks(begin).into_iter().enumerate() {
        for (at, day) in days.into_iter().enumerate().filter_map(|(at, day)| Some((at, day?))) {
            let area = cell(at, cells(week + 1));
            let cell = one_day(model, day);
            if day == agenda.day {
                let look = if agenda.part == Part::Calendar { theme.cursor.0 } else { theme.cursor_idle.0 };
                let behind = cells(cell.width());
                put(buf, area, &cell);
                buf.set_style(area, look);
                closing = Some(Rect { x: area.x.saturating_add(behind), width: 1, ..area });
            } else {
                put(buf, area, &cell);
            }
        }
    }
    if let Some(area) = closing.filter(|area| area.right() <= inner.right()) {
        put(buf, area, &Line::styled("]", theme.accent.0));
    }
}

/// `[24³`: the chosen day behind a bracket, today behind a star; after a day how much stands on it.
fn one_day(model: &Model, day: Date) -> Line<'static> {
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
    Line::from(vec![
        Span::styled(lead, theme.accent.0),
        Span::styled(format!("{:>2}", day.day()), look),
        Span::styled(raised(count), theme.accent.0),
    ])
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

fn list(model: &Model, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let (theme, agenda) = (&model.theme, &model.agenda);
    let room = usize::from(area.width).saturating_sub(4 + "  Agenda  ".len());
    let zone = model.zone.iana_name().unwrap_or("UTC").to_owned();
    let titles = Titles {
        left: Line::styled("Agenda", theme.title.0),
        right: standing(model, room),
        below: Line::styled(format!("times in {zone}"), theme.dim.0),
    };
    let inner = frame(model, Part::List, titles, area, buf);
    let whose = (&agenda.whose, agenda.words());
    let cursor = filter_line(model, Context::Agenda, whose, row(inner, 0), buf);
    let mut head = 1;
    if let Some(forms) = notice(model) {
        let room = usize::from(inner.width).saturating_sub(4);
        let last = forms.last().cloned().unwrap_or_default();
        let said = forms.into_iter().find(|form| text::width(form) <= room).unwrap_or(last);
        put(buf, row(inner, 1), &Line::styled(format!(" ! {}", text::cut(&said, room)), theme.warn.0));
        head += 1;
    }
    let days = Rect {
        y: inner.y.saturating_add(head).min(inner.bottom()),
        height: inner.height.saturating_sub(head),
        ..inner
    };
    let (height, columns) = (usize::from(days.height), item::Columns::new(usize::from(inner.width)));
    let last = agenda.offset + height;
    for block in agenda.blocks_from(agenda.offset) {
        let lines = (block.line..).take(1 + block.count.max(1)).enumerate();
        for (n, line) in lines.skip_while(|(_, line)| *line < agenda.offset) {
            if line >= last {
                break;
            }
            let area = row(days, cells(line - agenda.offset));
            let at = n.checked_sub(1).map(|n| block.first + n);
            let here = at.is_some() && block.day == agenda.day && (block.count == 0 || at == agenda.cursor());
            let shown = match at {
                None => heading(model, block),
                Some(_) if block.count == 0 => free(model, block.day, here),
                Some(at) => match agenda.nth(at) {
                    Some(one) => item::line(model, one, columns, here),
                    None => Line::default(),
                },
            };
            put(buf, area, &shown);
            if here {
                let look = if agenda.part == Part::List { theme.cursor.0 } else { theme.cursor_idle.0 };
                buf.set_style(area, look);
            }
        }
        if block.line >= last {
            break;
        }
    }
    let bar = if agenda.part == Part::List { theme.focus.0 } else { theme.border.0 };
    pane::scrollbar(days, agenda.offset, height, agenda.len(), bar, buf);
    cursor
}

fn heading(model: &Model, block: &Block) -> Line<'static> {
    let theme = &model.theme;
    let style =
        if block.day == model.agenda.today() { theme.accent.0.add_modifier(Modifier::BOLD) } else { theme.title.0 };
    let count = if block.count == 0 { String::new() } else { format!("  {}", grouped(block.count as u64)) };
    Line::from(vec![Span::raw(" "), Span::styled(day_words(model, block.day), style), Span::styled(count, theme.dim.0)])
}

/// What is said of a day on which nothing is listed.
fn free(model: &Model, day: Date, here: bool) -> Line<'static> {
    let agenda = &model.agenda;
    let said = if agenda.is_filtered() {
        "nothing like that"
    } else if agenda.told.months.contains_key(&Month::of(day)) {
        "nothing"
    } else {
        match &agenda.told.reading {
            Reading::Missing(_) => "no open task; appointments are not known",
            Reading::Failed(_) => "no open task; appointments could not be read",
            Reading::Running { .. } | Reading::Idle => "no open task; appointments are not read yet",
        }
    };
    let lead = if here { "▶ " } else { "  " };
    Line::from(vec![Span::raw(lead), Span::styled(said, model.theme.dim.0)])
}

/// How many there are and how fresh that is: the longest of its forms that there is room for.
fn standing(model: &Model, room: usize) -> Line<'static> {
    let (agenda, backlog) = (&model.agenda, &model.backlog);
    let count = |count: usize| grouped(count as u64);
    let counts = if agenda.is_filtered() {
        format!("{} of {}", count(agenda.listed()), count(agenda.total()))
    } else if backlog.late > 0 {
        format!("{} today · {} late", count(agenda.count(agenda.today())), count(backlog.late))
    } else {
        format!("{} today", count(agenda.count(agenda.today())))
    };
    // The older of the two.
    let read = agenda.told.months.get(&agenda.month()).copied();
    let old = match (read, backlog.fetched_at) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let fresh = match (&agenda.told.reading, &backlog.reading) {
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
    let (told, backlog) = (&model.agenda.told, &model.backlog);
    let why = |failure: &Failure| text::clean(&failure.why).into_owned();
    if let Reading::Missing(scope) = told.reading {
        let both = format!("{} and {}", Scope::CalendarsReadonly, Scope::EventsReadonly);
        return Some(vec![
            format!("appointments of contacts looked at only: they need {both}; the token lacks {scope}"),
            format!("appointments need {both}; it lacks {scope}"),
            format!("appointments need {both}"),
            format!("appointments: the token lacks {scope}"),
            format!("it lacks {scope}"),
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
    match &backlog.reading {
        Reading::Missing(scope) => Some(vec![
            format!("tasks of contacts looked at only: the token lacks the scope {scope}"),
            format!("tasks: the token lacks {scope}"),
        ]),
        Reading::Failed(failure) => {
            let old = backlog.fetched_at.map_or_else(|| "never".to_owned(), |at| age(at, model.now));
            let long = format!("tasks not read: {} · data {old}", why(failure));
            Some(vec![long, format!("tasks not read · data {old}")])
        }
        Reading::Idle | Reading::Running { .. } => None,
    }
}
