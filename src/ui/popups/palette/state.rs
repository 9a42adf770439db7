//! The palette: every action, screen and contact by a few letters of its name.

use std::sync::Arc;

use tui_textarea::TextArea;

use crate::config::{Action, Context};
use crate::domain::ContactId;
use crate::query::{self, Facts, FilterContext, MatchedRows, Query, Roster};

use crate::ui::ink::pane::row_name;
use crate::ui::message::{Effect, Seeker};
use crate::ui::model::Model;

/// Contacts listed below the actions.
const CONTACTS: usize = 30;

/// The palette while it is open.
#[derive(Clone, Debug)]
pub(crate) struct Palette {
    pub(crate) field: TextArea<'static>,
    pub(crate) cursor: usize,
    asked: u64,
    contacts: Vec<(ContactId, String)>,
}

/// Something that the palette offers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Offer {
    Action(Action, Vec<String>),
    Contact(ContactId, String),
}

impl Palette {
    pub(crate) fn new() -> Self {
        Self { field: TextArea::default(), cursor: 0, asked: 0, contacts: Vec::new() }
    }

    pub(crate) fn typed(&self) -> String {
        self.field.lines().concat().trim().to_owned()
    }

    /// What was typed has changed: contacts are matched off this thread.
    pub(crate) fn ask(&mut self, roster: &Arc<Roster>, facts: Facts, around: &FilterContext<'_>) -> Option<Effect> {
        self.cursor = 0;
        self.asked += 1;
        let typed = self.typed();
        if typed.is_empty() {
            self.contacts.clear();
            return None;
        }
        Some(Effect::Match {
            seeker: Seeker::Palette,
            generation: self.asked,
            roster: Arc::clone(roster),
            query: Arc::new(Query::parse(&typed, around)),
            facts,
            sort: query::Sort::default(),
            users: Arc::default(),
        })
    }

    pub(crate) fn matched(&mut self, generation: u64, roster: &Roster, matches: &MatchedRows) {
        if generation == self.asked {
            let rows = matches.rows.iter().take(CONTACTS).map(|ix| roster.get(*ix));
            self.contacts = rows.map(|row| (row.id().clone(), row_name(row))).collect();
        }
    }

    /// The actions that match, the best first, then the contacts.
    pub(crate) fn offers(&self, model: &Model) -> Vec<Offer> {
        let typed = self.typed();
        let mut actions: Vec<(i64, Offer)> = Action::ALL
            .iter()
            .filter(|action| is_offered(**action) && is_of(**action, model))
            .filter_map(|action| {
                let said = format!("{} {}", action.short(), action.describe());
                let score = query::score_words(&said, &typed)?;
                Some((score, Offer::Action(*action, keys(model, *action))))
            })
            .collect();
        actions.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let contacts = self.contacts.iter().map(|(id, name)| Offer::Contact(id.clone(), name.clone()));
        // A name that is typed in full is meant, whatever action has its letters scattered in it.
        let (sure, scattered): (Vec<_>, Vec<_>) = actions.into_iter().map(|(_, offer)| offer).partition(|offer| {
            let Offer::Action(action, _) = offer else { return false };
            let said = format!("{} {}", action.short(), action.describe()).to_lowercase();
            typed.to_lowercase().split_whitespace().all(|word| said.contains(word))
        });
        sure.into_iter().chain(contacts).chain(scattered).collect()
    }
}

fn keys(model: &Model, action: Action) -> Vec<String> {
    let contexts = [model.context_below(), Context::Contacts, Context::Tasks, Context::Notes, Context::Appointments];
    contexts.into_iter().find_map(|context| model.keymap.key(context, action)).into_iter().collect()
}

/// Moving about and what belongs to a pop-up makes no sense from here.
fn is_offered(action: Action) -> bool {
    !matches!(
        action,
        Action::Down
            | Action::Up
            | Action::PageDown
            | Action::PageUp
            | Action::HalfPageDown
            | Action::HalfPageUp
            | Action::Top
            | Action::Bottom
            | Action::PaneLeft
            | Action::PaneRight
            | Action::Accept
            | Action::Cancel
            | Action::Send
            | Action::External
            | Action::NextOption
            | Action::PreviousOption
            | Action::Choose
            | Action::Yes
            | Action::KeepOurs
            | Action::TakeTheirs
            | Action::CopyCurl
            | Action::NextMember
            | Action::PreviousMember
            | Action::NextGroup
            | Action::PreviousGroup
            | Action::SourceLeft
            | Action::SourceRight
            | Action::Palette
    )
}

/// What is done with a group or a merge under the cursor makes sense on its own screen alone.
fn is_of(action: Action, model: &Model) -> bool {
    let context = model.context_below();
    match action {
        Action::CycleSource
        | Action::TakeColumn
        | Action::ByRule
        | Action::TypeValue
        | Action::Master
        | Action::Exclude
        | Action::EqualRows
        | Action::Evidence
        | Action::NotDuplicates
        | Action::Skip
        | Action::Merge
        | Action::DeleteAtOnce
        | Action::MoveAppointments
        | Action::Silence
        | Action::UndoMerge
        | Action::Resume
        | Action::Purge
        | Action::LeaveAddress
        | Action::DeleteFirst
        | Action::Reschedule
        | Action::Reopen => model.keymap.key(context, action).is_some(),
        _ => true,
    }
}
