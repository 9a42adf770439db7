//! The way through the user's own app: the page, what comes back from it, and the tokens for that.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::auth::oauth::{self, App, NotReturned, Returned, Tokens, UserType};
use crate::auth::{Credentials, Kind};
use crate::domain::{CompanyId, LocationId, Named, Scope};

use super::{Checked, Keep, Server, SignInError, check};

/// What has to be known of the app.
#[derive(Clone, Debug)]
pub(in crate::app) struct AppForm {
    pub(in crate::app) app: App,
    pub(in crate::app) version: Option<String>,
    pub(in crate::app) scopes: Vec<Scope>,
}

/// A sign-in by OAuth that has begun.
#[derive(Clone, Debug)]
pub(in crate::app) struct Walk {
    server: Server,
    app: App,
    /// Comes back with the code, so that nobody else's code is taken for ours.
    state: String,
    pub(in crate::app) url: Url,
}

/// What a code was good for.
pub(in crate::app) enum Exchanged {
    /// One location's tokens.
    Location(Box<Tokens>),
    /// The agency's, and the locations that it can be exchanged for.
    Agency { tokens: Box<Tokens>, company: CompanyId, locations: Vec<Named<LocationId>> },
}

impl Walk {
    pub(in crate::app) fn begin(server: Server, form: AppForm) -> Self {
        let AppForm { app, version, scopes } = form;
        let state = oauth::new_state();
        let url = oauth::authorise_url(&server.marketplace, &app, version.as_deref(), &scopes, &state);
        Self { server, app, state, url }
    }

    /// The redirect address, as it is registered.
    pub(in crate::app) fn redirect(&self) -> &str {
        &self.app.redirect_uri
    }

    /// Reads what came back.
    pub(in crate::app) fn read(&self, text: &str) -> Result<Returned, NotReturned> {
        oauth::returned(text, &self.state)
    }

    /// Gets the tokens for a code.
    pub(in crate::app) async fn exchange(&self, code: &SecretString) -> Result<Exchanged, SignInError> {
        let Server { base, http, .. } = &self.server;
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

    /// Checks one location's tokens; what is to be kept of them.
    pub(in crate::app) async fn of_location(&self, tokens: Tokens) -> Result<Keep, SignInError> {
        let location = tokens.location.clone().ok_or(SignInError::Nameless("location"))?;
        let checked = self.check(location, &tokens).await?;
        let kind = Kind::OAuth { client_id: self.app.client_id.clone(), redirect_uri: self.app.redirect_uri.clone() };
        let user = tokens.user.clone();
        let held = Credentials::of_tokens(tokens, Some(self.app.client_secret.clone()));
        Ok(Keep { name: None, checked, kind, held, agency: None, user })
    }

    /// Exchanges the agency's token for a location's, and checks it; what is to be kept of both.
    pub(in crate::app) async fn of_agency(
        &self,
        agency: Tokens,
        company: CompanyId,
        location: LocationId,
    ) -> Result<Keep, SignInError> {
        let Server { base, http, .. } = &self.server;
        let now = Timestamp::now();
        let tokens = oauth::location_token(http, base, &agency.access, &company, &location, now).await?;
        let checked = self.check(location, &tokens).await?;
        let (client_id, redirect_uri) = (self.app.client_id.clone(), self.app.redirect_uri.clone());
        let kind = Kind::Agency { client_id, redirect_uri, company };
        let user = tokens.user.clone().or_else(|| agency.user.clone());
        let agency = Some(Credentials::of_tokens(agency, Some(self.app.client_secret.clone())));
        Ok(Keep { name: None, checked, kind, held: Credentials::of_tokens(tokens, None), agency, user })
    }

    async fn check(&self, location: LocationId, tokens: &Tokens) -> Result<Checked, SignInError> {
        let scopes = Some(tokens.scopes.as_slice()).filter(|scopes| !scopes.is_empty());
        check(&self.server, location, &tokens.access, scopes).await
    }
}
