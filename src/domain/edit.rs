//! An edit is what the user meant; the screen is confirmed data with the pending edits folded over it.
//!
//! Rolling back is dropping a pending edit: nothing confirmed is ever overwritten by a guess.

use super::{ContactId, EditId, Note, NoteId, Task, TaskId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One change the user asked for, with the values it was made on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    /// Complete or reopen a task; it was made on a task whose state was `!completed`.
    CompleteTask { contact: ContactId, task: TaskId, title: String, completed: bool },
    /// Write a note.
    AddNote { contact: ContactId, body: String },
    /// Remove a note; `body` is what it said.
    DeleteNote { contact: ContactId, note: NoteTarget, body: String },
}

/// Which note is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteTarget {
    Known(NoteId),
    /// The note that this edit makes: its id is not known before the server has answered.
    MadeBy(EditId),
}

impl Edit {
    /// The contact whose lane the edit runs in: edits of one contact keep their order.
    pub fn contact(&self) -> &ContactId {
        match self {
            Self::CompleteTask { contact, .. } | Self::AddNote { contact, .. } | Self::DeleteNote { contact, .. } => {
                contact
            }
        }
    }

    /// The edit that takes this one back, where `id` is this edit's own.
    ///
    /// A deleted note comes back as a new one: the API cannot restore it.
    #[must_use]
    pub fn inverse(&self, id: EditId) -> Self {
        match self.clone() {
            Self::CompleteTask { contact, task, title, completed } => {
                Self::CompleteTask { contact, task, title, completed: !completed }
            }
            Self::AddNote { contact, body } => Self::DeleteNote { contact, note: NoteTarget::MadeBy(id), body },
            Self::DeleteNote { contact, body, .. } => Self::AddNote { contact, body },
        }
    }

    /// What is to be done, as an error or a plan says it: `complete "Call back"`. Clean it before drawing.
    pub fn intent(&self) -> String {
        match self {
            Self::CompleteTask { title, completed: true, .. } => format!("complete \"{title}\""),
            Self::CompleteTask { title, completed: false, .. } => format!("reopen \"{title}\""),
            Self::AddNote { body, .. } => format!("add note \"{}\"", first_words(body)),
            Self::DeleteNote { body, .. } => format!("delete note \"{}\"", first_words(body)),
        }
    }

    /// Past tense, as a toast or the history says it: `Completed "Call back"`. Clean it before drawing.
    pub fn describe(&self) -> String {
        match self {
            Self::CompleteTask { title, completed: true, .. } => format!("Completed \"{title}\""),
            Self::CompleteTask { title, completed: false, .. } => format!("Reopened \"{title}\""),
            Self::AddNote { body, .. } => format!("Added note \"{}\"", first_words(body)),
            Self::DeleteNote { body, .. } => format!("Deleted note \"{}\"", first_words(body)),
        }
    }
}

/// The beginning of a body, short enough for a toast.
fn first_words(body: &str) -> String {
    const CHARS: usize = 40;
    let line = body.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= CHARS {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(CHARS - 1).collect();
    short.push('…');
    short
}

/// What the server holds after an edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Receipt {
    Task(Task),
    Note(Note),
    NoteGone(NoteId),
    /// There was nothing left to do.
    Nothing,
}

/// An edit on its way to the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// `None` until the outbox holds it; only then is it promised.
    pub id: Option<EditId>,
    pub edit: Edit,
    pub progress: Progress,
    pub made_at: Timestamp,
}

/// How far a pending edit has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not in the outbox yet: painted `·`, promised to nobody.
    Saving,
    /// In the outbox: painted `⇅`, never lost.
    Queued,
    /// A request is under way.
    Sending,
    /// A passing fault: tried again at `until`.
    Waiting { until: Timestamp, why: String },
    /// Refused for good: no longer folded over the data, kept for retry or discard.
    Failed { why: String },
}

impl Progress {
    /// What the screen needs to know at a glance.
    pub fn state(&self) -> PendingState {
        match self {
            Self::Saving => PendingState::Saving,
            Self::Queued | Self::Sending | Self::Waiting { .. } => PendingState::Queued,
            Self::Failed { .. } => PendingState::Failed,
        }
    }
}

/// [`Progress`] in three words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingState {
    Saving,
    Queued,
    Failed,
}

/// Pending edits in the order they were made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    pending: Vec<Pending>,
}

impl Overlay {
    pub fn new(pending: Vec<Pending>) -> Self {
        Self { pending }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Pending> {
        self.pending.iter()
    }

    pub fn push(&mut self, pending: Pending) {
        self.pending.push(pending);
    }

    /// The entry with this id.
    pub fn get_mut(&mut self, id: EditId) -> Option<&mut Pending> {
        self.pending.iter_mut().find(|pending| pending.id == Some(id))
    }

    pub fn remove(&mut self, id: EditId) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.id == Some(id))?;
        Some(self.pending.remove(at))
    }

    /// The oldest unsaved entry of this edit is in the outbox now, under this id; `false` when there is none.
    pub fn promise(&mut self, edit: &Edit, id: EditId, made_at: Timestamp) -> bool {
        let Some(pending) = self.pending.iter_mut().find(|pending| pending.id.is_none() && pending.edit == *edit)
        else {
            return false;
        };
        pending.id = Some(id);
        pending.made_at = made_at;
        pending.progress = Progress::Queued;
        true
    }

    /// Drops the oldest unsaved entry of this edit: it was not taken.
    pub fn drop_unsaved(&mut self, edit: &Edit) {
        if let Some(at) = self.pending.iter().position(|pending| pending.id.is_none() && pending.edit == *edit) {
            self.pending.remove(at);
        }
    }

    /// What is still on its way: neither settled nor failed.
    pub fn live(&self) -> impl Iterator<Item = &Pending> {
        self.pending.iter().filter(|pending| pending.progress.state() != PendingState::Failed)
    }

    /// The state of the newest pending edit of this contact, if any.
    pub fn of_contact(&self, contact: &ContactId) -> Option<PendingState> {
        self.pending.iter().rev().find(|pending| pending.edit.contact() == contact).map(|p| p.progress.state())
    }

    /// A confirmed task with the pending edits folded over it, and the newest edit that concerns it.
    pub fn task<'a>(&'a self, confirmed: &Task) -> (Task, Option<&'a Pending>) {
        let mut task = confirmed.clone();
        let mut newest = None;
        for pending in &self.pending {
            if let Edit::CompleteTask { task: id, completed, .. } = &pending.edit
                && *id == task.id
            {
                newest = Some(pending);
                if pending.progress.state() != PendingState::Failed {
                    task.completed = *completed;
                }
            }
        }
        (task, newest)
    }

    /// Notes that are being added to this contact and not being deleted again, oldest first.
    pub fn added_notes<'a>(&'a self, contact: &'a ContactId) -> impl Iterator<Item = (&'a str, &'a Pending)> {
        self.live().filter_map(move |pending| match &pending.edit {
            Edit::AddNote { contact: of, body } if of == contact && !self.deletes(pending.id) => {
                Some((body.as_str(), pending))
            }
            _ => None,
        })
    }

    /// Whether a pending edit removes this note.
    pub fn note_deleted(&self, note: &Note) -> bool {
        self.live().any(
            |pending| matches!(&pending.edit, Edit::DeleteNote { note: NoteTarget::Known(id), .. } if *id == note.id),
        )
    }

    fn deletes(&self, made_by: Option<EditId>) -> bool {
        made_by.is_some_and(|made_by| {
            self.live().any(
                |pending| matches!(&pending.edit, Edit::DeleteNote { note: NoteTarget::MadeBy(id), .. } if *id == made_by),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(completed: bool) -> Edit {
        Edit::CompleteTask { contact: ContactId::new("c"), task: TaskId::new("t"), title: "Call".into(), completed }
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

    fn pending(edit: Edit, progress: Progress) -> Pending {
        Pending { id: Some(EditId(uuid::Uuid::from_u128(7))), edit, progress, made_at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn the_newest_pending_edit_decides() {
        let overlay = Overlay::new(vec![
            pending(complete(true), Progress::Sending),
            pending(complete(false), Progress::Queued),
            pending(complete(true), Progress::Saving),
        ]);
        let (shown, newest) = overlay.task(&task(false));
        assert!(shown.completed);
        assert_eq!(newest.map(|p| p.progress.state()), Some(PendingState::Saving));
    }

    #[test]
    fn a_refused_edit_changes_nothing_but_is_still_seen() {
        let overlay = Overlay::new(vec![pending(complete(true), Progress::Failed { why: "no".into() })]);
        let (shown, newest) = overlay.task(&task(false));
        assert!(!shown.completed);
        assert!(newest.is_some());
    }

    #[test]
    fn the_inverse_of_the_inverse_is_the_edit() {
        let id = EditId(uuid::Uuid::nil());
        assert_eq!(complete(true).inverse(id).inverse(id), complete(true));
        let note = Edit::AddNote { contact: ContactId::new("c"), body: "b".into() };
        assert_eq!(note.inverse(id).inverse(id), note);
    }

    #[test]
    fn a_note_taken_back_before_the_server_answered_is_not_shown() {
        let contact = ContactId::new("c");
        let add = Edit::AddNote { contact: contact.clone(), body: "b".into() };
        let id = EditId(uuid::Uuid::from_u128(7));
        let mut overlay = Overlay::new(vec![pending(add.clone(), Progress::Sending)]);
        assert_eq!(overlay.added_notes(&contact).count(), 1);
        overlay.push(Pending { id: None, ..pending(add.inverse(id), Progress::Saving) });
        assert_eq!(overlay.added_notes(&contact).count(), 0);
    }
}
