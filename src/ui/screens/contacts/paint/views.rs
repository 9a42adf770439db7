//! The saved views above the list.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::text;

use crate::ui::ink::{grouped, put};
use crate::ui::model::Model;
use crate::ui::state::views::shows;

/// More of a name is not needed to know a view by.
const NAME: usize = 24;

/// ` All  [Hot leads 14]  No phone 210`: the one that is shown in brackets, with `*` where the list was changed since.
pub(crate) fn line(model: &Model, area: Rect, buf: &mut Buffer) {
    let (theme, width) = (&model.theme, usize::from(area.width));
    let mut tabs = vec![(model.views.chosen.is_none(), "All".to_owned())];
    for view in &model.views.all {
        let chosen = model.views.chosen.as_deref() == Some(&view.name);
        let changed = if chosen && !shows(&model.listing, view) { "*" } else { "" };
        let count = model.views.count(&view.name).map(|count| format!(" {}", grouped(count))).unwrap_or_default();
        tabs.push((chosen, format!("{}{changed}{count}", text::cut(&text::clean(&view.name), NAME))));
    }
    let wide = |(_, tab): &(bool, String)| text::width(tab) + 2;
    let chosen = tabs.iter().position(|(chosen, _)| *chosen).unwrap_or(0);
    // From the first one with which the chosen one is still in sight.
    let fits = |from: &usize| tabs[*from..=chosen].iter().map(wide).sum::<usize>() < width;
    let from = (0..=chosen).find(fits).unwrap_or(chosen);
    let mut line = Line::from(Span::styled(if from > 0 { "‹" } else { " " }, theme.dim.0));
    for (chosen, tab) in &tabs[from..] {
        if *chosen {
            line.push_span(Span::styled("[", theme.accent.0));
            line.push_span(Span::styled(tab.clone(), theme.title.0));
            line.push_span(Span::styled("]", theme.accent.0));
        } else {
            line.push_span(Span::styled(format!(" {tab} "), theme.dim.0));
        }
    }
    let hidden = line.width() > width;
    put(buf, area, &line);
    if hidden && width > 1 {
        put(buf, Rect { x: area.right() - 1, width: 1, ..area }, &Line::styled("›", theme.dim.0));
    }
}
