//! The contacts as they are listed: which rows, in which order, and where the cursor is.
//!
//! The cursor is held by contact, not by row, and the row under it keeps its place on the screen when
//! contacts come and go around it.

use std::sync::Arc;

use crate::domain::{ContactId, User};
use crate::protocol::Prefetch;
use crate::query::{Columns, Facts, MatchedRows, NeededFacts, Query, Roster, RowIx, Sort};
use crate::ui::state::list_cursor::ListCursor;

use crate::ui::message::{Effect, Seeker};

/// The listed contacts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    /// The newest roster.
    pub(crate) latest: Arc<Roster>,
    /// The roster that `rows` point into.
    pub(crate) shown: Arc<Roster>,
    pub(crate) rows: Vec<RowIx>,
    pub(crate) filter: String,
    pub(crate) query: Arc<Query>,
    /// What is known of contacts beside their rows.
    facts: Facts,
    /// How many of `shown` merges have set aside.
    away: usize,
    pub(crate) sort: Sort,
    /// Those that were chosen; without a choice, what suits the screen.
    pub(crate) columns: Option<Columns>,
    /// By whose names owners are sorted.
    users: Arc<[User]>,
    asked: u64,
    /// What the cursor does when the answer comes.
    landing: Landing,
    /// The question that `rows` answer; none has been answered at 0.
    current: u64,
    /// `rows` are the first of them; the others are being looked for.
    pub(crate) more: bool,
    /// How many contacts there are while they are being read: those that are here were in sight last.
    pub(crate) opening: Option<u64>,
    pub(crate) selected: Option<ContactId>,
    pub(crate) cursor: ListCursor,
}

/// Where the cursor goes with the next answer.
#[derive(Clone, Debug, Default, PartialEq)]
enum Landing {
    /// It stays with its contact.
    #[default]
    Stay,
    /// To the best match: the filter was changed.
    First,
    /// To this contact: the filter was put back.
    Contact(ContactId),
    /// To the last one, which was not found yet.
    Last,
}

impl Listing {
    /// A newer roster is here: match again.
    pub(crate) fn set_roster(&mut self, roster: Arc<Roster>) -> Effect {
        self.latest = roster;
        self.ask()
    }

    /// The users are known, or others.
    pub(crate) fn set_users(&mut self, users: &[User]) -> Option<Effect> {
        if *self.users == *users {
            return None;
        }
        self.users = users.into();
        Some(self.ask())
    }

    /// The filter was changed: match, and go to the best.
    pub(crate) fn set_filter(&mut self, filter: String, query: Query) -> Effect {
        self.filter = filter;
        self.landing = Landing::First;
        self.query = Arc::new(query);
        self.ask()
    }

    /// The same filter says something else, since time has passed or names are known: match again where it does.
    pub(crate) fn set_query(&mut self, query: Query) -> Option<Effect> {
        if *self.query == query {
            return None;
        }
        self.query = Arc::new(query);
        Some(self.ask())
    }

    /// The filter is put back, with the contact that was under the cursor.
    pub(crate) fn restore(&mut self, filter: String, query: Query, selected: Option<ContactId>) -> Effect {
        let effect = self.set_filter(filter, query);
        self.landing = selected.map_or(Landing::Stay, Landing::Contact);
        effect
    }

    /// The cursor goes to this contact with the next answer that has it.
    pub(crate) fn go_to(&mut self, contact: ContactId) {
        self.landing = Landing::Contact(contact);
    }

    /// The cursor goes to the last row, as soon as that is known.
    pub(crate) fn go_to_last(&mut self) {
        self.place(self.rows.len());
        if self.more {
            self.landing = Landing::Last;
        }
    }

    /// A contact goes by another id now.
    pub(crate) fn rename(&mut self, from: &ContactId, to: &ContactId) {
        if self.selected.as_ref() == Some(from) {
            self.selected = Some(to.clone());
        }
        if self.landing == Landing::Contact(from.clone()) {
            self.landing = Landing::Contact(to.clone());
        }
    }

    /// The order that the next match has.
    pub(crate) fn set_order(&mut self, sort: Sort) {
        self.sort = sort;
    }

    /// All contacts, and what is known of them beside their rows.
    pub(crate) fn listed_from(&self) -> (Arc<Roster>, Facts) {
        (Arc::clone(&self.latest), self.facts.clone())
    }

    pub(crate) fn set_sort(&mut self, sort: Sort) -> Effect {
        self.sort = sort;
        self.ask()
    }

    /// Something else is known of the contacts: match again where the filter, or what is set aside, depends on it.
    pub(crate) fn set_facts(&mut self, facts: Facts) -> Option<Effect> {
        let differ = self.facts_differ(&facts, &self.query.needed_facts());
        self.facts = facts;
        // Before the first contacts are here there is nothing to match.
        (differ && (self.is_answered() || !self.latest.is_empty())).then(|| self.ask())
    }

    /// Whether these facts answer such a question otherwise than those that are known here.
    pub(crate) fn facts_differ(&self, facts: &Facts, asks: &NeededFacts) -> bool {
        let known = &self.facts;
        !Arc::ptr_eq(&known.aside, &facts.aside)
            || (asks.duplicates && !Arc::ptr_eq(&known.duplicates, &facts.duplicates))
            || (asks.tasks && !Arc::ptr_eq(&known.due, &facts.due))
            || (!asks.fields.is_empty() && !Arc::ptr_eq(&known.custom, &facts.custom))
    }

    /// How many contacts there are beside those that are set aside.
    pub(crate) fn present(&self) -> usize {
        let all = self.opening.and_then(|total| usize::try_from(total).ok()).unwrap_or(self.latest.len());
        all.saturating_sub(self.away)
    }

    /// Whether the best matches come first, whatever the list is sorted by: words were asked for.
    pub(crate) fn is_ranked(&self) -> bool {
        self.query.words().next().is_some()
    }

    /// Matches once more: the cursor is to go elsewhere.
    pub(crate) fn again(&mut self) -> Effect {
        self.ask()
    }

    fn ask(&mut self) -> Effect {
        self.asked += 1;
        Effect::Match {
            seeker: Seeker::List,
            generation: self.asked,
            roster: Arc::clone(&self.latest),
            query: Arc::clone(&self.query),
            facts: self.facts.clone(),
            sort: self.sort,
            users: Arc::clone(&self.users),
        }
    }

    /// Takes the answer to the newest question and ignores older ones.
    pub(crate) fn matched(&mut self, generation: u64, roster: Arc<Roster>, matches: MatchedRows) {
        // The first of many are of use only to a cursor that goes to the first.
        let of_no_use = matches.more && self.landing != Landing::First;
        if generation != self.asked || of_no_use {
            return;
        }
        let before = self.cursor;
        self.shown = roster;
        self.away = self.facts.aside.iter().filter(|id| self.shown.find(id).is_some()).count();
        self.rows = matches.rows;
        self.more = matches.more;
        self.current = generation;
        let to_the_last = self.landing == Landing::Last;
        match std::mem::take(&mut self.landing) {
            Landing::Stay => {}
            Landing::First | Landing::Last => self.selected = None,
            // It may come with a later roster; whoever is selected stays so until then.
            Landing::Contact(contact) if self.shown.find(&contact).is_none() => {
                self.landing = Landing::Contact(contact);
            }
            Landing::Contact(contact) => self.selected = Some(contact),
        }
        let found = self.selected.as_ref().and_then(|id| self.shown.find(id));
        match found.and_then(|ix| self.rows.iter().position(|row| *row == ix)) {
            Some(at) => self.cursor.at = at,
            None if to_the_last => self.cursor.at = self.rows.len(),
            None if self.selected.is_none() => self.cursor.at = 0,
            // The contact is gone: the cursor keeps its place in the list.
            None => {}
        }
        self.cursor = before.carried_to(self.cursor.at);
        self.place(self.cursor.at);
    }

    /// Whether there has been an answer at all.
    pub(crate) fn is_answered(&self) -> bool {
        self.current > 0
    }

    /// Whether `rows` are all that the filter lets through, and not what an earlier one did.
    pub(crate) fn is_current(&self) -> bool {
        self.current == self.asked && !self.more && self.opening.is_none()
    }

    /// Whose the cursor is: the contact under it, else the one that has it again once it is listed.
    pub(crate) fn follows(&self) -> Option<ContactId> {
        match &self.landing {
            Landing::Contact(contact) if self.selected.is_none() => Some(contact.clone()),
            _ => self.selected.clone(),
        }
    }

    pub(crate) fn selected_ix(&self) -> Option<RowIx> {
        self.rows.get(self.cursor.at).copied()
    }

    /// Who is listed in the rows on the screen, and who above and below the cursor.
    pub(crate) fn in_sight(&self, height: usize) -> Prefetch {
        let id = |at: &RowIx| self.shown.get(*at).id().clone();
        let beside = [self.cursor.at.checked_add(1), self.cursor.at.checked_sub(1)].into_iter().flatten();
        Prefetch {
            visible: self.rows.iter().skip(self.cursor.top).take(height).map(id).collect(),
            adjacent: beside.filter_map(|at| self.rows.get(at)).map(id).collect(),
        }
    }

    /// Who is listed up to `reach` rows below and above the cursor, the nearest first.
    pub(crate) fn around(&self, reach: usize) -> Vec<ContactId> {
        let beside = |far: usize| {
            [self.cursor.at.checked_add(far), self.cursor.at.checked_sub(far).filter(|_| far > 0)].into_iter().flatten()
        };
        let rows = (0..=reach).flat_map(beside).filter_map(|at| self.rows.get(at));
        rows.map(|ix| self.shown.get(*ix).id().clone()).collect()
    }

    /// Puts the cursor on a row, or on the last where there are fewer.
    pub(crate) fn place(&mut self, at: usize) {
        if self.landing == Landing::Last {
            // It was moved since.
            self.landing = Landing::Stay;
        }
        self.cursor.at = at.min(self.rows.len().saturating_sub(1));
        if let Some(ix) = self.selected_ix() {
            self.selected = Some(self.shown.get(ix).id().clone());
        } else if self.is_answered()
            && self.landing == Landing::Stay
            && let Some(hidden) = self.selected.take().filter(|id| self.shown.find(id).is_some())
        {
            // Keys act on nobody who is not listed; listed again, the contact has the cursor again.
            self.landing = Landing::Contact(hidden);
        }
    }

    /// Scrolls as little as needed to have the cursor within `height` rows.
    pub(crate) fn scroll(&mut self, height: usize) {
        self.cursor.settle(self.rows.len(), height);
    }
}
