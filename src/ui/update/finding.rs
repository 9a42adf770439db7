//! By what the list of contacts is sorted.

use crate::config::{Action, Context};
use crate::protocol::Choice;
use crate::query::{Column, Sort};

use super::super::message::Effect;
use super::super::model::Model;
use super::super::toast::Level;

/// Why another order would not be seen.
pub(super) fn no_sort(model: &Model) -> Option<String> {
    model.listing.is_ranked().then(|| {
        let back = model.keymap.key(Context::Main, Action::Back).unwrap_or_default();
        format!("the filter's best matches come first ({back} clears it)")
    })
}

/// Sorts by the next column.
pub(super) fn next_sort(model: &mut Model, effects: &mut Vec<Effect>) {
    sort(model, model.listing.sort.next(), effects);
}

/// Sorts, and says so.
fn sort(model: &mut Model, sort: Sort, effects: &mut Vec<Effect>) {
    let second = sort.second.map(|by| format!(", then {}", by.column.label())).unwrap_or_default();
    model.say(Level::Hint, format!("Sorted by {}{second}", sort.first.column.label()));
    effects.push(model.listing.set_sort(sort));
}

/// The columns to choose from, with what they are sorted by already.
pub(super) fn columns(sort: Sort) -> Vec<Choice> {
    let line = |column: Column| {
        let place = match sort.of(column) {
            Some((by, is_second)) => format!("  {} {}", by.arrow(), if is_second { "second" } else { "first" }),
            None => String::new(),
        };
        Choice { id: column.name().to_owned(), name: column.label().to_owned() + &place }
    };
    Column::ALL.into_iter().map(line).collect()
}

/// Which place a chosen column takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    First,
    Second,
}

/// Sorts by the column that was chosen.
pub(super) fn chosen(model: &mut Model, column: &str, place: Place, effects: &mut Vec<Effect>) {
    let Some(column) = Column::ALL.into_iter().find(|one| one.name() == column) else { return };
    let now = model.listing.sort;
    let wanted = match place {
        Place::First => now.with_first(column),
        Place::Second => now.with_second(column),
    };
    sort(model, wanted, effects);
}
