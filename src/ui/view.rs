//! Paints the model. Only what is visible is looked at; nothing is changed.

mod agenda;
mod agenda_item;
mod appointments;
mod arranging;
mod backlog;
mod choose;
mod contacts;
mod detail;
mod filter;
mod footer;
mod form;
mod header;
mod notes;
mod pane;
mod popup;
mod review;
mod screens;
mod tasks;
mod views;

use jiff::SignedDuration;
use ratatui::{Frame, buffer::Buffer, layout::Rect, style::Style, text::Line};

use crate::domain::PendingState;
use crate::text;

use crate::ui::layout::{Layout, Shape};
use crate::ui::model::{Mode, Model, Pane, Screen, Section};

pub(super) use agenda::agenda_height;
pub(super) use choose::inspector_room;
pub(super) use contacts::{column_widths, list_head, usual_columns};
pub(super) use detail::detail_lines;
pub(super) use pane::{Titles, boxed, row_name};
pub(super) use popup::reader_room;
pub(super) use review::{all_evidence, fields_height, journal_height, queue_height, report_room, scroll_review};
pub(super) use screens::screen_height;

/// How long details may take before "loading" is said.
pub(super) const LOADING_AFTER: SignedDuration = SignedDuration::from_millis(250);

/// Paints one frame.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let layout = model.layout_of(area);
    if layout.shape == Shape::Line {
        too_small(model, area, frame.buffer_mut());
        return;
    }
    header::paint(model, layout.header, frame.buffer_mut());
    screens::tabs(model, layout.tabs, frame.buffer_mut());
    match model.screen {
        Screen::Contacts => panes(model, &layout, frame),
        Screen::Tasks => {
            if let Some(cursor) = backlog::paint(model, &layout, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        Screen::Agenda => {
            if let Some(cursor) = agenda::paint(model, &layout, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        Screen::Duplicates => review::paint(model, &layout, frame.buffer_mut()),
        Screen::Journal => review::journal(model, &layout, frame.buffer_mut()),
        Screen::Decisions => review::decisions(model, &layout, frame.buffer_mut()),
        Screen::Activity => screens::activity(model, &layout, frame.buffer_mut()),
        Screen::Outbox => screens::outbox(model, &layout, frame.buffer_mut()),
    }
    footer::paint_messages(model, &layout, frame.buffer_mut());
    footer::paint_hints(model, layout.footer, frame.buffer_mut());
    popups(model, &layout, frame);
}

fn panes(model: &Model, layout: &Layout, frame: &mut Frame<'_>) {
    for (pane, area) in &layout.panes {
        let cursor = match pane {
            Pane::Contacts => contacts::paint(model, *area, frame.buffer_mut()),
            Pane::Section(section) => {
                section_pane(model, layout, *section, *area, frame.buffer_mut());
                None
            }
        };
        if let Some(cursor) = cursor {
            frame.set_cursor_position(cursor);
        }
    }
}

fn section_pane(model: &Model, layout: &Layout, section: Section, area: Rect, buf: &mut Buffer) {
    // Where only one section is in sight its title lists them all.
    let tabs = !matches!(layout.shape, Shape::Columns | Shape::Wide);
    match section {
        Section::Detail => detail::paint(model, tabs, area, buf),
        Section::Tasks => tasks::paint(model, tabs, area, buf),
        Section::Notes => notes::paint(model, tabs, area, buf),
        Section::Appointments => appointments::paint(model, tabs, area, buf),
    }
}

fn popups(model: &Model, layout: &Layout, frame: &mut Frame<'_>) {
    match &model.mode {
        Mode::Browse | Mode::Filter(_) | Mode::Search(_) => {}
        Mode::Compose(composer) => {
            let cursor = popup::compose(model, composer, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::Read(reader) => popup::read(model, reader, frame.buffer_mut()),
        Mode::Form(form) => {
            if let Some(cursor) = form::paint(model, form, layout, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        Mode::Pick(picker) => {
            let cursor = choose::pick(model, picker, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::Arrange(arranging) => arranging::paint(model, arranging, layout, frame.buffer_mut()),
        Mode::Name(naming) => {
            let cursor = views::name(model, naming, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::Palette(palette) => {
            let cursor = choose::palette(model, palette, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::Confirm(confirm) => choose::confirm(model, confirm, layout, frame.buffer_mut()),
        Mode::Type(typing) => {
            let cursor = review::typing(model, typing, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::When(when) => {
            let cursor = backlog::when(model, when, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::DryRun(run) => {
            if let Some(cursor) = review::dry_run(model, run, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        Mode::Decide(id) => choose::decide(model, *id, layout, frame.buffer_mut()),
        Mode::Inspect { record, top } => choose::inspect(model, record, *top, frame.buffer_mut()),
        Mode::Help(help) => {
            let cursor = popup::help(model, help, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
    }
    if !model.pressed.is_empty() {
        popup::next_keys(model, layout, frame.buffer_mut());
    }
}

/// One line for a terminal that has no room for panes.
fn too_small(model: &Model, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let name = text::clean(&model.location.name);
    let (width, height) = (area.width, area.height);
    let line = format!("ghl-tui needs 40×10, this is {width}×{height} · {name}");
    put(buf, area, &Line::styled(line, model.theme.dim.0));
}

/// Draws a line at the top of an area, cut to it.
fn put(buf: &mut Buffer, area: Rect, line: &Line<'_>) {
    if !area.is_empty() {
        buf.set_line(area.x, area.y, line, area.width);
    }
}

/// The n-th row of an area.
fn row(area: Rect, n: u16) -> Rect {
    let y = area.y.saturating_add(n).min(area.bottom());
    Rect { x: area.x, y, width: area.width, height: u16::from(n < area.height) }
}

/// The mark of a pending edit with the style that goes with it.
fn mark(model: &Model, state: Option<PendingState>) -> (&'static str, Style) {
    let theme = &model.theme;
    match state {
        None => (" ", theme.text.0),
        Some(PendingState::Saving) => ("·", theme.accent.0),
        Some(PendingState::Queued) => ("⇅", theme.accent.0),
        Some(PendingState::Failed) => ("✗", theme.bad.0),
        Some(PendingState::Clash) => ("!", theme.warn.0),
    }
}

/// A length that a list can be counted in on the screen.
pub(super) fn cells(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}

/// `4812` as `4,812`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(super::grouped(number), text);
        }
    }
}
