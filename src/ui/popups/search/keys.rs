//! Searching tasks and appointments while the words are typed.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::popups::search::state::{BeforeSearch, TaskSearch};
use crate::ui::state::line::line_field;
use crate::ui::state::list_cursor;

/// Opens the line on the screen that is shown, with the words that it is filtered by.
pub(crate) fn open(model: &mut Model) {
    let (words, before) = if model.screen == Screen::Agenda {
        let place = model.agenda.place();
        (place.0.clone(), BeforeSearch::Agenda(place))
    } else {
        let place = model.open_tasks.place();
        (place.0.clone(), BeforeSearch::Tasks(place))
    };
    model.mode = Mode::Search(TaskSearch { field: line_field(&words), before });
}

pub(crate) fn act(model: &mut Model, action: Action, _: &mut Vec<Effect>) -> Option<Action> {
    match action {
        Action::Accept => model.mode = Mode::Browse,
        Action::Cancel => {
            if let Mode::Search(search) = std::mem::replace(&mut model.mode, Mode::Browse) {
                match search.before {
                    BeforeSearch::Tasks(before) => model.open_tasks.restore(before),
                    BeforeSearch::Agenda(before) => model.agenda.restore(before),
                }
            }
        }
        // The cursor moves in the list that is being searched.
        action => return Some(action).filter(|action| list_cursor::is_move(*action)),
    }
    None
}

/// What is typed has changed.
pub(crate) fn changed(model: &mut Model, _: &mut Vec<Effect>) {
    let Mode::Search(search) = &model.mode else { return };
    let words = search.field.lines().concat();
    match search.before {
        BeforeSearch::Tasks(_) => model.open_tasks.set_words(words),
        BeforeSearch::Agenda(_) => model.agenda.set_words(words),
    }
}
