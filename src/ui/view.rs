//! Paints the model. Only what is visible is looked at; nothing is changed.

use jiff::SignedDuration;
use ratatui::{Frame, buffer::Buffer, layout::Rect, text::Line};

use crate::text;

use crate::ui::frame::{footer, header, screens};
use crate::ui::ink::put;
use crate::ui::model::{Mode, Model, Pane, Screen, Section};
use crate::ui::popups::{choose, columns, dry_run, form, popup, view_name};
use crate::ui::screens::contacts::paint::{appointments, detail, list, notes, tasks};
use crate::ui::screens::{agenda, duplicates, journal, tasks as open_tasks};
use crate::ui::state::layout::{Layout, Shape};

/// How long details may take before "loading" is said.
pub(crate) const LOADING_AFTER: SignedDuration = SignedDuration::from_millis(250);

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
            if let Some(cursor) = open_tasks::paint::paint(model, &layout, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        Screen::Agenda => {
            if let Some(cursor) = agenda::paint::paint(model, &layout, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        Screen::Duplicates => duplicates::paint::paint(model, &layout, frame.buffer_mut()),
        Screen::Journal => journal::paint::journal(model, &layout, frame.buffer_mut()),
        Screen::Decisions => journal::paint::decisions(model, &layout, frame.buffer_mut()),
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
            Pane::Contacts => list::paint(model, *area, frame.buffer_mut()),
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
        Mode::Note(composer) => {
            let cursor = popup::compose(model, composer, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::Read(reader) => popup::read(model, reader, frame.buffer_mut()),
        Mode::Form(form) => {
            if let Some(cursor) = form::paint::paint(model, form, layout, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        Mode::Pick(picker) => {
            let cursor = choose::pick(model, picker, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::Columns(arranging) => columns::paint::paint(model, arranging, layout, frame.buffer_mut()),
        Mode::ViewName(naming) => {
            let cursor = view_name::paint::name(model, naming, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::Palette(palette) => {
            let cursor = choose::palette(model, palette, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::Confirm(confirm) => choose::confirm(model, confirm, layout, frame.buffer_mut()),
        Mode::Value(typing) => {
            let cursor = dry_run::paint::typing(model, typing, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::DueDate(when) => {
            let cursor = open_tasks::paint::when(model, when, layout, frame.buffer_mut());
            frame.set_cursor_position(cursor);
        }
        Mode::DryRun(run) => {
            if let Some(cursor) = dry_run::paint::dry_run(model, run, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        Mode::Decide(id) => choose::decide(model, *id, layout, frame.buffer_mut()),
        Mode::Inspect(inspector) => choose::inspect(model, &inspector.record, inspector.top, frame.buffer_mut()),
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
