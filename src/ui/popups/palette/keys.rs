//! Finding an action or a contact by a few letters, and going there.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::palette::rules::offers;
use crate::ui::popups::palette::state::Offer;
use crate::ui::state::list_cursor;
use crate::ui::verbs::going;

/// Opens the palette.
pub(crate) fn open(model: &mut Model) {
    model.mode = Mode::Palette(Box::default());
}

/// What is typed has changed: contacts are looked for.
pub(crate) fn changed(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Palette(palette) = &model.mode else { return };
    let query = model.understood(&palette.typed());
    let (roster, facts) = model.listing.listed_from();
    if let Mode::Palette(palette) = &mut model.mode {
        effects.extend(palette.ask(&roster, facts, query));
    }
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let Mode::Palette(palette) = &model.mode else { return None };
    let offers = offers(model, palette);
    match action {
        Action::Cancel => model.mode = Mode::Browse,
        Action::Accept => {
            let chosen = offers.into_iter().nth(palette.cursor);
            model.mode = Mode::Browse;
            match chosen {
                Some(Offer::Action(action, _)) => return Some(action),
                Some(Offer::Contact(contact, _)) => going::visit(model, contact, effects),
                None => {}
            }
        }
        action => {
            let at = list_cursor::step(palette.cursor, offers.len(), 10, action);
            if let Mode::Palette(palette) = &mut model.mode {
                palette.cursor = at;
            }
        }
    }
    None
}
