//! Arranging the columns of the list: it shows what is chosen at once.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::columns::state::ColumnChooser;
use crate::ui::screens::contacts::paint::list::{column_widths, usual_columns};
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::update::views;

/// Opens the list of columns.
pub(crate) fn open(model: &mut Model) {
    model.mode = Mode::Columns(ColumnChooser::new(model.listing.columns.clone(), usual_columns(model)));
}

/// An action while columns are arranged.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    let now = column_widths(model);
    let Mode::Columns(arranging) = &mut model.mode else { return };
    match action {
        Action::Accept => {
            model.mode = Mode::Browse;
            views::remember(model, effects);
            return;
        }
        Action::Cancel => {
            model.listing.columns = arranging.before.take();
            model.mode = Mode::Browse;
            return;
        }
        Action::AsUsual => {
            arranging.reset();
            model.listing.columns = None;
            return;
        }
        Action::Choose => {
            if !arranging.toggle() {
                model.say(Level::Hint, "The name is always shown");
                return;
            }
        }
        Action::MoveDown | Action::MoveUp => {
            if !arranging.shift(action == Action::MoveDown) {
                return;
            }
        }
        Action::Wider | Action::Narrower => {
            let here = arranging.lines().get(arranging.cursor).map(|(one, _)| one.column);
            let width = here.map_or(0, now);
            arranging.resize(if action == Action::Wider { 1 } else { -1 }, width);
        }
        Action::Unsized => arranging.unsize(),
        action => {
            arranging.cursor = list_cursor::step(arranging.cursor, arranging.lines().len(), 10, action);
            return;
        }
    }
    if let Mode::Columns(arranging) = &model.mode {
        model.listing.columns = arranging.columns();
    }
}
