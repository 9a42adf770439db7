//! Choosing, ordering and sizing columns: the list shows them at once.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::columns::state::ColumnChooser;
use crate::ui::screens::contacts::paint::list::{column_widths, usual_columns};
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::verbs::views;

/// Opens the list of columns.
pub(crate) fn open(model: &mut Model) {
    model.mode = Mode::Columns(ColumnChooser::new(model.listing.columns.clone(), usual_columns(model)));
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let now = column_widths(model);
    let Mode::Columns(chooser) = &mut model.mode else { return None };
    match action {
        Action::Accept => {
            model.mode = Mode::Browse;
            views::remember(model, effects);
            return None;
        }
        Action::Cancel => {
            model.listing.columns = chooser.before.take();
            model.mode = Mode::Browse;
            return None;
        }
        Action::AsUsual => {
            chooser.reset();
            model.listing.columns = None;
            return None;
        }
        Action::Choose => {
            if !chooser.toggle() {
                model.say(Level::Hint, "The name is always shown");
                return None;
            }
        }
        Action::MoveDown | Action::MoveUp => {
            if !chooser.shift(action == Action::MoveDown) {
                return None;
            }
        }
        Action::Wider | Action::Narrower => {
            let here = chooser.lines().get(chooser.cursor).map(|(one, _)| one.column);
            let width = here.map_or(0, now);
            chooser.resize(if action == Action::Wider { 1 } else { -1 }, width);
        }
        Action::Unsized => chooser.unsize(),
        action => {
            chooser.cursor = list_cursor::step(chooser.cursor, chooser.lines().len(), 10, action);
            return None;
        }
    }
    if let Mode::Columns(chooser) = &model.mode {
        model.listing.columns = chooser.columns();
    }
    None
}
