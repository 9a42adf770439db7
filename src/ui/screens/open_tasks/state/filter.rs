//! Which tasks and appointments are listed: whose, and with which words in their title or their contact's name.

use std::collections::HashSet;
use std::sync::Arc;

use crate::domain::{ContactId, UserId};
use crate::query::{self, Roster};

use crate::ui::screens::open_tasks::state::Around;

/// Whose tasks are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Whose {
    #[default]
    Anyone,
    Nobody,
    User(UserId),
}

impl Whose {
    /// Whether what this user is to do is listed.
    fn admits(&self, owner: Option<&UserId>) -> bool {
        match self {
            Self::Anyone => true,
            Self::Nobody => owner.is_none(),
            Self::User(user) => owner == Some(user),
        }
    }
}

/// The filter of a list of tasks, with or without appointments.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskFilter {
    pub(crate) whose: Whose,
    words: String,
    /// Each word as it is looked for.
    folded: Vec<String>,
    /// What the words are looked for in, in the order of the list's source.
    texts: Option<Vec<String>>,
    /// Where the names in the texts come from, and which contacts were set aside then.
    names: Option<(Arc<Roster>, Arc<HashSet<ContactId>>)>,
}

impl TaskFilter {
    pub(crate) fn is_on(&self) -> bool {
        self.whose != Whose::Anyone || !self.words.trim().is_empty()
    }

    /// Lets everything through.
    pub(crate) fn clear(&mut self) {
        self.whose = Whose::Anyone;
        self.set_words(String::new());
    }

    pub(crate) fn words(&self) -> &str {
        &self.words
    }

    pub(crate) fn set_words(&mut self, words: String) {
        self.folded = words.split_whitespace().map(query::folded).collect();
        self.words = words;
    }

    /// The list's source has changed.
    pub(crate) fn forget(&mut self) {
        self.texts = None;
    }

    /// Takes in which names are known and who is set aside; whether that changes what is listed.
    pub(crate) fn renamed(&mut self, around: &Around<'_>) -> bool {
        let same = self.names.as_ref().is_some_and(|(roster, aside)| {
            (self.words.is_empty() || Arc::ptr_eq(roster, around.roster)) && Arc::ptr_eq(aside, around.aside)
        });
        if !same {
            self.texts = None;
            self.names = Some((around.roster.clone(), around.aside.clone()));
        }
        !same
    }

    /// Reads the texts of the list's source, where words are looked for and they are not known yet.
    pub(crate) fn read<T>(&mut self, source: &[T], text: impl Fn(&T) -> String) {
        if !self.folded.is_empty() && self.texts.is_none() {
            self.texts = Some(source.iter().map(text).collect());
        }
    }

    /// Whether something is listed. What the list's source holds has a place in it; of what is new the text is read.
    pub(crate) fn admits(&self, owner: Option<&UserId>, at: Option<usize>, text: impl FnOnce() -> String) -> bool {
        let says = |text: &str| self.folded.iter().all(|word| text.contains(word.as_str()));
        let known = self.texts.as_ref().zip(at).map(|(texts, at)| &*texts[at]);
        self.whose.admits(owner) && (self.folded.is_empty() || known.map_or_else(|| says(&text()), says))
    }
}
