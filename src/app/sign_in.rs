//! Signing in, for the command and the dashboard alike: checks a token against the server, or goes through OAuth with
//! the user's own app, and stores the account. Nothing is stored before it is known to work.

mod loopback;
mod walk;

use futures_util::future::join_all;
use secrecy::SecretString;
use url::Url;

use crate::api::{self, ApiClient, ApiError, Passing, Urgency, endpoints::GetLocation, has_scope};
use crate::auth::oauth::{NotReturned, OAuthError};
use crate::auth::{
    Credentials, Profile, ProfileError, ProfileKind, ProfileName, TokenBroker, UnusableToken, VaultError,
};
use crate::config::ConfigFile;
use crate::domain::{Access, LocationId, Scope, UserId};
use crate::http::{self, BaseUrl, BaseUrlError, BuildError};
use crate::worker;

use super::account::Accounts;
use super::wire::WRITE_TIMEOUT;

pub(super) use loopback::Loopback;
pub(super) use walk::{AppForm, Exchanged, OAuthWalk};

/// HighLevel's API server.
pub(super) const SERVER: &str = "https://services.leadconnectorhq.com";
const MARKETPLACE: &str = "https://marketplace.gohighlevel.com";

/// Why a sign-in failed. Never holds a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    #[error("the server's address: {0}")]
    Base(#[from] BaseUrlError),
    #[error("the marketplace's address is not an address: {0}")]
    Marketplace(String),
    #[error(transparent)]
    Client(#[from] BuildError),
    #[error(transparent)]
    Token(#[from] UnusableToken),
    #[error("{}", said(.0))]
    Api(#[from] ApiError),
    #[error(
        "the token lacks the scope contacts.readonly, and without it there is nothing to show: add it in HighLevel, \
         Settings › Private Integrations, and sign in again with the same token"
    )]
    NoContacts,
    #[error(transparent)]
    OAuth(#[from] OAuthError),
    #[error(transparent)]
    NotReturned(#[from] NotReturned),
    #[error("the agency's app is not installed in any location: install it in one, and sign in again")]
    NoLocations,
    #[error("the agency has no location {0} with this app: leave out --location to see a list")]
    UnknownLocation(String),
    #[error("the server did not name the {0} of the token: sign in with a private integration token instead")]
    Nameless(&'static str),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

fn said(error: &ApiError) -> String {
    let failure = worker::words("sign in", error);
    let next = match error {
        ApiError::Retry { cause: Passing::Network, .. } => "check the network and the server's address, then retry",
        ApiError::SignedOut { .. } => "copy the whole token again, or create a new one; nothing was stored",
        ApiError::WrongLocation { .. } => {
            "check the location id: the token belongs to another location; nothing was stored"
        }
        _ => &failure.next,
    };
    if next.is_empty() { failure.why } else { format!("{}; {next}", failure.why) }
}

impl SignInError {
    /// Whether there was no network.
    pub(super) fn is_network(&self) -> bool {
        matches!(
            self,
            Self::Api(ApiError::Retry { .. } | ApiError::Unclear { .. }) | Self::OAuth(OAuthError::Transport(_))
        )
    }
}

impl SignInError {
    /// Whether the server refused the token, the app or the user.
    pub(super) fn is_about_access(&self) -> bool {
        match self {
            Self::Token(_)
            | Self::Api(_)
            | Self::NoContacts
            | Self::OAuth(_)
            | Self::NotReturned(_)
            | Self::NoLocations
            | Self::UnknownLocation(_)
            | Self::Nameless(_) => true,
            Self::Base(_) | Self::Marketplace(_) | Self::Client(_) | Self::Profile(_) | Self::Vault(_) => false,
        }
    }
}

/// The server to sign in to: the API, and the marketplace page that authorizes an app.
#[derive(Clone, Debug)]
pub(super) struct ApiServer {
    pub(super) base: BaseUrl,
    pub(super) marketplace: Url,
    http: http::HttpClient,
}

impl ApiServer {
    /// The given server, or else the configured one, or else HighLevel's.
    pub(super) fn new(named: Option<&str>, config: &ConfigFile) -> Result<Self, SignInError> {
        let base = BaseUrl::parse(named.or(config.server.as_deref()).unwrap_or(SERVER))?;
        // A sandbox serves the marketplace page too.
        let here = base.is_loopback().then(|| base.to_string());
        let marketplace = config.marketplace.clone().or(here).unwrap_or_else(|| MARKETPLACE.to_owned());
        let marketplace = Url::parse(&marketplace).map_err(|error| SignInError::Marketplace(error.to_string()))?;
        let http = http::HttpClient::new(&base)?;
        Ok(Self { base, marketplace, http })
    }
}

/// What a working token reveals.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub(super) location: LocationId,
    /// Empty if the token may not read it.
    pub(super) location_name: String,
    pub(super) access: Access,
}

/// Asks the server what a token may do at a location; `scopes` are its scopes, if the sign-in named them.
pub(super) async fn check(
    server: &ApiServer,
    location: LocationId,
    token: &SecretString,
    scopes: Option<&[String]>,
) -> Result<Checked, SignInError> {
    let options = api::ClientOptions {
        base: server.base.clone(),
        location: location.clone(),
        read_only: false,
        write_timeout: WRITE_TIMEOUT,
    };
    let client = ApiClient::new(options, server.http.clone(), TokenBroker::fixed(token)?);
    let access = Access::READ_WRITE;
    let access = scopes.map_or(access, |scopes| access.of_token(scopes.iter().map(String::as_str)));
    check_client(&client, access).await
}

/// Asks the server for the scopes that are not known yet.
pub(super) async fn check_client(client: &ApiClient, known: Access) -> Result<Checked, SignInError> {
    // The scope that everything needs goes first: a bad token shows here.
    if has_scope(client, Scope::ContactsReadonly, Urgency::User).await? == Some(false) {
        return Err(SignInError::NoContacts);
    }
    let mut access = known.having(Scope::ContactsReadonly);
    let asked = Scope::FEATURES.iter().map(|(scope, _)| *scope);
    let asked = asked.filter(|scope| access.knows(*scope).is_none() && !(access.is_by_choice() && scope.writes()));
    let answers = asked.map(|scope| async move { (scope, has_scope(client, scope, Urgency::User).await) });
    for (scope, answer) in join_all(answers).await {
        access = match answer? {
            Some(true) => access.having(scope),
            Some(false) => access.lacking(scope),
            None => access,
        };
    }
    let location = client.location().clone();
    let location_name = match client.call(&GetLocation { location: location.clone() }, Urgency::User).await {
        Ok(head) => head.name,
        Err(ApiError::MissingScope { .. }) => String::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(Checked { location, location_name, access })
}

/// Everything that a sign-in stores.
pub(super) struct NewAccount {
    pub(super) name: Option<ProfileName>,
    pub(super) checked: Checked,
    pub(super) kind: ProfileKind,
    pub(super) held: Credentials,
    /// The agency's own tokens, if the location's came from them.
    pub(super) agency: Option<Credentials>,
    pub(super) user: Option<UserId>,
}

/// Stores an account: first its secrets, then its profile, so that no profile lacks its token.
pub(super) fn keep(accounts: &Accounts, server: &ApiServer, keep: NewAccount) -> Result<Profile, SignInError> {
    let NewAccount { name, checked, kind, held, agency, user } = keep;
    let wanted = name.or_else(|| ProfileName::after(&checked.location_name));
    let wanted = wanted.or_else(|| ProfileName::after(checked.location.as_str()));
    let wanted = wanted.unwrap_or_else(|| ProfileName::after("account").expect("it is a name"));
    let name = accounts.profiles.free_name(&wanted, &checked.location)?;
    // Settings made by hand stay.
    let web_host =
        accounts.profiles.all()?.into_iter().find(|known| known.name == name).and_then(|known| known.web_host);
    let profile = Profile {
        name,
        location: checked.location,
        location_name: checked.location_name,
        base_url: server.base.to_string(),
        web_host,
        kind,
        user,
    };
    if let (Some(key), Some(agency)) = (profile.agency_key(), agency) {
        accounts.vault.put(&key, agency)?;
    }
    accounts.vault.put(&profile.key(), held)?;
    accounts.profiles.put(profile.clone())?;
    Ok(profile)
}
