//! The line above tasks and appointments: whose are listed, and the words they are searched for, typed or said.

use ratatui::text::{Line, Span};

use crate::config::{Action, Context};
use crate::text;

use crate::ui::ink::pane_content::spread;
use crate::ui::ink::{before_cursor, cells};
use crate::ui::model::{Mode, Model};
use crate::ui::screens::open_tasks::state::filter::{TaskFilter, Whose};

/// The filter: the words, and whose tasks are listed; and the column where words are typed.
pub(crate) fn line(model: &Model, context: Context, filter: &TaskFilter, width: usize) -> (Line<'static>, Option<u16>) {
    let theme = &model.theme;
    let key = |action| model.key(context, action);
    let whose = match &filter.whose {
        Whose::Anyone => "everybody's".to_owned(),
        Whose::Nobody => "nobody's".to_owned(),
        Whose::User(user) if model.me.as_ref() == Some(user) => "mine".to_owned(),
        Whose::User(user) => format!("of {}", model.user_name(user)),
    };
    let style = if filter.whose == Whose::Anyone { theme.dim.0 } else { theme.accent.0 };
    let keep = [(Context::Filter, Action::Accept, " keep  "), (Context::Filter, Action::Cancel, " undo ")];
    let right: Line<'static> = if matches!(model.mode, Mode::Search(_)) {
        let hint = |(context, action, what): (Context, Action, &'static str)| {
            [Span::styled(model.key(context, action), theme.key.0), Span::styled(what, theme.dim.0)]
        };
        keep.into_iter().flat_map(hint).collect()
    } else {
        Line::from(vec![
            Span::styled(key(Action::ByOwner), theme.key.0),
            Span::raw(" "),
            Span::styled(text::cut(&whose, 24).into_owned(), style),
            Span::raw(" "),
        ])
    };
    let slash = Span::styled(format!(" {} ", key(Action::Filter)), theme.key.0);
    let lead = cells(slash.width());
    let (said, typing_at) = match &model.mode {
        Mode::Search(search) => {
            let before = text::width(&before_cursor(&search.field));
            (Span::raw(search.field.lines().concat()), Some(lead.saturating_add(cells(before))))
        }
        _ if filter.words().is_empty() => (Span::styled("filter by title or contact", theme.dim.0), None),
        _ => (Span::styled(text::clean(filter.words()).into_owned(), theme.accent.0), None),
    };
    let line = Line::from(vec![slash, said]);
    let room_for_both = width > right.width() + 30;
    (if room_for_both { spread(line, right, width) } else { line }, typing_at)
}
