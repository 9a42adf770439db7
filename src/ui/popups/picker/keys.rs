//! Choosing from lists.

pub(crate) mod purposes;

use crate::config::Action;
use crate::protocol::Command;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::picker::keys::purposes::{Accept, automate, of_action, row};
use crate::ui::popups::picker::state::Picker;
use crate::ui::state::line::line_field;
use crate::ui::state::list_cursor;

/// Opens the list that an action chooses from.
pub(crate) fn open(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    let Some((purpose, picked_for)) = of_action(model, action) else { return };
    let row = row(purpose);
    effects.extend(row.catalogue.map(|catalogue| Effect::Send(Command::Names(catalogue))));
    model.mode = Mode::Pick(Box::new(Picker {
        purpose,
        title: (row.title)(model, &picked_for),
        field: line_field(""),
        many: matches!(row.accept, Accept::Many(_)),
        takes_new: row.takes_new,
        catalogue: row.catalogue,
        choices: (row.choices)(model, &picked_for),
        chosen: picked_for.before.clone(),
        cursor: 0,
        warning: row.warning,
        hints: row.hints,
        picked_for,
    }));
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let Mode::Pick(picker) = &mut model.mode else { return None };
    let mut lines = picker.lines(&model.names);
    match action {
        Action::Cancel => model.mode = Mode::Browse,
        Action::Choose => {
            let line = lines.get(picker.cursor)?;
            if let Some(choose) = row(picker.purpose).choose {
                choose(model, line, effects);
                reread(model);
            } else if picker.many {
                picker.toggle(line);
                picker.field = line_field("");
                picker.cursor = 0;
            }
        }
        Action::Accept => {
            let line = (picker.cursor < lines.len()).then(|| lines.swap_remove(picker.cursor));
            let chosen = picker.accepted(line.as_ref());
            let (accept, of) = (row(picker.purpose).accept, std::mem::take(&mut picker.picked_for));
            model.mode = Mode::Browse;
            match (accept, line) {
                (Accept::Many(accept), _) => accept(model, of, chosen, effects),
                (Accept::One(accept), Some(line)) => accept(model, of, line, effects),
                (Accept::Automate(edit), Some(line)) => automate(model, &of, edit(line)),
                (Accept::One(_) | Accept::Automate(_), None) => {}
            }
        }
        action => picker.cursor = list_cursor::step(picker.cursor, lines.len(), 10, action),
    }
    None
}

/// What there is to choose from reads differently after a choice.
fn reread(model: &mut Model) {
    let Mode::Pick(picker) = &model.mode else { return };
    let choices = (row(picker.purpose).choices)(model, &picker.picked_for);
    if let Mode::Pick(picker) = &mut model.mode {
        picker.choices = choices;
    }
}
