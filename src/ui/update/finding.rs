//! What the list is filtered and sorted by.

use crate::domain::ContactId;
use crate::protocol::Choice;
use crate::query::{Column, Query, Sort};

use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::state::toast::Level;
use crate::ui::update::views;

/// Lists by this filter, with this contact under the cursor.
pub(crate) fn put_back(model: &mut Model, filter: String, selected: Option<ContactId>, effects: &mut Vec<Effect>) {
    let query = model.understood(&filter);
    effects.push(model.listing.restore(filter, query, selected));
}

/// What the filter says may depend on the time and on names.
pub(crate) fn reread(model: &mut Model, effects: &mut Vec<Effect>) {
    let query = model.understood(&model.listing.filter);
    effects.extend(model.listing.set_query(query));
}

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

/// The columns to choose from, with what they are sorted by already.
pub(crate) fn columns(sort: Sort) -> Vec<Choice> {
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

/// Lists everybody, with this contact under the cursor.
pub(crate) fn clear(model: &mut Model, selected: Option<ContactId>, effects: &mut Vec<Effect>) {
    effects.push(model.listing.restore(String::new(), Query::default(), selected));
}
