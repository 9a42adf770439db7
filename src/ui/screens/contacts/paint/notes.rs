//! The notes of the contact, one line each; Enter reads the whole.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::age;
use crate::text;
use crate::ui::state::layout::{Pane, Section};

use crate::ui::ink::pane::{self, Titles};
use crate::ui::ink::{cells, mark, put, row};
use crate::ui::model::Model;
use crate::ui::screens::contacts::paint::pane as contact_pane;
use crate::ui::screens::contacts::state::panel::NoteLine;

/// Paints the pane.
pub(crate) fn paint(model: &Model, tabs: bool, area: Rect, buf: &mut Buffer) {
    let here = Pane::Section(Section::Notes);
    let notes = model.opened.as_ref().map(|opened| opened.note_lines(&model.overlay)).unwrap_or_default();
    let count = if notes.is_empty() { String::new() } else { notes.len().to_string() };
    let right = if tabs { contact_pane::whose(model, tabs) } else { Line::styled(count, model.theme.dim.0) };
    let titles =
        Titles { left: contact_pane::section_title(model, Section::Notes, tabs), right, below: Line::default() };
    let inner = contact_pane::frame(model, here, titles, area, buf);
    if let Some((said, bad)) = contact_pane::not_there(model, "notes").filter(|_| notes.is_empty()) {
        pane::words(&model.theme, &said, bad, inner, buf);
        return;
    }
    if notes.is_empty() {
        let key = model.keymap.key(Context::Main, Action::AddNote).unwrap_or_default();
        let said =
            if model.access.may_write() { format!("No notes yet. {key} writes one.") } else { "No notes.".into() };
        pane::words(&model.theme, &said, false, inner, buf);
        return;
    }
    let Some(opened) = &model.opened else { return };
    let heads: Vec<(String, String)> = notes.iter().map(|note| head(model, note)).collect();
    let width = heads.iter().map(|(who, _)| text::width(who)).max().unwrap_or(0).min(14);
    let height = usize::from(inner.height);
    let shown = notes.iter().zip(&heads).enumerate().skip(opened.notes.offset).take(height);
    for (n, (at, (note, (who, when)))) in shown.enumerate() {
        let area = row(inner, cells(n));
        let cursor = at == opened.notes.at && model.focused() == here;
        let (symbol, style) = symbol(model, note);
        let line = Line::from(vec![
            Span::raw(if cursor { "▶ " } else { "  " }),
            Span::styled(symbol, style),
            Span::styled(format!(" {} {when:>4}  ", text::pad(&text::cut(who, width), width)), model.theme.dim.0),
            Span::raw(text::cut(&first_line(note), usize::from(inner.width).saturating_sub(width + 11)).to_string()),
        ]);
        put(buf, area, &line);
        if cursor {
            contact_pane::highlight(model, here, area, buf);
        }
    }
    let bar = if model.focused() == here { model.theme.focus.0 } else { model.theme.border.0 };
    pane::scrollbar(inner, opened.notes.offset, height, notes.len(), bar, buf);
}

fn symbol(model: &Model, line: &NoteLine<'_>) -> (&'static str, ratatui::style::Style) {
    match line {
        NoteLine::Known { note, pending: None, .. } if note.pinned => ("*", model.theme.accent.0),
        line => mark(&model.theme, line.pending().map(|pending| pending.progress.state())),
    }
}

/// Who wrote it and how long ago.
fn head(model: &Model, line: &NoteLine<'_>) -> (String, String) {
    match line {
        NoteLine::Own(shown) => {
            let age = shown.pending.map(|pending| age(pending.made_at, model.now)).unwrap_or_default();
            ("you".to_owned(), age)
        }
        NoteLine::Known { view, .. } => (
            view.note.author.as_ref().map_or_else(|| "—".to_owned(), |id| model.user_name(id)),
            view.note.added.map(|at| age(at, model.now)).unwrap_or_default(),
        ),
    }
}

fn first_line(line: &NoteLine<'_>) -> String {
    let (title, first) = match (line, line.text()) {
        (NoteLine::Known { note, .. }, Some(text)) => (note.title.clone(), text.first_line()),
        // On its way: only its beginning is looked at.
        (line, _) => {
            let patch = line.patch();
            (patch.title.clone(), beginning(patch.body.as_deref().unwrap_or_default()))
        }
    };
    match title {
        Some(title) if !title.trim().is_empty() => format!("{}: {first}", text::clean(&title)),
        _ => first,
    }
}

/// The first words of a body that is not resolved yet.
fn beginning(body: &str) -> String {
    const CHARS: usize = 400;
    let start: String = body.chars().take(CHARS).collect();
    text::rich(&start).first_line()
}
