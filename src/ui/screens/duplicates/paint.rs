//! The review of duplicates: the queue, the records beside each other, what merging them would do, what happened when.

pub(crate) mod outcome;
pub(crate) mod queue;
pub(crate) mod records;

use ratatui::layout::{Constraint, Layout as Split, Rect};

use crate::ui::ink::inside;
use crate::ui::ink::pane_content::{PaneContent, PaneList, Words};
use crate::ui::model::Model;
use crate::ui::screens::duplicates::rules::sheet::Sheet;
use crate::ui::screens::duplicates::state::Part;
use crate::ui::state::layout::{Layout, Shape};

/// The queue beside the records, and the rows that it needs above them.
const QUEUE: u16 = 30;
const STRIP: u16 = 4;
/// So many rows show everything beside the queue.
const TALL: u16 = 26;

/// Where the parts of the screen are; no rows where there is no room.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Areas {
    queue: Rect,
    fields: Rect,
    outcome: Rect,
    timeline: Rect,
    /// The queue is a strip above the records: a line for each group, counters in the border.
    strip: bool,
}

fn areas(model: &Model, body: Rect, shape: Shape) -> Areas {
    let none = Rect { height: 0, ..body };
    let all = Areas { queue: none, fields: none, outcome: none, timeline: none, strip: true };
    match shape {
        Shape::Line => all,
        Shape::Single if model.reviewing.part == Part::Queue => Areas { queue: body, strip: body.height < 12, ..all },
        Shape::Single => Areas { fields: body, ..all },
        _ if body.width < 100 || body.height < TALL => {
            let outcome = if body.height >= 16 { 5 } else { 0 };
            // Who is in the fields sees more of them.
            let strip = if model.reviewing.part == Part::Queue { STRIP * 2 - 2 } else { STRIP - 1 };
            let rows = [Constraint::Length(strip), Constraint::Fill(1), Constraint::Length(outcome)];
            let [queue, fields, outcome] = Split::vertical(rows).areas(body);
            Areas { queue, fields, outcome, ..all }
        }
        _ => {
            let width = if body.width >= 160 { QUEUE + 10 } else { QUEUE };
            let [queue, right] = Split::horizontal([Constraint::Length(width), Constraint::Fill(1)]).areas(body);
            let timeline = match body.height {
                ..31 => 0,
                31..40 => 6,
                _ => 9,
            };
            let rows = [Constraint::Fill(1), Constraint::Length(10), Constraint::Length(timeline)];
            let [fields, outcome, timeline] = Split::vertical(rows).areas(right);
            Areas { queue, fields, outcome, timeline, strip: false }
        }
    }
}

fn areas_of(model: &Model) -> Areas {
    let layout = model.layout();
    areas(model, layout.body, layout.shape)
}

/// How many groups the queue shows.
pub(crate) fn queue_height(model: &Model) -> usize {
    queue::height(model, areas_of(model))
}

/// How many fields are seen at a time.
pub(crate) fn fields_height(model: &Model) -> usize {
    let area = inside(areas_of(model).fields);
    Sheet::of(model).map_or(0, |sheet| records::height(model, &sheet, area))
}

/// Scrolls the queue and the fields as little as needed.
pub(crate) fn scroll_review(model: &mut Model) {
    let (groups, height) = (model.duplicates.groups().len(), queue_height(model));
    model.duplicates.cursor.settle(groups, height);
    let height = fields_height(model);
    let place = Sheet::of(model).map(|sheet| (sheet.cursor(model), sheet.rows(model).len()));
    if let Some((at, rows)) = place {
        model.reviewing.fields.at = at;
        model.reviewing.fields.settle(rows, height);
    }
}

pub(crate) fn panes(model: &Model, layout: &Layout) -> Vec<(Rect, PaneContent)> {
    let areas = areas(model, layout.body, layout.shape);
    let queue = (areas.queue, queue::content(model, areas));
    let parts = [areas.fields, areas.outcome, areas.timeline];
    let contents = if let Some(sheet) = Sheet::of(model) {
        [
            records::content(model, &sheet, areas.fields),
            outcome::content(model, &sheet, areas.outcome),
            outcome::timeline(model, &sheet, areas.timeline),
        ]
    } else {
        let fetching = model.duplicates.group().and_then(|_| Words::quiet("Fetching the records…"));
        let list = PaneList::default().or(fetching);
        [(); 3].map(|()| PaneContent { list: list.clone(), ..PaneContent::default() })
    };
    std::iter::once(queue).chain(parts.into_iter().zip(contents)).collect()
}
