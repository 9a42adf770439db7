//! What the list of keys shows for what was typed.

use crate::config::Action;

use crate::ui::model::Model;
use crate::ui::popups::help::state::HelpList;

/// The actions that the list of keys shows: those whose key or words contain every typed word.
pub(crate) fn matching(model: &Model, help: &HelpList) -> Vec<(Action, Vec<String>)> {
    let typed = help.field.lines().concat().to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let matches = |(action, keys): &(Action, Vec<String>)| {
        let said = format!("{} {}", action.describe(), action.short()).to_lowercase();
        words.iter().all(|word| said.contains(word) || keys.iter().any(|key| key.to_lowercase() == *word))
    };
    model.keymap.actions(model.context_below()).into_iter().filter(matches).collect()
}
