//! The notes of the contact, one line each; Enter reads the whole.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::age;
use crate::protocol::NoteView;
use crate::text::{self, RichText};
use crate::ui::state::layout::Section;

use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::{inside, lead, record_mark};
use crate::ui::model::Model;
use crate::ui::screens::contacts::paint::pane::{nothing, rows, section_pane};
use crate::ui::screens::contacts::state::panel::NoteLine;
use crate::ui::state::list_cursor::ListCursor;

pub(crate) fn content(model: &Model, tabs: bool, area: Rect) -> PaneContent {
    let notes = model.opened.as_ref().map(|opened| opened.note_lines(&model.overlay)).unwrap_or_default();
    let count = if notes.is_empty() { String::new() } else { notes.len().to_string() };
    let key = model.key(Context::Main, Action::AddNote);
    let empty = if model.access.may_write() { format!("No notes yet. {key} writes one.") } else { "No notes.".into() };
    let place = model.opened.as_ref().map_or_else(ListCursor::default, |opened| opened.notes.place);
    let heads: Vec<(String, String)> = notes.iter().map(|note| head(model, note)).collect();
    let who_width = heads.iter().map(|(who, _)| text::width(who)).max().unwrap_or(0).min(14);
    let room = usize::from(inside(area).width).saturating_sub(who_width + 11);
    let line = |(note, (who, when)): &(NoteLine<'_>, (String, String)), here| {
        let (symbol, style) = symbol(model, note);
        let who = text::pad(&text::cut(who, who_width), who_width);
        Line::from(vec![
            Span::raw(lead(here, ' ')),
            Span::styled(symbol, style),
            Span::styled(format!(" {who} {when:>4}  "), model.theme.dim.0),
            Span::raw(text::cut(&first_line(note), room).into_owned()),
        ])
    };
    let notes: Vec<_> = notes.into_iter().zip(heads).collect();
    let list = rows(model, Section::Notes, &notes, place, area, line).or(nothing(model, "notes", empty));
    section_pane(model, Section::Notes, tabs, Line::styled(count, model.theme.dim.0), list)
}

fn symbol(model: &Model, line: &NoteLine<'_>) -> (&'static str, ratatui::style::Style) {
    let draft = model.drafts.of_note(&line.note.contact, line.target.as_ref()).is_some();
    match line.pending {
        None if line.note.pinned && !draft => ("*", model.theme.accent.0),
        pending => record_mark(&model.theme, pending.map(|pending| pending.progress.state()), draft),
    }
}

/// Who wrote it and how long ago.
fn head(model: &Model, line: &NoteLine<'_>) -> (String, String) {
    let (who, at) = match line.view {
        None => ("you".to_owned(), line.pending.map(|pending| pending.made_at)),
        Some(NoteView { note, .. }) => {
            (note.author.as_ref().map_or_else(|| "—".to_owned(), |id| model.user_name(id)), note.added)
        }
    };
    (who, at.map(|at| age(at, model.now)).unwrap_or_default())
}

fn first_line(line: &NoteLine<'_>) -> String {
    // On its way: only its beginning is looked at.
    let first = line.text().map_or_else(|| beginning(&line.note.body), RichText::first_line);
    let title = &line.note.title;
    match title {
        Some(title) if !title.trim().is_empty() => format!("{}: {first}", text::clean(title)),
        _ => first,
    }
}

/// The first words of a body that is not resolved yet.
fn beginning(body: &str) -> String {
    const CHARS: usize = 400;
    let start: String = body.chars().take(CHARS).collect();
    text::rich(&start).first_line()
}
