//! Tells the worker what the screen looks at, put together from the model after each message.

use crate::protocol::{Command, InView, Prefetch};
use crate::ui::state::layout::Pane;

use crate::ui::message::Effect;
use crate::ui::model::{Model, Screen};
use crate::ui::screens::contacts::paint::list::list_head;
use crate::ui::screens::duplicates;

/// Tells it where it has changed.
pub(super) fn settle(model: &mut Model, effects: &mut Vec<Effect>) {
    let height = model.height_of(Pane::Contacts).saturating_sub(list_head(model));
    let contacts = model.screen == Screen::Contacts;
    let around = if contacts { model.listing.around(2 * height) } else { Vec::new() };
    // A page away at most is known before the cursor is there.
    let neighbours = model.neighbours.look(&around, 2 * height + 1);
    let in_view = InView {
        contact: model.opened.as_ref().map(|opened| opened.contact.clone()),
        prefetch: if contacts { model.listing.in_sight(height) } else { Prefetch::default() },
        neighbours,
        comparison: duplicates::rules::comparison(model),
        open_tasks: matches!(model.screen, Screen::OpenTasks | Screen::Agenda) || model.facts.asks_for_tasks,
        month: (model.screen == Screen::Agenda).then(|| model.agenda.month()),
        fields: model.facts.fields.clone(),
    };
    effects.extend(model.worker_view.tell(in_view, model.now).map(|in_view| Effect::Send(Command::InView(in_view))));
}
