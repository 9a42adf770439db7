//! Where things are on a screen of a given size. Update and view ask the same question here, so that
//! paging and scrolling speak of what is really seen.

use ratatui::layout::{Constraint, Layout as Split, Rect};

use crate::config::Context;
pub(crate) use crate::ui::ink::inside;

/// Which half of the screen the keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    Contacts,
    Section,
}

/// What belongs to the contact under the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Detail,
    Tasks,
    Notes,
    Appointments,
}

impl Section {
    pub(crate) const ALL: [Self; 4] = [Self::Detail, Self::Tasks, Self::Notes, Self::Appointments];

    /// Where the keys are looked up while it has the focus.
    pub(crate) fn context(self) -> Context {
        match self {
            Self::Detail => Context::Detail,
            Self::Tasks => Context::Tasks,
            Self::Notes => Context::Notes,
            Self::Appointments => Context::Appointments,
        }
    }
}

/// A framed part of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pane {
    Contacts,
    Section(Section),
}

/// How the screen is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Too small for panes: one line says so.
    Line,
    /// One pane at a time; Esc goes back to the contacts.
    Single,
    /// Contacts above, one section of the contact below.
    Stacked,
    /// Contacts on the left, all sections on the right.
    Columns,
    /// Contacts, detail and tasks, notes and appointments.
    Wide,
}

/// The screen's parts.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) area: Rect,
    pub(crate) shape: Shape,
    pub(crate) header: Rect,
    /// Which screens there are; no row where there is no room.
    pub(crate) tabs: Rect,
    pub(crate) panes: Vec<(Pane, Rect)>,
    pub(crate) status: Rect,
    pub(crate) footer: Rect,
    pub(crate) body: Rect,
}

impl Layout {
    pub(crate) fn new(area: Rect, focus: Focus, section: Section, zoom: bool) -> Self {
        let shape = shape(area);
        if shape == Shape::Line {
            let none = Rect { height: 0, ..area };
            return Self {
                area,
                shape,
                header: none,
                tabs: none,
                panes: Vec::new(),
                status: none,
                footer: none,
                body: area,
            };
        }
        let one = Constraint::Length(1);
        let tabs = Constraint::Length(u16::from(area.height >= 18));
        let [header, tabs, body, status, footer] =
            Split::vertical([one, tabs, Constraint::Min(1), one, one]).areas(area);
        let focused = match focus {
            Focus::Contacts => Pane::Contacts,
            Focus::Section => Pane::Section(section),
        };
        let panes = match shape {
            _ if zoom => vec![(focused, body)],
            Shape::Line | Shape::Single => vec![(focused, body)],
            Shape::Stacked => {
                let [top, bottom] = Split::vertical([Constraint::Fill(11), Constraint::Fill(10)]).areas(body);
                vec![(Pane::Contacts, top), (Pane::Section(section), bottom)]
            }
            Shape::Columns => {
                let [left, right] = Split::horizontal([Constraint::Fill(9), Constraint::Fill(11)]).areas(body);
                let detail = detail_height(body.height);
                let rows = [Constraint::Length(detail), Constraint::Fill(1), Constraint::Fill(1), Constraint::Fill(1)];
                let sections: [Rect; 4] = Split::vertical(rows).areas(right);
                let sections = Section::ALL.into_iter().map(Pane::Section).zip(sections);
                std::iter::once((Pane::Contacts, left)).chain(sections).collect()
            }
            Shape::Wide => {
                let columns = [Constraint::Fill(10), Constraint::Fill(9), Constraint::Fill(9)];
                let [left, middle, right] = Split::horizontal(columns).areas(body);
                let halves = [Constraint::Length(detail_height(body.height).max(12)), Constraint::Fill(1)];
                let [detail, tasks] = Split::vertical(halves).areas(middle);
                let [notes, appointments] = Split::vertical([Constraint::Fill(3), Constraint::Fill(2)]).areas(right);
                vec![
                    (Pane::Contacts, left),
                    (Pane::Section(Section::Detail), detail),
                    (Pane::Section(Section::Tasks), tasks),
                    (Pane::Section(Section::Notes), notes),
                    (Pane::Section(Section::Appointments), appointments),
                ]
            }
        };
        Self { area, shape, header, tabs, panes, status, footer, body }
    }

    /// The area of a pane, where it is shown.
    pub(crate) fn pane(&self, pane: Pane) -> Option<Rect> {
        self.panes.iter().find(|(shown, _)| *shown == pane).map(|(_, area)| *area)
    }
}

fn shape(area: Rect) -> Shape {
    match (area.width, area.height) {
        (..40, _) | (_, ..10) => Shape::Line,
        (..80, _) | (_, ..18) => Shape::Single,
        (..100, _) | (_, ..30) => Shape::Stacked,
        (160.., _) => Shape::Wide,
        _ => Shape::Columns,
    }
}

/// The detail pane keeps its height from contact to contact, so that the panes below it stay put.
fn detail_height(body: u16) -> u16 {
    match body {
        ..32 => 10,
        32..38 => 11,
        _ => 12,
    }
}
