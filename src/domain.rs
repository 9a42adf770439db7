//! What the program is about: contacts and what belongs to them, and edits as the user meant them.
//!
//! Knows nothing of HTTP, SQL, the terminal or the clock; time and zone are passed in.

mod appointment;
mod contact;
mod edit;
mod id;
mod location;
mod note;
mod patch;
mod scope;
mod task;
mod when;

pub use appointment::{Appointment, AppointmentStatus, Moment};
pub use contact::{Contact, CustomValue, Dnd};
pub use edit::{Edit, NoteTarget, Overlay, Pending, PendingState, Progress, Receipt};
pub use id::{
    AppointmentId, BusinessId, CalendarId, CampaignId, CompanyId, ContactId, CustomFieldId, EditId, LocationId, NoteId,
    TaskId, UserId, WorkflowId,
};
pub use location::{CustomField, Location, Named, User};
pub use note::Note;
pub use patch::{AppointmentPatch, ContactField, ContactPatch, NotePatch, TaskPatch};
pub use scope::{Access, Scope};
pub use task::Task;
pub use when::{Due, age, ago, due, local_time};
