//! What is about to be done, and the keys for yes and no, or the line in which the number is typed.

use ratatui::{layout::Rect, style::Style, text::Line};

use crate::config::{Action, Context, Theme};
use crate::text;

use crate::ui::ink::cells;
use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::popup::{centred, prompt, scrolled, titled};
use crate::ui::model::{Mode, Model};
use crate::ui::state::how_many::HowMany;
use crate::ui::state::layout::Layout;

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    let Mode::Confirm(asked) = &model.mode else { return None };
    let theme = &model.theme;
    let wrapped = |said: &str, style| {
        let line = |part: String| Line::styled(format!("  {part}"), style);
        text::wrap_words(said, 66).into_iter().map(line).collect::<Vec<_>>()
    };
    let mut lines = vec![Line::default()];
    lines.extend(asked.lines.iter().flat_map(|line| wrapped(line, Style::default())));
    lines.extend(asked.warning.iter().flat_map(|line| wrapped(line, theme.warn.0)));
    let hint = |context, action| Some((model.key(context, action), asked.word(action)?));
    let (keys, yes, foot) = match asked.how_many {
        Some(_) => (Context::Prompt, Action::Accept, 2),
        None => (Context::Confirm, Action::Yes, 0),
    };
    let hints: Vec<_> = [yes, Action::Cancel].into_iter().filter_map(|action| hint(keys, action)).collect();
    let area = centred(layout.body, 72, cells(lines.len()).saturating_add(3 + foot));
    let mut content = titled(theme, &asked.title, &hints, area);
    match &asked.how_many {
        Some(asked_for) => {
            let height = usize::from(area.height.saturating_sub(2 + 2));
            content.list = scrolled(lines, 0, height);
            how_many(&mut content, theme, asked_for, asked.verb);
        }
        None => content.head = lines,
    }
    Some((area, content))
}

/// The foot of a pop-up in which the number of records is typed.
pub(crate) fn how_many(content: &mut PaneContent, theme: &Theme, how_many: &HowMany, verb: &str) {
    let wanted = how_many.wanted;
    let (line, at) = prompt(theme, &how_many.field, "how many");
    let act = match (verb, wanted) {
        // It is a tag, an owner or a business that is added or removed, and no contact.
        ("add" | "remove", _) => "go ahead".to_owned(),
        (verb, 1) => format!("{verb} it"),
        (verb, many) => format!("{verb} all {many}"),
    };
    let asked = if how_many.is_wrong {
        Line::styled(format!(" ! That is not the number: type {wanted} to {act}"), theme.warn.0)
    } else {
        Line::styled(format!(" Type {wanted} to {act}:"), theme.title.0)
    };
    content.foot = vec![asked, line];
    content.typing_at = Some(at);
}
