//! The contact under the cursor with what belongs to it, and a cursor in each of its lists.
//!
//! The order of tasks is kept until the contact is left: the task just completed stays under the cursor.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use crate::domain::{
    Appointment, AppointmentId, ContactId, Edit, EditId, NoteId, Overlay, Pending, PendingState, Task, TaskId,
};
use crate::protocol::{Confirmed, Details, NoteView};

use super::listing::visible_from;

/// The contact under the cursor.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) contact: ContactId,
    pub(super) since: Timestamp,
    pub(super) details: Option<Arc<Details>>,
    order: Vec<TaskId>,
    pub(super) tasks: Cursor<TaskId>,
    pub(super) notes: Cursor<NoteKey>,
    pub(super) appointments: Cursor<AppointmentId>,
    /// The first visible line of the detail pane.
    pub(super) detail_top: usize,
}

/// A place in a list, held by what is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cursor<K> {
    key: Option<K>,
    pub(super) at: usize,
    pub(super) offset: usize,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self { key: None, at: 0, offset: 0 }
    }
}

impl<K: Clone + PartialEq> Cursor<K> {
    /// Follows what is under the cursor through a changed list; where it is gone, keeps the place.
    fn follow(&mut self, keys: &[K], height: usize) {
        let found = self.key.as_ref().and_then(|key| keys.iter().position(|other| other == key));
        self.at = found.unwrap_or(self.at).min(keys.len().saturating_sub(1));
        self.key = keys.get(self.at).cloned();
        self.offset = visible_from(self.offset, self.at, keys.len(), height);
    }

    /// Goes to a place; the list then decides what is there.
    pub(super) fn go(&mut self, at: usize) {
        self.key = None;
        self.at = at;
    }
}

/// What identifies a line of the notes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NoteKey {
    /// Not in the outbox yet, the n-th of its kind.
    Unsaved(usize),
    Pending(EditId),
    Known(NoteId),
}

/// A line of the notes.
#[derive(Clone, Copy, Debug)]
pub(super) enum NoteLine<'a> {
    /// Being added, or refused.
    Own {
        body: &'a str,
        pending: &'a Pending,
    },
    Known(&'a NoteView),
}

impl<'a> NoteLine<'a> {
    pub(super) fn pending(self) -> Option<&'a Pending> {
        match self {
            Self::Own { pending, .. } => Some(pending),
            Self::Known(_) => None,
        }
    }
}

impl Opened {
    pub(super) fn new(contact: ContactId, since: Timestamp) -> Self {
        Self {
            contact,
            since,
            details: None,
            order: Vec::new(),
            tasks: Cursor::default(),
            notes: Cursor::default(),
            appointments: Cursor::default(),
            detail_top: 0,
        }
    }

    /// Takes newer details; what was listed keeps its place.
    pub(super) fn set_details(&mut self, details: Arc<Details>) {
        self.details = Some(details);
        self.reorder();
    }

    /// What the server holds after one of our edits replaces the copy, so that nothing moves.
    pub(super) fn confirm(&mut self, edit: &Edit, confirmed: &Confirmed) {
        let Some(details) = &mut self.details else { return };
        let details = Arc::make_mut(details);
        match (confirmed, edit) {
            (Confirmed::Task(task), _) => match details.tasks.iter_mut().find(|known| known.id == task.id) {
                Some(known) => *known = task.clone(),
                None => details.tasks.push(task.clone()),
            },
            (Confirmed::Note(view), _) => match details.notes.iter_mut().find(|known| known.note.id == view.note.id) {
                Some(known) => *known = view.clone(),
                None => details.notes.insert(0, view.clone()),
            },
            (Confirmed::NoteGone(id), _) => details.notes.retain(|known| known.note.id != *id),
            (Confirmed::Nothing, Edit::CompleteTask { task, completed, .. }) => {
                if let Some(known) = details.tasks.iter_mut().find(|known| known.id == *task) {
                    known.completed = *completed;
                }
            }
            (Confirmed::Nothing, Edit::AddNote { .. } | Edit::DeleteNote { .. }) => {}
        }
        self.reorder();
    }

    /// Keeps the order of tasks already listed and puts new ones where they belong among them.
    fn reorder(&mut self) {
        let Some(details) = &self.details else { return };
        let mut sorted: Vec<&Task> = details.tasks.iter().collect();
        // Open ones by what is due first, those without a date after them; then done ones, the latest first.
        sorted.sort_by_key(|task| {
            let due = task.due.map(Timestamp::as_second);
            (task.completed, due.map_or(i64::MAX, |at| if task.completed { -at } else { at }))
        });
        let known = |id: &TaskId| sorted.iter().any(|task| task.id == *id);
        self.order.retain(known);
        for (at, task) in sorted.iter().enumerate() {
            if self.order.contains(&task.id) {
                continue;
            }
            let before = at.checked_sub(1).map(|at| &sorted[at].id);
            let after = before.and_then(|id| self.order.iter().position(|other| other == id));
            self.order.insert(after.map_or(0, |after| after + 1), task.id.clone());
        }
    }

    /// The tasks with pending edits folded over them, in their kept order.
    pub(super) fn task_lines<'a>(&self, overlay: &'a Overlay) -> Vec<(Task, Option<&'a Pending>)> {
        let Some(details) = &self.details else { return Vec::new() };
        let confirmed = self.order.iter().filter_map(|id| details.tasks.iter().find(|task| task.id == *id));
        confirmed.map(|task| overlay.task(task)).collect()
    }

    /// The task under the cursor.
    pub(super) fn task<'a>(&self, overlay: &'a Overlay) -> Option<(Task, Option<&'a Pending>)> {
        let id = self.order.get(self.tasks.at)?;
        let details = self.details.as_ref()?;
        details.tasks.iter().find(|task| task.id == *id).map(|task| overlay.task(task))
    }

    /// The notes: pinned ones, then own ones on their way, then the others, each the newest first.
    pub(super) fn note_lines<'a>(&'a self, overlay: &'a Overlay) -> Vec<NoteLine<'a>> {
        let refused = overlay.iter().filter_map(|pending| match &pending.edit {
            Edit::AddNote { contact, body }
                if *contact == self.contact && pending.progress.state() == PendingState::Failed =>
            {
                Some((body.as_str(), pending))
            }
            Edit::AddNote { .. } | Edit::CompleteTask { .. } | Edit::DeleteNote { .. } => None,
        });
        let mut own: Vec<_> = overlay.added_notes(&self.contact).chain(refused).collect();
        own.sort_by_key(|(_, pending)| Reverse(pending.made_at));
        let own = own.into_iter().map(|(body, pending)| NoteLine::Own { body, pending });
        let details = self.details.iter().flat_map(|details| &details.notes);
        let mut known: Vec<&NoteView> = details.filter(|view| !overlay.note_deleted(&view.note)).collect();
        known.sort_by_key(|view| (!view.note.pinned, Reverse(view.note.added)));
        let others = known.partition_point(|view| view.note.pinned);
        let others = known.split_off(others).into_iter().map(NoteLine::Known);
        known.into_iter().map(NoteLine::Known).chain(own).chain(others).collect()
    }

    /// The note under the cursor.
    pub(super) fn note<'a>(&'a self, overlay: &'a Overlay) -> Option<NoteLine<'a>> {
        self.note_lines(overlay).into_iter().nth(self.notes.at)
    }

    /// The appointments: what comes next first, then what was last.
    pub(super) fn appointment_lines(&self, now: Timestamp, zone: &TimeZone) -> Vec<&Appointment> {
        let Some(details) = &self.details else { return Vec::new() };
        let start = |one: &Appointment| one.start.and_then(|start| start.instant(zone));
        let (mut next, mut past): (Vec<&Appointment>, Vec<&Appointment>) =
            details.appointments.iter().partition(|one| start(one).is_some_and(|at| at >= now));
        next.sort_by_key(|one| start(one));
        past.sort_by_key(|one| Reverse(start(one)));
        next.append(&mut past);
        next
    }

    /// Brings the cursors in line with the lists and the room there is.
    pub(super) fn settle(&mut self, overlay: &Overlay, now: Timestamp, zone: &TimeZone, heights: Heights) {
        self.tasks.follow(&self.order, heights.tasks);
        let mut unsaved = 0;
        let notes: Vec<NoteKey> = self
            .note_lines(overlay)
            .iter()
            .map(|line| match line {
                NoteLine::Known(view) => NoteKey::Known(view.note.id.clone()),
                NoteLine::Own { pending, .. } => pending.id.map_or_else(
                    || {
                        unsaved += 1;
                        NoteKey::Unsaved(unsaved)
                    },
                    NoteKey::Pending,
                ),
            })
            .collect();
        self.notes.follow(&notes, heights.notes);
        let appointments: Vec<AppointmentId> =
            self.appointment_lines(now, zone).into_iter().map(|one| one.id.clone()).collect();
        self.appointments.follow(&appointments, heights.appointments);
    }
}

/// How many lines each list can show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heights {
    pub(super) tasks: usize,
    pub(super) notes: usize,
    pub(super) appointments: usize,
}
