//! OAuth with the user's own app: the page, the answer from it, and the tokens.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::auth::oauth::{self, App, NotReturned, OAuthTokens, Returned, UserType};
use crate::auth::{Credentials, ProfileKind};
use crate::domain::{CompanyId, LocationId, Named, Scope};

use super::{ApiServer, Checked, NewAccount, SignInError, check};

/// The user's app, as registered in the marketplace.
#[derive(Clone, Debug)]
pub(in crate::app) struct AppForm {
    pub(in crate::app) app: App,
    pub(in crate::app) version: Option<String>,
    pub(in crate::app) scopes: Vec<Scope>,
}

/// A running sign-in by OAuth.
#[derive(Clone, Debug)]
pub(in crate::app) struct OAuthWalk {
    server: ApiServer,
    app: App,
    /// Comes back with the code, so that a code from elsewhere is not taken for ours.
    state: String,
    pub(in crate::app) url: Url,
}

/// What a code was exchanged for.
pub(in crate::app) enum Exchanged {
    /// One location's tokens.
    Location(Box<OAuthTokens>),
    /// The agency's tokens, and the locations they can be exchanged for.
    Agency { tokens: Box<OAuthTokens>, company: CompanyId, locations: Vec<Named<LocationId>> },
}

impl OAuthWalk {
    pub(in crate::app) fn begin(server: ApiServer, form: AppForm) -> Self {
        let AppForm { app, version, scopes } = form;
        let state = oauth::new_state();
        let url = oauth::authorise_url(&server.marketplace, &app, version.as_deref(), &scopes, &state);
        Self { server, app, state, url }
    }

    /// The registered redirect address.
    pub(in crate::app) fn redirect(&self) -> &str {
        &self.app.redirect_uri
    }

    /// Reads the answer that came back.
    pub(in crate::app) fn read(&self, text: &str) -> Result<Returned, NotReturned> {
        oauth::returned(text, &self.state)
    }

    /// Gets the tokens for a code.
    pub(in crate::app) async fn exchange(&self, code: &SecretString) -> Result<Exchanged, SignInError> {
        let ApiServer { base, http, .. } = &self.server;
        let code = code.expose_secret();
        let tokens = oauth::exchange(http, base, &self.app, code, UserType::Location, Timestamp::now()).await?;
        if tokens.user_type == UserType::Location {
            return Ok(Exchanged::Location(Box::new(tokens)));
        }
        let company = tokens.company.clone().ok_or(SignInError::Nameless("agency"))?;
        let app = oauth::app_id(&self.app.client_id);
        let locations = oauth::installed_locations(http, base, &tokens.access, &company, app).await?;
        if locations.is_empty() {
            return Err(SignInError::NoLocations);
        }
        Ok(Exchanged::Agency { tokens: Box::new(tokens), company, locations })
    }

    /// Checks one location's tokens; returns the account to store.
    pub(in crate::app) async fn of_location(&self, tokens: OAuthTokens) -> Result<NewAccount, SignInError> {
        let location = tokens.location.clone().ok_or(SignInError::Nameless("location"))?;
        let checked = self.check(location, &tokens).await?;
        let kind =
            ProfileKind::OAuth { client_id: self.app.client_id.clone(), redirect_uri: self.app.redirect_uri.clone() };
        let user = tokens.user.clone();
        let held = Credentials::of_tokens(tokens, Some(self.app.client_secret.clone()));
        Ok(NewAccount { name: None, checked, kind, held, agency: None, user })
    }

    /// Exchanges the agency's token for a location's and checks it; returns the account to store.
    pub(in crate::app) async fn of_agency(
        &self,
        agency: OAuthTokens,
        company: CompanyId,
        location: LocationId,
    ) -> Result<NewAccount, SignInError> {
        let ApiServer { base, http, .. } = &self.server;
        let now = Timestamp::now();
        let tokens = oauth::location_token(http, base, &agency.access, &company, &location, now).await?;
        let checked = self.check(location, &tokens).await?;
        let (client_id, redirect_uri) = (self.app.client_id.clone(), self.app.redirect_uri.clone());
        let kind = ProfileKind::Agency { client_id, redirect_uri, company };
        let user = tokens.user.clone().or_else(|| agency.user.clone());
        let agency = Some(Credentials::of_tokens(agency, Some(self.app.client_secret.clone())));
        Ok(NewAccount { name: None, checked, kind, held: Credentials::of_tokens(tokens, None), agency, user })
    }

    async fn check(&self, location: LocationId, tokens: &OAuthTokens) -> Result<Checked, SignInError> {
        let scopes = Some(tokens.scopes.as_slice()).filter(|scopes| !scopes.is_empty());
        check(&self.server, location, &tokens.access, scopes).await
    }
}
