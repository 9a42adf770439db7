//! Paints the model. Only what is visible is looked at; nothing is changed.

use ratatui::{Frame, buffer::Buffer, layout::Rect, text::Line};

use crate::text;

use crate::ui::frame::{footer, header, next_keys, tabs};
use crate::ui::ink::{popup, put};
use crate::ui::model::Model;
use crate::ui::model::room::PopupPaint;
use crate::ui::state::layout::Shape;

/// Paints one frame.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let layout = model.layout_of(area);
    if layout.shape == Shape::Line {
        too_small(model, area, frame.buffer_mut());
        return;
    }
    header::paint(model, layout.header, frame.buffer_mut());
    tabs::tabs(model, layout.tabs, frame.buffer_mut());
    let mut on_screen = None;
    for (area, pane) in (model.room().panes)(model, &layout) {
        on_screen = on_screen.or(pane.paint(&model.theme, area, frame.buffer_mut()));
    }
    footer::paint_messages(model, &layout, frame.buffer_mut());
    footer::paint_hints(model, layout.footer, frame.buffer_mut());
    let over_it = model.popup().and_then(|popup| match popup.paint {
        PopupPaint::Content(content) => {
            let (area, content) = content(model, &layout)?;
            popup::paint(content, &model.theme, area, frame.buffer_mut())
        }
        PopupPaint::Own(paint) => paint(model, &layout, frame.buffer_mut()),
    });
    next_keys::paint(model, &layout, frame.buffer_mut());
    if let Some(cursor) = over_it.or(on_screen) {
        frame.set_cursor_position(cursor);
    }
}

/// One line for a terminal that has no room for panes.
fn too_small(model: &Model, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let name = text::clean(&model.location.name);
    let (width, height) = (area.width, area.height);
    let line = format!("ghl-tui needs 40×10, this is {width}×{height} · {name}");
    put(buf, area, &Line::styled(line, model.theme.dim.0));
}
