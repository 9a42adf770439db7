//! The request that a preview shows, without sending it. Knows no kind of edit.

use crate::api::{Endpoint, Method};
use crate::domain::{ContactId, Target};
use crate::protocol::{Preview, Verb};

/// The ID in a request's path; a record that is not on the server yet goes by the edit that creates it.
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
