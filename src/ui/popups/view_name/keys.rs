//! Saving what is listed under a name.

use crate::config::{Action, ViewChange};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::view_name::state::ViewNamePrompt;
use crate::ui::state::line::line_field;
use crate::ui::state::views::view_of;
use crate::ui::verbs::views;

/// Opens the line, with the name of the view that is shown.
pub(crate) fn open(model: &mut Model) {
    let field = line_field(model.views.chosen.as_deref().unwrap_or_default());
    model.mode = Mode::ViewName(Box::new(ViewNamePrompt { field, error: None }));
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let Mode::ViewName(prompt) = &mut model.mode else { return None };
    match action {
        Action::Cancel => model.mode = Mode::Browse,
        Action::Accept => {
            let name = prompt.field.lines().concat().trim().to_owned();
            if name.is_empty() {
                prompt.error = Some("type a name".to_owned());
                return None;
            }
            if !model.listing.query.errors().is_empty() {
                prompt.error = Some("the filter is not understood: fix it first".to_owned());
                return None;
            }
            let view = view_of(&model.listing, &name, model.views.get(&name), &model.location.id);
            if model.views.chosen.is_none() {
                model.views.own = views::own(model);
            }
            model.mode = Mode::Browse;
            model.views.chosen = Some(name);
            effects.push(Effect::Views(ViewChange::Put(view)));
        }
        _ => {}
    }
    None
}
