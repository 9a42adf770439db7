//! Private integration tokens: those that every sandbox starts with.
//! It owns which there are and what they may do; it must not know which endpoint asks.

use std::collections::HashMap;

use super::{
    agency::Place,
    grant::{Grant, Origin, Owner},
    handlers::READ_ONLY,
    world::World,
};

pub(super) struct PrivateTokens {
    tokens: HashMap<String, Grant>,
}

impl PrivateTokens {
    pub(super) fn new(main: &World, other: &World) -> Self {
        let of = |place, scopes| Grant { owner: Owner::Location(place), origin: Origin::Private, scopes };
        let reading = || Some(READ_ONLY.map(str::to_owned).to_vec());
        let all = [
            (&main.token, of(Place::Main, None)),
            (&main.read_only_token, of(Place::Main, reading())),
            (&other.token, of(Place::Other, None)),
            (&other.read_only_token, of(Place::Other, reading())),
        ];
        Self { tokens: all.into_iter().map(|(token, grant)| (token.clone(), grant)).collect() }
    }

    /// What a token may do.
    pub(super) fn of(&self, token: &str) -> Option<Grant> {
        self.tokens.get(token).cloned()
    }
}
