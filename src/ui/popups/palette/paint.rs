//! The palette: actions, screens and contacts that match what is typed.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, Words, rows_in};
use crate::ui::ink::popup::{asking, centred};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::palette::rules::offers;
use crate::ui::popups::palette::state::Offer;
use crate::ui::rules::explained;
use crate::ui::state::layout::Layout;
use crate::ui::state::list_cursor::ListCursor;

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Palette(palette) = &model.mode else { return None };
    let theme = &model.theme;
    let area = centred(layout.body, 84, layout.body.height.saturating_sub(2).min(26));
    let key = |action| model.key(Context::Palette, action);
    let hints = [(key(Action::Accept), "run"), (key(Action::Cancel), "close")];
    let mut content = asking(theme, "Command palette", &hints, &palette.field, "an action, a screen, a contact", area);
    let (height, width) = (rows_in(area, 1), usize::from(area.width).saturating_sub(17));
    let line = |offer: Offer, _| match offer {
        Offer::Action(action, bound) => {
            let (said, can) = explained(model, action);
            let style = if can { theme.text.0 } else { theme.dim.0 };
            Line::from(vec![
                Span::styled(format!(" {} ", text::pad(bound.as_deref().unwrap_or_default(), 12)), theme.key.0),
                Span::styled(text::cut(&said, width).into_owned(), style),
            ])
        }
        Offer::Contact(_, name) => Line::from(vec![
            Span::styled(format!(" {} ", text::pad("contact", 12)), theme.dim.0),
            Span::raw(text::cut(&name, width).into_owned()),
        ]),
    };
    content.list = ListCursor::at_bottom(palette.cursor, height)
        .rows(offers(model, palette).into_iter(), height, line)
        .or(Words::quiet("No match."));
    Some((area, content))
}
