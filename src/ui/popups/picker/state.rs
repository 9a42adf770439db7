//! Choosing from a list by name: tags, users, businesses, campaigns, workflows.

use std::collections::HashMap;

use tui_textarea::TextArea;

use crate::domain::{ContactId, Target, Task, TaskId};
use crate::protocol::{Catalogue, Choice};
use crate::query;

use crate::ui::screens::tasks::state::Meant;

/// What is chosen for.
#[derive(Clone, Debug)]
pub(crate) enum Purpose {
    /// The tags of one contact: those chosen are its tags then.
    Tags {
        contact: ContactId,
        before: Vec<String>,
    },
    AddTags(Vec<ContactId>),
    RemoveTags(Vec<ContactId>),
    AssignContacts(Vec<ContactId>),
    AssignTask {
        contact: ContactId,
        target: Target<TaskId>,
        task: Box<Task>,
    },
    AssignTasks(Vec<Meant>),
    /// Whose tasks are listed.
    TasksOf,
    Followers {
        contact: ContactId,
        before: Vec<String>,
    },
    Business(Vec<ContactId>),
    StartWorkflow(ContactId),
    StopWorkflow(ContactId),
    StartCampaign(ContactId),
    StopCampaign(ContactId),
    /// Which account is opened.
    Account,
    /// Which user we are.
    Me,
    /// By which columns the list is sorted.
    Sort,
    /// Which saved view is shown.
    View,
    /// What the view that is shown adds to its contacts.
    ViewTags(Vec<String>),
}

impl Purpose {
    /// Whether several lines may be chosen.
    pub(crate) fn takes_many(&self) -> bool {
        matches!(
            self,
            Self::Tags { .. } | Self::AddTags(_) | Self::RemoveTags(_) | Self::Followers { .. } | Self::ViewTags(_)
        )
    }

    /// Whether a name that is not in the list may be given.
    pub(crate) fn takes_new(&self) -> bool {
        matches!(self, Self::Tags { .. } | Self::AddTags(_) | Self::ViewTags(_))
    }

    /// The list that its names come from.
    pub(crate) fn catalogue(&self) -> Option<Catalogue> {
        match self {
            Self::Business(_) => Some(Catalogue::Businesses),
            Self::StartWorkflow(_) | Self::StopWorkflow(_) => Some(Catalogue::Workflows),
            Self::StartCampaign(_) | Self::StopCampaign(_) => Some(Catalogue::Campaigns),
            _ => None,
        }
    }
}

/// A list while somebody chooses.
#[derive(Clone, Debug)]
pub(crate) struct Picker {
    pub(crate) purpose: Purpose,
    pub(crate) title: String,
    pub(crate) field: TextArea<'static>,
    /// What there is, besides the names of a catalogue.
    pub(crate) choices: Vec<Choice>,
    /// The ids of the chosen lines.
    pub(crate) chosen: Vec<String>,
    pub(crate) cursor: usize,
    /// What is said above the list.
    pub(crate) warning: Option<String>,
}

/// The names of the location, as far as they were asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    known: HashMap<Catalogue, Vec<Choice>>,
    pub(crate) failed: HashMap<Catalogue, String>,
}

impl Names {
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
    pub(crate) fn lines(&self, names: &Names) -> Vec<Choice> {
        let typed = self.typed();
        let listed = self.purpose.catalogue().and_then(|catalogue| names.get(catalogue)).unwrap_or_default();
        let all = self.choices.iter().chain(listed);
        let mut found: Vec<(i64, Choice)> =
            all.filter_map(|choice| Some((query::score_words(&choice.name, &typed)?, choice.clone()))).collect();
        found.sort_by_key(|(score, choice)| {
            (std::cmp::Reverse(*score), if typed.is_empty() { !self.chosen.contains(&choice.id) } else { false })
        });
        let mut lines: Vec<Choice> = found.into_iter().map(|(_, choice)| choice).collect();
        let known = lines.iter().any(|choice| choice.name.to_lowercase() == typed.to_lowercase());
        if self.purpose.takes_new() && !typed.is_empty() && !known {
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
        if !self.choices.iter().any(|known| known.id == choice.id) && self.purpose.takes_new() {
            self.choices.push(choice.clone());
        }
        self.chosen.push(choice.id.clone());
    }
}
