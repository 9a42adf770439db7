//! The appointments of the contact in the location's zone, what comes next first.

use jiff::Timestamp;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Appointment, AppointmentStatus, Scope, age, is_on};
use crate::text;
use crate::ui::state::layout::{Pane, Section};

use crate::ui::ink::pane::{self, Titles};
use crate::ui::ink::{cells, mark, put, row};
use crate::ui::model::Model;
use crate::ui::screens::contacts::paint::pane as contact_pane;
use crate::ui::screens::contacts::state::panel::AppointmentLine;

/// Paints the pane.
pub(crate) fn paint(model: &Model, tabs: bool, area: Rect, buf: &mut Buffer) {
    let here = Pane::Section(Section::Appointments);
    let all = model
        .opened
        .as_ref()
        .map(|opened| opened.appointment_lines(&model.overlay, model.now, &model.zone))
        .unwrap_or_default();
    let right = if tabs { contact_pane::whose(model, tabs) } else { next(model, &all) };
    let zone = model.zone.iana_name().unwrap_or("UTC").to_owned();
    let below =
        if all.is_empty() { Line::default() } else { Line::styled(format!("times in {zone}"), model.theme.dim.0) };
    let titles = Titles { left: contact_pane::section_title(model, Section::Appointments, tabs), right, below };
    let inner = contact_pane::frame(model, here, titles, area, buf);
    if let Some((said, bad)) = contact_pane::not_there(model, "appointments").filter(|_| all.is_empty()) {
        pane::words(&model.theme, &said, bad, inner, buf);
        return;
    }
    if all.is_empty() {
        let key = model.keymap.key(Context::Appointments, Action::New).unwrap_or_default();
        let said = match model.access.refusal(Scope::EventsWrite) {
            None => format!("No appointments. {key} books one."),
            Some(why) => format!("No appointments ({why})."),
        };
        pane::words(&model.theme, &said, false, inner, buf);
        return;
    }
    let Some(opened) = &model.opened else { return };
    let whens: Vec<String> = all.iter().map(|one| when(model, &one.value)).collect();
    let when_width = whens.iter().map(|when| text::width(when)).max().unwrap_or(0);
    let status_width = all.iter().map(|one| text::width(one.value.status.label())).max().unwrap_or(0).min(12);
    let height = usize::from(inner.height);
    let shown = all.iter().zip(&whens).enumerate().skip(opened.appointments.offset).take(height);
    for (n, (at, (one, when))) in shown.enumerate() {
        let area = row(inner, cells(n));
        let cursor = at == opened.appointments.at && model.focused() == here;
        let widths = [when_width, status_width, usize::from(inner.width)];
        put(buf, area, &line(model, one, when, widths, cursor));
        if cursor {
            contact_pane::highlight(model, here, area, buf);
        }
    }
    let bar = if model.focused() == here { model.theme.focus.0 } else { model.theme.border.0 };
    pane::scrollbar(inner, opened.appointments.offset, height, all.len(), bar, buf);
}

fn line(model: &Model, listed: &AppointmentLine<'_>, when: &str, widths: [usize; 3], cursor: bool) -> Line<'static> {
    let (theme, one) = (&model.theme, &listed.value);
    let (symbol, symbol_style) = mark(&model.theme, listed.pending.map(|pending| pending.progress.state()));
    let [when_width, status_width, width] = widths;
    let who = one.assigned_to.as_ref().map(|id| model.user_name(id)).unwrap_or_default();
    let who_width = if width >= 70 { 16 } else { 10 };
    let room = width.saturating_sub(2 + when_width + 2 + 2 + status_width + 2 + who_width + 1);
    let title = one.title.as_deref().map(|title| text::clean(title).into_owned()).unwrap_or_default();
    let title = if title.trim().is_empty() { "(no title)".to_owned() } else { title };
    let past = start(model, one).is_none_or(|at| at < model.now);
    let (quiet, status) = match &one.status {
        AppointmentStatus::Cancelled | AppointmentStatus::Invalid => (theme.dim.0, theme.dim.0),
        AppointmentStatus::NoShow => (if past { theme.dim.0 } else { theme.text.0 }, theme.warn.0),
        AppointmentStatus::Confirmed | AppointmentStatus::Showed => {
            (if past { theme.dim.0 } else { theme.text.0 }, theme.good.0)
        }
        AppointmentStatus::New | AppointmentStatus::Other(_) => {
            (if past { theme.dim.0 } else { theme.text.0 }, theme.dim.0)
        }
    };
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
    let date = start.strftime(if this_year { "%a %d %b %H:%M" } else { "%d %b %Y %H:%M" }).to_string();
    match one.end.map(|end| end.wall(&model.zone)) {
        Some(end) if end.date() == start.date() && end > start => format!("{date}–{}", end.strftime("%H:%M")),
        Some(_) | None => date,
    }
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
