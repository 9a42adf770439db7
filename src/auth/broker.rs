//! The broker of the bearer token: hands it out, and renews it when it expires.
//!
//! However many requests find at once that a token has expired, in however many processes, there is one refresh: the
//! requests of a process take turns and compare generations, and the processes take turns at a file lock and look
//! into the vault. New tokens are saved before they are used, because a refresh token works only once. A permanent
//! failure is remembered for its generation, so that the server is not asked again and again.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
use secrecy::SecretString;

use crate::domain::CompanyId;
use crate::http::{self, BaseUrl};

use super::bearer::{UnusableToken, header};
use super::file::Lock;
use super::oauth::{self, OAuthError, OAuthTokens};
use super::{Credentials, Profile, ProfileKind, Vault, VaultError, VaultKey};

/// The number of a token in the sequence of renewals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenGeneration(u64);

/// The value of an Authorization header, and the generation of its token.
#[derive(Clone, Debug)]
pub struct Bearer {
    pub header: HeaderValue,
    pub generation: TokenGeneration,
}

/// Hands out the bearer token; cheap to clone.
#[derive(Clone, Debug)]
pub struct TokenBroker {
    shared: Arc<BrokerShared>,
}

#[derive(Debug)]
struct BrokerShared {
    state: Mutex<BrokerState>,
    /// Held during a renewal.
    turn: tokio::sync::Mutex<()>,
    source: Option<Renewing>,
}

#[derive(Debug)]
struct BrokerState {
    bearer: Bearer,
    expires_at: Option<Timestamp>,
    /// How long before expiry the token is renewed.
    early: SignedDuration,
    /// The scopes that the server named.
    scopes: Option<Vec<String>>,
    /// Why the token of this generation cannot be renewed.
    ended: Option<(TokenGeneration, String)>,
}

/// Everything needed to renew a token.
#[derive(Clone, Debug)]
pub struct Renewing {
    pub vault: Vault,
    pub profile: Profile,
    pub http: http::HttpClient,
    pub base: BaseUrl,
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSignedIn {
    /// The user has to sign in again.
    #[error("{0}")]
    Ended(String),
    /// The cause may pass: no network, a server problem, a full disk.
    #[error("the token could not be renewed: {0}")]
    Passing(String),
}

/// How long before expiry a token is renewed, so that no request finds it expired.
const EARLY: SignedDuration = SignedDuration::from_secs(120);

impl TokenBroker {
    /// A fixed token: from the environment, or for a test.
    pub fn fixed(token: &SecretString) -> Result<Self, UnusableToken> {
        let bearer = Bearer { header: header(token)?, generation: TokenGeneration::default() };
        Ok(Self::new(BrokerState { bearer, expires_at: None, early: EARLY, scopes: None, ended: None }, None))
    }

    /// The token of a profile, renewed as long as the server allows. Blocks on the disk.
    pub fn of_profile(source: Renewing) -> Result<Self, NotSignedIn> {
        let held = source.vault.get(&source.profile.key()).map_err(|error| passing(&error))?;
        let Some(held) = held else {
            let name = &source.profile.name;
            return Err(NotSignedIn::Ended(format!("the vault has no token for the profile {name}")));
        };
        Ok(Self::new(BrokerState::of(&held).map_err(|error| NotSignedIn::Ended(error.to_string()))?, Some(source)))
    }

    fn new(state: BrokerState, source: Option<Renewing>) -> Self {
        Self {
            shared: Arc::new(BrokerShared { state: Mutex::new(state), turn: tokio::sync::Mutex::default(), source }),
        }
    }

    /// The token's scopes, if the server named them; it does not for a private token.
    pub fn scopes(&self) -> Option<Vec<String>> {
        self.state().scopes.clone()
    }

    /// When the token expires; `None`: never.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.state().expires_at
    }

    /// The bearer of a token that is valid at `now` and a while longer.
    pub async fn bearer(&self, now: Timestamp) -> Result<Bearer, NotSignedIn> {
        let (bearer, worn, ended) = {
            let state = self.state();
            let worn = state.expires_at.is_some_and(|at| at.duration_since(now) < state.early);
            (state.bearer.clone(), worn, state.ended.clone().map(|(_, why)| why))
        };
        match (ended, worn) {
            // The user may have signed in again meanwhile, here or in another process.
            (Some(why), _) => self.adopt_newer().await.ok_or(NotSignedIn::Ended(why)),
            (None, false) => Ok(bearer),
            (None, true) => match self.renew(bearer.generation, now).await {
                // Until its last second the old one works.
                Err(NotSignedIn::Passing(_)) if self.state().expires_at.is_some_and(|at| at > now) => Ok(bearer),
                renewed => renewed,
            },
        }
    }

    /// A token newer than generation `seen`, which the server no longer accepts.
    pub async fn renew(&self, seen: TokenGeneration, now: Timestamp) -> Result<Bearer, NotSignedIn> {
        let _turn = self.shared.turn.lock().await;
        {
            let state = self.state();
            if state.bearer.generation > seen {
                return Ok(state.bearer.clone());
            }
        }
        if let Some(newer) = self.adopt_newer().await {
            return Ok(newer);
        }
        if let Some((generation, why)) = self.state().ended.clone()
            && generation == seen
        {
            return Err(NotSignedIn::Ended(why));
        }
        let renewed = match &self.shared.source {
            None => Err(NotSignedIn::Ended("the token was not accepted".to_owned())),
            Some(source) => source.renew(seen, now).await,
        };
        match renewed {
            Ok(held) => {
                let bearer = self.publish(&held)?;
                // A token that lives for seconds would be renewed for every request.
                let lives = held.expires_at.map_or(SignedDuration::MAX, |at| at.duration_since(now));
                self.state().early = EARLY.min(lives / 4);
                Ok(bearer)
            }
            Err(NotSignedIn::Ended(why)) => {
                // Trying a token without a refresh again costs nothing, and the server may have been wrong.
                if self.shared.source.as_ref().is_some_and(|source| source.profile.kind != ProfileKind::Private) {
                    self.state().ended = Some((seen, why.clone()));
                }
                Err(NotSignedIn::Ended(why))
            }
            Err(passing) => Err(passing),
        }
    }

    /// Takes over tokens that another process or a sign-in has put into the vault since.
    async fn adopt_newer(&self) -> Option<Bearer> {
        let source = self.shared.source.clone()?;
        let seen = self.state().bearer.generation;
        let held = source.held().await.ok().flatten()?;
        (TokenGeneration(held.generation) > seen).then(|| self.publish(&held).ok()).flatten()
    }

    fn publish(&self, held: &Credentials) -> Result<Bearer, NotSignedIn> {
        let state = BrokerState::of(held).map_err(|error| NotSignedIn::Ended(error.to_string()))?;
        let bearer = state.bearer.clone();
        *self.state() = state;
        Ok(bearer)
    }

    fn state(&self) -> MutexGuard<'_, BrokerState> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BrokerState {
    fn of(held: &Credentials) -> Result<Self, UnusableToken> {
        let bearer = Bearer { header: header(&held.access)?, generation: TokenGeneration(held.generation) };
        let (expires_at, scopes) = (held.expires_at, held.scopes.clone());
        Ok(Self { bearer, expires_at, early: EARLY, scopes, ended: None })
    }
}

impl Renewing {
    /// Reads the vault on a thread that may block.
    async fn held(&self) -> Result<Option<Credentials>, NotSignedIn> {
        self.read(self.profile.key()).await
    }

    async fn read(&self, key: VaultKey) -> Result<Option<Credentials>, NotSignedIn> {
        let vault = self.vault.clone();
        blocking(move || vault.get(&key)).await
    }

    async fn write(&self, key: VaultKey, held: Credentials) -> Result<Credentials, NotSignedIn> {
        let vault = self.vault.clone();
        blocking(move || vault.put(&key, held)).await
    }

    /// Gets a token newer than `seen`, from the vault if another process renewed it, or else from the server.
    async fn renew(&self, seen: TokenGeneration, now: Timestamp) -> Result<Credentials, NotSignedIn> {
        let _lock = self.lock(&self.profile.key()).await?;
        let Some(held) = self.held().await? else {
            return Err(NotSignedIn::Ended("signed out: the vault has no token any more".to_owned()));
        };
        if TokenGeneration(held.generation) > seen {
            return Ok(held);
        }
        let tokens = match &self.profile.kind {
            ProfileKind::Private => {
                return Err(NotSignedIn::Ended("the private integration token was not accepted".to_owned()));
            }
            ProfileKind::OAuth { .. } => self.refresh(&held, now).await?,
            ProfileKind::Agency { company, .. } => self.by_agency(company, now).await?,
        };
        let fresh = Credentials::of_tokens(tokens, held.client_secret.clone());
        // The server may leave out unchanged values; the old refresh token is used up anyway.
        let fresh = Credentials { scopes: fresh.scopes.filter(|scopes| !scopes.is_empty()).or(held.scopes), ..fresh };
        self.write(self.profile.key(), fresh).await
    }

    async fn refresh(&self, held: &Credentials, now: Timestamp) -> Result<OAuthTokens, NotSignedIn> {
        let lost = || NotSignedIn::Ended("the sign-in cannot be renewed".to_owned());
        let (refresh, secret) = held.refresh.as_ref().zip(held.client_secret.as_ref()).ok_or_else(lost)?;
        let app = self.profile.app_with(secret).ok_or_else(lost)?;
        oauth::refresh(&self.http, &self.base, &app, refresh, now).await.map_err(of_oauth)
    }

    /// Exchanges the agency's token for the location's, after a refresh if it has expired.
    async fn by_agency(&self, company: &CompanyId, now: Timestamp) -> Result<OAuthTokens, NotSignedIn> {
        let gone = || NotSignedIn::Ended("the vault has no agency token any more".to_owned());
        let key = self.profile.agency_key().ok_or_else(gone)?;
        let _lock = self.lock(&key).await?;
        let mut agency = self.read(key.clone()).await?.ok_or_else(gone)?;
        let mut fresh = false;
        loop {
            let worn = agency.expires_at.is_some_and(|at| at.duration_since(now) < EARLY);
            if worn && !fresh {
                agency = self.refreshed(&key, &agency, now).await?;
                fresh = true;
            }
            let location = &self.profile.location;
            let exchanged = oauth::location_token(&self.http, &self.base, &agency.access, company, location, now).await;
            match exchanged {
                Err(OAuthError::Refused { status: 401, .. }) if !fresh => {
                    agency = self.refreshed(&key, &agency, now).await?;
                    fresh = true;
                }
                other => return other.map_err(of_oauth),
            }
        }
    }

    async fn refreshed(
        &self,
        key: &VaultKey,
        agency: &Credentials,
        now: Timestamp,
    ) -> Result<Credentials, NotSignedIn> {
        let tokens = self.refresh(agency, now).await?;
        let fresh = Credentials::of_tokens(tokens, agency.client_secret.clone());
        self.write(key.clone(), fresh).await
    }

    /// Makes other renewals wait, in this process and in others.
    async fn lock(&self, key: &VaultKey) -> Result<Lock, NotSignedIn> {
        let path: PathBuf = self.vault.folder().join(format!("renew-{}.lock", key.file_name()));
        Lock::take(&path).await.map_err(|error| passing(&error))
    }
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, NotSignedIn> {
    match tokio::task::spawn_blocking(act).await {
        Ok(result) => result.map_err(|error| passing(&error)),
        Err(error) => Err(passing(&error)),
    }
}

fn passing(error: &dyn std::error::Error) -> NotSignedIn {
    NotSignedIn::Passing(error.to_string())
}

/// A refusal is permanent; every other failure may pass.
fn of_oauth(error: OAuthError) -> NotSignedIn {
    match error {
        OAuthError::Refused { status: 429 | 500.., .. } | OAuthError::Transport(_) | OAuthError::Garbled(_) => {
            passing(&error)
        }
        OAuthError::Refused { words, .. } => NotSignedIn::Ended(format!("the sign-in has ended: {words}")),
        OAuthError::Unusable(error) => NotSignedIn::Ended(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_is_never_printed_and_a_fixed_one_ends() {
        let broker = TokenBroker::fixed(&SecretString::from("pit-very-secret")).expect("a fine token");
        let bearer = broker.bearer(Timestamp::UNIX_EPOCH).await.expect("it is there");
        assert!(!format!("{broker:?} {bearer:?}").contains("very-secret"));
        assert!(TokenBroker::fixed(&SecretString::from("two\nlines")).is_err());
        let error = broker.renew(bearer.generation, Timestamp::UNIX_EPOCH).await.expect_err("there is no other");
        assert_eq!(error, NotSignedIn::Ended("the token was not accepted".to_owned()));
        assert!(broker.bearer(Timestamp::UNIX_EPOCH).await.is_ok(), "the server may have been wrong");
    }
}
