//! The program's subject: contacts, the records that belong to them, and the edits a user makes.
//!
//! Knows nothing of HTTP, SQL, the terminal or the clock; callers pass in the time and the zone.

mod appointment;
mod contact;
mod count;
mod due;
mod edit;
mod hours;
mod id;
mod location;
mod merge;
mod month;
mod note;
mod overlay;
mod patch;
mod receipt;
mod scope;
mod task;
mod undo;
mod when;

pub use appointment::{Appointment, AppointmentStatus, AppointmentTime};
pub use contact::{Contact, CustomValue, Dnd};
pub use count::counted;
pub use due::{DueError, parse_day, parse_due, parse_due_after, parse_end, spoken};
pub use edit::{
    AppointmentEdit, AutomationEdit, BusinessEdit, ContactEdit, CountedAs, DamagedEdit, Edit, EditKind, FollowerEdit,
    NoteEdit, TagEdit, Target, TaskEdit,
};
pub use hours::Hours;
pub use id::{
    AppointmentId, BusinessId, CalendarId, CampaignId, CompanyId, ContactId, CustomFieldId, EditId, GroupId,
    LocationId, NoteId, TaskId, UserId, WorkflowId,
};
pub use location::{CustomField, Location, Named, User};
pub use merge::{
    AddressWay, Dismissal, JournalStep, Keep, Leftover, Member, MergeField, MergeId, MergeOp, MergePhase, MergePlan,
    MergeProgress, MergeRecord, MergeRules, NameRule, Obstacle, StepReply, StepState, SurvivorRule, ValueRule, print,
};
pub use month::{Month, MonthError, first_weekday, start_of};
pub use note::Note;
pub use overlay::{Overlay, Pending, PendingState, Progress, Shown, is_on};
pub use patch::{AppointmentPatch, ContactField, ContactPatch, NotePatch, TaskPatch, value_text};
pub use receipt::{Clash, Entries, Receipt, clashes};
pub use scope::{Access, Scope};
pub use task::Task;
pub use undo::{Deed, Direction, Label, Stacks};
pub use when::{Due, age, ago, due, lasting};
