//! What the palette offers for what was typed.

use crate::config::Action;
use crate::query;

use crate::ui::model::Model;
use crate::ui::popups::palette::state::{Offer, Palette};
use crate::ui::rules;

/// The actions that match, the best first, then the contacts.
pub(crate) fn offers(model: &Model, palette: &Palette) -> Vec<Offer> {
    let typed = palette.typed();
    let mut actions: Vec<(i64, Offer)> = Action::ALL
        .iter()
        .filter(|action| rules::is_offered(model, **action))
        .filter_map(|action| {
            let said = format!("{} {}", action.short(), action.describe());
            let score = query::score_words(&said, &typed)?;
            Some((score, Offer::Action(*action, rules::key_of(model, *action))))
        })
        .collect();
    actions.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let contacts = palette.contacts.iter().map(|(id, name)| Offer::Contact(id.clone(), name.clone()));
    // A name that is typed in full is meant, whatever action has its letters scattered in it.
    let (sure, scattered): (Vec<_>, Vec<_>) = actions.into_iter().map(|(_, offer)| offer).partition(|offer| {
        let Offer::Action(action, _) = offer else { return false };
        let said = format!("{} {}", action.short(), action.describe()).to_lowercase();
        typed.to_lowercase().split_whitespace().all(|word| said.contains(word))
    });
    sure.into_iter().chain(contacts).chain(scattered).collect()
}
