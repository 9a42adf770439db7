//! Choosing from lists, and what is done with what was chosen.

use crate::config::Action;
use crate::domain::{
    AutomationEdit, BusinessId, CampaignId, Edit, FollowerEdit, Named, TagEdit, TaskEdit, TaskPatch, User, UserId,
    WorkflowId,
};
use crate::protocol::{BulkAction, Catalogue, Choice, Command, Failure};
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::{AccountRow, Focus, Mode, Model, Screen, Section};
use crate::ui::popups::form;
use crate::ui::popups::picker::state::{Picker, Purpose};
use crate::ui::screens::tasks;
use crate::ui::screens::tasks::state::Whose;
use crate::ui::state::line::line_field;
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::update::finding::{self, Place};
use crate::ui::update::{edits, plans, views};

/// Nobody: a line that takes an owner or a business away.
const NONE: &str = "";

/// Opens the list that an action chooses from.
pub(crate) fn open(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
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
        Purpose::AssignTasks(tasks) if tasks.len() == 1 => format!("Who does {}", tasks::keys::called(tasks)),
        Purpose::AssignTasks(tasks) => format!("Who does these {}", tasks::keys::called(tasks)),
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
    let field = line_field("");
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
            Purpose::AssignTasks(tasks::keys::meant(model))
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
pub(crate) fn names(model: &mut Model, catalogue: Catalogue, result: Result<Vec<Choice>, Failure>) {
    match result {
        Ok(mut choices) => {
            for choice in &mut choices {
                choice.name = text::clean(&choice.name).into_owned();
            }
            model.names.set(catalogue, choices);
            if catalogue == Catalogue::Calendars {
                form::keys::calendars_came(model);
            }
        }
        Err(failure) => {
            let why = edits::said(&failure);
            model.names.failed.insert(catalogue, why);
        }
    }
}

/// A key in a list that is an action.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
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
                picker.field = line_field("");
                picker.cursor = 0;
            }
        }
        Action::Accept => accept(model, &lines, effects),
        action => {
            let at = list_cursor::step(picker.cursor, lines.len(), 10, action);
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
            let add = (!added.is_empty()).then(|| Edit::new(contact.clone(), TagEdit::Add { tags: added }));
            let remove = (!removed.is_empty()).then_some(Edit::new(contact, TagEdit::Remove { tags: removed }));
            add.into_iter().chain(remove).collect()
        }
        Purpose::Followers { contact, before } => {
            let users = |ids: Vec<String>| -> Vec<UserId> { ids.into_iter().map(UserId::new).collect() };
            let added: Vec<String> = chosen.iter().filter(|user| !before.contains(user)).cloned().collect();
            let removed: Vec<String> = before.into_iter().filter(|user| !chosen.contains(user)).collect();
            let add =
                (!added.is_empty()).then(|| Edit::new(contact.clone(), FollowerEdit::Add { users: users(added) }));
            let remove =
                (!removed.is_empty()).then(|| Edit::new(contact, FollowerEdit::Remove { users: users(removed) }));
            add.into_iter().chain(remove).collect()
        }
        Purpose::AddTags(contacts) => {
            if !chosen.is_empty() {
                plans::plan(model, contacts, BulkAction::AddTags(chosen), effects);
            }
            return None;
        }
        Purpose::RemoveTags(contacts) => {
            if !chosen.is_empty() {
                plans::plan(model, contacts, BulkAction::RemoveTags(chosen), effects);
            }
            return None;
        }
        Purpose::AssignContacts(contacts) => {
            let (user, _name) = single?;
            plans::plan(model, contacts, BulkAction::Assign(id(&user).map(UserId::new)), effects);
            return None;
        }
        Purpose::AssignTask { contact, target, task } => {
            let user = id(&single?.0).map(UserId::new);
            if user == task.assigned_to {
                return Some(Vec::new());
            }
            let patch = |user| TaskPatch { assigned_to: Some(user), ..TaskPatch::default() };
            let (before, after) = (patch(task.assigned_to.clone()), patch(user));
            vec![Edit::new(contact, TaskEdit::Patch { task: target, title: task.title, before, after })]
        }
        Purpose::AssignTasks(tasks) => {
            let user = id(&single?.0).map(UserId::new);
            tasks::keys::assign(model, &tasks, user.as_ref(), effects);
            return None;
        }
        Purpose::Business(contacts) => {
            let (business, name) = single?;
            let business = id(&business).map(|id| Named { id: BusinessId::new(id), name });
            plans::plan(model, contacts, BulkAction::SetBusiness(business), effects);
            return None;
        }
        Purpose::StartWorkflow(contact) => {
            let (workflow, name) = single?;
            vec![Edit::new(
                contact,
                AutomationEdit::StartWorkflow { workflow: Named { id: WorkflowId::new(workflow), name } },
            )]
        }
        Purpose::StopWorkflow(contact) => {
            let (workflow, name) = single?;
            vec![Edit::new(
                contact,
                AutomationEdit::StopWorkflow { workflow: Named { id: WorkflowId::new(workflow), name } },
            )]
        }
        Purpose::StartCampaign(contact) => {
            let (campaign, name) = single?;
            vec![Edit::new(
                contact,
                AutomationEdit::StartCampaign { campaign: Named { id: CampaignId::new(campaign), name } },
            )]
        }
        Purpose::StopCampaign(contact) => {
            let (campaign, name) = single?;
            let campaign = id(&campaign).map(|id| Named { id: CampaignId::new(id), name });
            vec![Edit::new(contact, AutomationEdit::StopCampaign { campaign })]
        }
    })
}
