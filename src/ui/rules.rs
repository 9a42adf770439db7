//! What can be done here, and why not; and what is offered. Reads the model, changes nothing.

use std::collections::BTreeSet;

use crate::config::{Action, Context, Need, Offered};
use crate::domain::{ContactId, Direction, EditId, Pending, PendingState, Scope, counted};
use crate::protocol::{DraftKey, Failure};
use crate::text;

use crate::ui::ink::{clean_or, grouped};
use crate::ui::model::room::Room;
use crate::ui::model::{Model, Screen};
use crate::ui::popups::form::rules::is_typed;
use crate::ui::state::how_many::HowMany;
use crate::ui::state::undo_stack::{NextStep, OwnStep};

/// What has not reached the server yet, and what becomes of it, for who leaves. Nothing is said in the demo: its server
/// ends with it.
pub fn unsent(model: &Model) -> Option<String> {
    const NEXT: &str = "at the next start, or with `ghl-tui sync`";
    let (edits, merges) = (model.overlay.live().count(), model.merges.live());
    let (are, they) = if edits == 1 { ("is", "It goes") } else { ("are", "They go") };
    let (edit, merge) = (counted(edits, "edit"), counted(merges, "merge"));
    match (edits, merges) {
        _ if model.demo => None,
        (0, 0) => None,
        (_, 0) => Some(format!("{edit} {are} not sent yet. {they} {NEXT}")),
        (0, 1) => Some(format!("{merge} is under way. It goes on {NEXT}")),
        (0, _) => Some(format!("{merge} are under way. They go on {NEXT}")),
        _ => Some(format!("{edit} {are} not sent yet, {merge} under way. They go on {NEXT}")),
    }
}

/// The number that is typed before a change of so many records: above ten where it cannot all be taken back, above
/// twenty otherwise. For fewer a key is enough.
pub(crate) fn how_many(records: usize, for_good: bool) -> Option<HowMany> {
    let enough = if for_good { 10 } else { 20 };
    (records > enough).then(|| HowMany::of(records))
}

/// The first of those that a change is about, by name: a contact that was marked by mistake shows here.
pub(crate) fn named<'a>(model: &Model, contacts: impl Iterator<Item = &'a ContactId>) -> String {
    const NAMED: usize = 5;
    let contacts: BTreeSet<&ContactId> = contacts.collect();
    let name = |contact: &ContactId| clean_or(&model.name_of(contact), "(no name)");
    let mut names: Vec<String> = contacts.into_iter().map(name).collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] if names.len() <= NAMED => format!("{} and {last}", head.join(", ")),
        all => format!("{} and {} more", all[..NAMED].join(", "), grouped((all.len() - NAMED) as u64)),
    }
}

/// Where keys are looked up on the screen of the contacts, whatever pane has the focus.
const CONTACTS: [Context; 5] =
    [Context::Contacts, Context::Detail, Context::Tasks, Context::Notes, Context::Appointments];

/// The first key of an action on the screen of the contacts, in whatever pane.
fn key_at_contacts(model: &Model, action: Action) -> Option<String> {
    CONTACTS.into_iter().find_map(|context| model.keymap.key(context, action))
}

/// The screen that an action is about: the one that is shown if it has a key there, else the contacts, else the
/// first that has a key for it.
pub(crate) fn room_for(model: &Model, action: Action) -> &'static Room {
    let has_key = |room: &Room| model.keymap.key((room.context)(model), action).is_some();
    let contacts = model.room_of(Screen::Contacts);
    if has_key(model.room()) {
        model.room()
    } else if key_at_contacts(model, action).is_some() {
        contacts
    } else {
        Screen::ALL.into_iter().map(|screen| model.room_of(screen)).find(|room| has_key(room)).unwrap_or(contacts)
    }
}

/// Whether the palette offers an action here.
pub(crate) fn is_offered(model: &Model, action: Action) -> bool {
    match action.offered() {
        Offered::Everywhere => true,
        Offered::OnItsScreens => model.keymap.key(model.context_below(), action).is_some(),
        Offered::Nowhere => false,
    }
}

/// The key of an action as the palette prints it.
pub(crate) fn key_of(model: &Model, action: Action) -> Option<String> {
    model.keymap.key(model.context_below(), action).or_else(|| key_at_contacts(model, action))
}

/// Why an action is of no use now; `None` where it is. A clause that starts in lower case, without a full stop.
pub(crate) fn why_not(model: &Model, action: Action) -> Option<String> {
    let room = room_for(model, action);
    let scopes = action.scopes().iter().find_map(|scope| model.access.refusal(*scope));
    scopes.or_else(|| action.needs().iter().find_map(|need| (room.unmet)(model, *need)))
}

/// What an action does, and why not now; whether it can be done.
pub(crate) fn explained(model: &Model, action: Action) -> (String, bool) {
    match why_not(model, action) {
        Some(why) => (format!("{} — {why}", action.describe()), false),
        None => (action.describe().to_owned(), true),
    }
}

/// Why a need is not met, whatever the screen; screens ask this about needs that they do not answer themselves.
pub(crate) fn unmet(model: &Model, need: Need) -> Option<String> {
    let missing = |there: bool, why: &str| (!there).then(|| why.to_owned());
    let key = |action| model.key(Context::Main, action);
    match need {
        Need::Users => {
            let known = !model.location.users.is_empty();
            (!known).then(|| format!("users are not known: this needs {}", Scope::UsersReadonly))
        }
        Need::Undoable => not_reversible(model, Direction::Undo),
        Need::Redoable => not_reversible(model, Direction::Redo),
        Need::BulkEdit => missing(model.bulk.is_some(), "no bulk change is running"),
        Need::FailedEdit => missing(failed_edit(model).is_some(), "no failed edit selected"),
        Need::TypedEdit => {
            let typed = failed_edit(model).is_some_and(|failed| is_typed(&failed.edit));
            missing(typed, "this edit has no form")
        }
        Need::Conflict => missing(conflict(model).is_some(), "no conflict to resolve"),
        Need::ExistingContact => missing(model.existing.is_some(), "no edit failed because of another contact"),
        Need::SortableList => {
            let ranked = model.listing.is_ranked();
            ranked.then(|| format!("best matches come first; {} clears the filter", key(Action::Back)))
        }
        Need::Draft => missing(draft(model).is_some(), "no draft here"),
        Need::SavedViews => {
            let none = model.views.all.is_empty();
            none.then(|| format!("no saved views ({} saves this list)", key(Action::SaveView)))
        }
        Need::ShownView => missing(model.views.shown().is_some(), "no saved view is shown"),
        Need::ViewTags if !model.listing.is_current() => Some("the list is still loading".to_owned()),
        Need::ViewTags => {
            let tags = model.views.shown().is_some_and(|view| !view.tags.is_empty());
            (!tags).then(|| format!("this view adds no tags ({} chooses some)", key(Action::ViewTags)))
        }
        Need::SafeGroups => {
            let (none, rules) = (model.duplicates.ready() == 0, &model.merge_rules);
            none.then(|| {
                format!(
                    "no safe groups: the rule takes a score of {:.2} and at most {} records",
                    rules.bulk_score, rules.bulk_members
                )
            })
        }
        Need::RunningMerges => missing(model.merges.batch().is_some(), "no merges are running"),
        Need::Contact
        | Need::LoadedContact
        | Need::TaggableContacts
        | Need::Email
        | Need::Phone
        | Need::Lookalike
        | Need::Task
        | Need::Note
        | Need::Appointment
        | Need::Ownable
        | Need::NewRecord
        | Need::Editable
        | Need::Deletable
        | Need::Openable
        | Need::Request
        | Need::Group
        | Need::TwoRecords
        | Need::MergeField
        | Need::OtherValue
        | Need::TypedValue
        | Need::MergeableGroup
        | Need::MergeRecord
        | Need::UndoableMerge
        | Need::HeldMerge
        | Need::ArchivedContacts
        | Need::TakenAddress
        | Need::Decision => Some("not available on this screen".to_owned()),
    }
}

/// What is undone or redone is known only once the newest edit is saved.
fn not_reversible(model: &Model, direction: Direction) -> Option<String> {
    let why = match (model.undo.next(direction), direction) {
        _ if !model.asked.is_empty() => "your last edit is still being saved",
        (Some(NextStep::Asked), _) => "your last step is still being saved",
        (Some(NextStep::Ledger(_) | NextStep::Unnamed | NextStep::Own(OwnStep::Discarded(_))), _) => {
            return model.access.refusal(Scope::ContactsWrite);
        }
        (Some(NextStep::Own(_)), _) => return None,
        (None, Direction::Undo) => "nothing to undo",
        (None, Direction::Redo) => "nothing to redo",
    };
    Some(why.to_owned())
}

/// What the undo key would take back, clean: `Completed "Call back" (Ana)`; `None` where there is nothing.
pub(crate) fn undoes(model: &Model) -> Option<String> {
    let (words, contact) = match model.undo.next(Direction::Undo)? {
        NextStep::Own(step) => (step.words(), None),
        NextStep::Ledger(label) => (label.words.clone(), label.contact.as_ref()),
        NextStep::Asked | NextStep::Unnamed => return None,
    };
    let words = text::clean(&words).into_owned();
    let name = contact.map(|contact| model.name_of(contact)).filter(|name| !name.is_empty() && !words.contains(name));
    Some(name.map_or(words.clone(), |name| format!("{words} ({name})")))
}

/// The failed edit that Retry and Discard are about.
pub(crate) fn failed_edit(model: &Model) -> Option<&Pending> {
    (room_for(model, Action::Retry).edit)(model).filter(|pending| !pending.progress.is_live())
}

/// The draft that waits here.
pub(crate) fn draft(model: &Model) -> Option<DraftKey> {
    (room_for(model, Action::DropDraft).draft)(model)
}

/// The edit that collides with someone else's: under the cursor, else the newest.
pub(crate) fn conflict(model: &Model) -> Option<EditId> {
    let is_conflict = |pending: &&Pending| pending.progress.state() == PendingState::Clash;
    let here = failed_edit(model).filter(is_conflict);
    here.or_else(|| model.overlay.iter().rfind(is_conflict)).and_then(|pending| pending.id)
}

/// Why something failed and what to do, in clean words.
pub(crate) fn said(failure: &Failure) -> String {
    let why = text::clean(&failure.why);
    let next = text::clean(&failure.next);
    if next.is_empty() { why.into_owned() } else { format!("{why}; {next}") }
}

/// A clause as a sentence: `nothing to undo` as `Nothing to undo.`
pub(crate) fn sentence(clause: &str) -> String {
    let mut chars = clause.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if clause.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}
