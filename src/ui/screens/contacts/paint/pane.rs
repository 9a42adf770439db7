//! A pane of what belongs to the contact: its title, its rows, what is said while it is empty.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::text;

use crate::ui::ink::pane_content::{PaneContent, PaneList, Words, rows_in};
use crate::ui::ink::{DRAFT, grouped};
use crate::ui::model::Model;
use crate::ui::screens::contacts::state::panel::LOADING_AFTER;
use crate::ui::state::layout::{Pane, Section};
use crate::ui::state::list_cursor::ListCursor;

/// The pane of a section; `right` gives way to the contact's name where only one section is in sight.
pub(crate) fn section_pane(
    model: &Model,
    section: Section,
    tabs: bool,
    right: Line<'static>,
    list: PaneList,
) -> PaneContent {
    PaneContent {
        title: section_title(model, section, tabs),
        right: if tabs { whose(model) } else { right },
        focused: model.focused() == Pane::Section(section),
        list,
        ..PaneContent::default()
    }
}

/// What is seen of a section's list; the cursor is shown where the focus is.
pub(crate) fn rows<'a, T>(
    model: &Model,
    section: Section,
    all: &'a [T],
    cursor: ListCursor,
    area: Rect,
    line: impl Fn(&'a T, bool) -> Line<'static>,
) -> PaneList {
    let focused = model.focused() == Pane::Section(section);
    let list = cursor.rows(all.iter(), rows_in(area, 0), |one, here| line(one, here && focused));
    PaneList { cursor: list.cursor.filter(|_| focused), ..list }
}

/// Behind a title, where a draft waits.
pub(crate) fn badge(model: &Model, waits: bool) -> Option<Span<'static>> {
    waits.then(|| Span::styled(format!(" {DRAFT}"), model.theme.accent.0))
}

/// Whether a draft of the contact under the cursor waits in a section.
pub(crate) fn waits(model: &Model, section: Section) -> bool {
    model.listing.selected.as_ref().is_some_and(|contact| model.drafts.is_in(contact, section))
}

/// The title of a section: its own name, or where only one is in sight, all of them.
pub(crate) fn section_title(model: &Model, section: Section, tabs: bool) -> Line<'static> {
    if !tabs {
        let (name, _) = named(model, section);
        let name = [Span::styled(name, model.theme.title.0)];
        return name.into_iter().chain(badge(model, waits(model, section))).collect();
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
        let count = if waits(model, other) { format!("{count} {DRAFT}") } else { count };
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
pub(crate) fn whose(model: &Model) -> Line<'static> {
    let name = model.listing.selected.as_ref().map(|id| model.name_of(id)).unwrap_or_default();
    Line::styled(text::cut(&name, 30).to_string(), model.theme.title.0)
}

/// What is said in place of a list: that it is not there yet, or in these words that it is empty.
pub(crate) fn nothing(model: &Model, what: &str, empty: String) -> Option<Words> {
    let Some(opened) = &model.opened else { return Words::quiet("Choose a contact on the left.") };
    let Some(details) = &opened.details else {
        let waited = opened.since.duration_until(model.now) >= LOADING_AFTER;
        return Words::quiet(if waited { format!("Loading {what}…") } else { String::new() });
    };
    match &details.failure {
        _ if details.fetched_at.is_some() => Words::quiet(empty),
        None => Words::quiet(format!("Loading {what}…")),
        Some(failure) => {
            let (why, next) = (text::clean(&failure.why), text::clean(&failure.next));
            Some(Words { said: format!("The {what} could not be fetched: {why}. {next}"), loud: true })
        }
    }
}
