//! A pane of the contact: its frame, its title, what is said while it is empty.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
    widgets::BorderType,
};

use crate::text;

use crate::ui::ink::grouped;
use crate::ui::ink::pane::{Titles, boxed};
use crate::ui::model::Model;
use crate::ui::screens::contacts::state::panel::LOADING_AFTER;
use crate::ui::state::layout::{Pane, Section};

/// Draws the frame and gives what is inside.
pub(crate) fn frame(model: &Model, pane: Pane, titles: Titles<'_>, area: Rect, buf: &mut Buffer) -> Rect {
    let focused = model.focused() == pane;
    let (kind, style) =
        if focused { (BorderType::Thick, model.theme.focus.0) } else { (BorderType::Plain, model.theme.border.0) };
    boxed(kind, style, titles, area, buf)
}

/// The title of a section: its own name, or where only one is in sight, all of them.
pub(crate) fn section_title(model: &Model, section: Section, tabs: bool) -> Line<'static> {
    if !tabs {
        let (name, _) = named(model, section);
        return Line::styled(name, model.theme.title.0);
    }
    let mut spans = vec![Span::styled("‹ ", model.theme.dim.0)];
    for (at, other) in Section::ALL.into_iter().enumerate() {
        if at > 0 {
            spans.push(Span::styled(" │ ", model.theme.border.0));
        }
        let (name, count) = named(model, other);
        let name = if other == Section::Appointments { "Appts".to_owned() } else { name };
        let style = if other == section { model.theme.title.0.patch(model.theme.accent.0) } else { model.theme.dim.0 };
        // The chosen one is told from the others without colour too.
        let label = if other == section { format!("[{name}{count}]") } else { format!("{name}{count}") };
        spans.push(Span::styled(label, style));
    }
    spans.push(Span::styled(" ›", model.theme.dim.0));
    Line::from(spans)
}

fn named(model: &Model, section: Section) -> (String, String) {
    let opened = model.opened.as_ref();
    let many = |len: usize| if len == 0 { String::new() } else { format!(" {}", grouped(len as u64)) };
    match section {
        Section::Detail => ("Detail".to_owned(), String::new()),
        Section::Tasks => {
            let open = opened.map_or(0, |opened| {
                opened.task_lines(&model.overlay).iter().filter(|line| !line.value.completed).count()
            });
            ("Tasks".to_owned(), many(open))
        }
        Section::Notes => {
            ("Notes".to_owned(), many(opened.map_or(0, |opened| opened.note_lines(&model.overlay).len())))
        }
        Section::Appointments => {
            let all = opened.map_or(0, |opened| opened.appointment_lines(&model.overlay, model.now, &model.zone).len());
            ("Appointments".to_owned(), many(all))
        }
    }
}

/// Where only one section is in sight, whose it is.
pub(crate) fn whose(model: &Model, tabs: bool) -> Line<'static> {
    let name = model.listing.selected.as_ref().filter(|_| tabs).map(|id| model.name_of(id)).unwrap_or_default();
    Line::styled(text::cut(&name, 30).to_string(), model.theme.title.0)
}

/// Puts the cursor's look on a row; only the pane with the focus has the strong one.
pub(crate) fn highlight(model: &Model, pane: Pane, area: Rect, buf: &mut Buffer) {
    let style = if model.focused() == pane { model.theme.cursor.0 } else { model.theme.cursor_idle.0 };
    buf.set_style(area, style);
}

/// What is said in place of a list that is not there yet; `None` where it is.
pub(crate) fn not_there(model: &Model, what: &str) -> Option<(String, bool)> {
    let Some(opened) = &model.opened else { return Some(("Choose a contact on the left.".to_owned(), false)) };
    let Some(details) = &opened.details else {
        let waited = opened.since.duration_until(model.now) >= LOADING_AFTER;
        return Some((if waited { format!("Loading {what}…") } else { String::new() }, false));
    };
    if details.fetched_at.is_some() {
        return None;
    }
    let said = details.failure.as_ref().map(|failure| {
        let (why, next) = (text::clean(&failure.why), text::clean(&failure.next));
        format!("The {what} could not be fetched: {why}. {next}")
    });
    Some(said.map_or_else(|| (format!("Loading {what}…"), false), |said| (said, true)))
}
