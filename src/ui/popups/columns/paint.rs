//! The list of columns while they are arranged.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::text;

use crate::ui::ink::{cells, put, row};
use crate::ui::model::Model;
use crate::ui::popups::choose::open;
use crate::ui::popups::columns::state::ColumnChooser;
use crate::ui::state::layout::Layout;

const WIDTH: u16 = 44;

/// On the right, so that the list is seen behind it.
pub(crate) fn paint(model: &Model, arranging: &ColumnChooser, layout: &Layout, buf: &mut Buffer) {
    let body = layout.body;
    let (width, height) = (WIDTH.min(body.width), (cells(arranging.lines().len()) + 4).min(body.height));
    let area = Rect { x: body.right() - width, y: body.bottom() - height, width, height };
    let key = |action| model.key(Context::Columns, action);
    let (accept, cancel) = (key(Action::Accept), key(Action::Cancel));
    let inner = open(model, area, "Columns", &[(&accept, "keep"), (&cancel, "undo")], buf);
    let room = usize::from(inner.height).saturating_sub(2);
    let offset = arranging.cursor.saturating_sub(room.saturating_sub(1));
    for (n, (at, (one, on))) in arranging.lines().iter().enumerate().skip(offset).take(room).enumerate() {
        let here = if at == arranging.cursor { "▶ " } else { "  " };
        let width = one.width.map_or_else(|| "by itself".to_owned(), |cells| format!("{cells} wide"));
        let style = if *on { model.theme.text.0 } else { model.theme.dim.0 };
        let line = Line::from(vec![
            Span::raw(here),
            Span::styled(if *on { "[x] " } else { "[ ] " }, style),
            Span::styled(text::pad(one.column.label(), 12), style),
            Span::styled(if *on { width } else { String::new() }, model.theme.dim.0),
        ]);
        let line_area = row(inner, cells(n));
        put(buf, line_area, &line);
        if at == arranging.cursor {
            buf.set_style(line_area, model.theme.cursor.0);
        }
    }
    let hints = [
        [(Action::Choose, "show"), (Action::MoveDown, "down"), (Action::MoveUp, "up")].as_slice(),
        &[
            (Action::Wider, "wider"),
            (Action::Narrower, "less"),
            (Action::Unsized, "itself"),
            (Action::AsUsual, "usual"),
        ],
    ];
    for (n, line) in (cells(room)..).zip(hints) {
        let spans = line.iter().flat_map(|(action, what)| {
            [
                Span::styled(format!(" {}", key(*action)), model.theme.key.0),
                Span::styled(format!(" {what}"), model.theme.dim.0),
            ]
        });
        put(buf, row(inner, n), &spans.collect::<Line<'_>>());
    }
}
