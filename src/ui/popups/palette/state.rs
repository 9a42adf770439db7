//! The palette: every action, screen and contact by a few letters of its name.

use std::sync::Arc;

use tui_textarea::TextArea;

use crate::config::Action;
use crate::domain::ContactId;
use crate::query::{Facts, MatchedRows, Query, Roster, Sort};

use crate::ui::ink::clean_or;
use crate::ui::message::{Effect, Seeker};

/// Contacts listed below the actions.
const CONTACTS: usize = 30;

/// The palette while it is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Palette {
    pub(crate) field: TextArea<'static>,
    pub(crate) cursor: usize,
    asked: u64,
    pub(crate) contacts: Vec<(ContactId, String)>,
}

/// Something that the palette offers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Offer {
    Action(Action, Option<String>),
    Contact(ContactId, String),
}

impl Palette {
    pub(crate) fn typed(&self) -> String {
        self.field.lines().concat().trim().to_owned()
    }

    /// What was typed has changed: contacts are matched off this thread.
    pub(crate) fn ask(&mut self, roster: &Arc<Roster>, facts: Facts, query: Query) -> Option<Effect> {
        self.cursor = 0;
        self.asked += 1;
        if self.typed().is_empty() {
            self.contacts.clear();
            return None;
        }
        Some(Effect::Match {
            seeker: Seeker::Palette,
            generation: self.asked,
            roster: Arc::clone(roster),
            query: Arc::new(query),
            facts,
            sort: Sort::default(),
            users: Arc::default(),
        })
    }

    pub(crate) fn matched(&mut self, generation: u64, roster: &Roster, matches: &MatchedRows) {
        if generation == self.asked {
            let rows = matches.rows.iter().take(CONTACTS).map(|ix| roster.get(*ix));
            self.contacts = rows.map(|row| (row.id().clone(), clean_or(row.name(), "(no name)"))).collect();
        }
    }
}
