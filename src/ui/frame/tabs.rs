//! The line of tabs: which screens there are.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};

use crate::ui::ink::{cells, grouped, put};
use crate::ui::model::room::Alarm;
use crate::ui::model::{Model, Screen};

/// `[1 Contacts 4,812]  2 Tasks 37 (5 late)  5 Activity  6 Outbox 3`, with shorter names where there is no room.
pub(crate) fn tabs(model: &Model, area: Rect, buf: &mut Buffer) {
    let (palette, help) = (model.key(Context::Main, Action::Palette), model.key(Context::Main, Action::Help));
    let right = Line::from(vec![
        Span::styled(palette, model.theme.key.0),
        Span::styled(" palette  ", model.theme.dim.0),
        Span::styled(help, model.theme.key.0),
        Span::styled(" help ", model.theme.dim.0),
    ]);
    let room = usize::from(area.width);
    let line = [true, false].into_iter().map(|long| names(model, long)).find(|line| line.width() <= room);
    let line = line.unwrap_or_else(|| names(model, false));
    if line.width() + right.width() <= room {
        let width = cells(right.width());
        put(buf, Rect { x: area.right() - width, width, ..area }, &right);
    }
    put(buf, area, &line);
}

fn names(model: &Model, long: bool) -> Line<'static> {
    let counted = |count: usize| if count == 0 { String::new() } else { format!(" {}", grouped(count as u64)) };
    let lit = if model.room().tab.is_some() { model.screen } else { model.room().parent };
    let mut spans = vec![Span::raw(" ")];
    for room in Screen::ALL.map(|screen| model.room_of(screen)) {
        let Some(tab) = &room.tab else { continue };
        let key = model.key(Context::Main, room.go);
        let here = lit == room.screen;
        let style = if here { model.theme.title.0.patch(model.theme.accent.0) } else { model.theme.dim.0 };
        // The shown one is told from the others without colour too.
        let (before, behind) = match (here, long) {
            (true, _) => ("[", "]"),
            (false, true) => (" ", " "),
            (false, false) => ("", ""),
        };
        let name = tab.names[usize::from(!long)];
        spans.push(Span::styled(format!("{before}{key} {name}{}", counted((tab.count)(model))), style));
        let (at_count, at_tab) = match (tab.alarm)(model, long) {
            Alarm::Quiet => (None, None),
            Alarm::Count(span) => (Some(span), None),
            Alarm::Tab(span) => (None, Some(span)),
        };
        spans.extend(at_count);
        spans.push(Span::styled(behind, style));
        spans.extend(at_tab);
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}
