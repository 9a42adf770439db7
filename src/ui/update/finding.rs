//! Finding contacts: the filter while it is typed and completed, and by what the list is sorted.

use tui_textarea::CursorMove;

use crate::config::{Action, Context};
use crate::domain::ContactId;
use crate::protocol::Choice;
use crate::query::{self, Column, KnownValues, Query, Sort};

use crate::ui::message::Effect;
use crate::ui::model::{Focus, Mode, Model};
use crate::ui::popups::filter::state::{FilterBox, FilterSuggestions};
use crate::ui::state::line::line_field;

use crate::ui::state::toast::Level;
use crate::ui::update::{moves, views};

/// Opens the filter's box.
pub(crate) fn open(model: &mut Model) {
    model.focus = Focus::Contacts;
    let before = model.listing.filter.clone();
    let field = line_field(&before);
    let selected_before = model.listing.selected.clone();
    model.mode = Mode::Filter(FilterBox { field, before, selected_before, tried: None });
}

/// An action in the filter's box.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Accept => {
            model.mode = Mode::Browse;
            views::remember(model, effects);
        }
        Action::Cancel => {
            if let Mode::Filter(filter) = std::mem::replace(&mut model.mode, Mode::Browse)
                && filter.before != model.listing.filter
            {
                put_back(model, filter.before, filter.selected_before, effects);
            }
        }
        Action::NextOption | Action::PreviousOption => take(model, action == Action::NextOption, effects),
        action => moves::cursor(model, action),
    }
}

/// Lists by this filter, with this contact under the cursor.
pub(crate) fn put_back(model: &mut Model, filter: String, selected: Option<ContactId>, effects: &mut Vec<Effect>) {
    let query = model.understood(&filter);
    effects.push(model.listing.restore(filter, query, selected));
}

/// What is in the box has changed.
pub(crate) fn changed(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Mode::Filter(filter) = &model.mode {
        let typed = filter.field.lines().concat();
        if typed != model.listing.filter {
            let query = model.understood(&typed);
            effects.push(model.listing.set_filter(typed, query));
        }
    }
}

/// What the filter says may depend on the time and on names.
pub(crate) fn reread(model: &mut Model, effects: &mut Vec<Effect>) {
    let query = model.understood(&model.listing.filter);
    effects.extend(model.listing.set_query(query));
}

/// What could follow in the box, which of it stands there already, and where what it would replace ends.
pub(crate) fn offers(model: &Model, filter: &FilterBox) -> FilterSuggestions {
    if let Some(tried) = &filter.tried {
        return tried.clone();
    }
    let before: String = filter.field.lines().concat().chars().take(filter.field.cursor().1).collect();
    let known = KnownValues { context: model.meanings(), tags: &model.location.tags, roster: &model.listing.latest };
    FilterSuggestions { completion: query::complete(&before, &known), at: None, end: before.len() }
}

/// Puts the next of what is offered in place of what stands before the cursor.
fn take(model: &mut Model, next: bool, effects: &mut Vec<Effect>) {
    let Mode::Filter(filter) = &model.mode else { return };
    let FilterSuggestions { completion, at, end } = offers(model, filter);
    let count = completion.suggestions.len();
    if count == 0 {
        return;
    }
    let at = match (at, next) {
        (None, true) => 0,
        (None, false) => count - 1,
        (Some(at), true) => (at + 1) % count,
        (Some(at), false) => (at + count - 1) % count,
    };
    let typed = filter.field.lines().concat();
    let (kept, rest) = (&typed[..completion.from], &typed[end..]);
    let begun = format!("{kept}{}", completion.suggestions[at].text);
    let mut field = line_field(&format!("{begun}{rest}"));
    let column = u16::try_from(begun.chars().count()).unwrap_or(u16::MAX);
    field.move_cursor(CursorMove::Jump(0, column));
    // What was the only one is taken, and the next key asks for what follows it.
    let tried = (count > 1).then_some(FilterSuggestions { completion, at: Some(at), end: begun.len() });
    if let Mode::Filter(filter) = &mut model.mode {
        (filter.field, filter.tried) = (field, tried);
    }
    changed(model, effects);
}

/// Why another order would not be seen.
pub(crate) fn no_sort(model: &Model) -> Option<String> {
    model.listing.is_ranked().then(|| {
        let back = model.keymap.key(Context::Main, Action::Back).unwrap_or_default();
        format!("the filter's best matches come first ({back} clears it)")
    })
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
pub(crate) enum Place {
    First,
    Second,
}

/// Sorts by the column that was chosen.
pub(crate) fn chosen(model: &mut Model, column: &str, place: Place, effects: &mut Vec<Effect>) {
    let Some(column) = Column::ALL.into_iter().find(|one| one.name() == column) else { return };
    let now = model.listing.sort;
    let wanted = match place {
        Place::First => now.with_first(column),
        Place::Second => now.with_second(column),
    };
    sort(model, wanted, effects);
}

/// Lists everybody, with this contact under the cursor.
pub(crate) fn clear(model: &mut Model, selected: Option<ContactId>, effects: &mut Vec<Effect>) {
    effects.push(model.listing.restore(String::new(), Query::default(), selected));
}
