//! A list to choose from.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::Context;
use crate::protocol::Choice;
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, Words, rows_in};
use crate::ui::ink::popup::{asking, centred};
use crate::ui::ink::{cells, lead};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::rules::is_new_tag;
use crate::ui::popups::picker::state::Picker;
use crate::ui::state::layout::Layout;
use crate::ui::state::list_cursor::ListCursor;

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Pick(picker) = &model.mode else { return None };
    let theme = &model.theme;
    let lines = picker.lines(&model.names);
    let wanted = cells(lines.len()).saturating_add(5).clamp(9, 22);
    let area = centred(layout.body, 64, wanted);
    let hints: Vec<_> =
        picker.hints.iter().map(|(action, what)| (model.key(Context::Picker, *action), *what)).collect();
    let mut content = asking(theme, &picker.title, &hints, &picker.field, "type to search", area);
    content.head.extend(picker.warning.map(|warning| Line::styled(format!(" ! {warning}"), theme.warn.0)));
    let height = rows_in(area, content.head.len());
    let room = usize::from(area.width).saturating_sub(16);
    content.list = ListCursor::at_bottom(picker.cursor, height).rows(lines.iter(), height, |choice, here| {
        let mark = match (picker.many, picker.chosen.contains(&choice.id)) {
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
            (false, _) => "",
        };
        let is_held = picker.picked_for.before.contains(&choice.id);
        let new = if picker.takes_new && !is_held && is_new_tag(model, &choice.id) { "  new tag" } else { "" };
        Line::from(vec![
            Span::raw(lead(here, ' ')),
            Span::raw(mark),
            Span::raw(text::cut(&choice.name, room).into_owned()),
            Span::styled(new, theme.warn.0),
        ])
    });
    // What is said of a list that is still to come stands below what can be chosen already.
    let said = said(model, picker, &lines).map(|words| words.wrapped(theme, usize::from(area.width).saturating_sub(2)));
    content.list.rows.extend(said.into_iter().flatten().map(|line| vec![line]));
    Some((area, content))
}

fn said(model: &Model, picker: &Picker, lines: &[Choice]) -> Option<Words> {
    let missing = picker.catalogue.filter(|catalogue| model.names.get(*catalogue).is_none());
    match missing.map(|catalogue| model.names.failed.get(&catalogue)) {
        Some(Some(why)) => Some(Words { said: why.clone(), loud: true }),
        Some(None) => Words::quiet("Loading…"),
        None => lines.is_empty().then(|| Words::quiet("No match.")).flatten(),
    }
}
