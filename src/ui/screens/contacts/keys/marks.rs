//! Marks: an action for many contacts applies to the marked ones.

use crate::config::{Action, Context};
use crate::domain::ContactId;

use crate::ui::model::Model;
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;

/// Marks all that are listed; not before the list shows what the filter lets through now.
fn mark_all(model: &mut Model) {
    let listing = &model.listing;
    model.marks.all_wanted = !listing.is_current();
    if model.marks.all_wanted {
        return;
    }
    let ids: Vec<ContactId> = listing.rows.iter().map(|ix| listing.shown.get(*ix).id().clone()).collect();
    model.marks.add(ids);
    let count = model.marks.len();
    // Going back clears a filter first.
    let away = if model.listing.filter.is_empty() {
        format!(". {} takes the marks away", model.key(Context::Main, Action::Back))
    } else {
        String::new()
    };
    model.say(Level::Hint, format!("{count} marked: all that are listed{away}"));
}

/// The list has a new answer: marks that waited for it are set.
pub(crate) fn listed(model: &mut Model) {
    if model.marks.all_wanted {
        mark_all(model);
    }
}

/// Marks: one, a range, all that are listed.
pub(crate) fn mark(model: &mut Model, action: Action) {
    let Some(here) = model.listing.selected.clone() else { return };
    match action {
        Action::MarkRange => {
            let listing = &model.listing;
            let place = |id: &ContactId| {
                let ix = listing.shown.find(id)?;
                listing.rows.iter().position(|row| *row == ix)
            };
            let from = model.marks.anchor.as_ref().and_then(place).unwrap_or(listing.cursor.at);
            let (low, high) = (from.min(listing.cursor.at), from.max(listing.cursor.at));
            let rows = listing.rows.iter().take(high + 1).skip(low);
            let ids: Vec<ContactId> = rows.map(|ix| listing.shown.get(*ix).id().clone()).collect();
            model.marks.add(ids);
            model.marks.anchor = Some(here);
        }
        Action::MarkAll => mark_all(model),
        _ => {
            model.marks.toggle(&here);
            let down = list_cursor::step(model.listing.cursor.at, model.listing.rows.len(), 2, Action::Down);
            model.listing.place(down);
        }
    }
}
