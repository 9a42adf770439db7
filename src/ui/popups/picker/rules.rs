//! What there is to choose from.

use std::collections::BTreeSet;

use crate::domain::{User, UserId};
use crate::protocol::Choice;
use crate::query::Column;
use crate::text;

use crate::ui::model::{AccountRow, Model, Screen};
use crate::ui::popups::picker::state::PickedFor;

/// Nobody: takes an owner or a business away.
pub(crate) const NONE: &str = "";
/// No one user.
pub(crate) const ANYONE: &str = "\u{0}anyone";
/// Signs in to another account.
pub(crate) const CONNECT: &str = "\u{0}connect";
/// Signs in to the open one again.
pub(crate) const AGAIN: &str = "\u{0}again";

fn clean(text: &str) -> String {
    text::clean(text).into_owned()
}

fn none(name: &str) -> Choice {
    Choice { id: NONE.to_owned(), name: name.to_owned() }
}

fn tag(tag: &str) -> Choice {
    Choice { id: tag.to_owned(), name: clean(tag) }
}

/// The tags of the location, and those that were chosen already.
pub(crate) fn tags(model: &Model, picked_for: &PickedFor) -> Vec<Choice> {
    let others = picked_for.before.iter().filter(|tag| !model.location.tags.contains(tag));
    model.location.tags.iter().chain(others).map(|one| tag(one)).collect()
}

/// The tags that any of the contacts has.
pub(crate) fn held_tags(model: &Model, picked_for: &PickedFor) -> Vec<Choice> {
    let roster = &model.listing.latest;
    let rows = picked_for.contacts.iter().filter_map(|contact| roster.find(contact)).map(|ix| roster.get(ix));
    let mut held: Vec<String> = rows.flat_map(|row| row.tags().map(str::to_owned).collect::<Vec<_>>()).collect();
    held.sort();
    held.dedup();
    held.iter().map(|one| tag(one)).collect()
}

/// The users of the location; ourselves first, for we are chosen most often.
pub(crate) fn users(model: &Model, _: &PickedFor) -> Vec<Choice> {
    let is_me = |user: &&User| model.me.as_ref() == Some(&user.id);
    let (me, others): (Vec<&User>, Vec<&User>) = model.location.users.iter().partition(is_me);
    let name = |user: &User| clean(&user.name) + if is_me(&user) { " (me)" } else { "" };
    let line = |user: &User| Choice { id: user.id.as_str().to_owned(), name: name(user) };
    me.into_iter().chain(others).map(line).collect()
}

/// The users, or nobody.
pub(crate) fn owners(model: &Model, picked_for: &PickedFor) -> Vec<Choice> {
    users(model, picked_for).into_iter().chain([none("nobody")]).collect()
}

/// Everybody, and all who have tasks: somebody who is no user any more may have some still.
pub(crate) fn owners_of_tasks(model: &Model, picked_for: &PickedFor) -> Vec<Choice> {
    let of_appointments = model.agenda.owners().filter(|_| model.screen == Screen::Agenda);
    let owners: BTreeSet<&UserId> = model.open_tasks.owners().chain(of_appointments).collect();
    let others = owners.into_iter().filter(|id| model.location.user(id).is_none());
    let others = others.map(|id| Choice { id: id.as_str().to_owned(), name: clean(id.as_str()) });
    let everybody = Choice { id: ANYONE.to_owned(), name: "everybody".to_owned() };
    let known = users(model, picked_for);
    [everybody].into_iter().chain(known).chain(others).chain([none("nobody")]).collect()
}

pub(crate) fn no_business(_: &Model, _: &PickedFor) -> Vec<Choice> {
    vec![none("no business")]
}

pub(crate) fn all_campaigns(_: &Model, _: &PickedFor) -> Vec<Choice> {
    vec![none("all campaigns")]
}

/// Who we may be.
pub(crate) fn candidates(model: &Model, picked_for: &PickedFor) -> Vec<Choice> {
    users(model, picked_for).into_iter().chain([none("none of these")]).collect()
}

/// The accounts that can be opened, and the ways to get at others.
pub(crate) fn accounts(model: &Model, _: &PickedFor) -> Vec<Choice> {
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

/// The columns to choose from, with what they are sorted by already.
pub(crate) fn columns(model: &Model, _: &PickedFor) -> Vec<Choice> {
    let line = |column: Column| {
        let place = match model.listing.sort.of(column) {
            Some((by, is_second)) => format!("  {} {}", by.arrow(), if is_second { "second" } else { "first" }),
            None => String::new(),
        };
        Choice { id: column.name().to_owned(), name: column.label().to_owned() + &place }
    };
    Column::ALL.into_iter().map(line).collect()
}
