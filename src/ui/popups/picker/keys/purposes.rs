//! What lists are opened for, a row each: its title, what there is to choose from, and what a choice does.

use crate::config::Action;
use crate::domain::{
    AutomationEdit, BusinessId, CampaignId, ContactId, Edit, FollowerEdit, Named, TagEdit, UserId, WorkflowId,
};
use crate::protocol::{BulkAction, Catalogue, Choice, Command};
use crate::text;
use crate::ui::state::layout::{Focus, Section};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::popups::confirm::state::{Confirmation, OnYes};
use crate::ui::popups::picker::rules::{self, AGAIN, ANYONE, CONNECT, NONE};
use crate::ui::popups::picker::state::{PickPurpose, PickedFor};
use crate::ui::screens::open_tasks::rules::meant;
use crate::ui::screens::open_tasks::state::called;
use crate::ui::screens::open_tasks::state::filter::Whose;
use crate::ui::state::toast::Level;
use crate::ui::verbs::sorting::{SortPlace, sort_by};
use crate::ui::verbs::{edits, plans, tasks, views};

/// What a choice does.
pub(crate) enum Accept {
    /// One line is chosen.
    One(fn(&mut Model, PickedFor, Choice, &mut Vec<Effect>)),
    /// Any number of lines, by their ids.
    Many(fn(&mut Model, PickedFor, Vec<String>, &mut Vec<Effect>)),
    /// One line is chosen, and the edit that it makes is asked about first.
    Automate(fn(Choice) -> Option<AutomationEdit>),
}

/// A purpose.
pub(crate) struct PurposeRow {
    pub(crate) title: fn(&Model, &PickedFor) -> String,
    pub(crate) choices: fn(&Model, &PickedFor) -> Vec<Choice>,
    /// Where further choices come from.
    pub(crate) catalogue: Option<Catalogue>,
    /// A name that is not listed may be given.
    pub(crate) takes_new: bool,
    pub(crate) warning: Option<&'static str>,
    pub(crate) hints: &'static [(Action, &'static str)],
    pub(crate) accept: Accept,
    /// What the key that marks does where there is nothing to mark.
    pub(crate) choose: Option<fn(&mut Model, &Choice, &mut Vec<Effect>)>,
}

const ONE: PurposeRow = PurposeRow {
    title: |_, _| String::new(),
    choices: |_, _| Vec::new(),
    catalogue: None,
    takes_new: false,
    warning: None,
    hints: &[(Action::Accept, "choose"), (Action::Cancel, "cancel")],
    accept: Accept::One(|_, _, _, _| {}),
    choose: None,
};
const MANY: PurposeRow =
    PurposeRow { hints: &[(Action::Choose, "mark"), (Action::Accept, "done"), (Action::Cancel, "cancel")], ..ONE };
const STARTS: Option<&str> = Some("This may send messages at once. It cannot be undone.");
const STOPS: Option<&str> = Some("This cannot be undone.");

/// The purpose of an action, and what it is about; `None` where there is nothing that it could be about.
pub(crate) fn of_action(model: &Model, action: Action) -> Option<(PickPurpose, PickedFor)> {
    let marked = || PickedFor { contacts: model.meant(), ..PickedFor::default() };
    let one = || Some(PickedFor { contacts: vec![model.listing.selected.clone()?], ..PickedFor::default() });
    let of_meant = || PickedFor { tasks: meant(model), ..PickedFor::default() };
    let of_tasks = match model.screen {
        Screen::OpenTasks | Screen::Agenda => true,
        _ => (model.focus, model.section) == (Focus::Section, Section::Tasks),
    };
    Some(match action {
        Action::Tags if model.marked() == 0 => {
            let contact = model.contact()?;
            (PickPurpose::Tags, PickedFor { contacts: vec![contact.id], before: contact.tags, ..PickedFor::default() })
        }
        Action::Tags => (PickPurpose::AddTags, marked()),
        Action::Untag => (PickPurpose::RemoveTags, marked()),
        Action::Followers => {
            let contact = model.contact()?;
            let before = contact.followers.iter().map(|user| user.as_str().to_owned()).collect();
            (PickPurpose::Followers, PickedFor { contacts: vec![contact.id], before, ..PickedFor::default() })
        }
        Action::Assign if of_tasks => (PickPurpose::OwnerOfTasks, Some(of_meant()).filter(|of| !of.tasks.is_empty())?),
        Action::Assign => (PickPurpose::OwnerOfContacts, marked()),
        Action::Business => (PickPurpose::Business, marked()),
        Action::StartWorkflow => (PickPurpose::StartWorkflow, one()?),
        Action::StopWorkflow => (PickPurpose::StopWorkflow, one()?),
        Action::StartCampaign => (PickPurpose::StartCampaign, one()?),
        Action::StopCampaign => (PickPurpose::StopCampaign, one()?),
        Action::ByOwner => (PickPurpose::TasksOf, PickedFor::default()),
        Action::Accounts => (PickPurpose::Account, PickedFor::default()),
        Action::WhoAmI => (PickPurpose::Me, PickedFor::default()),
        Action::SortBy => (PickPurpose::Sort, PickedFor::default()),
        Action::GoView => (PickPurpose::View, PickedFor::default()),
        Action::ViewTags => {
            let before = model.views.shown()?.tags.clone();
            (PickPurpose::ViewTags, PickedFor { before, ..PickedFor::default() })
        }
        _ => return None,
    })
}

/// The row of a purpose.
#[expect(clippy::too_many_lines, reason = "a row for each purpose, so that none is forgotten")]
pub(crate) fn row(purpose: PickPurpose) -> PurposeRow {
    match purpose {
        PickPurpose::Tags => PurposeRow {
            title: |model, of| format!("Tags of {}", whom(model, of)),
            choices: rules::tags,
            takes_new: true,
            accept: Accept::Many(|model, of, chosen, effects| {
                let add = |contact, tags| Edit::new(contact, TagEdit::Add { tags });
                let remove = |contact, tags| Edit::new(contact, TagEdit::Remove { tags });
                apply_difference(model, of, &chosen, (add, remove), effects);
            }),
            ..MANY
        },
        PickPurpose::AddTags => PurposeRow {
            title: |model, of| format!("Add tags to {}", whom(model, of)),
            choices: rules::tags,
            takes_new: true,
            accept: Accept::Many(|model, of, tags, effects| plan_tags(model, of, tags, BulkAction::AddTags, effects)),
            ..MANY
        },
        PickPurpose::RemoveTags => PurposeRow {
            title: |model, of| format!("Remove tags from {}", whom(model, of)),
            choices: rules::held_tags,
            accept: Accept::Many(|model, of, tags, effects| {
                plan_tags(model, of, tags, BulkAction::RemoveTags, effects);
            }),
            ..MANY
        },
        PickPurpose::Followers => PurposeRow {
            title: |model, of| format!("Followers of {}", whom(model, of)),
            choices: rules::users,
            accept: Accept::Many(|model, of, chosen, effects| {
                let users = |ids: Vec<String>| ids.into_iter().map(UserId::new).collect();
                let add = |contact, ids| Edit::new(contact, FollowerEdit::Add { users: users(ids) });
                let remove = |contact, ids| Edit::new(contact, FollowerEdit::Remove { users: users(ids) });
                apply_difference(model, of, &chosen, (add, remove), effects);
            }),
            ..MANY
        },
        PickPurpose::OwnerOfContacts => PurposeRow {
            title: |model, of| format!("Owner of {}", whom(model, of)),
            choices: rules::owners,
            accept: Accept::One(|model, of, line, effects| {
                let owner = some_id(line.id).map(UserId::new);
                plans::plan(model, of.contacts, BulkAction::Assign(owner), effects);
            }),
            ..ONE
        },
        PickPurpose::OwnerOfTasks => PurposeRow {
            title: |_, of| format!("Assign {} to", called(&of.tasks)),
            choices: rules::owners,
            accept: Accept::One(|model, of, line, effects| {
                let owner = some_id(line.id).map(UserId::new);
                tasks::assign(model, &of.tasks, owner.as_ref(), effects);
            }),
            ..ONE
        },
        PickPurpose::Business => PurposeRow {
            title: |model, of| format!("Business of {}", whom(model, of)),
            choices: rules::no_business,
            catalogue: Some(Catalogue::Businesses),
            accept: Accept::One(|model, of, line, effects| {
                let business = some_named(line, BusinessId::new);
                plans::plan(model, of.contacts, BulkAction::SetBusiness(business), effects);
            }),
            ..ONE
        },
        PickPurpose::StartWorkflow => PurposeRow {
            title: |model, of| format!("Start a workflow for {}", whom(model, of)),
            catalogue: Some(Catalogue::Workflows),
            warning: STARTS,
            accept: Accept::Automate(|line| {
                Some(AutomationEdit::StartWorkflow { workflow: some_named(line, WorkflowId::new)? })
            }),
            ..ONE
        },
        PickPurpose::StopWorkflow => PurposeRow {
            title: |model, of| format!("Remove {} from a workflow", whom(model, of)),
            catalogue: Some(Catalogue::Workflows),
            warning: STOPS,
            accept: Accept::Automate(|line| {
                Some(AutomationEdit::StopWorkflow { workflow: some_named(line, WorkflowId::new)? })
            }),
            ..ONE
        },
        PickPurpose::StartCampaign => PurposeRow {
            title: |model, of| format!("Start a campaign for {}", whom(model, of)),
            catalogue: Some(Catalogue::Campaigns),
            warning: STARTS,
            accept: Accept::Automate(|line| {
                Some(AutomationEdit::StartCampaign { campaign: some_named(line, CampaignId::new)? })
            }),
            ..ONE
        },
        PickPurpose::StopCampaign => PurposeRow {
            title: |model, of| format!("Remove {} from a campaign", whom(model, of)),
            choices: rules::all_campaigns,
            catalogue: Some(Catalogue::Campaigns),
            warning: STOPS,
            accept: Accept::Automate(|line| {
                Some(AutomationEdit::StopCampaign { campaign: some_named(line, CampaignId::new) })
            }),
            ..ONE
        },
        PickPurpose::TasksOf => PurposeRow {
            title: |model, _| {
                let what = if model.screen == Screen::Agenda { "tasks and appointments" } else { "tasks" };
                format!("Show {what} of")
            },
            choices: rules::owners_of_tasks,
            accept: Accept::One(|model, _, line, _| show_tasks_of(model, &line.id)),
            ..ONE
        },
        PickPurpose::Account => PurposeRow {
            title: |_, _| "Open an account".to_owned(),
            choices: rules::accounts,
            accept: Accept::One(|model, _, line, effects| open_account(model, &line.id, effects)),
            ..ONE
        },
        PickPurpose::Me => PurposeRow {
            title: |_, _| "Which user are you?".to_owned(),
            choices: rules::candidates,
            accept: Accept::One(|_, _, line, effects| {
                effects.push(Effect::Send(Command::IAm(some_id(line.id).map(UserId::new))));
            }),
            ..ONE
        },
        PickPurpose::Sort => PurposeRow {
            title: |_, _| "Sort by".to_owned(),
            choices: rules::columns,
            hints: &[
                (Action::Accept, "sort by (again: reverse)"),
                (Action::Choose, "then by"),
                (Action::Cancel, "cancel"),
            ],
            accept: Accept::One(|model, _, line, effects| {
                sort_by(model, &line.id, SortPlace::First, effects);
            }),
            choose: Some(|model, line, effects| sort_by(model, &line.id, SortPlace::Second, effects)),
            ..ONE
        },
        PickPurpose::View => PurposeRow {
            title: |_, _| "Saved views".to_owned(),
            choices: |model, _| views::lines(model),
            accept: Accept::One(|model, _, line, effects| views::show(model, &line.id, effects)),
            ..ONE
        },
        PickPurpose::ViewTags => PurposeRow {
            title: |model, _| {
                let name = model.views.shown().map(|view| text::clean(&view.name).into_owned()).unwrap_or_default();
                format!("Tags that {name} adds to its contacts")
            },
            choices: rules::tags,
            takes_new: true,
            accept: Accept::Many(|model, _, tags, effects| views::set_tags(model, tags, effects)),
            ..MANY
        },
    }
}

fn whom(model: &Model, of: &PickedFor) -> String {
    match of.contacts.as_slice() {
        [one] => model.name_of(one),
        many => format!("{} contacts", many.len()),
    }
}

fn some_id(id: String) -> Option<String> {
    Some(id).filter(|id| id != NONE)
}

fn some_named<Id>(line: Choice, id: fn(String) -> Id) -> Option<Named<Id>> {
    let name = line.name;
    some_id(line.id).map(|of| Named { id: id(of), name })
}

/// Adds what was chosen and was not there before, and removes what was there and is not chosen.
fn apply_difference(
    model: &mut Model,
    PickedFor { contacts, before, .. }: PickedFor,
    chosen: &[String],
    (add, remove): (impl Fn(ContactId, Vec<String>) -> Edit, impl Fn(ContactId, Vec<String>) -> Edit),
    effects: &mut Vec<Effect>,
) {
    let [contact] = contacts.as_slice() else { return };
    let added: Vec<String> = chosen.iter().filter(|id| !before.contains(id)).cloned().collect();
    let removed: Vec<String> = before.into_iter().filter(|id| !chosen.contains(id)).collect();
    let add = (!added.is_empty()).then(|| add(contact.clone(), added));
    let remove = (!removed.is_empty()).then(|| remove(contact.clone(), removed));
    let made: Vec<Edit> = add.into_iter().chain(remove).collect();
    if made.is_empty() {
        model.say(Level::Hint, "Nothing changed");
    } else {
        edits::apply(model, made, effects);
    }
}

/// Plans to change the tags of many contacts.
fn plan_tags(
    model: &mut Model,
    of: PickedFor,
    tags: Vec<String>,
    action: fn(Vec<String>) -> BulkAction,
    effects: &mut Vec<Effect>,
) {
    if !tags.is_empty() {
        plans::plan(model, of.contacts, action(tags), effects);
    }
}

/// Asks whether to start or stop a workflow or a campaign for one contact: customers may hear of it at once.
pub(crate) fn automate(model: &mut Model, of: &PickedFor, edit: Option<AutomationEdit>) {
    let (Some(contact), Some(edit)) = (of.contacts.first(), edit) else { return };
    let name = match &edit {
        AutomationEdit::StopCampaign { campaign: None } => None,
        AutomationEdit::StopCampaign { campaign: Some(campaign) } | AutomationEdit::StartCampaign { campaign } => {
            Some(&campaign.name)
        }
        AutomationEdit::StartWorkflow { workflow } | AutomationEdit::StopWorkflow { workflow } => Some(&workflow.name),
    };
    let what = name.map_or("all campaigns".to_owned(), |name| format!("“{}”", text::clean(name)));
    let (whom, edit) = (whom(model, of), Edit::new(contact.clone(), edit));
    let (title, verb, warning) = if edit.is_once() {
        (format!("Start {what} for {whom}?"), "start", STARTS)
    } else {
        (format!("Remove {whom} from {what}?"), "remove", STOPS)
    };
    let (warning, yes) = (warning.map(str::to_owned), OnYes::Automate(Box::new(edit)));
    model.mode = Mode::Confirm(Confirmation { warning, ..Confirmation::new(title, Vec::new(), verb, yes) });
}

/// Lists the tasks of the one who was chosen, on the screen that is shown.
fn show_tasks_of(model: &mut Model, chosen: &str) {
    let whose = match chosen {
        ANYONE => Whose::Anyone,
        NONE => Whose::Nobody,
        user => Whose::User(UserId::new(user)),
    };
    if model.screen == Screen::Agenda {
        model.agenda.set_whose(whose);
    } else {
        model.open_tasks.set_whose(whose);
    }
}

/// Opens an account, or the screen that signs in to one.
fn open_account(model: &mut Model, chosen: &str, effects: &mut Vec<Effect>) {
    let open = model.accounts.iter().find(|account| account.open).map(|account| account.label.clone());
    if open.as_deref() == Some(chosen) {
        model.say(Level::Hint, "This account is already open");
        return;
    }
    effects.push(match chosen {
        CONNECT => Effect::Connect(None),
        AGAIN => Effect::Connect(open),
        label => Effect::Switch(label.to_owned()),
    });
}
