//! What a token may do: whose it is, how it was got, which scopes it has.

use super::agency::WhichLocation;

/// The owner of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Location(WhichLocation),
    Company,
}

/// How a token was made; the wording of refusals depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Made by hand in the settings.
    Private,
    /// Given to the app by signing in.
    App,
}

#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) owner: Owner,
    pub(super) origin: Origin,
    /// `None`: everything, as a private token with all scopes.
    pub(super) scopes: Option<Vec<String>>,
}

impl Grant {
    pub(super) fn allows(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|granted| granted == scope))
    }

    /// Who pays for a call with this token: the limit is per app and location, however many tokens the app has there. A
    /// private token counts as its own app.
    pub(super) fn payer(&self, token: &str) -> String {
        match self.origin {
            Origin::Private => token.to_owned(),
            Origin::App => format!("{:?}", self.owner),
        }
    }
}
