//! What was typed and not sent, by what it belongs to.

use std::collections::HashMap;

use crate::domain::{AppointmentId, ContactId, NoteId, Target, TaskId};
use crate::protocol::DraftKey;

use crate::ui::state::layout::Section;

/// The drafts, as the ledger holds them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drafts {
    waiting: HashMap<DraftKey, String>,
}

impl Drafts {
    pub(crate) fn get(&self, key: &DraftKey) -> Option<&String> {
        self.waiting.get(key)
    }

    pub(crate) fn put(&mut self, key: DraftKey, text: String) {
        self.waiting.insert(key, text);
    }

    pub(crate) fn remove(&mut self, key: &DraftKey) {
        self.waiting.remove(key);
    }

    /// This key, where its draft waits.
    pub(crate) fn waiting(&self, key: DraftKey) -> Option<DraftKey> {
        self.waiting.contains_key(&key).then_some(key)
    }

    /// The draft of a task's changes.
    pub(crate) fn of_task(&self, contact: &ContactId, task: Option<&Target<TaskId>>) -> Option<DraftKey> {
        self.waiting(DraftKey::Task(contact.clone(), task?.known()?.clone()))
    }

    /// The draft of a note's changes.
    pub(crate) fn of_note(&self, contact: &ContactId, note: Option<&Target<NoteId>>) -> Option<DraftKey> {
        self.waiting(DraftKey::Note(contact.clone(), note?.known()?.clone()))
    }

    /// The draft of an appointment's changes.
    pub(crate) fn of_appointment(
        &self,
        contact: &ContactId,
        appointment: Option<&Target<AppointmentId>>,
    ) -> Option<DraftKey> {
        self.waiting(DraftKey::Appointment(contact.clone(), appointment?.known()?.clone()))
    }

    /// A draft of the contact or of what belongs to it, its own changes first.
    pub(crate) fn of_contact(&self, contact: &ContactId) -> Option<&DraftKey> {
        let all = self.waiting.keys().filter(|key| key.contact() == Some(contact));
        all.min_by_key(|key| (!matches!(key, DraftKey::Contact(_)), key.name()))
    }

    /// Whether a draft of the contact belongs to this section.
    pub(crate) fn is_in(&self, contact: &ContactId, section: Section) -> bool {
        self.waiting.keys().any(|key| key.contact() == Some(contact) && section_of(key) == Some(section))
    }
}

/// Where a draft is continued; a new contact has no section.
fn section_of(key: &DraftKey) -> Option<Section> {
    Some(match key {
        DraftKey::NewContact => return None,
        DraftKey::Contact(_) => Section::Detail,
        DraftKey::NewTask(_) | DraftKey::Task(..) => Section::Tasks,
        DraftKey::NewNote(_) | DraftKey::Note(..) => Section::Notes,
        DraftKey::NewAppointment(_) | DraftKey::Appointment(..) => Section::Appointments,
    })
}
