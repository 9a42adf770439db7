//! The filter while it is typed and completed.

use tui_textarea::{CursorMove, Input};

use crate::config::Action;
use crate::text;
use crate::ui::state::layout::Focus;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::filter::rules::suggestions;
use crate::ui::popups::filter::state::{FilterBox, FilterSuggestions};
use crate::ui::state::line::{line_field, write_line};
use crate::ui::state::list_cursor;
use crate::ui::verbs::{filtering, views};

/// Opens the filter's box.
pub(crate) fn open(model: &mut Model) {
    model.focus = Focus::Contacts;
    let before = model.listing.filter.clone();
    let field = line_field(&before);
    let selected_before = model.listing.follows();
    model.mode = Mode::Filter(FilterBox { field, before, selected_before, tried: None });
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    match action {
        Action::Accept => {
            model.mode = Mode::Browse;
            views::remember(model, effects);
        }
        Action::Cancel => {
            if let Mode::Filter(filter) = std::mem::replace(&mut model.mode, Mode::Browse)
                && filter.before != model.listing.filter
            {
                filtering::list_by(model, filter.before, filter.selected_before, effects);
            }
        }
        Action::NextOption | Action::PreviousOption => complete(model, action == Action::NextOption, effects),
        // The cursor moves in the list that is being filtered.
        action => return Some(action).filter(|action| list_cursor::is_move(*action)),
    }
    None
}

pub(crate) fn write(model: &mut Model, input: Input, effects: &mut Vec<Effect>) {
    let Mode::Filter(filter) = &mut model.mode else { return };
    filter.tried = None;
    if write_line(&mut filter.field, input) {
        changed(model, effects);
    }
}

pub(crate) fn paste(model: &mut Model, pasted: &str, effects: &mut Vec<Effect>) {
    let Mode::Filter(filter) = &mut model.mode else { return };
    filter.tried = None;
    filter.field.insert_str(text::clean(pasted));
    changed(model, effects);
}

/// Lists what the box says now.
fn changed(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Filter(filter) = &model.mode else { return };
    let typed = filter.field.lines().concat();
    if typed != model.listing.filter {
        let query = model.understood(&typed);
        effects.push(model.listing.set_filter(typed, query));
    }
}

/// Puts the next suggestion in place of what stands before the cursor.
fn complete(model: &mut Model, next: bool, effects: &mut Vec<Effect>) {
    let Mode::Filter(filter) = &model.mode else { return };
    let FilterSuggestions { completion, at, end } = suggestions(model, filter);
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
    // An only suggestion is taken, and the next key asks for what follows it.
    let tried = (count > 1).then_some(FilterSuggestions { completion, at: Some(at), end: begun.len() });
    if let Mode::Filter(filter) = &mut model.mode {
        (filter.field, filter.tried) = (field, tried);
    }
    changed(model, effects);
}
