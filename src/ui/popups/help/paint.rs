//! Every key with what it does.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, Words, rows_in};
use crate::ui::ink::popup::{asking, centred};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::help::rules::matching;
use crate::ui::rules::explained;
use crate::ui::state::layout::Layout;
use crate::ui::state::list_cursor::ListCursor;

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Help(help) = &model.mode else { return None };
    let theme = &model.theme;
    let area = centred(layout.body, 84, layout.body.height.saturating_sub(2));
    let key = |action| model.key(Context::Help, action);
    let hints = [(key(Action::Accept), "run"), (key(Action::Cancel), "close")];
    let mut content = asking(theme, "Keys", &hints, &help.field, "type to search", area);
    let (height, width) = (rows_in(area, 1), usize::from(area.width).saturating_sub(28));
    // A disabled action stays in the list with its reason.
    let line = |(action, bound): (Action, Vec<String>), _| {
        let (said, can) = explained(model, action);
        let styles = if can { [theme.key.0, theme.text.0] } else { [theme.dim.0; 2] };
        Line::from(vec![
            Span::styled(format!(" {}", text::pad(&bound.join("  "), 24)), styles[0]),
            Span::styled(text::cut(&said, width).into_owned(), styles[1]),
        ])
    };
    content.list = ListCursor::at_bottom(help.cursor, height)
        .rows(matching(model, help).into_iter(), height, line)
        .or(Words::quiet("No action matches."));
    Some((area, content))
}
