//! News of saved views: changed, counted, and shown again at the next start.

use crate::config::{View, ViewChange};
use crate::domain::Direction;
use crate::query::{NeededFacts, Query};
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::{Model, Screen};
use crate::ui::state::toast::Level;
use crate::ui::state::views::{Look, Remembered};
use crate::ui::update::undo;
use crate::ui::verbs::filtering;
use crate::ui::verbs::views::remember;

/// The views have been changed, or could not be.
pub(crate) fn came(
    model: &mut Model,
    change: Option<&ViewChange>,
    result: Result<Vec<View>, String>,
    effects: &mut Vec<Effect>,
) {
    match result {
        Ok(views) => {
            let (now, chosen) = (model.now, model.views.chosen.clone());
            model.views.set(views, now);
            if let Some(change) = change {
                let (name, done, undone) = match change {
                    ViewChange::Put(view) => (&view.name, "Saved", "Put back"),
                    ViewChange::Remove { name, .. } => (name, "Deleted", "Removed again"),
                };
                let was_undone = model.undo.has_undone_view(name);
                let (done, direction) = if was_undone { (undone, Direction::Undo) } else { (done, Direction::Redo) };
                let offers = undo::said_of(direction).1;
                model.say(Level::Done, format!("{done} the view {}", text::clean(name))).offers = offers;
            }
            if chosen != model.views.chosen || change.is_some() {
                remember(model, effects);
            }
        }
        Err(why) => {
            if let Some(change) = change {
                let (ViewChange::Put(View { name, .. }) | ViewChange::Remove { name, .. }) = change;
                model.undo.not_written(name);
            }
            if model.views.shown().is_none() {
                model.views.chosen = None;
            }
            model.say(Level::Bad, text::clean(&why).into_owned());
        }
    }
}

/// Counts what the views let through, when it is time to.
pub(crate) fn count(model: &mut Model, effects: &mut Vec<Effect>) {
    // Where nobody sees the counts, they wait.
    if model.screen != Screen::Contacts || !model.listing.is_answered() {
        return;
    }
    let Some(generation) = model.views.counts.take_due(model.now) else { return };
    let queries = model.views.all.iter().map(|view| (view.name.clone(), model.understood(&view.filter)));
    let queries: Vec<(String, Query)> = queries.collect();
    let mut asks = NeededFacts::default();
    for (_, query) in &queries {
        asks.add(query.needed_facts());
    }
    model.views.asks = asks;
    let (roster, facts) = model.listing.listed_from();
    effects.push(Effect::Count { generation, roster, queries: queries.into(), facts });
}

/// The first time that all contacts are listed, what is in sight is kept: a program that is killed goes without a word.
pub(crate) fn remember_first(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.views.remembered && model.listing.is_current() && !model.listing.rows.is_empty() {
        model.views.remembered = true;
        remember(model, effects);
    }
}

/// Shows what was shown when the dashboard was left. What is not understood any more is passed over.
pub(crate) fn resume(model: &mut Model, text: &str, effects: &mut Vec<Effect>) {
    let Ok(remembered) = serde_json::from_str::<Remembered>(text) else { return };
    let look = Look::read(&remembered.sort, remembered.columns.as_deref());
    model.views.own = Look::read(&remembered.own_sort, remembered.own_columns.as_deref());
    model.views.chosen = remembered.view.filter(|name| model.views.get(name).is_some());
    model.listing.columns = look.columns;
    model.listing.set_order(look.sort);
    filtering::list_by(model, remembered.filter, remembered.contact, effects);
}
