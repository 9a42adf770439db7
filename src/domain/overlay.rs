//! Lays pending edits over confirmed data: the screen shows the result.
//!
//! To roll back, drop the pending edit: no guess ever overwrites confirmed data.

use super::{
    Appointment, AppointmentEdit, AppointmentId, AppointmentStatus, Clash, Contact, ContactId, Edit, EditId, EditKind,
    GroupId, Note, NoteEdit, NoteId, Target, Task, TaskEdit, TaskId,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// An edit on its way to the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// `None` until the edit is in the outbox. From then on it is safe.
    pub id: Option<EditId>,
    /// Edits made together share it.
    pub group: Option<GroupId>,
    pub edit: Edit,
    pub progress: Progress,
    pub made_at: Timestamp,
}

/// The stage of a pending edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not in the outbox yet: painted `·`, can still be lost.
    Saving,
    /// In the outbox: painted `⇅`, never lost.
    Queued,
    /// A request is running.
    Sending,
    /// A temporary failure: retried at `until`.
    Waiting { until: Timestamp, why: String },
    /// Refused for good: no longer shown as done, kept for retry or discard.
    Failed { why: String },
    /// Someone else changed the same fields: painted `!` until the user decides.
    Clash(Vec<Clash>),
}

impl Progress {
    /// The stage as the screen shows it.
    pub fn state(&self) -> PendingState {
        match self {
            Self::Saving => PendingState::Saving,
            Self::Queued | Self::Sending | Self::Waiting { .. } => PendingState::Queued,
            Self::Failed { .. } => PendingState::Failed,
            Self::Clash(_) => PendingState::Clash,
        }
    }

    /// Whether it is saving or queued, so that the screen shows it as done.
    pub fn is_live(&self) -> bool {
        matches!(self.state(), PendingState::Saving | PendingState::Queued)
    }
}

/// [`Progress`] as the screen shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingState {
    Saving,
    Queued,
    Failed,
    Clash,
}

/// Pending edits in the order they were made, indexed by contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    next: u64,
    entries: BTreeMap<u64, Pending>,
    by_id: HashMap<EditId, u64>,
    by_contact: HashMap<ContactId, Vec<u64>>,
    /// The records that edits created: later edits may still name the edit instead of the record.
    made: HashMap<EditId, String>,
    /// Counts the changes to the overlay.
    changes: u64,
}

/// A record as the screen shows it; it may not be on the server yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown<'a, T, I> {
    pub value: T,
    /// The target for an edit of it; `None` until the edit that creates it is in the outbox.
    pub target: Option<Target<I>>,
    /// The newest edit of it.
    pub pending: Option<&'a Pending>,
}

impl Overlay {
    pub fn new(pending: Vec<Pending>) -> Self {
        let mut overlay = Self::default();
        for pending in pending {
            overlay.push(pending);
        }
        overlay
    }

    /// Grows with every change.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Pending> {
        self.entries.values()
    }

    /// The edits of one contact, in the order they were made.
    pub fn of(&self, contact: &ContactId) -> impl DoubleEndedIterator<Item = &Pending> {
        self.by_contact.get(contact).into_iter().flatten().filter_map(|number| self.entries.get(number))
    }

    fn live_of(&self, contact: &ContactId) -> impl Iterator<Item = &Pending> {
        self.of(contact).filter(|pending| pending.progress.is_live())
    }

    pub fn push(&mut self, pending: Pending) {
        let number = self.next;
        self.next += 1;
        self.changes += 1;
        if let Some(id) = pending.id {
            self.by_id.insert(id, number);
        }
        self.by_contact.entry(pending.edit.contact.clone()).or_default().push(number);
        self.entries.insert(number, pending);
    }

    pub fn get(&self, id: EditId) -> Option<&Pending> {
        self.entries.get(self.by_id.get(&id)?)
    }

    /// The stage of this edit, for changing it.
    pub fn progress_mut(&mut self, id: EditId) -> Option<&mut Progress> {
        self.changes += 1;
        self.entries.get_mut(self.by_id.get(&id)?).map(|pending| &mut pending.progress)
    }

    pub fn remove(&mut self, id: EditId) -> Option<Pending> {
        let number = self.by_id.remove(&id)?;
        self.take(number)
    }

    fn take(&mut self, number: u64) -> Option<Pending> {
        let pending = self.entries.remove(&number)?;
        self.changes += 1;
        if let Some(numbers) = self.by_contact.get_mut(&pending.edit.contact) {
            numbers.retain(|other| *other != number);
            if numbers.is_empty() {
                self.by_contact.remove(&pending.edit.contact);
            }
        }
        Some(pending)
    }

    /// Drops the unsaved entries of this group: the outbox now has them under their ids, or refused them.
    pub fn drop_unsaved(&mut self, group: GroupId) {
        let gone: Vec<u64> = self
            .entries
            .iter()
            .filter(|(_, pending)| pending.id.is_none() && pending.group == Some(group))
            .map(|(number, _)| *number)
            .collect();
        for number in gone {
            self.take(number);
        }
    }

    /// Remembers which record an edit created.
    pub fn learn(&mut self, made_by: EditId, id: &str) {
        self.made.insert(made_by, id.to_owned());
        self.changes += 1;
    }

    /// Gives a new contact its server id.
    pub fn rename_contact(&mut self, from: &ContactId, to: &ContactId) {
        let Some(numbers) = self.by_contact.remove(from) else { return };
        self.changes += 1;
        for number in &numbers {
            if let Some(pending) = self.entries.get_mut(number) {
                pending.edit.contact = to.clone();
            }
        }
        self.by_contact.entry(to.clone()).or_default().extend(numbers);
    }

    /// Edits that have neither settled nor failed.
    pub fn live(&self) -> impl Iterator<Item = &Pending> {
        self.iter().filter(|pending| pending.progress.is_live())
    }

    /// The state of this contact's newest pending edit, if any.
    pub fn of_contact(&self, contact: &ContactId) -> Option<PendingState> {
        self.of(contact).next_back().map(|pending| pending.progress.state())
    }

    /// Whether a live edit deletes this contact.
    pub fn contact_deleted(&self, contact: &ContactId) -> bool {
        self.live_of(contact).any(|pending| pending.edit.deletes_contact())
    }

    /// Whether a live edit changes this contact's row in the list.
    pub fn touches_contact(&self, contact: &ContactId) -> bool {
        self.live_of(contact).any(|pending| pending.edit.is_listed())
    }

    /// A confirmed contact with its pending edits applied.
    #[must_use]
    pub fn contact(&self, confirmed: &Contact) -> Contact {
        let mut contact = confirmed.clone();
        self.live_of(&confirmed.id).for_each(|pending| pending.edit.apply(&mut contact));
        contact
    }

    /// Tags with the pending edits applied.
    #[must_use]
    pub fn tags(&self, contact: &ContactId, confirmed: Vec<String>) -> Vec<String> {
        self.contact(&Contact { tags: confirmed, ..Contact::unknown(contact.clone()) }).tags
    }

    /// A confirmed task with its pending edits applied, and the newest edit of it.
    pub fn task<'a>(&'a self, confirmed: &Task) -> (Task, Option<&'a Pending>) {
        self.fold_task(confirmed.clone(), |target| self.means(target, confirmed.id.as_str(), TaskId::as_str))
    }

    fn fold_task(&self, mut task: Task, is_it: impl Fn(&Target<TaskId>) -> bool) -> (Task, Option<&Pending>) {
        let mut newest = None;
        for pending in self.of(&task.contact.clone()) {
            let EditKind::Task(edit) = &pending.edit.what else { continue };
            if edit.target().is_some_and(&is_it) {
                newest = Some(pending);
                if pending.progress.is_live() {
                    edit.apply_to(&mut task);
                }
            }
        }
        (task, newest)
    }

    /// Whether a live edit deletes this task.
    pub fn task_deleted(&self, contact: &ContactId, is_it: &Target<TaskId>) -> bool {
        let same = |task| self.same(task, is_it, TaskId::as_str);
        self.live_of(contact)
            .any(|pending| matches!(&pending.edit.what, EditKind::Task(TaskEdit::Delete { task, .. }) if same(task)))
    }

    /// New tasks of this contact that are pending or refused, oldest first.
    pub fn added_tasks<'a>(&'a self, contact: &'a ContactId) -> impl Iterator<Item = Shown<'a, Task, TaskId>> {
        self.of(contact).filter_map(move |pending| {
            let EditKind::Task(TaskEdit::Add { task, .. }) = &pending.edit.what else { return None };
            let target = pending.id.map(Target::MadeBy);
            if target.as_ref().is_some_and(|target| self.task_deleted(contact, target)) {
                return None;
            }
            let made = pending.id.map_or_else(String::new, |id| id.to_string());
            let new = task.made(TaskId::new(made), contact.clone());
            let (value, newer) = self.fold_task(new, |other| Some(other) == target.as_ref());
            Some(Shown { value, target, pending: newer.or(Some(pending)) })
        })
    }

    /// A confirmed note with its pending edits applied, and the newest edit of it.
    pub fn note<'a>(&'a self, confirmed: &Note) -> (Note, Option<&'a Pending>) {
        self.fold_note(confirmed.clone(), |target| self.means(target, confirmed.id.as_str(), NoteId::as_str))
    }

    fn fold_note(&self, mut note: Note, is_it: impl Fn(&Target<NoteId>) -> bool) -> (Note, Option<&Pending>) {
        let mut newest = None;
        for pending in self.of(&note.contact.clone()) {
            let EditKind::Note(edit) = &pending.edit.what else { continue };
            if edit.target().is_some_and(&is_it) {
                newest = Some(pending);
                if pending.progress.is_live() {
                    edit.apply_to(&mut note);
                }
            }
        }
        (note, newest)
    }

    /// Whether a live edit deletes this note.
    pub fn note_deleted(&self, contact: &ContactId, is_it: &Target<NoteId>) -> bool {
        let same = |note| self.same(note, is_it, NoteId::as_str);
        self.live_of(contact)
            .any(|pending| matches!(&pending.edit.what, EditKind::Note(NoteEdit::Delete { note, .. }) if same(note)))
    }

    /// New notes of this contact that are pending or refused, oldest first.
    pub fn added_notes<'a>(&'a self, contact: &'a ContactId) -> impl Iterator<Item = Shown<'a, Note, NoteId>> {
        self.of(contact).filter_map(move |pending| {
            let EditKind::Note(NoteEdit::Add { note, .. }) = &pending.edit.what else { return None };
            let target = pending.id.map(Target::MadeBy);
            if target.as_ref().is_some_and(|target| self.note_deleted(contact, target)) {
                return None;
            }
            let made = pending.id.map_or_else(String::new, |id| id.to_string());
            let new = note.made(NoteId::new(made), contact.clone());
            let (value, newer) = self.fold_note(new, |other| Some(other) == target.as_ref());
            Some(Shown { value, target, pending: newer.or(Some(pending)) })
        })
    }

    /// A contact's appointments with the pending edits applied: new bookings are included, deletions are left out.
    pub fn appointments<'a>(
        &'a self,
        contact: &ContactId,
        confirmed: &[Appointment],
    ) -> Vec<Shown<'a, Appointment, AppointmentId>> {
        let mut shown: Vec<Shown<'a, Appointment, AppointmentId>> = confirmed
            .iter()
            .map(|one| Shown { value: one.clone(), target: Some(Target::Known(one.id.clone())), pending: None })
            .collect();
        for pending in self.of(contact) {
            let EditKind::Appointment(edit) = &pending.edit.what else { continue };
            let place = edit.target().and_then(|target| {
                shown.iter().position(|one| match &one.target {
                    Some(Target::Known(id)) => self.means(target, id.as_str(), AppointmentId::as_str),
                    made => made.as_ref() == Some(target),
                })
            });
            let live = pending.progress.is_live();
            match (edit, place) {
                (AppointmentEdit::Add { appointment, .. }, _) => {
                    let id = pending.id.map_or_else(String::new, |id| id.to_string());
                    let value = appointment.made(AppointmentId::new(id), contact.clone());
                    shown.push(Shown { value, target: pending.id.map(Target::MadeBy), pending: Some(pending) });
                }
                (AppointmentEdit::Patch { after, .. }, Some(at)) => {
                    shown[at].pending = Some(pending);
                    if live {
                        after.apply(&mut shown[at].value);
                    }
                }
                (AppointmentEdit::Delete { .. }, Some(at)) if live => drop(shown.remove(at)),
                (AppointmentEdit::Delete { .. }, Some(at)) => shown[at].pending = Some(pending),
                (AppointmentEdit::Patch { .. } | AppointmentEdit::Delete { .. }, None) => {}
            }
        }
        shown
    }

    /// Whether both targets are the same record.
    fn same<I: PartialEq>(&self, target: &Target<I>, is_it: &Target<I>, name: impl Fn(&I) -> &str) -> bool {
        match is_it {
            Target::Known(id) => self.means(target, name(id), &name),
            made @ Target::MadeBy(_) => target == made,
        }
    }

    /// Whether an edit's target is the record with this id.
    fn means<I>(&self, target: &Target<I>, id: &str, name: impl Fn(&I) -> &str) -> bool {
        match target {
            Target::Known(known) => name(known) == id,
            Target::MadeBy(edit) => self.made.get(edit).is_some_and(|made| made == id),
        }
    }
}

/// Whether an appointment is still on.
pub fn is_on(status: &AppointmentStatus) -> bool {
    !matches!(status, AppointmentStatus::Cancelled | AppointmentStatus::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::NotePatch;

    fn complete(completed: bool) -> Edit {
        let task = Target::Known(TaskId::new("t"));
        Edit::new(ContactId::new("c"), TaskEdit::Complete { task, title: "Call".into(), completed })
    }

    fn task(completed: bool) -> Task {
        Task {
            id: TaskId::new("t"),
            contact: ContactId::new("c"),
            title: "Call".into(),
            body: None,
            due: None,
            completed,
            assigned_to: None,
        }
    }

    fn id(number: u128) -> EditId {
        EditId(uuid::Uuid::from_u128(number))
    }

    fn pending(number: u128, edit: Edit, progress: Progress) -> Pending {
        Pending { id: Some(id(number)), group: None, edit, progress, made_at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn the_newest_pending_edit_wins() {
        let overlay = Overlay::new(vec![
            pending(1, complete(true), Progress::Sending),
            pending(2, complete(false), Progress::Queued),
            pending(3, complete(true), Progress::Saving),
        ]);
        let (shown, newest) = overlay.task(&task(false));
        assert!(shown.completed);
        assert_eq!(newest.map(|p| p.progress.state()), Some(PendingState::Saving));
    }

    #[test]
    fn a_refused_edit_changes_nothing_but_is_still_shown() {
        let overlay = Overlay::new(vec![pending(1, complete(true), Progress::Failed { why: "no".into() })]);
        let (shown, newest) = overlay.task(&task(false));
        assert!(!shown.completed);
        assert!(newest.is_some());
    }

    #[test]
    fn a_note_undone_before_the_server_answered_is_not_shown() {
        let contact = ContactId::new("c");
        let note = NotePatch { body: Some("b".into()), ..NotePatch::default() };
        let add = Edit::new(contact.clone(), NoteEdit::Add { note, replaces: None });
        let mut overlay = Overlay::new(vec![pending(7, add.clone(), Progress::Sending)]);
        assert_eq!(overlay.added_notes(&contact).count(), 1);
        let back = add.inverse(id(7), None).pop().expect("it can be undone");
        overlay.push(pending(8, back, Progress::Saving));
        assert_eq!(overlay.added_notes(&contact).count(), 0);
    }

    #[test]
    fn an_edit_of_a_new_record_shows_before_and_after_the_answer() {
        let contact = ContactId::new("c");
        let new = crate::domain::TaskPatch { title: Some("Call".into()), ..Default::default() };
        let add = Edit::new(contact.clone(), TaskEdit::Add { task: new, replaces: None });
        let task_of = Target::MadeBy(id(1));
        let done = TaskEdit::Complete { task: task_of, title: "Call".into(), completed: true };
        let done = Edit::new(contact.clone(), done);
        let mut overlay = Overlay::new(vec![pending(1, add, Progress::Sending), pending(2, done, Progress::Queued)]);
        assert!(overlay.added_tasks(&contact).next().expect("it is shown").value.completed);
        overlay.remove(id(1));
        overlay.learn(id(1), "t");
        assert!(overlay.task(&task(false)).0.completed);
    }
}
