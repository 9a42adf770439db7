//! The form of a task.

use crate::domain::{ContactId, Edit, Target, Task, TaskEdit, TaskId, TaskPatch, UserId};
use crate::protocol::DraftKey;
use crate::text::EditableBody;

use crate::ui::popups::form::state::field::moment;
use crate::ui::popups::form::state::{FieldKind, FieldValue, Form, FormContext, FormField, FormSubject};

/// A new task, or changes of one.
#[derive(Clone, Debug)]
pub(crate) struct TaskForm {
    pub(crate) contact: ContactId,
    known: Option<(Target<TaskId>, Task)>,
    body: EditableBody,
}

/// A field for a due date alone.
pub(crate) fn due_field() -> FormField {
    FormField::new("dueDate", "Due", FieldKind::Time, "").required()
}

impl TaskForm {
    pub(crate) fn open(
        contact: ContactId,
        known: Option<(Target<TaskId>, Task)>,
        whom: &str,
        around: FormContext<'_>,
    ) -> Form {
        let task = known.as_ref().map(|(_, task)| task);
        let users = |id: &UserId| around.location.user(id).map_or(id.as_str(), |user| user.name.as_str()).to_owned();
        let owner = task.and_then(|task| task.assigned_to.as_ref()).map(users).unwrap_or_default();
        // Rich text is shown as what a person reads.
        let body = EditableBody::new(task.and_then(|task| task.body.as_deref()).unwrap_or_default());
        let fields = vec![
            FormField::new("title", "Title", FieldKind::Text, task.map_or("", |task| &task.title)).required(),
            FormField::new("dueDate", "Due", FieldKind::Time, &moment(task.and_then(|task| task.due), around))
                .required(),
            FormField::new("assignedTo", "Assigned to", FieldKind::User, &owner),
            FormField::new("body", "Details", FieldKind::Long, &body.text),
        ];
        let title = if task.is_some() { format!("Task for {whom}") } else { format!("New task for {whom}") };
        let draft = match known.as_ref().and_then(|(target, _)| target.known().cloned()) {
            Some(id) => DraftKey::Task(contact.clone(), id),
            None => DraftKey::NewTask(contact.clone()),
        };
        Form::new(FormSubject::Task(Self { contact, known, body }), title, fields, draft)
    }

    pub(crate) fn edits(self, form: &Form, around: FormContext<'_>) -> Vec<Edit> {
        let text = |key| form.read(key, around).map(|read| read.text().unwrap_or_default());
        let due = match form.read("dueDate", around) {
            Some(FieldValue::Time(at)) => Some(at),
            _ => None,
        };
        let assigned_to = text("assignedTo").map(|id| Some(id).filter(|id| !id.is_empty()).map(UserId::new));
        let body = text("body").map(|typed| self.body.body(&typed));
        let after = TaskPatch { title: text("title"), body, due, completed: None, assigned_to };
        let contact = self.contact;
        let Some((target, task)) = self.known else {
            let task = TaskPatch { completed: Some(false), ..after };
            return vec![Edit::new(contact, TaskEdit::Add { task, replaces: None })];
        };
        if after == TaskPatch::default() {
            return Vec::new();
        }
        let (title, before) = (task.title.clone(), after.current(&task));
        vec![Edit::new(contact, TaskEdit::Patch { task: target, title, before, after })]
    }
}
