//! The appointments of the contact in the location's zone, what comes next first.

use jiff::Timestamp;
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Appointment, Scope, age, is_on};
use crate::text;
use crate::ui::state::layout::Section;

use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::{clean_or, inside, record_mark, status_style};
use crate::ui::model::Model;
use crate::ui::screens::contacts::paint::pane::{nothing, rows, section_pane};
use crate::ui::screens::contacts::state::panel::AppointmentLine;
use crate::ui::state::list_cursor::ListCursor;

pub(crate) fn content(model: &Model, tabs: bool, area: Rect) -> PaneContent {
    let opened = model.opened.as_ref();
    let all = opened.map(|opened| opened.appointment_lines(&model.overlay, model.now, &model.zone)).unwrap_or_default();
    let key = model.key(Context::Appointments, Action::New);
    let empty = match model.access.refusal(Scope::EventsWrite) {
        None => format!("No appointments. {key} books one."),
        Some(why) => format!("No appointments ({why})."),
    };
    let place = opened.map_or_else(ListCursor::default, |opened| opened.appointments.place);
    let right = next(model, &all);
    let all: Vec<_> = all.into_iter().map(|one| (when(model, &one.value), one)).collect();
    let when_width = all.iter().map(|(when, _)| text::width(when)).max().unwrap_or(0);
    let status_width = all.iter().map(|(_, one)| text::width(one.value.status.label())).max().unwrap_or(0).min(12);
    let widths = [when_width, status_width, usize::from(inside(area).width)];
    let line = |(when, one): &(String, AppointmentLine<'_>), here| line(model, one, when, widths, here);
    let list = rows(model, Section::Appointments, &all, place, area, line).or(nothing(model, "appointments", empty));
    let zone = model.zone.iana_name().unwrap_or("UTC");
    let below = if all.is_empty() { String::new() } else { format!("times in {zone}") };
    let below = Line::styled(below, model.theme.dim.0);
    PaneContent { below, ..section_pane(model, Section::Appointments, tabs, right, list) }
}

fn line(model: &Model, listed: &AppointmentLine<'_>, when: &str, widths: [usize; 3], cursor: bool) -> Line<'static> {
    let (theme, one) = (&model.theme, &listed.value);
    let draft = model.drafts.of_appointment(&one.contact, listed.target.as_ref()).is_some();
    let (symbol, symbol_style) = record_mark(theme, listed.pending.map(|pending| pending.progress.state()), draft);
    let [when_width, status_width, width] = widths;
    let who = model.owner_name(one.assigned_to.as_ref());
    let who_width = if width >= 70 { 16 } else { 10 };
    let room = width.saturating_sub(2 + when_width + 2 + 2 + status_width + 2 + who_width + 1);
    let title = clean_or(one.title.as_deref().unwrap_or_default(), "(no title)");
    let past = start(model, one).is_none_or(|at| at < model.now);
    let quiet = if past || !is_on(&one.status) { theme.dim.0 } else { theme.text.0 };
    let status = status_style(theme, &one.status);
    let label = text::clean(one.status.label()).into_owned();
    Line::from(vec![
        Span::raw(if cursor { "▶" } else { " " }),
        Span::styled(symbol, symbol_style),
        Span::styled(text::pad(when, when_width), quiet),
        Span::styled(format!("  {}", text::pad(&text::cut(&title, room), room)), quiet),
        Span::styled(format!("  {}", text::pad(&text::cut(&label, status_width), status_width)), status),
        Span::styled(format!("  {}", text::cut(&who, who_width)), theme.dim.0),
    ])
}

fn start(model: &Model, one: &Appointment) -> Option<Timestamp> {
    one.start.and_then(|start| start.instant(&model.zone))
}

/// `Thu 26 Sep 10:00–10:45`, with the year where it is not this one.
fn when(model: &Model, one: &Appointment) -> String {
    let Some(start) = one.start.map(|start| start.wall(&model.zone)) else { return "no date".to_owned() };
    let this_year = model.zone.to_datetime(model.now).year() == start.year();
    let day = start.strftime(if this_year { "%a %d %b" } else { "%d %b %Y" });
    let time = match one.end.map(|end| end.wall(&model.zone)) {
        Some(end) if end.date() == start.date() && end > start => model.hours().span(start, end),
        Some(_) | None => model.hours().time(start),
    };
    format!("{day} {time}")
}

/// How long until the next one.
fn next(model: &Model, all: &[AppointmentLine<'_>]) -> Line<'static> {
    let coming = all.iter().map(|line| &line.value).filter(|one| is_on(&one.status));
    let next = coming.filter_map(|one| start(model, one)).find(|at| *at >= model.now);
    let said = match next.map(|at| age(model.now, at)) {
        Some(soon) if soon == "now" => "next now".to_owned(),
        Some(time) => format!("next in {time}"),
        None if all.is_empty() => String::new(),
        None => "none coming".to_owned(),
    };
    Line::styled(said, model.theme.dim.0)
}
