//! The saved views above the list.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::text;

use crate::ui::ink::grouped;
use crate::ui::ink::pane_content::spread;
use crate::ui::model::Model;
use crate::ui::state::views::shows;

/// More of a name is not needed to know a view by.
const NAME: usize = 24;

/// ` All  [Hot leads 14]  No phone 210`: the one that is shown in brackets, with `*` where the list was changed since.
pub(crate) fn line(model: &Model, width: usize) -> Line<'static> {
    let theme = &model.theme;
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
    if line.width() <= width {
        return line;
    }
    let mut used = 1;
    let seen = line.styled_graphemes(Style::default()).take_while(|one| {
        used += text::width(one.symbol);
        used <= width
    });
    let seen = seen.map(|one| Span::styled(one.symbol.to_owned(), one.style)).collect();
    spread(seen, Line::styled("›", theme.dim.0), width)
}
