//! What each action does, and why it may be refused.

use crate::config::{Action, Context};
use crate::domain::{ContactId, Direction, Scope};
use crate::protocol::BulkAction;
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::{Focus, HelpList, Mode, Model, Screen, Section};
use crate::ui::popups::reader::state::TextReader;
use crate::ui::popups::{columns, decide, dry_run, due_date, filter, form, note, picker, view_name};
use crate::ui::screens::activity;
use crate::ui::screens::agenda;
use crate::ui::screens::contacts::state::panel::NoteLine;
use crate::ui::screens::duplicates;
use crate::ui::screens::journal;
use crate::ui::screens::tasks;
use crate::ui::state::line::line_field;
use crate::ui::state::toast::Level;
use crate::ui::update::{edits, finding, going, marks, moves, plans, single, views};

/// Why an action is of no use now; `None` where it is.
#[expect(clippy::too_many_lines, reason = "a line for each action, so that none is forgotten")]
pub(crate) fn refusal(model: &Model, action: Action) -> Option<String> {
    let write = || model.access.refusal(Scope::ContactsWrite);
    let lacks = |scope| model.access.refusal(scope);
    let no_contact = || model.listing.selected.is_none().then(|| "no contact is under the cursor".to_owned());
    if model.screen == Screen::Tasks && tasks::keys::is_own(action) {
        return tasks::keys::refusal(model, action);
    }
    if model.screen == Screen::Agenda && agenda::keys::is_own(action) {
        return agenda::keys::refusal(model, action);
    }
    match action {
        Action::ToggleTask | Action::Reschedule => write().or_else(|| no_task(model)),
        Action::New => form::rules::no_new(model),
        Action::Edit => form::rules::no_edit(model),
        Action::Delete => {
            let marked = !model.marks.is_empty() && model.focus == Focus::Contacts;
            if marked { write() } else { form::rules::nothing_here(model) }
        }
        Action::Assign => write().or_else(no_contact).or_else(|| no_users(model)),
        Action::Followers => write().or_else(|| not_loaded(model)).or_else(|| no_users(model)),
        Action::Business => write().or_else(no_contact).or_else(|| lacks(Scope::BusinessesReadonly)),
        Action::StartWorkflow | Action::StopWorkflow => {
            write().or_else(no_contact).or_else(|| lacks(Scope::WorkflowsReadonly))
        }
        Action::StartCampaign | Action::StopCampaign => {
            write().or_else(no_contact).or_else(|| lacks(Scope::CampaignsReadonly))
        }
        Action::WhoAmI => no_users(model),
        Action::GoSuspects => no_contact().or_else(|| going::no_suspects(model)),
        Action::Tags if model.marks.is_empty() => write().or_else(|| not_loaded(model)),
        Action::AddNote | Action::Tags | Action::Untag | Action::CompleteTasks => write().or_else(no_contact),
        Action::Pin => write().or_else(|| no_note(model)),
        Action::CancelAppointment => single::no_cancel(model),
        Action::CancelBulk => model.bulk.is_none().then(|| "no change of many contacts is under way".to_owned()),
        Action::Undo => write().or_else(|| edits::irreversible(model, Direction::Undo)),
        Action::Redo => write().or_else(|| edits::irreversible(model, Direction::Redo)),
        Action::Retry => write().or_else(|| no_failed(model)),
        Action::Discard => no_failed(model),
        Action::EditAgain => write().or_else(|| no_failed(model)).or_else(|| not_typed(model)),
        Action::Decide => decide::rules::no_conflict(model),
        Action::OpenExisting => {
            model.existing.is_none().then(|| "no edit was refused for another contact's sake".to_owned())
        }
        Action::CopyCurl => activity::rules::no_request(model),
        Action::NextMember
        | Action::PreviousMember
        | Action::SourceLeft
        | Action::SourceRight
        | Action::CycleSource
        | Action::TakeColumn
        | Action::ByRule
        | Action::TypeValue
        | Action::Master
        | Action::Exclude
        | Action::EqualRows
        | Action::Evidence
        | Action::NotDuplicates
        | Action::Skip
        | Action::Merge
        | Action::DeleteAtOnce
        | Action::MoveAppointments
        | Action::Silence
        | Action::BulkMerge
        | Action::PauseMerges => duplicates::keys::refusal(model, action),
        Action::UndoMerge | Action::Resume | Action::Purge | Action::LeaveAddress | Action::DeleteFirst => {
            journal::keys::refusal(model, action)
        }
        Action::CopyEmail => {
            no_contact().or_else(|| email(model).is_none().then(|| "the contact has no e-mail".into()))
        }
        Action::CopyPhone => no_contact().or_else(|| phone(model).is_none().then(|| "the contact has no phone".into())),
        Action::CopyLink | Action::Browse | Action::AllFields | Action::Mark | Action::MarkRange | Action::MarkAll => {
            no_contact()
        }
        Action::Open if model.screen != Screen::Contacts => None,
        Action::Open => match model.focus {
            Focus::Contacts => no_contact(),
            Focus::Section => (model.section == Section::Notes && reader(model).is_none())
                .then(|| "there is no note to read".to_owned()),
        },
        Action::Sort | Action::SortBy => finding::no_sort(model),
        Action::NextView | Action::PreviousView | Action::GoView => views::none(model),
        Action::DeleteView | Action::ViewTags => views::not_shown(model),
        Action::ApplyView => write().or_else(|| views::no_tags(model)),
        Action::Down
        | Action::Up
        | Action::PageDown
        | Action::PageUp
        | Action::HalfPageDown
        | Action::HalfPageUp
        | Action::Top
        | Action::Bottom
        | Action::NextPane
        | Action::PreviousPane
        | Action::PaneLeft
        | Action::PaneRight
        | Action::NextSection
        | Action::PreviousSection
        | Action::GoContacts
        | Action::GoDetail
        | Action::GoTasks
        | Action::GoNotes
        | Action::GoAppointments
        | Action::Filter
        | Action::Columns
        | Action::SaveView
        | Action::MoveDown
        | Action::MoveUp
        | Action::Wider
        | Action::Narrower
        | Action::Unsized
        | Action::AsUsual
        | Action::Back
        | Action::Accounts
        | Action::Refresh
        | Action::PauseSync
        | Action::Zoom
        | Action::Help
        | Action::Suspend
        | Action::Quit
        | Action::GoHome
        | Action::GoAllTasks
        | Action::GoAgenda
        | Action::PreviousDay
        | Action::NextDay
        | Action::PreviousWeek
        | Action::NextWeek
        | Action::PreviousMonth
        | Action::NextMonth
        | Action::Today
        | Action::ByOwner
        | Action::GoDuplicates
        | Action::GoJournal
        | Action::GoDecisions
        | Action::NextGroup
        | Action::PreviousGroup
        | Action::Reopen
        | Action::GoActivity
        | Action::GoOutbox
        | Action::Palette
        | Action::External
        | Action::NextOption
        | Action::PreviousOption
        | Action::Choose
        | Action::Yes
        | Action::KeepOurs
        | Action::TakeTheirs
        | Action::Accept
        | Action::Cancel
        | Action::Send => None,
    }
}

fn no_task(model: &Model) -> Option<String> {
    if (model.focus, model.section) != (Focus::Section, Section::Tasks) {
        let key = model.keymap.key(Context::Main, Action::GoTasks).unwrap_or_default();
        return Some(format!("it acts on the task under the cursor: go to the tasks first ({key})"));
    }
    let task = model.opened.as_ref().and_then(|opened| opened.task(&model.overlay));
    task.is_none().then(|| "no task is under the cursor".to_owned())
}

fn no_note(model: &Model) -> Option<String> {
    let note = model.opened.as_ref().and_then(|opened| opened.note(&model.overlay));
    let here = (model.focus, model.section) == (Focus::Section, Section::Notes);
    let there = here && note.is_some_and(|note| note.target().is_some());
    (!there).then(|| "no note is under the cursor".to_owned())
}

fn not_loaded(model: &Model) -> Option<String> {
    model.contact().is_none().then(|| "the contact is not loaded yet".to_owned())
}

pub(crate) fn no_users(model: &Model) -> Option<String> {
    model.location.users.is_empty().then(|| format!("the users are not known: it needs {}", Scope::UsersReadonly))
}

fn no_failed(model: &Model) -> Option<String> {
    model.failed_edit().is_none().then(|| "no failed edit is under the cursor".to_owned())
}

fn not_typed(model: &Model) -> Option<String> {
    let failed = model.failed_edit().filter(|failed| form::rules::is_typed(&failed.edit));
    failed.is_none().then(|| "it was not typed".to_owned())
}

/// Runs an action on the main screen.
#[expect(clippy::too_many_lines, reason = "a line for each action, so that none is forgotten")]
pub(crate) fn run(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    if let Some(why) = refusal(model, action) {
        let key = model.keymap.key(model.context(), action).unwrap_or_default();
        model.say(Level::Warn, format!("{key} {}: {why}", action.short()));
        return;
    }
    match action {
        Action::Down
        | Action::Up
        | Action::PageDown
        | Action::PageUp
        | Action::HalfPageDown
        | Action::HalfPageUp
        | Action::Top
        | Action::Bottom => moves::cursor(model, action),
        Action::NextPane
        | Action::PreviousPane
        | Action::PaneLeft
        | Action::PaneRight
        | Action::NextSection
        | Action::PreviousSection
        | Action::GoContacts
        | Action::GoDetail
        | Action::GoTasks
        | Action::GoNotes
        | Action::GoAppointments => moves::pane(model, action),
        Action::Filter => filter::keys::open(model),
        Action::Sort => finding::next_sort(model, effects),
        Action::Columns => columns::keys::open(model),
        Action::NextView => views::step(model, true, effects),
        Action::PreviousView => views::step(model, false, effects),
        Action::SaveView => view_name::keys::open(model),
        Action::DeleteView => views::delete(model, effects),
        Action::ApplyView => views::apply(model, effects),
        Action::Open => open(model),
        Action::Back => back(model, effects),
        Action::ToggleTask => edits::toggle_task(model, effects),
        Action::Reschedule => due_date::keys::open(model),
        Action::AddNote => note::keys::open(model),
        Action::New => form::keys::new(model, effects),
        Action::Edit => form::keys::edit(model, effects),
        Action::Delete => single::delete(model, effects),
        Action::Assign
        | Action::Tags
        | Action::Untag
        | Action::Followers
        | Action::Business
        | Action::StartWorkflow
        | Action::StopWorkflow
        | Action::StartCampaign
        | Action::StopCampaign
        | Action::Accounts
        | Action::SortBy
        | Action::GoView
        | Action::ViewTags
        | Action::WhoAmI => picker::keys::open(model, action, effects),
        Action::CompleteTasks => {
            let contacts = model.meant();
            plans::plan(model, contacts, BulkAction::CompleteTasks, effects);
        }
        Action::Pin => single::pin(model, effects),
        Action::CancelAppointment => single::cancel_appointment(model, effects),
        Action::Mark | Action::MarkRange | Action::MarkAll => marks::mark(model, action),
        Action::CancelBulk => edits::cancel(model, effects),
        Action::Undo => edits::reverse(model, Direction::Undo, effects),
        Action::Redo => edits::reverse(model, Direction::Redo, effects),
        Action::EditAgain => form::keys::reopen(model),
        Action::Decide => decide::keys::open(model),
        Action::OpenExisting => going::visit_existing(model, effects),
        Action::GoHome => going::go(model, Screen::Contacts),
        Action::GoAllTasks => going::go(model, Screen::Tasks),
        Action::GoAgenda => going::go(model, Screen::Agenda),
        Action::ByOwner => {
            going::go(model, Screen::Tasks);
            picker::keys::open(model, action, effects);
        }
        // Chosen by name elsewhere.
        Action::PreviousDay
        | Action::NextDay
        | Action::PreviousWeek
        | Action::NextWeek
        | Action::PreviousMonth
        | Action::NextMonth
        | Action::Today => {
            going::go(model, Screen::Agenda);
            agenda::keys::walk(model, action);
        }
        Action::GoDuplicates => going::go(model, Screen::Duplicates),
        Action::GoJournal => going::go(model, Screen::Journal),
        Action::GoDecisions => going::go(model, Screen::Decisions),
        Action::BulkMerge => {
            going::go(model, Screen::Duplicates);
            dry_run::keys::start(model, effects);
        }
        Action::PauseMerges => dry_run::keys::pause(model, effects),
        Action::GoActivity => going::go(model, Screen::Activity),
        Action::GoOutbox => going::go(model, Screen::Outbox),
        Action::GoSuspects => going::go_to_suspects(model),
        Action::Palette => going::open_palette(model),
        Action::Retry => edits::retry(model, effects),
        Action::Discard => edits::discard(model, effects),
        Action::CopyEmail => copy(model, email(model), effects),
        Action::CopyPhone => copy(model, phone(model), effects),
        Action::CopyLink => copy(model, link(model), effects),
        Action::Browse => browse(model, effects),
        Action::AllFields => {
            model.all_fields = !model.all_fields;
            if let Some(opened) = &mut model.opened {
                opened.detail_top = 0;
            }
        }
        Action::Refresh => going::refresh(model, effects),
        Action::PauseSync => going::pause_sync(model, effects),
        Action::Zoom => model.zoom = !model.zoom,
        Action::Help => model.mode = Mode::Help(HelpList { field: line_field(""), cursor: 0 }),
        // For the dispatcher, or bound in fields and pop-ups only.
        Action::Suspend
        | Action::Quit
        | Action::Accept
        | Action::Cancel
        | Action::Send
        | Action::External
        | Action::NextOption
        | Action::PreviousOption
        | Action::Choose
        | Action::MoveDown
        | Action::MoveUp
        | Action::Wider
        | Action::Narrower
        | Action::Unsized
        | Action::AsUsual
        | Action::Yes
        | Action::KeepOurs
        | Action::TakeTheirs
        | Action::NextMember
        | Action::PreviousMember
        | Action::SourceLeft
        | Action::SourceRight
        | Action::CycleSource
        | Action::TakeColumn
        | Action::ByRule
        | Action::TypeValue
        | Action::Master
        | Action::Exclude
        | Action::EqualRows
        | Action::Evidence
        | Action::NotDuplicates
        | Action::Skip
        | Action::Merge
        | Action::DeleteAtOnce
        | Action::MoveAppointments
        | Action::Silence
        | Action::NextGroup
        | Action::PreviousGroup
        | Action::UndoMerge
        | Action::Resume
        | Action::Purge
        | Action::LeaveAddress
        | Action::DeleteFirst
        | Action::Reopen
        | Action::CopyCurl => {}
    }
}

fn open(model: &mut Model) {
    match (model.focus, model.section) {
        (Focus::Contacts, _) => model.focus = Focus::Section,
        (Focus::Section, Section::Notes) => {
            if let Some(reader) = reader(model) {
                model.mode = Mode::Read(reader);
            }
        }
        (Focus::Section, Section::Detail) => model.all_fields = !model.all_fields,
        (Focus::Section, Section::Tasks | Section::Appointments) => {}
    }
}

/// The note under the cursor, to be read whole.
fn reader(model: &Model) -> Option<TextReader> {
    let opened = model.opened.as_ref()?;
    let (title, text) = match opened.note(&model.overlay)? {
        line @ NoteLine::Known { view, .. } => {
            let author = view.note.author.as_ref().map_or_else(|| "note".to_owned(), |id| model.user_name(id));
            let when =
                view.note.added.map(|at| model.zone.to_datetime(at).strftime(" · %a %-d %b %Y %H:%M").to_string());
            let shown = line.text().cloned();
            let shown = shown.unwrap_or_else(|| text::rich(line.patch().body.as_deref().unwrap_or_default()));
            (author + &when.unwrap_or_default(), shown)
        }
        NoteLine::Own(shown) => {
            ("your note, on its way".to_owned(), text::rich(shown.value.body.as_deref().unwrap_or_default()))
        }
    };
    Some(TextReader { title, text, top: 0 })
}

/// One step back: out of the zoom, out of the section, out of the filter.
fn back(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.zoom {
        model.zoom = false;
    } else if model.focus == Focus::Section {
        model.focus = Focus::Contacts;
    } else if model.views.chosen.is_some() {
        views::leave(model, effects);
    } else if !model.listing.filter.is_empty() {
        let selected = model.listing.selected.clone();
        finding::clear(model, selected, effects);
        views::remember(model, effects);
    } else {
        model.marks.clear();
    }
}

fn copy(model: &mut Model, text: Option<String>, effects: &mut Vec<Effect>) {
    if let Some(text) = text {
        // The terminal does not answer: no more is claimed than that the text was handed to it.
        model.say(Level::Hint, format!("Handed to the terminal's clipboard: {text}"));
        effects.push(Effect::Copy(text));
    }
}

fn browse(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(url) = link(model) {
        model.say(Level::Hint, format!("Opening {url}"));
        effects.push(Effect::Open(url));
    }
}

fn email(model: &Model) -> Option<String> {
    let fresh = model.opened.as_ref().and_then(|opened| opened.details.as_ref()?.contact.email.clone());
    some_text(fresh.or_else(|| model.selected_row().map(|row| row.email().to_owned())))
}

fn phone(model: &Model) -> Option<String> {
    let fresh = model.opened.as_ref().and_then(|opened| opened.details.as_ref()?.contact.phone.clone());
    some_text(fresh.or_else(|| model.selected_row().map(|row| row.phone().to_owned())))
}

fn some_text(text: Option<String>) -> Option<String> {
    let clean = text::clean(&text?).trim().to_owned();
    (!clean.is_empty()).then_some(clean)
}

/// The address of the contact under the cursor in the web app.
fn link(model: &Model) -> Option<String> {
    model.listing.selected.as_ref().map(|contact| link_of(model, contact))
}

/// A contact's address in the web app; ids are opaque, so whatever could leave the path is taken out.
pub(crate) fn link_of(model: &Model, contact: &ContactId) -> String {
    let safe = |id: &str| -> String { id.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect() };
    let (host, location) = (&model.web_host, safe(model.location.id.as_str()));
    format!("{host}/v2/location/{location}/contacts/detail/{}", safe(contact.as_str()))
}
