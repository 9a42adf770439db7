//! What a draft belongs to, and the name it is saved under.

use crate::domain::{AppointmentId, ContactId, NoteId, TaskId};

/// What a draft belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DraftKey {
    /// A new note for this contact.
    NewNote(ContactId),
    /// A new body for this note.
    Note(ContactId, NoteId),
    NewContact,
    Contact(ContactId),
    NewTask(ContactId),
    Task(ContactId, TaskId),
    NewAppointment(ContactId),
    Appointment(ContactId, AppointmentId),
}

/// Parts of a name; no server ID equals one.
const BETWEEN: char = ':';

impl DraftKey {
    /// The name it is saved under.
    pub fn name(&self) -> String {
        match self {
            Self::NewNote(contact) => format!("note:{contact}"),
            Self::Note(contact, note) => format!("edit-note:{contact}:{note}"),
            Self::NewContact => "new-contact".to_owned(),
            Self::Contact(contact) => format!("contact:{contact}"),
            Self::NewTask(contact) => format!("task:{contact}"),
            Self::Task(contact, task) => format!("edit-task:{contact}:{task}"),
            Self::NewAppointment(contact) => format!("appointment:{contact}"),
            Self::Appointment(contact, one) => format!("edit-appointment:{contact}:{one}"),
        }
    }

    /// The contact it belongs to; `None` for a new contact.
    pub fn contact(&self) -> Option<&ContactId> {
        match self {
            Self::NewContact => None,
            Self::NewNote(contact)
            | Self::Note(contact, _)
            | Self::Contact(contact)
            | Self::NewTask(contact)
            | Self::Task(contact, _)
            | Self::NewAppointment(contact)
            | Self::Appointment(contact, _) => Some(contact),
        }
    }

    /// Whether it is of something that the server does not have.
    pub fn is_new(&self) -> bool {
        match self {
            Self::NewNote(_) | Self::NewContact | Self::NewTask(_) | Self::NewAppointment(_) => true,
            Self::Note(..) | Self::Contact(_) | Self::Task(..) | Self::Appointment(..) => false,
        }
    }

    /// What a name refers to.
    pub fn parse(name: &str) -> Option<Self> {
        if name == "new-contact" {
            return Some(Self::NewContact);
        }
        let (kind, rest) = name.split_once(BETWEEN)?;
        // The ID of a contact that is still being created contains the same character.
        let pair = || rest.rsplit_once(BETWEEN).map(|(contact, id)| (ContactId::new(contact), id));
        Some(match kind {
            "note" => Self::NewNote(ContactId::new(rest)),
            "edit-note" => pair().map(|(contact, id)| Self::Note(contact, NoteId::new(id)))?,
            "contact" => Self::Contact(ContactId::new(rest)),
            "task" => Self::NewTask(ContactId::new(rest)),
            "edit-task" => pair().map(|(contact, id)| Self::Task(contact, TaskId::new(id)))?,
            "appointment" => Self::NewAppointment(ContactId::new(rest)),
            "edit-appointment" => pair().map(|(contact, id)| Self::Appointment(contact, AppointmentId::new(id)))?,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_found_by_the_name_it_was_kept_under() {
        let (contact, made) = (ContactId::new("c"), ContactId::new("new:7"));
        for draft in [
            DraftKey::NewNote(contact.clone()),
            DraftKey::Note(made.clone(), NoteId::new("n")),
            DraftKey::NewContact,
            DraftKey::Contact(made.clone()),
            DraftKey::NewTask(contact.clone()),
            DraftKey::Task(contact.clone(), TaskId::new("t")),
            DraftKey::NewAppointment(made),
            DraftKey::Appointment(contact, AppointmentId::new("a")),
        ] {
            assert_eq!(DraftKey::parse(&draft.name()), Some(draft));
        }
        assert_eq!(DraftKey::parse("something:else"), None);
    }
}
