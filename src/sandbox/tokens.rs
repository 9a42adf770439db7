//! Private integration tokens: the initial ones, and those made on request.
//! It knows all tokens and what they may do; it must not know which endpoint asks.

use std::collections::HashMap;

use super::{
    agency::WhichLocation,
    grant::{Grant, Origin, Owner},
    handlers::READ_ONLY,
    ids::private_token,
    world::World,
};

pub(super) struct PrivateTokens {
    seed: u64,
    tokens: HashMap<String, PrivateToken>,
    made: u64,
}

struct PrivateToken {
    grant: Grant,
    /// Milliseconds since the epoch; real tokens live until they are rotated.
    expires: Option<i64>,
}

impl PrivateTokens {
    pub(super) fn new(main: &World, other: &World) -> Self {
        let of = |place, scopes| Grant { owner: Owner::Location(place), origin: Origin::Private, scopes };
        let reading = || Some(READ_ONLY.map(str::to_owned).to_vec());
        let all = [
            (&main.token, of(WhichLocation::Main, None)),
            (&main.read_only_token, of(WhichLocation::Main, reading())),
            (&other.token, of(WhichLocation::Other, None)),
            (&other.read_only_token, of(WhichLocation::Other, reading())),
        ];
        let tokens = all.map(|(token, grant)| (token.clone(), PrivateToken { grant, expires: None }));
        Self { seed: main.seed, tokens: tokens.into_iter().collect(), made: 0 }
    }

    /// What a token may do, while it is valid.
    pub(super) fn of(&self, token: &str, now: i64) -> Option<Grant> {
        let private = self.tokens.get(token)?;
        private.expires.is_none_or(|expires| expires > now).then(|| private.grant.clone())
    }

    pub(super) fn make(&mut self, grant: Grant, expires: Option<i64>) -> String {
        self.made += 1;
        let token = private_token(self.seed, &format!("ordered token {}", self.made));
        self.tokens.insert(token.clone(), PrivateToken { grant, expires });
        token
    }

    /// Revokes a token. Returns whether it existed.
    pub(super) fn revoke(&mut self, token: &str) -> bool {
        self.tokens.remove(token).is_some()
    }
}
