//! Edits of the users who follow a contact.

use super::{Edit, EditFamily, EditRow, SentEdit, words};
use crate::domain::{Contact, Entries, UserId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FollowerEdit {
    #[serde(rename = "AddFollowers")]
    Add { users: Vec<UserId> },
    #[serde(rename = "RemoveFollowers")]
    Remove { users: Vec<UserId> },
}

impl EditFamily for FollowerEdit {
    fn row(&self) -> EditRow<'_> {
        let (past, verb, users) = match self {
            Self::Add { users } => ("Added", "add", users),
            Self::Remove { users } => ("Removed", "remove", users),
        };
        EditRow::of_contact(past, verb, words::counted("follower", users.len()))
    }

    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit> {
        sent.back(match self.clone() {
            Self::Add { users } => Self::Remove { users },
            Self::Remove { users } => Self::Add { users },
        })
    }

    fn values(&self) -> [Entries; 2] {
        let followers = |users: &[UserId]| {
            users.iter().map(|user| ("followers".to_owned(), user.as_str().to_owned())).collect::<Entries>()
        };
        match self {
            Self::Add { users } => [Entries::new(), followers(users)],
            Self::Remove { users } => [followers(users), Entries::new()],
        }
    }

    fn apply(&self, contact: &mut Contact) {
        match self {
            Self::Add { users } => super::add_all(&mut contact.followers, users),
            Self::Remove { users } => contact.followers.retain(|user| !users.contains(user)),
        }
    }
}
