//! Forms: opened on what is under the cursor, filled in, sent as edits that are made at once.

use tui_textarea::{Input, Key as FieldKey};

use crate::config::{Action, Context};
use crate::domain::{
    AppointmentEdit, Contact, ContactEdit, ContactId, Edit, EditKind, Pending, Progress, Scope, TaskEdit,
};
use crate::protocol::{Catalogue, Command};

use crate::ui::message::Effect;
use crate::ui::model::{Focus, Mode, Model, Section};
use crate::ui::popups::form::state::{AppointmentForm, ContactForm, Field, Form, Kind, TaskForm};
use crate::ui::popups::note;
use crate::ui::state::line::write_line;
use crate::ui::state::toast::Level;
use crate::ui::update::edits;

/// A new record of the pane that has the focus.
pub(crate) fn new(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(contact) = model.listing.selected.clone() else { return open_contact(model, None) };
    let whom = model.name_of(&contact);
    match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => {
            let form = TaskForm::open(contact, None, &whom, model.around());
            show(model, form);
        }
        (Focus::Section, Section::Notes) => note::keys::open(model),
        (Focus::Section, Section::Appointments) => {
            let calendars = calendars(model, effects);
            let form = AppointmentForm::open(contact, None, &calendars, &whom, model.around());
            show(model, form);
        }
        (Focus::Contacts, _) | (Focus::Section, Section::Detail) => open_contact(model, None),
    }
}

/// What is under the cursor, in its form.
pub(crate) fn edit(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(contact) = model.listing.selected.clone() else { return };
    let whom = model.name_of(&contact);
    match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => {
            let line = model.opened.as_ref().and_then(|opened| opened.task(&model.overlay));
            let Some((target, task)) = line.and_then(|line| Some((line.target?, line.value))) else { return };
            let form = TaskForm::open(contact, Some((target, task)), &whom, model.around());
            show(model, form);
        }
        (Focus::Section, Section::Notes) => note::keys::edit(model),
        (Focus::Section, Section::Appointments) => {
            let opened = model.opened.as_ref();
            let line = opened.and_then(|opened| opened.appointment(&model.overlay, model.now, &model.zone));
            let Some((target, one)) = line.and_then(|line| Some((line.target?, line.value))) else { return };
            let calendars = calendars(model, effects);
            let form = AppointmentForm::open(contact, Some((target, one)), &calendars, &whom, model.around());
            show(model, form);
        }
        (Focus::Contacts, _) | (Focus::Section, Section::Detail) => {
            if let Some(known) = model.contact() {
                open_contact(model, Some(&known));
            } else {
                model.say(Level::Hint, format!("The form for {whom} opens as soon as the contact is loaded"));
                model.awaited = Some(contact);
            }
        }
    }
}

/// What is known of a contact has come: the form that waits for it opens, and one that is open is completed.
pub(crate) fn arrived(model: &mut Model) {
    if let (Mode::Form(form), Some(opened)) = (&mut model.mode, &model.opened)
        && let Some(details) = &opened.details
    {
        ContactForm::complete(form, &details.contact);
    }
    let known = model.contact().filter(|known| model.awaited.as_ref() == Some(&known.id));
    if let Some(known) = known
        && matches!(model.mode, Mode::Browse)
    {
        model.awaited = None;
        open_contact(model, Some(&known));
    }
}

fn open_contact(model: &mut Model, known: Option<&Contact>) {
    let form = ContactForm::open(known, model.around());
    show(model, form);
}

/// The calendars that are known; where none are, they are asked for.
pub(crate) fn calendars(model: &Model, effects: &mut Vec<Effect>) -> Vec<crate::protocol::Choice> {
    let known = model.names.get(Catalogue::Calendars);
    if known.is_none() {
        effects.push(Effect::Send(Command::Names(Catalogue::Calendars)));
    }
    known.map(<[_]>::to_vec).unwrap_or_default()
}

/// The calendars are known now: the form that waits for them can offer them.
pub(crate) fn calendars_came(model: &mut Model) {
    let calendars = model.names.get(Catalogue::Calendars).unwrap_or_default().to_vec();
    if let Mode::Form(form) = &mut model.mode
        && let Some(field) = form.field_mut("calendarId").filter(|field| field.is_open())
    {
        let options = calendars.iter().map(|choice| (choice.id.clone(), choice.name.clone())).collect();
        field.kind = Kind::One(options);
        if let ([only], true) = (calendars.as_slice(), field.text().is_empty()) {
            field.set(&only.name);
        }
    }
}

/// Shows a form, with what was typed into it before.
pub(crate) fn show(model: &mut Model, mut form: Form) {
    if let Some(kept) = model.drafts.get(&form.draft) {
        form.restore(kept);
    }
    model.mode = Mode::Form(Box::new(form));
}

/// A key in a form that is an action.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    let Mode::Form(form) = &mut model.mode else { return };
    match action {
        Action::Send => send(model, effects),
        Action::Cancel => leave(model, effects),
        Action::External => note::keys::external(model, effects),
        Action::Accept => accept(model),
        Action::PageDown | Action::PageUp => {
            for _ in 0..5 {
                form.step(action == Action::PageDown);
            }
        }
        Action::NextOption | Action::PreviousOption => option(model, action == Action::NextOption),
        Action::Up | Action::Down if form.current().is_some_and(|field| field.rows() > 1) => within(model, action),
        Action::Up => form.step(false),
        Action::Down => form.step(true),
        _ => {}
    }
}

/// In a field of several lines the arrows move the text cursor, and leave the field at its ends; Tab always leaves.
fn within(model: &mut Model, action: Action) {
    let by_arrow = model.last_key.is_some_and(crate::config::Key::is_arrow);
    let Mode::Form(form) = &mut model.mode else { return };
    let at = form.at;
    let field = &mut form.fields[at];
    let (row, rows) = (field.input.cursor().0, field.input.lines().len());
    let down = action == Action::Down;
    let at_end = if down { row + 1 >= rows } else { row == 0 };
    if by_arrow && !at_end {
        let to = if down { tui_textarea::CursorMove::Down } else { tui_textarea::CursorMove::Up };
        field.input.move_cursor(to);
    } else {
        form.step(down);
    }
}

/// Takes the suggestion that is chosen; else goes to the next field, or in a long one to the next line.
fn accept(model: &mut Model) {
    let Mode::Form(form) = &model.mode else { return };
    // What is not right yet and could become so by one suggestion becomes it.
    let wrong = form.current().is_some_and(|field| field.error.is_some());
    let option = form.option.or(wrong.then_some(0));
    let chosen = option.and_then(|at| form.current()?.options(model.around()).into_iter().nth(at));
    let now = model.now;
    let Mode::Form(form) = &mut model.mode else { return };
    let at = form.at;
    match chosen {
        Some(option) => {
            form.fields[at].complete(&option);
            form.option = None;
            form.unsaved_since.get_or_insert(now);
            check(model);
        }
        None if form.fields[at].rows() > 1 => {
            form.fields[at].input.insert_newline();
            form.unsaved_since.get_or_insert(now);
        }
        None => form.step(true),
    }
}

fn option(model: &mut Model, next: bool) {
    let Mode::Form(form) = &model.mode else { return };
    let count = form.current().map_or(0, |field| field.options(model.around()).len());
    let Mode::Form(form) = &mut model.mode else { return };
    if count == 0 {
        form.option = None;
        return;
    }
    form.option = Some(match (form.option, next) {
        (None, true) => 0,
        (None, false) => count - 1,
        (Some(at), true) => (at + 1) % count,
        (Some(at), false) => (at + count - 1) % count,
    });
}

/// A key that is text.
pub(crate) fn write(model: &mut Model, input: Input) {
    let now = model.now;
    let Mode::Form(form) = &mut model.mode else { return };
    let at = form.at;
    let Some(field) = form.fields.get_mut(at).filter(|field| field.is_open()) else { return };
    let changed = match (&field.kind, &input) {
        (Kind::Toggle, Input { key: FieldKey::Char(' ' | 'x'), ctrl: false, .. }) => {
            let on = matches!(field.text().as_str(), "on");
            field.set(if on { "off" } else { "on" });
            true
        }
        (Kind::Toggle, _) => false,
        (Kind::Long, _) => field.input.input(input),
        _ => write_line(&mut field.input, input),
    };
    if changed {
        form.option = None;
        form.unsaved_since.get_or_insert(now);
        check(model);
    }
}

/// Pasted text.
pub(crate) fn paste(model: &mut Model, line: &str, block: &str) {
    let now = model.now;
    let Mode::Form(form) = &mut model.mode else { return };
    let at = form.at;
    let Some(field) = form.fields.get_mut(at).filter(|field| field.is_open() && field.kind != Kind::Toggle) else {
        return;
    };
    let text = if field.rows() > 1 { block } else { line };
    field.input.insert_str(text);
    form.unsaved_since.get_or_insert(now);
    check(model);
}

/// Checks the field that was written in.
fn check(model: &mut Model) {
    let Mode::Form(form) = &mut model.mode else { return };
    let around =
        crate::ui::popups::form::state::Surroundings { now: model.now, zone: &model.zone, location: &model.location };
    form.check(around, false);
}

/// Leaves the form; what was typed stays.
fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Form(form) = std::mem::replace(&mut model.mode, Mode::Browse) else { return };
    let kept = form.kept();
    if !kept.is_empty() {
        model.say(Level::Hint, "What you typed is kept: the same key brings it back");
    }
    note::keys::keep(model, form.draft, kept, effects);
}

/// Sends what was changed.
fn send(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Form(form) = &mut model.mode else { return };
    let around =
        crate::ui::popups::form::state::Surroundings { now: model.now, zone: &model.zone, location: &model.location };
    let Some(made) = form.edits(around) else { return };
    let (draft, kept, replaces) = (form.draft.clone(), form.kept(), form.replaces);
    model.mode = Mode::Browse;
    if made.is_empty() {
        note::keys::keep(model, draft, String::new(), effects);
        model.say(Level::Hint, "Nothing was changed");
        return;
    }
    // Kept until the outbox holds it.
    note::keys::keep(model, draft, kept, effects);
    edits::apply(model, made, effects);
    if let Some(asked) = model.asked.last_mut() {
        asked.replaces = replaces;
    }
    model.replaced = replaces;
}

/// The form of an edit, with what it meant filled in.
fn of_edit(model: &Model, edit: &Edit) -> Option<Form> {
    let around = model.around();
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
            let meant = task.made(crate::domain::TaskId::new(""), contact.clone());
            let target = crate::domain::Target::Known(meant.id.clone());
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
            let meant = appointment.made(crate::domain::AppointmentId::new(""), contact.clone());
            let target = crate::domain::Target::Known(meant.id.clone());
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
        let meant = after.fields.iter().find(|other| other.key == field.key && other.is_open()).map(Field::text);
        if let Some(meant) = meant.filter(|meant| *meant != field.text()) {
            field.set(&meant);
        }
    }
    Some(form)
}

/// What was typed for an edit, as its draft.
pub(crate) fn kept(model: &Model, edit: &Edit) -> Option<String> {
    of_edit(model, edit).map(|form| form.kept())
}

/// Opens a refused edit again, with what the server said beside the field that it names.
pub(crate) fn again(model: &mut Model, failed: &Pending) {
    let Some(mut form) = of_edit(model, &failed.edit) else {
        model.say(Level::Warn, "Go to its contact first: the form needs to know it");
        return;
    };
    form.replaces = failed.id;
    if let Progress::Failed { why } = &failed.progress {
        form.blame(&crate::text::clean(why));
    }
    model.mode = Mode::Form(Box::new(form));
}

/// Why the pane that has the focus can take no new record.
pub(crate) fn no_new(model: &Model) -> Option<String> {
    let needs_contact = model.focus == Focus::Section && model.section != Section::Detail;
    let nobody = model.listing.selected.is_none() && needs_contact;
    // An appointment is booked in a calendar, which has to be chosen.
    let calendars = || match scope(model) {
        Scope::EventsWrite => model.access.refusal(Scope::CalendarsReadonly),
        _ => None,
    };
    model
        .access
        .refusal(scope(model))
        .or_else(calendars)
        .or_else(|| nobody.then(|| "no contact is under the cursor".to_owned()))
}

/// What the token must be allowed for edits of the pane that has the focus.
pub(crate) fn scope(model: &Model) -> Scope {
    match (model.focus, model.section) {
        (Focus::Section, Section::Appointments) => Scope::EventsWrite,
        _ => Scope::ContactsWrite,
    }
}

/// Why there is nothing to edit or delete under the cursor.
pub(crate) fn no_edit(model: &Model) -> Option<String> {
    let contact = matches!((model.focus, model.section), (Focus::Contacts, _) | (Focus::Section, Section::Detail));
    // A contact that is still on its way can be waited for.
    let coming = contact && model.opened.as_ref().is_some_and(|opened| opened.details.is_none());
    if coming { model.access.refusal(scope(model)) } else { nothing_here(model) }
}

/// Why what is under the cursor cannot be deleted.
pub(crate) fn nothing_here(model: &Model) -> Option<String> {
    let Some(opened) = &model.opened else { return Some("no contact is under the cursor".to_owned()) };
    let here = match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => opened.task(&model.overlay).and_then(|line| line.target).is_some(),
        (Focus::Section, Section::Notes) => opened.note(&model.overlay).and_then(|line| line.target()).is_some(),
        (Focus::Section, Section::Appointments) => {
            opened.appointment(&model.overlay, model.now, &model.zone).and_then(|line| line.target).is_some()
        }
        (Focus::Contacts, _) | (Focus::Section, Section::Detail) => opened.details.is_some(),
    };
    let refused = model.access.refusal(scope(model));
    refused.or_else(|| (!here).then(|| "nothing is under the cursor".to_owned()))
}

/// The keys that a form prints in its frame.
pub(crate) fn keys_of(model: &Model, form: &Form) -> Vec<(String, &'static str)> {
    let key = |action| model.key(Context::Form, action);
    let mut keys = vec![(key(Action::Send), "save"), (key(Action::Cancel), "keep as draft")];
    let around = model.around();
    if let Some(field) = form.current() {
        if matches!(field.kind, Kind::Toggle) {
            keys.push(("Space".to_owned(), "on/off"));
        } else if field.rows() > 1 {
            keys.push((key(Action::External), "editor"));
        } else if !field.options(around).is_empty() {
            keys.push((key(Action::NextOption), "suggestions"));
        }
    }
    keys
}
