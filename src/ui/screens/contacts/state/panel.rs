//! The contact under the cursor with what belongs to it, and a cursor in each of its lists.
//!
//! The order of tasks is kept until the contact is left: the task just completed stays under the cursor.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::domain::{
    Appointment, AppointmentId, Contact, ContactId, EditId, Note, NoteId, Overlay, Pending, Receipt, Shown, Target,
    Task, TaskId,
};
use crate::protocol::{Confirmed, Details, NoteView};
use crate::text::RichText;

use crate::ui::state::list_cursor::ListCursor;

/// How long details may take before "loading" is said.
pub(crate) const LOADING_AFTER: SignedDuration = SignedDuration::from_millis(250);

/// The contact under the cursor.
#[derive(Clone, Debug)]
pub(crate) struct ContactPanel {
    pub(crate) contact: ContactId,
    pub(crate) since: Timestamp,
    pub(crate) details: Option<Arc<Details>>,
    order: Vec<TaskId>,
    pub(crate) tasks: Cursor<Option<Target<TaskId>>>,
    pub(crate) notes: Cursor<Option<Target<NoteId>>>,
    pub(crate) appointments: Cursor<Option<Target<AppointmentId>>>,
    /// The first visible line of the detail pane.
    pub(crate) detail_top: usize,
}

/// A place in a list, held by what is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cursor<K> {
    key: Option<K>,
    pub(crate) place: ListCursor,
}

impl<K: Clone + PartialEq> Cursor<K> {
    /// Follows what is under the cursor through a changed list; where it is gone, keeps the place.
    fn follow(&mut self, keys: &[K], height: usize) {
        let found = self.key.as_ref().and_then(|key| keys.iter().position(|other| other == key));
        self.place.at = found.unwrap_or(self.place.at);
        self.place.settle(keys.len(), height);
        self.key = keys.get(self.place.at).cloned();
    }

    /// What is under the cursor goes by another name now.
    pub(crate) fn rename(&mut self, from: &K, to: K) {
        if self.key.as_ref() == Some(from) {
            self.key = Some(to);
        }
    }

    /// Goes to a place; the list then decides what is there.
    pub(crate) fn go(&mut self, at: usize) {
        self.key = None;
        self.place.at = at;
    }
}

/// A line of the notes, with the pending edits folded over it.
#[derive(Clone, Debug)]
pub(crate) struct NoteLine<'a> {
    pub(crate) note: Note,
    /// How an edit calls it; `None` while it is not promised yet.
    pub(crate) target: Option<Target<NoteId>>,
    pub(crate) pending: Option<&'a Pending>,
    /// As the server has it; `None` while it is being added, or was refused.
    pub(crate) view: Option<&'a NoteView>,
}

impl<'a> NoteLine<'a> {
    /// What can be read of it, where it is not about to say something else.
    pub(crate) fn text(&self) -> Option<&'a RichText> {
        self.view.filter(|view| view.note.body == self.note.body).map(|view| &view.text)
    }
}

impl ContactPanel {
    pub(crate) fn new(contact: ContactId, since: Timestamp) -> Self {
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
    pub(crate) fn set_details(&mut self, details: Arc<Details>) {
        self.details = Some(details);
        self.reorder();
    }

    /// What the server holds after one of our edits replaces the copy, so that nothing moves.
    pub(crate) fn confirm(&mut self, confirmed: &Confirmed) {
        let Some(details) = &mut self.details else { return };
        let details = Arc::make_mut(details);
        match &confirmed.receipt {
            Receipt::Contact(contact) => details.contact = Contact::clone(contact),
            Receipt::Tags { now: Some(now), .. } => details.contact.tags.clone_from(now),
            Receipt::Followers(now) => details.contact.followers.clone_from(now),
            Receipt::Business(now) => details.contact.business = now.as_ref().map(|one| one.id.clone()),
            Receipt::Task(task) => replace(&mut details.tasks, task, |task| &task.id, Place::Last),
            Receipt::TaskGone { id, .. } => details.tasks.retain(|known| known.id != *id),
            Receipt::Note(_) => {
                if let Some(view) = confirmed.note() {
                    replace(&mut details.notes, &view, |view| &view.note.id, Place::First);
                }
            }
            Receipt::NoteGone(id) => details.notes.retain(|known| known.note.id != *id),
            Receipt::Appointment(one) => replace(&mut details.appointments, one, |one| &one.id, Place::Last),
            Receipt::AppointmentGone(id) => details.appointments.retain(|known| known.id != *id),
            Receipt::Tags { now: None, .. } | Receipt::ContactGone { .. } | Receipt::Nothing => {}
        }
        self.reorder();
    }

    /// What one of our edits made is on the server now, under its own id.
    pub(crate) fn made(&mut self, by: EditId, receipt: &Receipt) {
        match receipt {
            Receipt::Task(task) => {
                self.tasks.rename(&Some(Target::MadeBy(by)), Some(Target::Known(task.id.clone())));
            }
            Receipt::Note(note) => {
                self.notes.rename(&Some(Target::MadeBy(by)), Some(Target::Known(note.id.clone())));
            }
            Receipt::Appointment(one) => {
                self.appointments.rename(&Some(Target::MadeBy(by)), Some(Target::Known(one.id.clone())));
            }
            _ => {}
        }
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

    /// The tasks: those on their way first, then the others in their kept order, pending edits folded over them.
    pub(crate) fn task_lines<'a>(&'a self, overlay: &'a Overlay) -> Vec<TaskLine<'a>> {
        let Some(details) = &self.details else { return Vec::new() };
        let confirmed = self.order.iter().filter_map(|id| details.tasks.iter().find(|task| task.id == *id));
        let confirmed = confirmed.filter_map(|task| {
            let target = Target::Known(task.id.clone());
            let gone = overlay.task_deleted(&self.contact, &target);
            let (value, pending) = overlay.task(task);
            (!gone).then_some(Shown { value, target: Some(target), pending })
        });
        overlay.added_tasks(&self.contact).chain(confirmed).collect()
    }

    /// The task under the cursor.
    pub(crate) fn task<'a>(&'a self, overlay: &'a Overlay) -> Option<TaskLine<'a>> {
        self.task_lines(overlay).into_iter().nth(self.tasks.place.at)
    }

    /// The notes: pinned ones, then own ones on their way, then the others, each the newest first.
    pub(crate) fn note_lines<'a>(&'a self, overlay: &'a Overlay) -> Vec<NoteLine<'a>> {
        let mut own: Vec<_> = overlay.added_notes(&self.contact).collect();
        own.sort_by_key(|shown| Reverse(shown.pending.map(|pending| pending.made_at)));
        let own = own.into_iter().map(|Shown { value: note, target, pending }| NoteLine {
            note,
            target,
            pending,
            view: None,
        });
        let details = self.details.iter().flat_map(|details| &details.notes);
        let mut known: Vec<NoteLine<'a>> = details
            .filter_map(|view| {
                let target = Target::Known(view.note.id.clone());
                let (note, pending) = overlay.note(&view.note);
                let deleted = overlay.note_deleted(&self.contact, &target);
                (!deleted).then_some(NoteLine { note, target: Some(target), pending, view: Some(view) })
            })
            .collect();
        known.sort_by_key(|line| (!line.note.pinned, Reverse(line.note.added)));
        let others = known.split_off(known.partition_point(|line| line.note.pinned));
        known.into_iter().chain(own).chain(others).collect()
    }

    /// The note under the cursor.
    pub(crate) fn note<'a>(&'a self, overlay: &'a Overlay) -> Option<NoteLine<'a>> {
        self.note_lines(overlay).into_iter().nth(self.notes.place.at)
    }

    /// The appointments: what comes next first, then what was last.
    pub(crate) fn appointment_lines<'a>(
        &'a self,
        overlay: &'a Overlay,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Vec<AppointmentLine<'a>> {
        let Some(details) = &self.details else { return Vec::new() };
        let start = |line: &AppointmentLine<'_>| line.value.start.and_then(|start| start.instant(zone));
        let all = overlay.appointments(&self.contact, &details.appointments);
        let (mut next, mut past): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| start(one).is_some_and(|at| at >= now));
        next.sort_by_key(|one| start(one));
        past.sort_by_key(|one| Reverse(start(one)));
        next.append(&mut past);
        next
    }

    /// The appointment under the cursor.
    pub(crate) fn appointment<'a>(
        &'a self,
        overlay: &'a Overlay,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Option<AppointmentLine<'a>> {
        self.appointment_lines(overlay, now, zone).into_iter().nth(self.appointments.place.at)
    }

    /// Brings the cursors in line with the lists and the room there is.
    pub(crate) fn settle(&mut self, overlay: &Overlay, now: Timestamp, zone: &TimeZone, heights: Heights) {
        let tasks: Vec<Option<Target<TaskId>>> = self.task_lines(overlay).into_iter().map(|line| line.target).collect();
        self.tasks.follow(&tasks, heights.tasks);
        let notes: Vec<Option<Target<NoteId>>> = self.note_lines(overlay).into_iter().map(|line| line.target).collect();
        self.notes.follow(&notes, heights.notes);
        let appointments: Vec<Option<Target<AppointmentId>>> =
            self.appointment_lines(overlay, now, zone).into_iter().map(|line| line.target).collect();
        self.appointments.follow(&appointments, heights.appointments);
    }
}

/// A task, or an appointment, as it is listed.
pub(crate) type TaskLine<'a> = Shown<'a, Task, TaskId>;
pub(crate) type AppointmentLine<'a> = Shown<'a, Appointment, AppointmentId>;

/// Where a new record goes.
enum Place {
    First,
    Last,
}

fn replace<T: Clone, I: PartialEq>(list: &mut Vec<T>, new: &T, id: impl Fn(&T) -> &I, place: Place) {
    match (list.iter_mut().find(|known| id(known) == id(new)), place) {
        (Some(known), _) => known.clone_from(new),
        (None, Place::First) => list.insert(0, new.clone()),
        (None, Place::Last) => list.push(new.clone()),
    }
}

/// How many lines each list can show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heights {
    pub(crate) tasks: usize,
    pub(crate) notes: usize,
    pub(crate) appointments: usize,
}
