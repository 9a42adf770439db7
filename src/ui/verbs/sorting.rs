//! What the list is sorted by.

use crate::query::{Column, Sort};

use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::state::toast::Level;
use crate::ui::verbs::views;

/// Sorts by the next column.
pub(crate) fn next_sort(model: &mut Model, effects: &mut Vec<Effect>) {
    sort(model, model.listing.sort.next(), effects);
}

/// Sorts, and says so.
fn sort(model: &mut Model, sort: Sort, effects: &mut Vec<Effect>) {
    let second = sort.second.map(|by| format!(", then {}", by.column.label())).unwrap_or_default();
    model.say(Level::Hint, format!("Sorted by {}{second}", sort.first.column.label()));
    effects.push(model.listing.set_sort(sort));
    views::remember(model, effects);
}

/// Which place a chosen column takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SortPlace {
    First,
    Second,
}

/// Sorts by the column that was chosen.
pub(crate) fn sort_by(model: &mut Model, column: &str, place: SortPlace, effects: &mut Vec<Effect>) {
    let Some(column) = Column::ALL.into_iter().find(|one| one.name() == column) else { return };
    let now = model.listing.sort;
    let wanted = match place {
        SortPlace::First => now.with_first(column),
        SortPlace::Second => now.with_second(column),
    };
    sort(model, wanted, effects);
}
