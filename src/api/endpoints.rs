//! The operations of the API that this program uses.

mod contacts;
mod location;
mod notes;
mod tasks;

pub use contacts::{GetAppointments, GetContact, SearchContacts};
pub use location::{GetCustomFields, GetLocation, GetTags, GetUsers};
pub use notes::{CreateNote, DeleteNote, GetNote, GetNotes};
pub use tasks::{CompleteTask, GetTask, GetTasks, SearchTasks};
