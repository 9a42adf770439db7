//! The fields of a conflict: what they were, what we made of them, what the server has.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::Progress;
use crate::text;

use crate::ui::ink::cells;
use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::popup::{centred, titled};
use crate::ui::model::{Mode, Model};
use crate::ui::state::layout::Layout;

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Decide(id) = model.mode else { return None };
    let theme = &model.theme;
    let pending = model.overlay.get(id);
    let clash = match pending.map(|pending| &pending.progress) {
        Some(Progress::Clash(clash)) => clash.as_slice(),
        _ => &[],
    };
    let area = centred(layout.body, 96, cells(clash.len() * 4).saturating_add(5).max(8));
    let title = pending.map_or_else(
        || "Resolved".to_owned(),
        |pending| {
            let whom = model.name_of(&pending.edit.contact);
            let whom = if whom.is_empty() { whom } else { format!(" for {whom}") };
            format!("Someone else changed this too: {}{whom}", pending.edit.intent())
        },
    );
    let key = |action| model.key(Context::Decide, action);
    let hints = [
        (key(Action::KeepOurs), "keep yours"),
        (key(Action::TakeTheirs), "keep the server's"),
        (key(Action::Cancel), "later"),
    ];
    let mut content = titled(theme, &title, &hints, area);
    let width = usize::from(area.width).saturating_sub(16);
    for one in clash {
        content.head.push(Line::styled(format!(" {}", model.field_name(&one.field)), theme.title.0));
        for (label, value, style) in [
            ("was", &one.base, theme.dim.0),
            ("yours", &one.ours, theme.accent.0),
            ("server's", &one.theirs, theme.warn.0),
        ] {
            let shown = model.field_value(&one.field, value);
            content.head.push(Line::from(vec![
                Span::styled(format!("   {} ", text::pad(label, 9)), theme.dim.0),
                Span::styled(text::cut(&shown, width).into_owned(), style),
            ]));
        }
    }
    Some((area, content))
}
