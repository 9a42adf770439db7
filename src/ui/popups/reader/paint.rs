//! A text, whole.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
};

use crate::config::{Action, Context, Theme};
use crate::text::Emphasis;

use crate::ui::ink::inside;
use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::popup::{centred, scrolled, titled};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::reader::state::TextReader;
use crate::ui::state::layout::Layout;

fn area(screen: Rect) -> Rect {
    centred(screen, 90, screen.height.saturating_sub(4).max(6))
}

/// The lines of the text, and how many of them are seen at once.
pub(crate) fn lines(model: &Model, reader: &TextReader, screen: Rect) -> (Vec<Line<'static>>, usize) {
    let inner = inside(area(screen));
    let wrapped = reader.text.wrapped(inner.width.saturating_sub(2).max(1)).lines;
    let line = |line: &Vec<crate::text::TextSpan>| {
        let spans = line.iter().map(|span| Span::styled(span.text.clone(), emphasis(&model.theme, span.emphasis)));
        std::iter::once(Span::raw(" ")).chain(spans).collect::<Line<'static>>()
    };
    (wrapped.iter().map(line).collect(), usize::from(inner.height))
}

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Read(reader) = &model.mode else { return None };
    let area = area(layout.area);
    let (lines, height) = lines(model, reader, layout.area);
    let key = |action| model.key(Context::Reader, action);
    let mut hints = vec![(key(Action::Down), "more"), (key(Action::Cancel), "close")];
    if lines.len() <= height {
        hints.remove(0);
    }
    let mut content = titled(&model.theme, &reader.title, &hints, area);
    content.list = scrolled(lines, reader.top, height);
    Some((area, content))
}

fn emphasis(theme: &Theme, emphasis: Emphasis) -> Style {
    let mut style = if emphasis.link || emphasis.code { theme.accent.0 } else { theme.text.0 };
    for (on, modifier) in [
        (emphasis.bold, Modifier::BOLD),
        (emphasis.italic, Modifier::ITALIC),
        (emphasis.struck, Modifier::CROSSED_OUT),
        (emphasis.link, Modifier::UNDERLINED),
    ] {
        if on {
            style = style.add_modifier(modifier);
        }
    }
    style
}
