//! The editor of a note.

use ratatui::{buffer::Buffer, layout::Position};

use crate::config::{Action, Context};

use crate::ui::ink::inside;
use crate::ui::ink::popup::{self, centred, text_area, titled};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::rules::start_over;
use crate::ui::state::layout::Layout;

pub(crate) fn paint(model: &Model, layout: &Layout, buf: &mut Buffer) -> Option<Position> {
    let Mode::Note(note) = &model.mode else { return None };
    let theme = &model.theme;
    let area = centred(layout.body, 76, (layout.body.height * 2 / 3).clamp(8, 18));
    let whom = if note.name.is_empty() { String::new() } else { format!(" for {}", note.name) };
    let what = if note.known.is_some() { "Edit note" } else { "Note" };
    let key = |action| model.key(Context::Composer, action);
    let mut hints =
        vec![(key(Action::Send), "save"), (key(Action::Cancel), "keep as draft"), (key(Action::External), "editor")];
    hints.extend(start_over(model, Context::Composer, &note.draft(), note.is_changed()));
    popup::paint(titled(theme, &format!("{what}{whom}"), &hints, area), theme, area, buf);
    let mut field = note.field.clone();
    if field.lines().iter().all(String::is_empty) {
        field.set_placeholder_text("Write a note…");
        field.set_placeholder_style(theme.dim.0);
    }
    Some(text_area(field, theme, inside(area), buf))
}
