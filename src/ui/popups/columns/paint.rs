//! The columns, at the right so that the list is seen behind them.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, rows_in};
use crate::ui::ink::popup::{keys, titled};
use crate::ui::ink::{cells, lead};
use crate::ui::model::{Mode, Model};
use crate::ui::state::layout::Layout;
use crate::ui::state::list_cursor::ListCursor;

const WIDTH: u16 = 44;

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Columns(chooser) = &model.mode else { return None };
    let (theme, body) = (&model.theme, layout.body);
    let (width, height) = (WIDTH.min(body.width), (cells(chooser.lines().len()) + 4).min(body.height));
    let area = Rect { x: body.right() - width, y: body.bottom() - height, width, height };
    let key = |action| model.key(Context::Columns, action);
    let mut content = titled(theme, "Columns", &[(key(Action::Accept), "keep"), (key(Action::Cancel), "cancel")], area);
    let room = rows_in(area, 2);
    content.list = ListCursor::at_bottom(chooser.cursor, room).rows(chooser.lines().iter(), room, |(one, on), here| {
        let width = one.width.map_or_else(|| "auto".to_owned(), |cells| format!("{cells} wide"));
        let style = if *on { theme.text.0 } else { theme.dim.0 };
        Line::from(vec![
            Span::raw(lead(here, ' ')),
            Span::styled(if *on { "[x] " } else { "[ ] " }, style),
            Span::styled(text::pad(one.column.label(), 12), style),
            Span::styled(if *on { width } else { String::new() }, theme.dim.0),
        ])
    });
    let line = |hints: &[(Action, &'static str)]| {
        let hints: Vec<_> = hints.iter().map(|(action, what)| (key(*action), *what)).collect();
        let mut line = keys(theme, &hints);
        line.spans.insert(0, Span::raw(" "));
        line
    };
    content.foot = vec![
        line(&[(Action::Choose, "show"), (Action::MoveDown, "down"), (Action::MoveUp, "up")]),
        line(&[
            (Action::Wider, "wider"),
            (Action::Narrower, "narrower"),
            (Action::Unsized, "auto"),
            (Action::AsUsual, "reset"),
        ]),
    ];
    Some((area, content))
}
