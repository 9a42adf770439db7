//! An edit is what the user meant, with the values it was made on and the edit that takes it back.

use super::{
    AppointmentId, AppointmentPatch, AppointmentStatus, BusinessId, CampaignId, ContactId, ContactPatch, EditId, Named,
    NoteId, NotePatch, Receipt, Scope, TaskId, TaskPatch, UserId, WorkflowId,
};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

/// One change the user asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    /// Make a contact. Until the server has answered it goes by a [provisional](ContactId::provisional) id.
    CreateContact {
        contact: ContactId,
        patch: ContactPatch,
        /// The deleted contact that this one stands for.
        #[serde(default)]
        replaces: Option<ContactId>,
    },
    /// Change fields; `before` has the value that each of them was changed from.
    PatchContact {
        contact: ContactId,
        name: String,
        before: ContactPatch,
        after: ContactPatch,
    },
    /// Remove a contact with all that belongs to it.
    DeleteContact {
        contact: ContactId,
        name: String,
    },
    /// Add tags that the contact did not have.
    AddTags {
        contact: ContactId,
        tags: Vec<String>,
    },
    /// Remove tags that the contact had.
    RemoveTags {
        contact: ContactId,
        tags: Vec<String>,
    },
    AddFollowers {
        contact: ContactId,
        users: Vec<UserId>,
    },
    RemoveFollowers {
        contact: ContactId,
        users: Vec<UserId>,
    },
    /// Put the contact into a business, or out of one.
    SetBusiness {
        contact: ContactId,
        before: Option<Named<BusinessId>>,
        after: Option<Named<BusinessId>>,
    },
    /// Sends messages, so it is never repeated and cannot be taken back.
    StartCampaign {
        contact: ContactId,
        campaign: Named<CampaignId>,
    },
    /// Take the contact out of one campaign, or of all.
    StopCampaign {
        contact: ContactId,
        campaign: Option<Named<CampaignId>>,
    },
    /// Starts automations, so it is never repeated and cannot be taken back.
    StartWorkflow {
        contact: ContactId,
        workflow: Named<WorkflowId>,
    },
    StopWorkflow {
        contact: ContactId,
        workflow: Named<WorkflowId>,
    },

    AddTask {
        contact: ContactId,
        task: TaskPatch,
        #[serde(default)]
        replaces: Option<TaskId>,
    },
    PatchTask {
        contact: ContactId,
        task: Target<TaskId>,
        title: String,
        before: TaskPatch,
        after: TaskPatch,
    },
    /// Complete or reopen a task; it was made on a task whose state was `!completed`.
    CompleteTask {
        contact: ContactId,
        task: Target<TaskId>,
        title: String,
        completed: bool,
    },
    DeleteTask {
        contact: ContactId,
        task: Target<TaskId>,
        was: TaskPatch,
    },

    AddNote {
        contact: ContactId,
        #[serde(flatten)]
        note: NotePatch,
        #[serde(default)]
        replaces: Option<NoteId>,
    },
    PatchNote {
        contact: ContactId,
        note: Target<NoteId>,
        before: NotePatch,
        after: NotePatch,
    },
    DeleteNote {
        contact: ContactId,
        note: Target<NoteId>,
        /// What it said.
        #[serde(flatten)]
        was: NotePatch,
    },

    AddAppointment {
        contact: ContactId,
        appointment: AppointmentPatch,
        #[serde(default)]
        replaces: Option<AppointmentId>,
    },
    PatchAppointment {
        contact: ContactId,
        appointment: Target<AppointmentId>,
        title: String,
        before: AppointmentPatch,
        after: AppointmentPatch,
    },
    DeleteAppointment {
        contact: ContactId,
        appointment: Target<AppointmentId>,
        was: AppointmentPatch,
    },
}

/// Which record is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Target<I> {
    Known(I),
    /// The record that this edit makes: its id is not known before the server has answered.
    MadeBy(EditId),
}

/// Older ledgers hold the plain id.
impl<'de, I: Deserialize<'de>> Deserialize<'de> for Target<I> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form<I> {
            Known {
                #[serde(rename = "Known")]
                id: I,
            },
            MadeBy {
                #[serde(rename = "MadeBy")]
                by: EditId,
            },
            Plain(I),
        }
        Ok(match Form::deserialize(from)? {
            Form::Known { id } | Form::Plain(id) => Self::Known(id),
            Form::MadeBy { by } => Self::MadeBy(by),
        })
    }
}

impl<I: Clone> Target<I> {
    /// The id, where it is known already.
    pub fn known(&self) -> Option<I> {
        match self {
            Self::Known(id) => Some(id.clone()),
            Self::MadeBy(_) => None,
        }
    }
}

/// What an edit does, in the words of a sentence.
struct Words {
    /// `Completed`
    past: &'static str,
    /// `complete`
    verb: &'static str,
    /// `"Call back"`
    object: String,
}

/// What every edit has, whatever it does.
macro_rules! of_any {
    ($edit:expr, $contact:ident => $what:expr) => {
        match $edit {
            Edit::CreateContact { $contact, .. }
            | Edit::PatchContact { $contact, .. }
            | Edit::DeleteContact { $contact, .. }
            | Edit::AddTags { $contact, .. }
            | Edit::RemoveTags { $contact, .. }
            | Edit::AddFollowers { $contact, .. }
            | Edit::RemoveFollowers { $contact, .. }
            | Edit::SetBusiness { $contact, .. }
            | Edit::StartCampaign { $contact, .. }
            | Edit::StopCampaign { $contact, .. }
            | Edit::StartWorkflow { $contact, .. }
            | Edit::StopWorkflow { $contact, .. }
            | Edit::AddTask { $contact, .. }
            | Edit::PatchTask { $contact, .. }
            | Edit::CompleteTask { $contact, .. }
            | Edit::DeleteTask { $contact, .. }
            | Edit::AddNote { $contact, .. }
            | Edit::PatchNote { $contact, .. }
            | Edit::DeleteNote { $contact, .. }
            | Edit::AddAppointment { $contact, .. }
            | Edit::PatchAppointment { $contact, .. }
            | Edit::DeleteAppointment { $contact, .. } => $what,
        }
    };
}

impl Edit {
    /// The contact whose lane the edit runs in: edits of one contact keep their order.
    pub fn contact(&self) -> &ContactId {
        of_any!(self, contact => contact)
    }

    /// The same edit for another contact: for the one that an edit beside it makes.
    pub fn set_contact(&mut self, to: ContactId) {
        of_any!(self, contact => *contact = to);
    }

    /// What the token must be allowed.
    pub fn scope(&self) -> Scope {
        match self {
            Self::AddAppointment { .. } | Self::PatchAppointment { .. } | Self::DeleteAppointment { .. } => {
                Scope::EventsWrite
            }
            _ => Scope::ContactsWrite,
        }
    }

    /// The record that was deleted and that this edit makes anew, by its old id.
    pub fn replaces(&self) -> Option<&str> {
        match self {
            Self::CreateContact { replaces, .. } => replaces.as_ref().map(ContactId::as_str),
            Self::AddTask { replaces, .. } => replaces.as_ref().map(TaskId::as_str),
            Self::AddNote { replaces, .. } => replaces.as_ref().map(NoteId::as_str),
            Self::AddAppointment { replaces, .. } => replaces.as_ref().map(AppointmentId::as_str),
            _ => None,
        }
    }

    /// Whether it sends messages or starts automations: it is never repeated, and cannot be taken back.
    pub fn is_once(&self) -> bool {
        matches!(self, Self::StartCampaign { .. } | Self::StartWorkflow { .. })
    }

    /// The edits that take this one back, where `id` is its own and `receipt` what the server held after it.
    ///
    /// None where it cannot be taken back: messages were sent. What was deleted is made anew, for the API
    /// cannot restore it; a contact comes back with its fields, tags, tasks and notes.
    #[must_use]
    pub fn inverse(&self, id: EditId, receipt: Option<&Receipt>) -> Vec<Self> {
        let one = match self.clone() {
            Self::CreateContact { contact, patch, .. } => {
                let name = patch.name();
                let contact = match receipt {
                    Some(Receipt::Contact(held)) => held.id.clone(),
                    _ => contact,
                };
                Self::DeleteContact { contact, name }
            }
            Self::PatchContact { contact, name, before, after } => {
                let held = match receipt {
                    Some(Receipt::Contact(held)) => after.current(held),
                    _ => after,
                };
                Self::PatchContact { contact, name, before: held, after: before }
            }
            Self::DeleteContact { contact, .. } => return remade(&contact, receipt),
            Self::AddTags { contact, tags } => {
                let tags = changed(receipt, tags);
                if tags.is_empty() {
                    return Vec::new();
                }
                Self::RemoveTags { contact, tags }
            }
            Self::RemoveTags { contact, tags } => {
                let tags = changed(receipt, tags);
                if tags.is_empty() {
                    return Vec::new();
                }
                Self::AddTags { contact, tags }
            }
            Self::AddFollowers { contact, users } => Self::RemoveFollowers { contact, users },
            Self::RemoveFollowers { contact, users } => Self::AddFollowers { contact, users },
            Self::SetBusiness { contact, before, after } => Self::SetBusiness { contact, before: after, after: before },
            Self::StartCampaign { .. }
            | Self::StopCampaign { .. }
            | Self::StartWorkflow { .. }
            | Self::StopWorkflow { .. } => return Vec::new(),
            Self::AddTask { contact, task, .. } => {
                let was = match receipt {
                    Some(Receipt::Task(held)) => TaskPatch::of(held),
                    _ => task,
                };
                Self::DeleteTask { contact, task: Target::MadeBy(id), was }
            }
            Self::PatchTask { contact, task, title, before, after } => {
                Self::PatchTask { contact, task, title, before: after, after: before }
            }
            Self::CompleteTask { contact, task, title, completed } => {
                Self::CompleteTask { contact, task, title, completed: !completed }
            }
            Self::DeleteTask { contact, task, was } => {
                let (was, replaces) = match receipt {
                    Some(Receipt::TaskGone { id, was: Some(held) }) => (held.clone(), Some(id.clone())),
                    _ => (was, task.known()),
                };
                Self::AddTask { contact, task: was, replaces }
            }
            Self::AddNote { contact, note, .. } => Self::DeleteNote { contact, note: Target::MadeBy(id), was: note },
            Self::PatchNote { contact, note, before, after } => {
                Self::PatchNote { contact, note, before: after, after: before }
            }
            Self::DeleteNote { contact, note, was } => {
                let replaces = note.known().or_else(|| receipt.and_then(Receipt::id).map(NoteId::new));
                Self::AddNote { contact, note: was, replaces }
            }
            Self::AddAppointment { contact, appointment, .. } => {
                Self::DeleteAppointment { contact, appointment: Target::MadeBy(id), was: appointment }
            }
            Self::PatchAppointment { contact, appointment, title, before, after } => {
                Self::PatchAppointment { contact, appointment, title, before: after, after: before }
            }
            Self::DeleteAppointment { contact, appointment, was } => {
                let replaces = appointment.known().or_else(|| receipt.and_then(Receipt::id).map(AppointmentId::new));
                Self::AddAppointment { contact, appointment: was, replaces }
            }
        };
        vec![one]
    }

    /// What is to be done, as an error or a plan says it: `complete "Call back"`. Clean it before drawing.
    pub fn intent(&self) -> String {
        let Words { verb, object, .. } = self.words();
        format!("{verb} {object}")
    }

    /// Past tense, as a toast or the history says it: `Completed "Call back"`. Clean it before drawing.
    pub fn describe(&self) -> String {
        let Words { past, object, .. } = self.words();
        format!("{past} {object}")
    }

    /// Past tense for many contacts at once: `Added tags vip to 500 contacts`.
    pub fn describe_many(&self, count: usize) -> String {
        let Words { past, object, .. } = self.words();
        match self {
            Self::CompleteTask { .. } => format!("{past} {count} tasks"),
            Self::PatchTask { .. } => format!("{} {count} tasks", past.trim_end_matches(" task")),
            Self::DeleteContact { .. } | Self::CreateContact { .. } => format!("{past} {count} contacts"),
            _ => format!("{past} {object} for {count} contacts"),
        }
    }

    fn words(&self) -> Words {
        let words = |past, verb, object| Words { past, verb, object };
        match self {
            Self::CreateContact { patch, replaces: None, .. } => {
                words("Added", "add", format!("contact {}", patch.name()))
            }
            Self::CreateContact { patch, .. } => words("Made anew", "make anew", format!("contact {}", patch.name())),
            Self::PatchContact { after, .. } => words("Changed", "change", after.labels().join(", ")),
            Self::DeleteContact { name, .. } => words("Deleted", "delete", format!("contact {name}")),
            Self::AddTags { tags, .. } => words("Added", "add", named("tag", tags)),
            Self::RemoveTags { tags, .. } => words("Removed", "remove", named("tag", tags)),
            Self::AddFollowers { users, .. } => words("Added", "add", counted("follower", users.len())),
            Self::RemoveFollowers { users, .. } => words("Removed", "remove", counted("follower", users.len())),
            Self::SetBusiness { after: Some(to), .. } => words("Put into", "put into", format!("business {}", to.name)),
            Self::SetBusiness { before, after: None, .. } => {
                let from = before.as_ref().map_or("its business", |from| from.name.as_str());
                words("Took out of", "take out of", format!("business {from}"))
            }
            Self::StartCampaign { campaign, .. } => words("Started", "start", format!("campaign {}", campaign.name)),
            Self::StopCampaign { campaign: Some(campaign), .. } => {
                words("Took out of", "take out of", format!("campaign {}", campaign.name))
            }
            Self::StopCampaign { campaign: None, .. } => {
                words("Took out of", "take out of", "all campaigns".to_owned())
            }
            Self::StartWorkflow { workflow, .. } => words("Started", "start", format!("workflow {}", workflow.name)),
            Self::StopWorkflow { workflow, .. } => {
                words("Took out of", "take out of", format!("workflow {}", workflow.name))
            }
            Self::AddTask { task, replaces, .. } => {
                let title = quoted(task.title.as_deref().unwrap_or_default());
                if replaces.is_some() {
                    words("Made task anew:", "make task anew:", title)
                } else {
                    words("Added task", "add task", title)
                }
            }
            Self::PatchTask { title, after, .. } => {
                let (past, verb) = match after.only() {
                    Some("assignedTo") => ("Assigned", "assign"),
                    Some("dueDate") => ("Rescheduled", "reschedule"),
                    _ => ("Changed task", "change task"),
                };
                words(past, verb, quoted(title))
            }
            Self::CompleteTask { title, completed: true, .. } => words("Completed", "complete", quoted(title)),
            Self::CompleteTask { title, completed: false, .. } => words("Reopened", "reopen", quoted(title)),
            Self::DeleteTask { was, .. } => {
                words("Deleted task", "delete task", quoted(was.title.as_deref().unwrap_or_default()))
            }
            Self::AddNote { note, replaces, .. } => {
                let body = quoted(note.body.as_deref().unwrap_or_default());
                if replaces.is_some() {
                    words("Made note anew:", "make note anew:", body)
                } else {
                    words("Added note", "add note", body)
                }
            }
            Self::PatchNote { before, after, .. } => match (after.only(), after.pinned) {
                (Some("pinned"), Some(true)) => words("Pinned", "pin", "note".to_owned()),
                (Some("pinned"), _) => words("Unpinned", "unpin", "note".to_owned()),
                _ => {
                    let body = after.body.as_deref().or(before.body.as_deref()).unwrap_or_default();
                    words("Changed note", "change note", quoted(body))
                }
            },
            Self::DeleteNote { was, .. } => {
                words("Deleted note", "delete note", quoted(was.body.as_deref().unwrap_or_default()))
            }
            Self::AddAppointment { appointment, .. } => {
                words("Booked", "book", quoted(appointment.title.as_deref().unwrap_or("appointment")))
            }
            Self::PatchAppointment { title, after, .. } => {
                let (past, verb) = match (after.only(), &after.status) {
                    (Some("appointmentStatus"), Some(AppointmentStatus::Cancelled)) => ("Cancelled", "cancel"),
                    _ if after.start.is_some() => ("Rescheduled", "reschedule"),
                    _ => ("Changed appointment", "change appointment"),
                };
                words(past, verb, quoted(title))
            }
            Self::DeleteAppointment { was, .. } => {
                words("Deleted appointment", "delete appointment", quoted(was.title.as_deref().unwrap_or_default()))
            }
        }
    }
}

/// The tags that really changed, where the server told; else those that were meant.
fn changed(receipt: Option<&Receipt>, meant: Vec<String>) -> Vec<String> {
    match receipt {
        Some(Receipt::Tags { changed: Some(changed), .. }) => changed.clone(),
        _ => meant,
    }
}

/// A deleted contact with its tasks and notes, made anew; they go to the contact of the group's own making.
fn remade(old: &ContactId, receipt: Option<&Receipt>) -> Vec<Edit> {
    let Some(Receipt::ContactGone { was: Some(was), tasks, notes, .. }) = receipt else { return Vec::new() };
    let contact = ContactId::of_group();
    let create =
        Edit::CreateContact { contact: contact.clone(), patch: ContactPatch::of(was), replaces: Some(old.clone()) };
    let tasks = tasks.iter().map(|task| Edit::AddTask {
        contact: contact.clone(),
        task: TaskPatch::of(task),
        replaces: Some(task.id.clone()),
    });
    // The newest is listed first by the time it was written: the oldest is written first.
    let notes = notes.iter().rev().map(|note| Edit::AddNote {
        contact: contact.clone(),
        note: NotePatch::of(note),
        replaces: Some(note.id.clone()),
    });
    let followers = (!was.followers.is_empty())
        .then(|| Edit::AddFollowers { contact: contact.clone(), users: was.followers.clone() });
    std::iter::once(create).chain(followers).chain(tasks).chain(notes).collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", first_words(text))
}

fn named(what: &str, names: &[String]) -> String {
    format!("{what}{} {}", if names.len() == 1 { "" } else { "s" }, names.join(", "))
}

fn counted(what: &str, count: usize) -> String {
    if count == 1 { format!("a {what}") } else { format!("{count} {what}s") }
}

/// The beginning of a text, short enough for a toast; tags of HTML are left out.
fn first_words(body: &str) -> String {
    const CHARS: usize = 40;
    const LOOKED_AT: usize = 2_000;
    let mut inside = false;
    let bare: String = body
        .chars()
        .take(LOOKED_AT)
        .filter(|c| {
            inside = (inside || *c == '<') && *c != '>';
            !inside && *c != '>'
        })
        .collect();
    let text = if body.starts_with('<') { &bare } else { body };
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= CHARS {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(CHARS - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests;
