//! Edits of a contact's tags.

use super::{Edit, EditFamily, EditRow, SentEdit};
use crate::domain::{Contact, Entries, Receipt, count};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TagEdit {
    /// Adds tags that the contact does not have.
    #[serde(rename = "AddTags")]
    Add { tags: Vec<String> },
    /// Removes tags that the contact has.
    #[serde(rename = "RemoveTags")]
    Remove { tags: Vec<String> },
}

impl EditFamily for TagEdit {
    fn row(&self) -> EditRow<'_> {
        let (past, verb, tags) = match self {
            Self::Add { tags } => ("Added", "add", tags),
            Self::Remove { tags } => ("Removed", "remove", tags),
        };
        EditRow { listed: true, ..EditRow::of_contact(past, verb, count::named("tag", tags)) }
    }

    /// Undoes only the tags that the server reports as changed, or all of the edit's tags if it reports none.
    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit> {
        let changed = |meant: &Vec<String>| match sent.receipt {
            Some(Receipt::Tags { changed: Some(changed), .. }) => changed.clone(),
            _ => meant.clone(),
        };
        let (tags, back): (_, fn(Vec<String>) -> Self) = match self {
            Self::Add { tags } => (changed(tags), |tags| Self::Remove { tags }),
            Self::Remove { tags } => (changed(tags), |tags| Self::Add { tags }),
        };
        if tags.is_empty() { Vec::new() } else { sent.back(back(tags)) }
    }

    fn values(&self) -> [Entries; 2] {
        let tags = |tags: &[String]| vec![("tags".to_owned(), tags.join(", "))];
        match self {
            Self::Add { tags: added } => [Entries::new(), tags(added)],
            Self::Remove { tags: removed } => [tags(removed), Entries::new()],
        }
    }

    fn apply(&self, contact: &mut Contact) {
        let held = &mut contact.tags;
        match self {
            Self::Add { tags } => super::add_all(held, tags),
            Self::Remove { tags } => {
                held.retain(|tag| !tags.iter().any(|gone| gone.to_lowercase() == tag.to_lowercase()));
            }
        }
    }
}
