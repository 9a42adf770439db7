//! Choosing from lists, and what is done to many contacts: planned first, then done when the user says yes.

use crate::config::{Action, Context};
use crate::domain::{
    Appointment, AppointmentId, AppointmentPatch, AppointmentStatus, BusinessId, CampaignId, ContactId, Edit, Named,
    Scope, Target, TaskPatch, User, UserId, WorkflowId,
};
use crate::protocol::{BulkAction, Catalogue, Choice, Command, Failure, Planned, Ticket};
use crate::text;

use super::super::backlog::Whose;
use super::super::message::Effect;
use super::super::model::{AccountRow, Confirm, Deed, Focus, Mode, Model, Screen, Section};
use super::super::picker::{Picker, Purpose};
use super::super::toast::Level;
use super::finding::{self, Place};
use super::{backlog, edits, forms, keys, merges, moves, views};

/// Nobody: a line that takes an owner or a business away.
const NONE: &str = "";

/// Opens the list that an action chooses from.
pub(super) fn open(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    let Some(purpose) = purpose(model, action) else { return };
    if let Some(catalogue) = purpose.catalogue() {
        effects.push(Effect::Send(Command::Names(catalogue)));
    }
    let whom = whom(model);
    let title = match &purpose {
        Purpose::Tags { .. } => format!("Tags of {whom}"),
        Purpose::AddTags(_) => format!("Add tags to {whom}"),
        Purpose::RemoveTags(_) => format!("Remove tags from {whom}"),
        Purpose::AssignContacts(_) => format!("Owner of {whom}"),
        Purpose::AssignTask { task, .. } => format!("Who does “{}”", text::cut(&text::clean(&task.title), 40)),
        Purpose::AssignTasks(tasks) if tasks.len() == 1 => format!("Who does {}", backlog::called(tasks)),
        Purpose::AssignTasks(tasks) => format!("Who does these {}", backlog::called(tasks)),
        Purpose::TasksOf if model.screen == Screen::Agenda => "Whose tasks and appointments".to_owned(),
        Purpose::TasksOf => "Whose tasks".to_owned(),
        Purpose::Followers { .. } => format!("Followers of {whom}"),
        Purpose::Business(_) => format!("Business of {whom}"),
        Purpose::StartWorkflow(_) => format!("Start a workflow for {whom}"),
        Purpose::StopWorkflow(_) => format!("Take {whom} out of a workflow"),
        Purpose::StartCampaign(_) => format!("Start a campaign for {whom}"),
        Purpose::StopCampaign(_) => format!("Take {whom} out of a campaign"),
        Purpose::Account => "Open an account".to_owned(),
        Purpose::Me => "Which user are you".to_owned(),
        Purpose::Sort => "Sort by".to_owned(),
        Purpose::View => "Saved views".to_owned(),
        Purpose::ViewTags(_) => {
            let name = model.views.shown().map(|view| text::clean(&view.name).into_owned()).unwrap_or_default();
            format!("Tags that {name} adds to its contacts")
        }
    };
    let warning = match &purpose {
        Purpose::StartWorkflow(_) | Purpose::StartCampaign(_) => {
            Some("This may send messages at once. It cannot be taken back.".to_owned())
        }
        Purpose::StopWorkflow(_) | Purpose::StopCampaign(_) => Some("This cannot be taken back.".to_owned()),
        _ => None,
    };
    let (choices, chosen) = lines(model, &purpose);
    let field = keys::line_field("");
    model.mode = Mode::Pick(Box::new(Picker { purpose, title, field, choices, chosen, cursor: 0, warning }));
}

fn whom(model: &Model) -> String {
    match model.meant().as_slice() {
        [one] => model.name_of(one),
        many => format!("{} contacts", many.len()),
    }
}

fn purpose(model: &Model, action: Action) -> Option<Purpose> {
    let one = || model.listing.selected.clone();
    let contact = model.contact();
    Some(match action {
        Action::Tags if model.marks.is_empty() => {
            let contact = contact?;
            Purpose::Tags { before: contact.tags, contact: contact.id }
        }
        Action::Tags => Purpose::AddTags(model.meant()),
        Action::Untag => Purpose::RemoveTags(model.meant()),
        Action::Assign if matches!(model.screen, Screen::Tasks | Screen::Agenda) => {
            Purpose::AssignTasks(backlog::meant(model))
        }
        Action::ByOwner => Purpose::TasksOf,
        Action::Assign => match (model.focus, model.section) {
            (Focus::Section, Section::Tasks) if model.marks.is_empty() => {
                let line = model.opened.as_ref()?.task(&model.overlay)?;
                Purpose::AssignTask { contact: one()?, target: line.target?, task: Box::new(line.value) }
            }
            _ => Purpose::AssignContacts(model.meant()),
        },
        Action::Followers => {
            let contact = contact?;
            let before = contact.followers.iter().map(|user| user.as_str().to_owned()).collect();
            Purpose::Followers { contact: contact.id, before }
        }
        Action::Business => Purpose::Business(model.meant()),
        Action::StartWorkflow => Purpose::StartWorkflow(one()?),
        Action::StopWorkflow => Purpose::StopWorkflow(one()?),
        Action::StartCampaign => Purpose::StartCampaign(one()?),
        Action::StopCampaign => Purpose::StopCampaign(one()?),
        Action::Accounts => Purpose::Account,
        Action::WhoAmI => Purpose::Me,
        Action::SortBy => Purpose::Sort,
        Action::GoView => Purpose::View,
        Action::ViewTags => Purpose::ViewTags(model.views.shown()?.tags.clone()),
        _ => return None,
    })
}

/// What can be chosen, and what is from the start.
fn lines(model: &Model, purpose: &Purpose) -> (Vec<Choice>, Vec<String>) {
    let clean = |text: &str| text::clean(text).into_owned();
    let tag = |tag: &String| Choice { id: tag.clone(), name: clean(tag) };
    let user = |user: &User| {
        let me = if model.me.as_ref() == Some(&user.id) { " (me)" } else { "" };
        Choice { id: user.id.as_str().to_owned(), name: clean(&user.name) + me }
    };
    // Oneself is chosen most often.
    let users = || {
        let is_me = |user: &&User| model.me.as_ref() == Some(&user.id);
        let (me, others): (Vec<&User>, Vec<&User>) = model.location.users.iter().partition(is_me);
        me.into_iter().chain(others).map(user)
    };
    let nobody = |name: &str| Choice { id: NONE.to_owned(), name: name.to_owned() };
    match purpose {
        Purpose::Tags { before, .. } => {
            let mut all: Vec<Choice> = model.location.tags.iter().map(tag).collect();
            let missing = before.iter().filter(|tag| !model.location.tags.contains(tag));
            all.extend(missing.map(tag));
            (all, before.clone())
        }
        Purpose::AddTags(_) => (model.location.tags.iter().map(tag).collect(), Vec::new()),
        Purpose::RemoveTags(contacts) => {
            let roster = &model.listing.latest;
            let mut held: Vec<String> = Vec::new();
            for row in contacts.iter().filter_map(|contact| roster.find(contact)).map(|ix| roster.get(ix)) {
                for tag in row.tags() {
                    if !held.iter().any(|known| known == tag) {
                        held.push(tag.to_owned());
                    }
                }
            }
            held.sort();
            (held.iter().map(tag).collect(), Vec::new())
        }
        Purpose::AssignContacts(_) | Purpose::AssignTask { .. } | Purpose::AssignTasks(_) => {
            (users().chain([nobody("nobody")]).collect(), Vec::new())
        }
        Purpose::TasksOf => {
            // Who is no user any more, or whose name is not known, may have tasks still.
            let unknown = |id: &UserId| model.location.user(id).is_none();
            let mut owners = model.backlog.owners();
            if model.screen == Screen::Agenda {
                owners.extend(model.agenda.owners());
                owners.sort();
                owners.dedup();
            }
            let others = owners.into_iter().filter(unknown);
            let others = others.map(|id| Choice { id: id.as_str().to_owned(), name: clean(id.as_str()) });
            let anyone = Choice { id: ANYONE.to_owned(), name: "everybody".to_owned() };
            ([anyone].into_iter().chain(users()).chain(others).chain([nobody("nobody")]).collect(), Vec::new())
        }
        Purpose::Followers { before, .. } => (users().collect(), before.clone()),
        Purpose::Business(_) => (vec![nobody("no business")], Vec::new()),
        Purpose::StopCampaign(_) => (vec![nobody("all campaigns")], Vec::new()),
        Purpose::StartWorkflow(_) | Purpose::StopWorkflow(_) | Purpose::StartCampaign(_) => (Vec::new(), Vec::new()),
        Purpose::Account => (accounts(model), Vec::new()),
        Purpose::Sort => (finding::columns(model.listing.sort), Vec::new()),
        Purpose::View => (views::lines(model), Vec::new()),
        Purpose::ViewTags(before) => {
            let others = before.iter().filter(|tag| !model.location.tags.contains(tag));
            (model.location.tags.iter().chain(others).map(tag).collect(), before.clone())
        }
        Purpose::Me => (users().chain([nobody("nobody of these")]).collect(), Vec::new()),
    }
}

/// No one user.
const ANYONE: &str = "\u{0}anyone";
/// Signs in to another account.
const CONNECT: &str = "\u{0}connect";
/// Signs in to the open one again.
const AGAIN: &str = "\u{0}again";

/// The accounts that can be opened, and the ways to get at others.
fn accounts(model: &Model) -> Vec<Choice> {
    let clean = |text: &str| text::clean(text).into_owned();
    let one = |account: &AccountRow| {
        let (label, location) = (clean(&account.label), clean(&account.location));
        let name = if location.is_empty() || location == label { label } else { format!("{label} · {location}") };
        let open = if account.open { "  (open)" } else { "" };
        Choice { id: account.label.clone(), name: name + open }
    };
    let mut lines: Vec<Choice> = model.accounts.iter().map(one).collect();
    lines.push(Choice { id: CONNECT.to_owned(), name: "Sign in to another account…".to_owned() });
    if let Some(open) = model.accounts.iter().find(|account| account.open && account.kept) {
        lines.push(Choice { id: AGAIN.to_owned(), name: format!("Sign in to {} again…", clean(&open.label)) });
    }
    lines
}

/// Opens an account, or the screen that signs in to one; what is being typed is kept first.
fn open_account(model: &mut Model, chosen: &str, effects: &mut Vec<Effect>) {
    let open = model.accounts.iter().find(|account| account.open).map(|account| account.label.clone());
    if open.as_deref() == Some(chosen) {
        model.say(Level::Hint, "It is open already");
        return;
    }
    effects.push(match chosen {
        CONNECT => Effect::Connect(None),
        AGAIN => Effect::Connect(open),
        label => Effect::Switch(label.to_owned()),
    });
}

/// The names of a list have come, or have not.
pub(super) fn names(model: &mut Model, catalogue: Catalogue, result: Result<Vec<Choice>, Failure>) {
    match result {
        Ok(mut choices) => {
            for choice in &mut choices {
                choice.name = text::clean(&choice.name).into_owned();
            }
            model.names.set(catalogue, choices);
            if catalogue == Catalogue::Calendars {
                forms::calendars_came(model);
            }
        }
        Err(failure) => {
            let why = edits::said(&failure);
            model.names.failed.insert(catalogue, why);
        }
    }
}

/// A key in a list that is an action.
pub(super) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    let Mode::Pick(picker) = &model.mode else { return };
    let lines = picker.lines(&model.names);
    match action {
        Action::Cancel => model.mode = Mode::Browse,
        Action::Choose if matches!(picker.purpose, Purpose::Sort) => {
            if let Some(choice) = lines.get(picker.cursor) {
                finding::chosen(model, &choice.id, Place::Second, effects);
            }
            let columns = finding::columns(model.listing.sort);
            if let Mode::Pick(picker) = &mut model.mode {
                picker.choices = columns;
            }
        }
        Action::Choose => {
            if let (Some(choice), Mode::Pick(picker)) = (lines.get(picker.cursor), &mut model.mode)
                && picker.purpose.takes_many()
            {
                picker.toggle(choice);
                picker.field = keys::line_field("");
                picker.cursor = 0;
            }
        }
        Action::Accept => accept(model, &lines, effects),
        action => {
            let at = moves::step(picker.cursor, lines.len(), 10, action);
            if let Mode::Pick(picker) = &mut model.mode {
                picker.cursor = at;
            }
        }
    }
}

fn accept(model: &mut Model, lines: &[Choice], effects: &mut Vec<Effect>) {
    let Mode::Pick(picker) = &mut model.mode else { return };
    let here = lines.get(picker.cursor).cloned();
    let mut chosen = picker.chosen.clone();
    // What is typed and stands under the cursor is meant, too; without typing, what was marked is.
    let untouched = match &picker.purpose {
        Purpose::Tags { before, .. } | Purpose::Followers { before, .. } | Purpose::ViewTags(before) => {
            *before == chosen
        }
        _ => chosen.is_empty(),
    };
    if let Some(here) =
        here.as_ref().filter(|_| picker.purpose.takes_many() && (untouched || !picker.typed().is_empty()))
    {
        match chosen.iter().position(|id| *id == here.id) {
            Some(at) if picker.typed().is_empty() => {
                chosen.remove(at);
            }
            Some(_) => {}
            None => chosen.push(here.id.clone()),
        }
    }
    let purpose = picker.purpose.clone();
    let named = |choice: &Choice| (choice.id.clone(), choice.name.clone());
    let single = here.as_ref().map(named);
    model.mode = Mode::Browse;
    let Some(made) = edits_of(model, purpose, chosen, single, effects) else { return };
    if made.is_empty() {
        model.say(Level::Hint, "Nothing was changed");
    } else {
        edits::apply(model, made, effects);
    }
}

/// A choice that changes what is seen, and nothing on the server.
fn look(model: &mut Model, purpose: &Purpose, chosen: Vec<String>, single: Option<String>, effects: &mut Vec<Effect>) {
    if let Purpose::ViewTags(_) = purpose {
        views::set_tags(model, chosen, effects);
        return;
    }
    let Some(single) = single else { return };
    match purpose {
        Purpose::Account => open_account(model, &single, effects),
        Purpose::Sort => finding::chosen(model, &single, Place::First, effects),
        Purpose::View => views::show(model, &single, effects),
        Purpose::Me => {
            let user = Some(single).filter(|id| id != NONE).map(UserId::new);
            effects.push(Effect::Send(Command::IAm(user)));
        }
        Purpose::TasksOf => {
            let whose = match single.as_str() {
                ANYONE => Whose::Anyone,
                NONE => Whose::Nobody,
                user => Whose::User(UserId::new(user)),
            };
            if model.screen == Screen::Agenda {
                model.agenda.set_whose(whose);
            } else {
                model.backlog.set_whose(whose);
            }
        }
        // What changes something on the server is made into edits.
        _ => {}
    }
}

/// The edits of a choice; `None` where they have to be planned first, or nothing was chosen.
fn edits_of(
    model: &mut Model,
    purpose: Purpose,
    chosen: Vec<String>,
    single: Option<(String, String)>,
    effects: &mut Vec<Effect>,
) -> Option<Vec<Edit>> {
    let id = |id: &str| Some(id.to_owned()).filter(|id| id != NONE);
    Some(match purpose {
        Purpose::Account | Purpose::Sort | Purpose::View | Purpose::ViewTags(_) | Purpose::Me | Purpose::TasksOf => {
            look(model, &purpose, chosen, single.map(|(id, _)| id), effects);
            return None;
        }
        Purpose::Tags { contact, before } => {
            let added: Vec<String> = chosen.iter().filter(|tag| !before.contains(tag)).cloned().collect();
            let removed: Vec<String> = before.into_iter().filter(|tag| !chosen.contains(tag)).collect();
            let add = (!added.is_empty()).then(|| Edit::AddTags { contact: contact.clone(), tags: added });
            let remove = (!removed.is_empty()).then_some(Edit::RemoveTags { contact, tags: removed });
            add.into_iter().chain(remove).collect()
        }
        Purpose::Followers { contact, before } => {
            let users = |ids: Vec<String>| -> Vec<UserId> { ids.into_iter().map(UserId::new).collect() };
            let added: Vec<String> = chosen.iter().filter(|user| !before.contains(user)).cloned().collect();
            let removed: Vec<String> = before.into_iter().filter(|user| !chosen.contains(user)).collect();
            let add = (!added.is_empty()).then(|| Edit::AddFollowers { contact: contact.clone(), users: users(added) });
            let remove = (!removed.is_empty()).then(|| Edit::RemoveFollowers { contact, users: users(removed) });
            add.into_iter().chain(remove).collect()
        }
        Purpose::AddTags(contacts) => {
            if !chosen.is_empty() {
                plan(model, contacts, BulkAction::AddTags(chosen), effects);
            }
            return None;
        }
        Purpose::RemoveTags(contacts) => {
            if !chosen.is_empty() {
                plan(model, contacts, BulkAction::RemoveTags(chosen), effects);
            }
            return None;
        }
        Purpose::AssignContacts(contacts) => {
            let (user, _name) = single?;
            plan(model, contacts, BulkAction::Assign(id(&user).map(UserId::new)), effects);
            return None;
        }
        Purpose::AssignTask { contact, target, task } => {
            let user = id(&single?.0).map(UserId::new);
            if user == task.assigned_to {
                return Some(Vec::new());
            }
            let patch = |user| TaskPatch { assigned_to: Some(user), ..TaskPatch::default() };
            let (before, after) = (patch(task.assigned_to.clone()), patch(user));
            vec![Edit::PatchTask { contact, task: target, title: task.title, before, after }]
        }
        Purpose::AssignTasks(tasks) => {
            let user = id(&single?.0).map(UserId::new);
            backlog::assign(model, &tasks, user.as_ref(), effects);
            return None;
        }
        Purpose::Business(contacts) => {
            let (business, name) = single?;
            let business = id(&business).map(|id| Named { id: BusinessId::new(id), name });
            plan(model, contacts, BulkAction::SetBusiness(business), effects);
            return None;
        }
        Purpose::StartWorkflow(contact) => {
            let (workflow, name) = single?;
            vec![Edit::StartWorkflow { contact, workflow: Named { id: WorkflowId::new(workflow), name } }]
        }
        Purpose::StopWorkflow(contact) => {
            let (workflow, name) = single?;
            vec![Edit::StopWorkflow { contact, workflow: Named { id: WorkflowId::new(workflow), name } }]
        }
        Purpose::StartCampaign(contact) => {
            let (campaign, name) = single?;
            vec![Edit::StartCampaign { contact, campaign: Named { id: CampaignId::new(campaign), name } }]
        }
        Purpose::StopCampaign(contact) => {
            let (campaign, name) = single?;
            let campaign = id(&campaign).map(|id| Named { id: CampaignId::new(id), name });
            vec![Edit::StopCampaign { contact, campaign }]
        }
    })
}

/// Asks what an action would take; the answer is shown before anything is done.
pub(super) fn plan(model: &mut Model, contacts: Vec<ContactId>, action: BulkAction, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    let whom =
        if let [one] = contacts.as_slice() { model.name_of(one) } else { format!("{} contacts", contacts.len()) };
    let title = match &action {
        BulkAction::AddTags(tags) | BulkAction::TagOnce(tags) => format!("Add {} to {whom}", tags.join(", ")),
        BulkAction::RemoveTags(tags) => format!("Remove {} from {whom}", tags.join(", ")),
        BulkAction::Assign(Some(user)) => format!("Give {whom} to {}", model.user_name(user)),
        BulkAction::Assign(None) => format!("Take the owner of {whom} away"),
        BulkAction::SetBusiness(Some(business)) => format!("Put {whom} into {}", business.name),
        BulkAction::SetBusiness(None) => format!("Take {whom} out of the business"),
        BulkAction::CompleteTasks => format!("Complete the open tasks of {whom}"),
        BulkAction::Delete => format!("Delete {whom}"),
    };
    let title = text::clean(&title).into_owned();
    let lines = vec!["Looking what that would take…".to_owned()];
    model.mode = Mode::Confirm(Confirm { title, lines, deed: Deed::Planning(ticket) });
    effects.push(Effect::Send(Command::Plan { ticket, contacts, action }));
}

/// What an action would take.
pub(super) fn planned(model: &mut Model, ticket: Ticket, planned: Planned, effects: &mut Vec<Effect>) {
    let Mode::Confirm(confirm) = &mut model.mode else { return };
    if !matches!(confirm.deed, Deed::Planning(of) if of == ticket) {
        return;
    }
    let Planned { edits: made, unchanged, requests, trouble } = planned;
    let deletes = made.iter().filter(|edit| matches!(edit, Edit::DeleteContact { .. })).count();
    // One that can be taken back whole needs no asking.
    if made.len() == 1
        && deletes == 0
        && trouble.is_none()
        && matches!(
            made[0],
            Edit::PatchContact { .. } | Edit::SetBusiness { .. } | Edit::RemoveTags { .. } | Edit::AddTags { .. }
        )
    {
        model.mode = Mode::Browse;
        edits::apply(model, made, effects);
        return;
    }
    let what = match made.first() {
        Some(Edit::CompleteTask { .. }) => "tasks",
        _ => "contacts",
    };
    let mut lines = Vec::new();
    if let Some(why) = trouble {
        lines.push(format!("It could not be found out: {}", text::clean(&why)));
    } else if made.is_empty() {
        lines.push("There is nothing to change.".to_owned());
    } else {
        let what = if made.len() == 1 { &what[..what.len() - 1] } else { what };
        lines.push(format!("{} {what} change, with about {requests} requests.", made.len()));
    }
    if unchanged > 0 && !made.is_empty() {
        lines.push(format!("{unchanged} are so already."));
    }
    if deletes > 0 {
        lines.push("Undo makes them anew with fields, tags, tasks and notes, under new ids.".to_owned());
        lines.push(
            "What the API cannot restore: conversations, appointments, opportunities, payments, campaigns and \
             workflows, attribution, further e-mails and phones."
                .to_owned(),
        );
    }
    confirm.lines = lines;
    confirm.deed = if made.is_empty() { Deed::Nothing } else { Deed::Apply(made) };
}

/// A key while it is asked whether to do it.
pub(super) fn confirm(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    match (action, &model.mode) {
        (Action::Yes, Mode::Confirm(Confirm { deed: Deed::Planning(_), .. })) | (Action::Up | Action::Down, _) => {}
        (Action::Yes, Mode::Confirm(confirm)) => {
            let confirmed = confirm.clone();
            model.mode = Mode::Browse;
            done(model, confirmed, effects);
        }
        _ => model.mode = Mode::Browse,
    }
}

/// Does what the user said yes to, or asks once more.
fn done(model: &mut Model, Confirm { title, deed, .. }: Confirm, effects: &mut Vec<Effect>) {
    match deed {
        Deed::Planning(_) | Deed::Nothing => {}
        Deed::Apply(made) if made.is_empty() => {}
        Deed::Apply(made) => {
            match model.screen {
                Screen::Tasks => model.backlog.clear_marks(),
                Screen::Agenda => {}
                _ => model.marks.clear(),
            }
            edits::apply(model, made, effects);
        }
        Deed::Merge(plans) => merges::send(model, plans, effects),
        Deed::Merges { deed, merges, again: Some(line) } => {
            let deed = Deed::Merges { deed, merges, again: None };
            model.mode = Mode::Confirm(Confirm { title, lines: vec![line], deed });
        }
        Deed::Merges { deed, merges: which, again: None } => merges::deed(model, deed, which, effects),
        Deed::DeleteAtOnce { members, again: true } => {
            let lines = vec!["Deleted contacts are gone for ever. Really delete them at once?".to_owned()];
            let deed = Deed::DeleteAtOnce { members, again: false };
            model.mode = Mode::Confirm(Confirm { title, lines, deed });
        }
        Deed::DeleteAtOnce { members, again: false } => {
            model.reviewing.choices_mut(&members).delete = true;
            model.say(Level::Warn, "The losers of this merge will be deleted at once");
        }
    }
}

/// Deletes what is under the cursor. What can be made anew is not asked about; contacts are.
pub(super) fn delete(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(opened) = &model.opened else { return };
    let contact = opened.contact.clone();
    let edit = match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => opened
            .task(&model.overlay)
            .and_then(|line| Some(Edit::DeleteTask { contact, task: line.target?, was: TaskPatch::of(&line.value) })),
        (Focus::Section, Section::Notes) => opened
            .note(&model.overlay)
            .and_then(|line| Some(Edit::DeleteNote { contact, note: line.target()?, was: line.patch() })),
        (Focus::Section, Section::Appointments) => {
            let line = opened.appointment(&model.overlay, model.now, &model.zone);
            line.and_then(|line| {
                let was = crate::domain::AppointmentPatch::of(&line.value, &model.zone);
                Some(Edit::DeleteAppointment { contact, appointment: line.target?, was })
            })
        }
        (Focus::Contacts, _) | (Focus::Section, Section::Detail) => {
            let contacts = model.meant();
            return plan(model, contacts, BulkAction::Delete, effects);
        }
    };
    if let Some(edit) = edit {
        edits::apply(model, vec![edit], effects);
    }
}

/// Pins the note under the cursor, or takes the pin out.
pub(super) fn pin(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(opened) = &model.opened else { return };
    let Some(line) = opened.note(&model.overlay) else { return };
    let Some(note) = line.target() else { return };
    let pinned = line.patch().pinned.unwrap_or(false);
    let patch = |pinned| crate::domain::NotePatch { pinned: Some(pinned), ..Default::default() };
    let contact = opened.contact.clone();
    let edit = Edit::PatchNote { contact, note, before: patch(pinned), after: patch(!pinned) };
    edits::apply(model, vec![edit], effects);
}

/// Cancels the appointment under the cursor; it stays in the list.
pub(super) fn cancel_appointment(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(opened) = &model.opened else { return };
    let Some(line) = opened.appointment(&model.overlay, model.now, &model.zone) else { return };
    let edit = line.target.and_then(|target| cancelling(target, &line.value));
    if let Some(edit) = edit {
        edits::apply(model, vec![edit], effects);
    }
}

/// The edit that cancels an appointment; `None` where it is cancelled.
pub(super) fn cancelling(appointment: Target<AppointmentId>, one: &Appointment) -> Option<Edit> {
    let patch = |status| AppointmentPatch { status: Some(status), ..Default::default() };
    let (before, after) = (patch(one.status.clone()), patch(AppointmentStatus::Cancelled));
    let (contact, title) = (one.contact.clone(), one.title.clone().unwrap_or_default());
    (before != after).then_some(Edit::PatchAppointment { contact, appointment, title, before, after })
}

/// Why the appointment under the cursor cannot be cancelled.
pub(super) fn no_cancel(model: &Model) -> Option<String> {
    let opened = model.opened.as_ref();
    let line = opened.and_then(|opened| opened.appointment(&model.overlay, model.now, &model.zone));
    let refused = model.access.refusal(Scope::EventsWrite);
    refused.or_else(|| match line {
        None => Some("no appointment is under the cursor".to_owned()),
        Some(line) if !crate::domain::is_on(&line.value.status) => Some("it is cancelled already".to_owned()),
        Some(_) => None,
    })
}

/// Marks all that are listed; not before the list shows what the filter lets through now.
fn mark_all(model: &mut Model) {
    let listing = &model.listing;
    model.marks.all_wanted = !listing.is_current();
    if model.marks.all_wanted {
        return;
    }
    let ids: Vec<ContactId> = listing.rows.iter().map(|ix| listing.shown.get(*ix).id().clone()).collect();
    model.marks.add(ids);
    let count = model.marks.len();
    // Going back clears a filter first.
    let away = if model.listing.filter.is_empty() {
        format!(". {} takes the marks away", model.key(Context::Main, Action::Back))
    } else {
        String::new()
    };
    model.say(Level::Hint, format!("{count} marked: all that are listed{away}"));
}

/// The list has a new answer: marks that waited for it are set.
pub(super) fn listed(model: &mut Model) {
    if model.marks.all_wanted {
        mark_all(model);
    }
}

/// Marks: one, a range, all that are listed.
pub(super) fn mark(model: &mut Model, action: Action) {
    let Some(here) = model.listing.selected.clone() else { return };
    match action {
        Action::MarkRange => {
            let listing = &model.listing;
            let place = |id: &ContactId| {
                let ix = listing.shown.find(id)?;
                listing.rows.iter().position(|row| *row == ix)
            };
            let from = model.marks.anchor.as_ref().and_then(place).unwrap_or(listing.cursor);
            let (low, high) = (from.min(listing.cursor), from.max(listing.cursor));
            let rows = listing.rows.iter().take(high + 1).skip(low);
            let ids: Vec<ContactId> = rows.map(|ix| listing.shown.get(*ix).id().clone()).collect();
            model.marks.add(ids);
            model.marks.anchor = Some(here);
        }
        Action::MarkAll => mark_all(model),
        _ => {
            model.marks.toggle(&here);
            let down = moves::step(model.listing.cursor, model.listing.rows.len(), 2, Action::Down);
            model.listing.place(down);
        }
    }
}
