//! The requests that edits would be, without sending any.

use crate::api::{Endpoint, Method};
use crate::domain::{ContactId, Edit, EditKind, LocationId, Target};
use crate::protocol::{Preview, Verb};

use crate::worker::attempt::{appointments, automation, contacts, notes, sets, tasks};

/// The request that carries an edit out; reads before and after it are not shown.
pub(in crate::worker) fn preview(edit: &Edit, location: &LocationId) -> Preview {
    let (contact, location) = (edit.contact.clone(), location.clone());
    match edit.what.clone() {
        EditKind::Contact(edit) => contacts::preview(location, contact, edit),
        EditKind::Tag(edit) => sets::preview_tags(contact, edit),
        EditKind::Follower(edit) => sets::preview_followers(contact, edit),
        EditKind::Business(edit) => sets::preview_business(location, contact, edit),
        EditKind::Automation(edit) => automation::preview(contact, edit),
        EditKind::Task(edit) => tasks::preview(contact, edit),
        EditKind::Note(edit) => notes::preview(contact, edit),
        EditKind::Appointment(edit) => appointments::preview(location, contact, edit),
    }
}

/// The id in the path of a request; a record that is not on the server yet goes by the edit that makes it.
pub(super) fn id<I>(target: &Target<I>, name: impl Fn(&I) -> &str) -> String {
    match target {
        Target::Known(id) => name(id).to_owned(),
        Target::MadeBy(edit) => ContactId::provisional(*edit).to_string(),
    }
}

pub(super) fn of<E: Endpoint>(endpoint: &E) -> Preview {
    let call = endpoint.call();
    let verb = match E::METHOD {
        Method::Get => Verb::Get,
        Method::Post => Verb::Post,
        Method::Put => Verb::Put,
        Method::Delete => Verb::Delete,
    };
    Preview { verb, path: call.path, body: call.body }
}
