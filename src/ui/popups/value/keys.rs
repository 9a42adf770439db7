//! Typing a value for the field of the review that is under the cursor.

use crate::config::Action;
use crate::dedupe::merge::Pick;
use crate::domain::{ContactField, MergeField};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::state::merged;
use crate::ui::popups::value::state::MergeValuePrompt;
use crate::ui::screens::duplicates::rules::sheet::{Sheet, label};

/// Opens the line on the field under the cursor, where its value can be typed.
pub(crate) fn open(model: &mut Model) {
    let Some(sheet) = Sheet::of(model) else { return };
    let Some(row) = sheet.row(model) else { return };
    let Ok(field) = merged(&row.field, &label(model, &row.field), &row.result, model.form_context()) else { return };
    let of_address = sheet.review.row(&MergeField::Field(ContactField::Country));
    let country = of_address.map(|row| row.result.clone()).filter(|code| !code.is_empty());
    let country = country.or_else(|| model.location.country.clone()).unwrap_or_default();
    let (members, of) = (sheet.queued.members.clone(), row.field.clone());
    model.mode = Mode::Value(Box::new(MergeValuePrompt { members, of, field, country }));
}

pub(crate) fn act(model: &mut Model, action: Action, _: &mut Vec<Effect>) -> Option<Action> {
    let Mode::Value(value) = &model.mode else { return None };
    match action {
        Action::Cancel => model.mode = Mode::Browse,
        Action::Accept => match value.field.read(model.form_context(), &value.country, None) {
            Err(why) => {
                if let Mode::Value(value) = &mut model.mode {
                    value.field.error = Some(why);
                }
            }
            Ok(read) => {
                let Mode::Value(value) = std::mem::replace(&mut model.mode, Mode::Browse) else { return None };
                if value.field.is_changed() {
                    let pick = Pick::Typed(read.text().unwrap_or_default());
                    model.reviewing.row = Some(value.of.clone());
                    model.reviewing.choices_mut(&value.members).picked.insert(value.of, pick);
                }
            }
        },
        _ => {}
    }
    None
}
