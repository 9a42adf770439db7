//! A task or an appointment of the agenda: in its line, and whole.

use jiff::Timestamp;
use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
};

use crate::domain::{Appointment, Hours, Task, due, is_on};
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, PaneList};
use crate::ui::ink::{clean_or, inside, lead, record_mark, status_style, task_mark};
use crate::ui::model::Model;
use crate::ui::screens::agenda::state::{Booked, Item, What};
use crate::ui::screens::open_tasks::paint::TaskColumns;
use crate::ui::screens::open_tasks::rules::fields;
use crate::ui::screens::open_tasks::state::Todo;
use crate::ui::screens::outbox::rules::progress;

/// The columns of a list so wide.
pub(crate) fn columns(width: usize, hours: Hours) -> TaskColumns {
    // Cursor, time, mark of an edit, box, and what is between them.
    TaskColumns::new(width, 9 + hours.width(), 56, if width >= 96 { width / 8 } else { 0 })
}

/// What a line says of it.
struct Said {
    time: String,
    symbol: (&'static str, Style),
    sign: &'static str,
    title: String,
    look: Style,
    state: (String, Style),
}

pub(crate) fn line(model: &Model, item: &Item, columns: TaskColumns, here: bool) -> Line<'static> {
    let said = match &item.what {
        What::Task(todo) => task(model, todo),
        What::Appointment(booked) => appointment(model, booked),
    };
    let time = model.hours().width();
    let mut spans = vec![
        Span::raw(lead(here, ' ')),
        Span::styled(text::pad(&text::cut(&said.time, time), time), said.look.remove_modifier(Modifier::CROSSED_OUT)),
        Span::raw(" "),
        Span::styled(said.symbol.0, said.symbol.1),
        Span::raw(" "),
        Span::styled(said.sign, said.look.remove_modifier(Modifier::CROSSED_OUT)),
        Span::raw(" "),
    ];
    let (title, state) = ((&*said.title, said.look), (&*said.state.0, said.state.1));
    spans.extend(columns.spans(model, title, item.contact(), state, item.owner()));
    Line::from(spans)
}

fn task(model: &Model, todo: &Todo) -> Said {
    let (theme, task) = (&model.theme, &todo.value);
    let words = task.due.map(|at| due(at, task.completed, model.now, &model.zone, model.hours()));
    let late = words.as_ref().filter(|words| words.late).map(|words| words.text.clone());
    let draft = model.drafts.of_task(&task.contact, todo.target.as_ref()).is_some();
    let symbol = task_mark(theme, todo.state, draft, late.is_some());
    let look = if task.completed { theme.dim.0.add_modifier(Modifier::CROSSED_OUT) } else { theme.text.0 };
    let time = task.due.map(|at| model.hours().time(model.zone.to_datetime(at)));
    let state = match late {
        Some(late) => (late, theme.warn.0),
        None => (if task.completed { "done".to_owned() } else { String::new() }, theme.dim.0),
    };
    let sign = if task.completed { "[x]" } else { "[ ]" };
    Said { time: time.unwrap_or_default(), symbol, sign, title: clean_or(&task.title, "(no title)"), look, state }
}

fn appointment(model: &Model, booked: &Booked) -> Said {
    let (theme, one) = (&model.theme, &booked.value);
    let past = one.start.and_then(|start| start.instant(&model.zone)).is_none_or(|at| at < model.now);
    let coming = if past { theme.dim.0 } else { theme.text.0 };
    let look = if is_on(&one.status) { coming } else { theme.dim.0.add_modifier(Modifier::CROSSED_OUT) };
    let draft = model.drafts.of_appointment(&one.contact, booked.target.as_ref()).is_some();
    Said {
        time: time(model, booked),
        symbol: record_mark(theme, booked.state, draft),
        sign: if is_on(&one.status) { " ◆ " } else { " ◇ " },
        title: clean_or(one.title.as_deref().unwrap_or_default(), "(no title)"),
        look,
        state: (text::clean(one.status.label()).into_owned(), status_style(theme, &one.status)),
    }
}

/// `10:00–10:45`.
fn time(model: &Model, booked: &Booked) -> String {
    let one = &booked.value;
    let Some(start) = one.start.map(|start| start.wall(&model.zone)) else { return String::new() };
    if booked.all_day {
        return "all day".to_owned();
    }
    match one.end.map(|end| end.wall(&model.zone)) {
        Some(end) if end.date() == start.date() && end > start => model.hours().span(start, end),
        Some(end) if end.date() > start.date() => format!("{} →", model.hours().time(start)),
        Some(_) | None => model.hours().time(start),
    }
}

/// What is under the cursor, whole.
pub(crate) fn detail(model: &Model, area: Rect) -> PaneContent {
    let theme = &model.theme;
    let item = model.agenda.item();
    let kind = match item.map(|item| &item.what) {
        Some(What::Task(_)) => "Task",
        Some(What::Appointment(_)) => "Appointment",
        None => "",
    };
    let inner = inside(area);
    let lines = item.map_or_else(Vec::new, |item| whole(model, item, usize::from(inner.width).saturating_sub(2)));
    let indented = lines.into_iter().map(|mut line: Line<'static>| {
        line.spans.insert(0, Span::raw(" "));
        line
    });
    PaneContent {
        title: Line::styled(kind, theme.title.0),
        list: PaneList::still(indented.take(usize::from(inner.height))),
        ..PaneContent::default()
    }
}

fn whole(model: &Model, item: &Item, width: usize) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let rows = match &item.what {
        What::Task(todo) => of_task(model, todo),
        What::Appointment(booked) => of_appointment(model, booked),
    };
    let title = match &item.what {
        What::Task(todo) => clean_or(&todo.value.title, "(no title)"),
        What::Appointment(booked) => clean_or(booked.value.title.as_deref().unwrap_or_default(), "(no title)"),
    };
    let mut lines: Vec<Line<'static>> =
        text::wrap_words(&title, width).into_iter().take(3).map(|said| Line::styled(said, theme.title.0)).collect();
    if let Some(pending) = item.edit().and_then(|id| model.overlay.get(id)) {
        let style = if pending.progress.is_live() { theme.accent.0 } else { theme.bad.0 };
        let said = text::wrap_words(&progress(model, pending), width);
        lines.extend(said.into_iter().map(|said| Line::styled(said, style)));
    }
    for (label, said, style) in rows.into_iter().filter(|(_, said, _)| !said.trim().is_empty()) {
        let indent = if label.is_empty() { 0 } else { 10 };
        for (n, part) in text::wrap_words(&said, width.saturating_sub(indent)).into_iter().enumerate() {
            let label = if n == 0 { label } else { "" };
            lines
                .push(Line::from(vec![Span::styled(text::pad(label, indent), theme.dim.0), Span::styled(part, style)]));
        }
    }
    lines
}

type Row = (&'static str, String, Style);

fn of_task(model: &Model, todo: &Todo) -> Vec<Row> {
    let (theme, task): (_, &Task) = (&model.theme, &todo.value);
    let late = task.due.is_some_and(|at| at < model.now && !task.completed);
    let style = |label| if late && label == "Due" { theme.warn.0 } else { theme.text.0 };
    let fields = fields(model, task).map(|(label, said)| (label, said, style(label)));
    let body = task.body.as_deref().map(|body| text::clean_block(body).into_owned()).unwrap_or_default();
    fields.into_iter().chain(body.lines().map(|line| ("", line.to_owned(), theme.dim.0))).collect()
}

fn of_appointment(model: &Model, booked: &Booked) -> Vec<Row> {
    let (theme, one): (_, &Appointment) = (&model.theme, &booked.value);
    let calendar = one.calendar.as_ref().and_then(|id| model.agenda.told.calendars.iter().find(|one| one.id == *id));
    let status = if is_on(&one.status) { theme.text.0 } else { theme.dim.0 };
    let clean = |text: Option<&str>| text.map(|text| text::clean(text).into_owned()).unwrap_or_default();
    vec![
        ("When", when(model, booked), theme.text.0),
        ("Status", text::clean(one.status.label()).into_owned(), status),
        ("Contact", model.name_of(&one.contact), theme.text.0),
        ("With", model.owner_name(one.assigned_to.as_ref()), theme.text.0),
        ("Calendar", clean(calendar.map(|calendar| calendar.name.as_str())), theme.text.0),
        ("Where", clean(one.address.as_deref()), theme.text.0),
    ]
}

/// From when to when, with the days where it takes several.
fn when(model: &Model, booked: &Booked) -> String {
    let one = &booked.value;
    let wall = |moment: Option<crate::domain::AppointmentTime>| moment.map(|moment| moment.wall(&model.zone));
    let Some(start) = wall(one.start) else { return String::new() };
    let day = |at: jiff::civil::DateTime| at.strftime("%a %-d %b %Y").to_string();
    let end = wall(one.end).filter(|end| *end > start);
    if booked.all_day {
        // The midnight that it ends with is not of its last day.
        let last = end.and_then(|end| end.checked_sub(jiff::Span::new().seconds(1)).ok());
        return match last.filter(|last| last.date() > start.date()) {
            Some(last) => format!("{} – {}, all day", day(start), day(last)),
            None => format!("{}, all day", day(start)),
        };
    }
    let zone = one.start.and_then(|at| at.instant(&model.zone)).map(|at: Timestamp| at.to_zoned(model.zone.clone()));
    let zone = zone.map(|at| at.strftime("%Z").to_string()).unwrap_or_default();
    let hours = model.hours();
    match end {
        Some(end) if end.date() == start.date() => format!("{}, {} {zone}", day(start), hours.span(start, end)),
        Some(end) => format!("{} – {} {zone}", hours.day_and_time(start), hours.day_and_time(end)),
        None => format!("{} {zone}", hours.day_and_time(start)),
    }
}
