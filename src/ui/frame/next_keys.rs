//! The keys that may follow the ones pressed.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::config::Action;
use crate::text;

use crate::ui::ink::cells;
use crate::ui::ink::popup::{self, titled};
use crate::ui::model::Model;
use crate::ui::state::layout::Layout;

/// Paints them at the lower right, while a sequence of keys is being pressed.
pub(crate) fn paint(model: &Model, layout: &Layout, buf: &mut Buffer) {
    if model.pressed.is_empty() {
        return;
    }
    let theme = &model.theme;
    let next = model.keymap.next_keys(model.context(), &model.pressed);
    let widest = next.iter().map(|(key, action)| text::width(key) + 2 + text::width(action.describe())).max();
    let (width, height) = (cells(widest.unwrap_or(0)).saturating_add(4), cells(next.len()).saturating_add(2));
    let body = layout.body;
    let area = Rect {
        x: body.right().saturating_sub(width).max(body.x),
        y: body.bottom().saturating_sub(height).max(body.y),
        width: width.min(body.width),
        height: height.min(body.height),
    };
    let pressed: Vec<String> = model.pressed.iter().map(ToString::to_string).collect();
    let mut content = titled(theme, &format!("{} …", pressed.join(" ")), &[], area);
    let line = |(key, action): &(String, Action)| {
        Line::from(vec![Span::styled(format!(" {key}  "), theme.key.0), Span::styled(action.describe(), theme.text.0)])
    };
    content.head = next.iter().map(line).collect();
    popup::paint(content, theme, area, buf);
}
