//! Signing in, whoever asks for it: a token is checked against the server, the user's app is walked through, and what
//! comes of it is kept. Nothing is stored before it is known to work.

mod loopback;
mod walk;

use futures_util::future::join_all;
use secrecy::SecretString;
use url::Url;

use crate::api::{self, ApiError, Client, Urgency, endpoints::GetLocation, has_scope};
use crate::auth::oauth::{NotReturned, OAuthError};
use crate::auth::{Credentials, Kind, Profile, ProfileError, ProfileName, TokenBroker, UnusableToken, VaultError};
use crate::config::ConfigFile;
use crate::domain::{Access, LocationId, Scope, UserId};
use crate::http::{self, BaseUrl, BaseUrlError, BuildError};
use crate::worker;

use super::account::Accounts;
use super::wire::WRITE_TIMEOUT;

pub(super) use loopback::Loopback;
pub(super) use walk::{AppForm, Exchanged, Walk};

/// Where HighLevel is.
pub(super) const SERVER: &str = "https://services.leadconnectorhq.com";
const MARKETPLACE: &str = "https://marketplace.gohighlevel.com";

/// Why nobody is signed in. Never holds a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    #[error("the server's address: {0}")]
    Base(#[from] BaseUrlError),
    #[error("the marketplace's address is no address: {0}")]
    Marketplace(String),
    #[error(transparent)]
    Client(#[from] BuildError),
    #[error(transparent)]
    Token(#[from] UnusableToken),
    #[error("{}", said(.0))]
    Api(#[from] ApiError),
    #[error(
        "the token lacks the scope contacts.readonly, without which there is nothing to show: add it in HighLevel, \
         Settings › Private Integrations, and sign in again with the same token"
    )]
    NoContacts,
    #[error(transparent)]
    OAuth(#[from] OAuthError),
    #[error(transparent)]
    NotReturned(#[from] NotReturned),
    #[error("the agency's app is installed in no location: install it in one, and sign in again")]
    NoLocations,
    #[error("the agency has no location {0} with this app: leave out --location to see which there are")]
    UnknownLocation(String),
    #[error("the server did not say for which {0} the token is: sign in with a private integration token instead")]
    Nameless(&'static str),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

fn said(error: &ApiError) -> String {
    let failure = worker::words("sign in", error);
    let next = match error {
        ApiError::Retry { .. } | ApiError::Unclear { .. } => {
            "check the network and the server's address, and try again"
        }
        ApiError::SignedOut { .. } => "copy the token again, whole, or make a new one; nothing is stored",
        ApiError::WrongLocation { .. } => {
            "check the location's id: the token belongs to another one; nothing is stored"
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
    /// Whether it is the token, the app or the user who is refused.
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

/// Who is signed in to: the API, and the page where an app is allowed.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) base: BaseUrl,
    pub(super) marketplace: Url,
    http: http::Client,
}

impl Server {
    /// The named server, or else the configured one, or else HighLevel's.
    pub(super) fn new(named: Option<&str>, config: &ConfigFile) -> Result<Self, SignInError> {
        let base = BaseUrl::parse(named.or(config.server.as_deref()).unwrap_or(SERVER))?;
        // A sandbox serves the page itself.
        let here = base.is_loopback().then(|| base.to_string());
        let marketplace = config.marketplace.clone().or(here).unwrap_or_else(|| MARKETPLACE.to_owned());
        let marketplace = Url::parse(&marketplace).map_err(|error| SignInError::Marketplace(error.to_string()))?;
        let http = http::Client::new(&base)?;
        Ok(Self { base, marketplace, http })
    }
}

/// What is known of a token that works.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub(super) location: LocationId,
    /// Empty where the token may not know.
    pub(super) location_name: String,
    pub(super) access: Access,
}

/// Asks the server what a token may do for a location; `scopes` are those that it was given, where that was said.
pub(super) async fn check(
    server: &Server,
    location: LocationId,
    token: &SecretString,
    scopes: Option<&[String]>,
) -> Result<Checked, SignInError> {
    let options = api::Options {
        base: server.base.clone(),
        location: location.clone(),
        read_only: false,
        write_timeout: WRITE_TIMEOUT,
    };
    let client = Client::new(options, server.http.clone(), TokenBroker::fixed(token)?);
    let access = Access::READ_WRITE;
    let access = scopes.map_or(access, |scopes| access.of_token(scopes.iter().map(String::as_str)));
    check_client(&client, access).await
}

/// Asks the server what a client may do, as far as that is not known yet.
pub(super) async fn check_client(client: &Client, known: Access) -> Result<Checked, SignInError> {
    // The one that everything needs goes first: what is wrong with the token shows here.
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

/// Everything that a sign-in leaves behind.
pub(super) struct Keep {
    pub(super) name: Option<ProfileName>,
    pub(super) checked: Checked,
    pub(super) kind: Kind,
    pub(super) held: Credentials,
    /// The agency's own tokens, where the location's came from them.
    pub(super) agency: Option<Credentials>,
    pub(super) user: Option<UserId>,
}

/// Keeps an account: first its secrets, then its profile, so that no profile is without its token.
pub(super) fn keep(accounts: &Accounts, server: &Server, keep: Keep) -> Result<Profile, SignInError> {
    let Keep { name, checked, kind, held, agency, user } = keep;
    let wanted = name.or_else(|| ProfileName::after(&checked.location_name));
    let wanted = wanted.or_else(|| ProfileName::after(checked.location.as_str()));
    let wanted = wanted.unwrap_or_else(|| ProfileName::after("account").expect("it is a name"));
    let name = accounts.profiles.free_name(&wanted, &checked.location)?;
    // What was set by hand stays.
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
