//! Saved views: choosing, saving, deleting, counting, adding their tags; and what is kept until the next start.

use crate::config::{View, ViewChange};
use crate::domain::ContactId;
use crate::protocol::{BulkAction, Choice, Command};
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::state::toast::Level;
use crate::ui::state::undo_stack::OwnStep;
use crate::ui::state::views::{Look, Remembered, look_of, misunderstood};
use crate::ui::verbs::{filtering, plans};

/// As many rows as a tall screen has.
const IN_SIGHT: usize = 120;

/// No view: the whole list as it was.
pub(crate) const ALL: &str = "\u{0}all";

/// Shows the next view, or the one before: first all contacts, then the views in their order.
pub(crate) fn step(model: &mut Model, next: bool, effects: &mut Vec<Effect>) {
    let names: Vec<&str> = std::iter::once(ALL).chain(model.views.all.iter().map(|view| view.name.as_str())).collect();
    let at = names.iter().position(|name| Some(*name) == model.views.chosen.as_deref()).unwrap_or(0);
    let to = (if next { at + 1 } else { at + names.len() - 1 }) % names.len();
    let name = names[to].to_owned();
    show(model, &name, effects);
}

/// Shows a view, or with [`ALL`] the whole list.
pub(crate) fn show(model: &mut Model, name: &str, effects: &mut Vec<Effect>) {
    if model.views.chosen.is_none() {
        model.views.own = own(model);
    }
    let selected = model.listing.follows();
    let (chosen, filter, look) = match model.views.get(name).cloned() {
        Some(view) => {
            if let Some(why) = misunderstood(&view) {
                model.say(Level::Warn, format!("View {}: {}", view.name, text::clean(&why)));
            }
            let look = look_of(&view);
            (Some(view.name), view.filter, look)
        }
        None => (None, String::new(), model.views.own.clone()),
    };
    model.views.chosen = chosen;
    model.listing.columns = look.columns;
    model.listing.set_order(look.sort);
    filtering::list_by(model, filter, selected, effects);
    remember(model, effects);
}

/// How the list looks when no view is shown.
pub(crate) fn own(model: &Model) -> Look {
    Look { sort: model.listing.sort, columns: model.listing.columns.clone() }
}

/// The list is put back to all contacts; no view is shown any more.
pub(crate) fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    show(model, ALL, effects);
}

/// The views to choose from, with what they let through.
pub(crate) fn lines(model: &Model) -> Vec<Choice> {
    let line = |view: &View| {
        let count = model.views.count(&view.name).map(|count| format!("  {count}")).unwrap_or_default();
        let tags = if view.tags.is_empty() { String::new() } else { format!("  adds {}", view.tags.join(", ")) };
        let name = format!("{}{count}{tags}", view.name);
        Choice { id: view.name.clone(), name: text::clean(&name).into_owned() }
    };
    let all = Choice { id: ALL.to_owned(), name: "All contacts".to_owned() };
    std::iter::once(all).chain(model.views.all.iter().map(line)).collect()
}

/// Changes the saved views, as a step that can be undone.
pub(crate) fn change(model: &mut Model, change: ViewChange, effects: &mut Vec<Effect>) {
    model.undo.did(step_of(model, &change));
    effects.push(Effect::Views(change));
}

/// What the change of a view is from and to, before it is made.
fn step_of(model: &Model, change: &ViewChange) -> OwnStep {
    let (name, after) = match change {
        ViewChange::Put(view) => (&view.name, Some(view.clone())),
        ViewChange::Remove { name, .. } => (name, None),
    };
    OwnStep::View { before: model.views.get(name).cloned(), after }
}

/// Gives the view that is shown these tags.
pub(crate) fn set_tags(model: &mut Model, tags: Vec<String>, effects: &mut Vec<Effect>) {
    let Some(view) = model.views.shown() else { return };
    let location = Some(model.location.id.clone());
    let change = ViewChange::Put(View { location, tags, ..view.clone() });
    self::change(model, change, effects);
}

/// Deletes the view that is shown; what it lists stays listed.
pub(crate) fn delete(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(name) = model.views.chosen.clone() {
        let location = model.location.id.clone();
        change(model, ViewChange::Remove { name, location }, effects);
    }
}

/// Asks for what adding the view's tags to its contacts would take.
pub(crate) fn apply(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(tags) = model.views.shown().map(|view| view.tags.clone()) else { return };
    let (rows, shown) = (&model.listing.rows, &model.listing.shown);
    let contacts: Vec<ContactId> = rows.iter().map(|ix| shown.get(*ix).id().clone()).collect();
    plans::plan(model, contacts, BulkAction::TagOnce(tags), effects);
}

/// Keeps what is shown for the next start.
pub(crate) fn remember(model: &Model, effects: &mut Vec<Effect>) {
    let listing = &model.listing;
    let own = if model.views.chosen.is_some() { model.views.own.clone() } else { own(model) };
    let remembered = Remembered {
        view: model.views.chosen.clone(),
        filter: listing.filter.clone(),
        sort: listing.sort.to_string(),
        columns: listing.columns.as_ref().map(ToString::to_string),
        own_sort: own.sort.to_string(),
        own_columns: own.columns.as_ref().map(ToString::to_string),
        contact: listing.follows(),
    };
    if let Ok(shown) = serde_json::to_string(&remembered) {
        let in_sight = listing.rows.iter().skip(listing.cursor.top).take(IN_SIGHT);
        let in_sight = in_sight.map(|ix| listing.shown.get(*ix).id().clone()).collect();
        effects.push(Effect::Send(Command::Remember { shown, in_sight }));
    }
}
