//! A list to choose from by name.

use std::cmp::Reverse;
use std::collections::HashMap;

use tui_textarea::TextArea;

use crate::config::Action;
use crate::domain::ContactId;
use crate::protocol::{Catalogue, Choice};
use crate::query;

use crate::ui::screens::open_tasks::state::Meant;

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PickPurpose {
    /// The tags of one contact: those chosen are its tags then.
    Tags,
    AddTags,
    RemoveTags,
    Followers,
    OwnerOfContacts,
    OwnerOfTasks,
    Business,
    StartWorkflow,
    StopWorkflow,
    StartCampaign,
    StopCampaign,
    /// Whose tasks are listed.
    TasksOf,
    Account,
    /// Which of the location's users we are.
    Me,
    /// The columns that the list is sorted by.
    Sort,
    View,
    /// The tags that the view that is shown adds to its contacts.
    ViewTags,
}

/// What the choice is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct PickedFor {
    pub(crate) contacts: Vec<ContactId>,
    pub(crate) tasks: Vec<Meant>,
    /// The ids that were chosen when the list opened.
    pub(crate) before: Vec<String>,
}

/// A list while somebody chooses.
#[derive(Clone, Debug)]
pub(crate) struct Picker {
    pub(crate) purpose: PickPurpose,
    pub(crate) picked_for: PickedFor,
    pub(crate) title: String,
    pub(crate) field: TextArea<'static>,
    /// Several lines may be chosen.
    pub(crate) many: bool,
    /// A name that is not listed may be given.
    pub(crate) takes_new: bool,
    /// Where further choices come from.
    pub(crate) catalogue: Option<Catalogue>,
    pub(crate) choices: Vec<Choice>,
    /// The ids of the chosen lines.
    pub(crate) chosen: Vec<String>,
    pub(crate) cursor: usize,
    /// Said above the list.
    pub(crate) warning: Option<&'static str>,
    /// The keys in the border.
    pub(crate) hints: &'static [(Action, &'static str)],
}

/// The names of the location, as far as they were asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct CatalogueNames {
    known: HashMap<Catalogue, Vec<Choice>>,
    pub(crate) failed: HashMap<Catalogue, String>,
}

impl CatalogueNames {
    pub(crate) fn set(&mut self, catalogue: Catalogue, choices: Vec<Choice>) {
        self.failed.remove(&catalogue);
        self.known.insert(catalogue, choices);
    }

    pub(crate) fn get(&self, catalogue: Catalogue) -> Option<&[Choice]> {
        self.known.get(&catalogue).map(Vec::as_slice)
    }

    pub(crate) fn name(&self, catalogue: Catalogue, id: &str) -> Option<&str> {
        self.get(catalogue)?.iter().find(|choice| choice.id == id).map(|choice| choice.name.as_str())
    }
}

impl Picker {
    pub(crate) fn typed(&self) -> String {
        self.field.lines().concat().trim().to_owned()
    }

    /// The lines that match what is typed, the best first; a new name stands last.
    pub(crate) fn lines(&self, names: &CatalogueNames) -> Vec<Choice> {
        let typed = self.typed();
        let listed = self.catalogue.and_then(|catalogue| names.get(catalogue)).unwrap_or_default();
        // Where a choice cannot be taken back, what is about everything does not come first.
        let own = self.choices.as_slice();
        let (first, second) = if self.warning.is_some() { (listed, own) } else { (own, listed) };
        let all = first.iter().chain(second);
        let mut found: Vec<(i64, Choice)> =
            all.filter_map(|choice| Some((query::score_words(&choice.name, &typed)?, choice.clone()))).collect();
        found.sort_by_key(|(score, choice)| (Reverse(*score), typed.is_empty() && !self.chosen.contains(&choice.id)));
        let mut lines: Vec<Choice> = found.into_iter().map(|(_, choice)| choice).collect();
        let known = lines.iter().any(|choice| choice.name.to_lowercase() == typed.to_lowercase());
        if self.takes_new && !typed.is_empty() && !known {
            lines.push(Choice { id: typed.clone(), name: typed });
        }
        lines
    }

    /// Marks a line, or takes its mark away.
    pub(crate) fn toggle(&mut self, choice: &Choice) {
        if let Some(at) = self.chosen.iter().position(|id| *id == choice.id) {
            self.chosen.remove(at);
            return;
        }
        if !self.choices.iter().any(|known| known.id == choice.id) && self.takes_new {
            self.choices.push(choice.clone());
        }
        self.chosen.push(choice.id.clone());
    }

    /// The ids that are chosen when the line under the cursor is accepted: a typed name counts too; and where nothing
    /// was marked, the line itself does.
    pub(crate) fn accepted(&self, here: Option<&Choice>) -> Vec<String> {
        let mut chosen = self.chosen.clone();
        let untouched = self.picked_for.before == chosen;
        let typed = !self.typed().is_empty();
        if let Some(here) = here.filter(|_| self.many && (untouched || typed)) {
            match chosen.iter().position(|id| *id == here.id) {
                Some(at) if !typed => {
                    chosen.remove(at);
                }
                Some(_) => {}
                None => chosen.push(here.id.clone()),
            }
        }
        chosen
    }
}
