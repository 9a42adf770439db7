//! The agency: its two locations and all their tokens.
//! It knows which location an id or a token belongs to; it must not know what an endpoint does.

use std::sync::Arc;

use super::{
    clock::Clock, grant::Grant, grant::Owner, oauth::Grants, state::LocationState, switches::Switches,
    tokens::PrivateTokens, webhook::WebhookEvent, world::World,
};

/// One of the agency's locations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhichLocation {
    /// The one that the options describe.
    Main,
    /// A smaller one. It costs almost nothing until somebody lists its contacts.
    Other,
}

pub(super) struct Agency {
    main: LocationState,
    other: LocationState,
    pub(super) grants: Grants,
    pub(super) private: PrivateTokens,
    /// The main location was deleted.
    pub(super) main_gone: bool,
}

impl Agency {
    pub(super) fn new(main: Arc<World>, clock: Clock, switches: Switches) -> Self {
        let other = Arc::new(World::other(&main));
        Self {
            grants: Grants::new(&main, &other),
            private: PrivateTokens::new(&main, &other),
            other: LocationState::new(other, clock, switches.clone()),
            main: LocationState::new(main, clock, switches),
            main_gone: false,
        }
    }

    pub(super) fn state(&self, place: WhichLocation) -> &LocationState {
        match place {
            WhichLocation::Main => &self.main,
            WhichLocation::Other => &self.other,
        }
    }

    pub(super) fn state_mut(&mut self, place: WhichLocation) -> &mut LocationState {
        match place {
            WhichLocation::Main => &mut self.main,
            WhichLocation::Other => &mut self.other,
        }
    }

    /// The changes since the last call, each with the id of its location.
    pub(super) fn take_news(&mut self) -> Vec<(String, WebhookEvent)> {
        let both = [&mut self.main, &mut self.other].into_iter();
        both.flat_map(|state| {
            let location = state.world.location_id.clone();
            state.take_news().into_iter().map(move |event| (location.clone(), event))
        })
        .collect()
    }

    pub(super) fn seed(&self) -> u64 {
        self.main.world.seed
    }

    pub(super) fn company_id(&self) -> &str {
        &self.main.world.company_id
    }

    /// The locations that exist.
    pub(super) fn places(&self) -> impl Iterator<Item = WhichLocation> {
        [WhichLocation::Main, WhichLocation::Other].into_iter().filter(|place| !self.is_gone(*place))
    }

    pub(super) fn is_gone(&self, place: WhichLocation) -> bool {
        self.main_gone && place == WhichLocation::Main
    }

    /// The location with this id, if it exists.
    pub(super) fn place(&self, id: &str) -> Option<WhichLocation> {
        self.places().find(|place| self.state(*place).world.location_id == id)
    }

    /// The owner with this id: an existing location, or the agency itself.
    pub(super) fn owner(&self, id: &str) -> Option<Owner> {
        if id == self.company_id() { Some(Owner::Company) } else { self.place(id).map(Owner::Location) }
    }

    /// What a token may do, if it is valid.
    pub(super) fn grant(&self, token: &str) -> Option<Grant> {
        let now = self.now_ms();
        self.private.of(token, now).or_else(|| self.grants.of(token, now))
    }

    /// Revokes a token. Returns whether it existed.
    pub(super) fn revoke(&mut self, token: &str) -> bool {
        self.private.revoke(token) || self.grants.revoke_access(token)
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.main.clock.now_ms()
    }

    pub(super) fn set_skew(&mut self, skew_ms: i64) {
        for state in [&mut self.main, &mut self.other] {
            state.clock.set_skew(skew_ms);
        }
    }

    /// The same for both locations.
    pub(super) fn switches(&self) -> &Switches {
        &self.main.switches
    }

    pub(super) fn set_switches(&mut self, switches: &Switches) {
        for state in [&mut self.main, &mut self.other] {
            state.switches.clone_from(switches);
        }
    }
}
