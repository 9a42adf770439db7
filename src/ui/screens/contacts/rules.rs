//! What can be done with the contact under the cursor and what belongs to it, and why not.

use crate::config::{Action, Context, Need};
use crate::domain::{Contact, Pending, Scope, is_on};
use crate::protocol::{DraftKey, NoteView};
use crate::query::RowRef;
use crate::text;
use crate::ui::state::layout::{Focus, Section};

use crate::ui::model::Model;
use crate::ui::popups::reader::state::TextReader;
use crate::ui::rules;

/// Why a need is not met by the contact under the cursor or what belongs to it.
pub(crate) fn unmet(model: &Model, need: Need) -> Option<String> {
    let missing = |there: bool, why: &str| (!there).then(|| why.to_owned());
    let selected = || missing(model.listing.selected.is_some(), "no contact selected");
    let loaded = || missing(model.contact().is_some(), "the contact is still loading");
    match need {
        Need::Contact | Need::Ownable => selected(),
        // Of many, it does not matter which tags each has.
        Need::LoadedContact => loaded(),
        Need::TaggableContacts => {
            if model.marked() == 0 {
                loaded()
            } else {
                selected()
            }
        }
        Need::Email => missing(email(model).is_some(), "the contact has no e-mail"),
        Need::Phone => missing(phone(model).is_some(), "the contact has no phone"),
        Need::Lookalike => {
            let others = model.listing.selected.as_ref().map_or(0, |contact| model.duplicates.others(contact));
            missing(others > 0, "no other contact looks like the same person")
        }
        Need::Task => no_task(model),
        Need::Note => no_note(model),
        Need::Appointment => no_appointment(model),
        Need::NewRecord => no_new(model),
        Need::Editable => no_edit(model),
        Need::Deletable if model.marked() > 0 => model.access.refusal(Scope::ContactsWrite),
        Need::Deletable => nothing_here(model),
        Need::Openable => match (model.focus, model.section) {
            (Focus::Contacts, _) => selected(),
            (Focus::Section, Section::Notes) => missing(reader(model).is_some(), "no note to read"),
            (Focus::Section, Section::Tasks) => no_task(model),
            (Focus::Section, Section::Detail | Section::Appointments) => None,
        },
        need => rules::unmet(model, need),
    }
}

fn no_task(model: &Model) -> Option<String> {
    if (model.focus, model.section) != (Focus::Section, Section::Tasks) {
        return Some(format!("select a task first ({})", model.key(Context::Main, Action::GoTasks)));
    }
    let task = model.opened.as_ref().and_then(|opened| opened.task(&model.overlay));
    task.is_none().then(|| "no task selected".to_owned())
}

fn no_note(model: &Model) -> Option<String> {
    if (model.focus, model.section) != (Focus::Section, Section::Notes) {
        return Some(format!("select a note first ({})", model.key(Context::Main, Action::GoNotes)));
    }
    let note = model.opened.as_ref().and_then(|opened| opened.note(&model.overlay));
    let known = note.is_some_and(|note| note.target.is_some());
    (!known).then(|| "no note selected".to_owned())
}

/// Only one that is still on can be cancelled.
fn no_appointment(model: &Model) -> Option<String> {
    let opened = model.opened.as_ref();
    match opened.and_then(|opened| opened.appointment(&model.overlay, model.now, &model.zone)) {
        None => Some("no appointment selected".to_owned()),
        Some(line) if !is_on(&line.value.status) => Some("already cancelled".to_owned()),
        Some(_) => None,
    }
}

/// Why the pane that has the focus takes no new record.
fn no_new(model: &Model) -> Option<String> {
    let needs_contact = model.focus == Focus::Section && model.section != Section::Detail;
    let nobody = model.listing.selected.is_none() && needs_contact;
    // An appointment is booked in a calendar, which has to be chosen.
    let calendars = || match scope(model) {
        Scope::EventsWrite => model.access.refusal(Scope::CalendarsReadonly),
        _ => None,
    };
    let refused = model.access.refusal(scope(model)).or_else(calendars);
    refused.or_else(|| nobody.then(|| "no contact selected".to_owned()))
}

/// What the token must be allowed for edits of the pane that has the focus.
fn scope(model: &Model) -> Scope {
    match (model.focus, model.section) {
        (Focus::Section, Section::Appointments) => Scope::EventsWrite,
        _ => Scope::ContactsWrite,
    }
}

/// Why there is nothing to edit under the cursor.
fn no_edit(model: &Model) -> Option<String> {
    let contact = matches!((model.focus, model.section), (Focus::Contacts, _) | (Focus::Section, Section::Detail));
    // A contact that is still loading can be waited for.
    let coming = contact && model.opened.as_ref().is_some_and(|opened| opened.details.is_none());
    if coming { model.access.refusal(scope(model)) } else { nothing_here(model) }
}

/// Why what is under the cursor cannot be edited or deleted.
fn nothing_here(model: &Model) -> Option<String> {
    let Some(opened) = &model.opened else { return Some("no contact selected".to_owned()) };
    let here = match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => opened.task(&model.overlay).and_then(|line| line.target).is_some(),
        (Focus::Section, Section::Notes) => opened.note(&model.overlay).and_then(|line| line.target).is_some(),
        (Focus::Section, Section::Appointments) => {
            opened.appointment(&model.overlay, model.now, &model.zone).and_then(|line| line.target).is_some()
        }
        (Focus::Contacts, _) | (Focus::Section, Section::Detail) => opened.details.is_some(),
    };
    let refused = model.access.refusal(scope(model));
    refused.or_else(|| (!here).then(|| "nothing selected".to_owned()))
}

/// The note under the cursor, to be read whole.
pub(crate) fn reader(model: &Model) -> Option<TextReader> {
    let opened = model.opened.as_ref()?;
    let line = opened.note(&model.overlay)?;
    let title = match line.view {
        Some(NoteView { note, .. }) => {
            let author = note.author.as_ref().map_or_else(|| "note".to_owned(), |id| model.user_name(id));
            let said = |at| format!(" · {}", model.hours().day_and_time(model.zone.to_datetime(at)));
            author + &note.added.map(said).unwrap_or_default()
        }
        None => "your note, not saved yet".to_owned(),
    };
    let text = line.text().cloned().unwrap_or_else(|| text::rich(&line.note.body));
    Some(TextReader { title, text, top: 0 })
}

pub(crate) fn email(model: &Model) -> Option<String> {
    let fresh = model.opened.as_ref().and_then(|opened| opened.details.as_ref()?.contact.email.clone());
    some_text(fresh.or_else(|| model.selected_row().map(|row| row.email().to_owned())))
}

pub(crate) fn phone(model: &Model) -> Option<String> {
    let fresh = model.opened.as_ref().and_then(|opened| opened.details.as_ref()?.contact.phone.clone());
    some_text(fresh.or_else(|| model.selected_row().map(|row| row.phone().to_owned())))
}

fn some_text(text: Option<String>) -> Option<String> {
    let clean = text::clean(&text?).trim().to_owned();
    (!clean.is_empty()).then_some(clean)
}

/// The failed edit of what is under the cursor, else of a message on screen, else the contact's newest.
pub(crate) fn failed_edit(model: &Model) -> Option<&Pending> {
    let failed = |pending: &&Pending| !pending.progress.is_live();
    let under_cursor = model.opened.as_ref().and_then(|opened| match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => opened.task(&model.overlay).and_then(|line| line.pending),
        (Focus::Section, Section::Notes) => opened.note(&model.overlay).and_then(|line| line.pending),
        (Focus::Section, Section::Appointments) => {
            opened.appointment(&model.overlay, model.now, &model.zone).and_then(|line| line.pending)
        }
        (Focus::Contacts, _) | (Focus::Section, Section::Detail) => None,
    });
    let told = || {
        let mut about = model.toasts.iter().rev().filter_map(|toast| toast.about);
        about.find_map(|id| model.overlay.get(id).filter(failed))
    };
    let of_contact = || {
        let contact = model.listing.selected.as_ref()?;
        model.overlay.of(contact).rfind(failed)
    };
    under_cursor.filter(failed).or_else(told).or_else(of_contact)
}

/// The draft of what is under the cursor, else of a new record of the pane that has the focus.
pub(crate) fn draft(model: &Model) -> Option<DraftKey> {
    let (drafts, overlay) = (&model.drafts, &model.overlay);
    let (contact, opened) = (model.listing.selected.as_ref(), model.opened.as_ref());
    let section = match model.focus {
        Focus::Section => model.section,
        Focus::Contacts => Section::Detail,
    };
    let (here, new) = match section {
        Section::Detail => {
            let any = contact.and_then(|contact| drafts.of_contact(contact)).cloned();
            return any.or_else(|| drafts.waiting(DraftKey::NewContact));
        }
        Section::Tasks => {
            let line = opened.and_then(|opened| opened.task(overlay));
            (line.and_then(|line| drafts.of_task(contact?, line.target.as_ref())), DraftKey::NewTask(contact?.clone()))
        }
        Section::Notes => {
            let line = opened.and_then(|opened| opened.note(overlay));
            (line.and_then(|line| drafts.of_note(contact?, line.target.as_ref())), DraftKey::NewNote(contact?.clone()))
        }
        Section::Appointments => {
            let line = opened.and_then(|opened| opened.appointment(overlay, model.now, &model.zone));
            let here = line.and_then(|line| drafts.of_appointment(contact?, line.target.as_ref()));
            (here, DraftKey::NewAppointment(contact?.clone()))
        }
    };
    here.or_else(|| drafts.waiting(new))
}

/// What a row of the list knows of its contact.
pub(crate) fn contact_of(row: RowRef<'_>) -> Contact {
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut contact = Contact {
        first_name: filled(row.first_name()),
        last_name: filled(row.last_name()),
        company: filled(row.company()),
        email: filled(row.email()),
        phone: filled(row.phone()),
        city: filled(row.city()),
        source: filled(row.source()),
        tags: row.tags().map(str::to_owned).collect(),
        owner: row.owner().cloned(),
        added: row.added(),
        updated: row.updated(),
        ..Contact::unknown(row.id().clone())
    };
    contact.dnd.all = row.dnd();
    contact
}
