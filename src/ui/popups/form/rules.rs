//! What can be made and edited here, and why not; the form of an edit that was refused.

use crate::config::{Action, Context};
use crate::domain::{
    AppointmentEdit, AppointmentId, Contact, ContactEdit, ContactId, Edit, EditKind, NoteEdit, Scope, Target, TaskEdit,
    TaskId,
};
use crate::protocol::{Catalogue, DraftKey};
use crate::text;

use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::state::{AppointmentForm, ContactForm, FieldKind, Form, FormField, TaskForm};

/// Whether an edit was typed, so that it can be typed again.
pub(crate) fn is_typed(edit: &Edit) -> bool {
    match &edit.what {
        EditKind::Contact(edit) => match edit {
            ContactEdit::Create { .. } | ContactEdit::Patch { .. } => true,
            ContactEdit::Delete { .. } => false,
        },
        EditKind::Task(edit) => match edit {
            TaskEdit::Add { .. } | TaskEdit::Patch { .. } => true,
            TaskEdit::Complete { .. } | TaskEdit::Delete { .. } => false,
        },
        EditKind::Note(edit) => match edit {
            NoteEdit::Add { .. } | NoteEdit::Patch { .. } => true,
            NoteEdit::Delete { .. } => false,
        },
        EditKind::Appointment(edit) => match edit {
            AppointmentEdit::Add { .. } | AppointmentEdit::Patch { .. } => true,
            AppointmentEdit::Delete { .. } => false,
        },
        EditKind::Tag(_) | EditKind::Follower(_) | EditKind::Business(_) | EditKind::Automation(_) => false,
    }
}

/// The form of an edit, with what it meant filled in.
pub(crate) fn of_edit(model: &Model, edit: &Edit) -> Option<Form> {
    let around = model.form_context();
    let whom = model.name_of(&edit.contact);
    let contact: ContactId = edit.contact.clone();
    let (mut form, after) = match &edit.what {
        EditKind::Contact(ContactEdit::Create { patch, .. }) => {
            let mut meant = Contact::unknown(ContactId::new(""));
            patch.apply(&mut meant);
            (ContactForm::open(None, around), ContactForm::open(Some(&meant), around))
        }
        EditKind::Contact(ContactEdit::Patch { before, after, .. }) => {
            let held = model.opened.as_ref().filter(|opened| opened.contact == contact)?.details.as_ref()?;
            let (mut was, mut meant) = (held.contact.clone(), held.contact.clone());
            before.apply(&mut was);
            after.apply(&mut meant);
            (ContactForm::open(Some(&was), around), ContactForm::open(Some(&meant), around))
        }
        EditKind::Task(TaskEdit::Add { task, .. }) => {
            let meant = task.made(TaskId::new(""), contact.clone());
            let target = Target::Known(meant.id.clone());
            let empty = TaskForm::open(contact.clone(), None, &whom, around);
            (empty, TaskForm::open(contact, Some((target, meant)), &whom, around))
        }
        EditKind::Task(TaskEdit::Patch { task, before, after, .. }) => {
            let opened = model.opened.as_ref().filter(|opened| opened.contact == contact)?;
            let lines = opened.task_lines(&model.overlay);
            let held = lines.into_iter().find(|line| line.target.as_ref() == Some(task))?.value;
            let (mut was, mut meant) = (held.clone(), held);
            before.apply(&mut was);
            after.apply(&mut meant);
            let open = |task_now| TaskForm::open(contact.clone(), Some((task.clone(), task_now)), &whom, around);
            (open(was), open(meant))
        }
        EditKind::Appointment(AppointmentEdit::Add { appointment, .. }) => {
            let calendars = model.names.get(Catalogue::Calendars).unwrap_or_default().to_vec();
            let meant = appointment.made(AppointmentId::new(""), contact.clone());
            let target = Target::Known(meant.id.clone());
            let mut empty = AppointmentForm::open(contact.clone(), None, &calendars, &whom, around);
            let calendar = meant.calendar.as_ref().and_then(|id| model.names.name(Catalogue::Calendars, id.as_str()));
            if let (Some(name), Some(field)) = (calendar, empty.field_mut("calendarId")) {
                field.set(name);
            }
            (empty, AppointmentForm::open(contact, Some((target, meant)), &calendars, &whom, around))
        }
        EditKind::Appointment(AppointmentEdit::Patch { appointment, before, after, .. }) => {
            let opened = model.opened.as_ref().filter(|opened| opened.contact == contact)?;
            let lines = opened.appointment_lines(&model.overlay, model.now, &model.zone);
            let held = lines.into_iter().find(|line| line.target.as_ref() == Some(appointment))?.value;
            let (mut was, mut meant) = (held.clone(), held);
            before.apply(&mut was);
            after.apply(&mut meant);
            let open =
                |now| AppointmentForm::open(contact.clone(), Some((appointment.clone(), now)), &[], &whom, around);
            (open(was), open(meant))
        }
        EditKind::Contact(ContactEdit::Delete { .. })
        | EditKind::Task(TaskEdit::Complete { .. } | TaskEdit::Delete { .. })
        | EditKind::Appointment(AppointmentEdit::Delete { .. })
        | EditKind::Note(_)
        | EditKind::Tag(_)
        | EditKind::Follower(_)
        | EditKind::Business(_)
        | EditKind::Automation(_) => return None,
    };
    for field in form.fields.iter_mut().filter(|field| field.is_open()) {
        let meant = after.fields.iter().find(|other| other.key == field.key && other.is_open()).map(FormField::text);
        if let Some(meant) = meant.filter(|meant| *meant != field.text()) {
            field.set(&meant);
        }
    }
    Some(form)
}

/// The suggestion that the key takes which else goes to the next field.
pub(crate) fn offered(model: &Model) -> Option<String> {
    let Mode::Form(form) = &model.mode else { return None };
    form.offered(model.form_context())
}

/// The key that goes back to what the server has, or brings back what was typed, where there is either.
pub(crate) fn start_over(
    model: &Model,
    context: Context,
    draft: &DraftKey,
    is_changed: bool,
) -> Option<(String, &'static str)> {
    let words = if is_changed { Action::StartOver.short() } else { "bring back" };
    let is_of_use = is_changed || model.undo.has_dropped(draft);
    is_of_use.then(|| (model.key(context, Action::StartOver), words))
}

/// The key that chooses the business of a contact, where the token allows it.
pub(crate) fn business_key(model: &Model) -> Option<String> {
    let allowed = Action::Business.scopes().iter().all(|scope| model.access.refusal(*scope).is_none());
    model.keymap.key(Context::Main, Action::Business).filter(|_| allowed)
}

/// Whether nobody has this tag yet and the location does not list it; `false` where its tags cannot be read.
pub(crate) fn is_new_tag(model: &Model, tag: &str) -> bool {
    let same = |known: &String| text::clean(known).to_lowercase() == tag.to_lowercase();
    let is_known = model.location.tags.iter().any(same) || model.listing.latest.tags().iter().any(same);
    !is_known && model.access.refusal(Scope::LocationTagsReadonly).is_none()
}

/// The tags in a field that nobody has yet: `+ new tag: lead`.
pub(crate) fn new_tags(model: &Model, field: &FormField) -> Option<String> {
    /// More than fit in a line.
    const SHOWN: usize = 20;
    let new: Vec<String> = field.added_tags().into_iter().filter(|tag| is_new_tag(model, tag)).take(SHOWN).collect();
    let plural = if new.len() == 1 { "" } else { "s" };
    (!new.is_empty()).then(|| format!("+ new tag{plural}: {}", new.join(", ")))
}

/// The keys that a form prints in its frame.
pub(crate) fn hints(model: &Model, form: &Form) -> Vec<(String, &'static str)> {
    let key = |action| model.key(Context::Form, action);
    let mut keys = vec![(key(Action::Send), "save"), (key(Action::Cancel), "keep as draft")];
    keys.extend(start_over(model, Context::Form, &form.draft, form.is_changed()));
    let around = model.form_context();
    if let Some(field) = form.current() {
        if matches!(field.kind, FieldKind::Toggle) {
            keys.push(("Space".to_owned(), "on/off"));
        } else if field.rows() > 1 {
            keys.push((key(Action::External), "editor"));
        } else if !field.options(around).is_empty() {
            keys.push((key(Action::NextOption), "suggestions"));
        }
    }
    keys
}
