//! What the list shows, and the panes of the contact under the cursor.

pub(crate) mod appointments;
pub(crate) mod detail;
pub(crate) mod list;
pub(crate) mod notes;
pub(crate) mod pane;
pub(crate) mod tasks;
pub(crate) mod views;

use ratatui::layout::Rect;

use crate::ui::ink::pane_content::PaneContent;
use crate::ui::model::Model;
use crate::ui::state::layout::{Layout, Pane, Section, Shape};

/// What the panes show, and where they are.
pub(crate) fn panes(model: &Model, layout: &Layout) -> Vec<(Rect, PaneContent)> {
    // Where only one section is in sight its title lists them all, and names the contact.
    let tabs = model.zoom || !matches!(layout.shape, Shape::Columns | Shape::Wide);
    let content = |pane, area| match pane {
        Pane::Contacts => list::content(model, area),
        Pane::Section(Section::Detail) => detail::content(model, tabs, area),
        Pane::Section(Section::Tasks) => tasks::content(model, tabs, area),
        Pane::Section(Section::Notes) => notes::content(model, tabs, area),
        Pane::Section(Section::Appointments) => appointments::content(model, tabs, area),
    };
    layout.panes.iter().map(|(pane, area)| (*area, content(*pane, *area))).collect()
}
