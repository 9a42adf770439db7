//! The broker of the bearer token: hands it out, and gets a new one when the old one has run out.
//!
//! However many requests find at once that a token is no longer good, in however many processes, one refresh is made:
//! the requests of a process take turns and look at the generation, the processes take turns at a file lock and look
//! into the vault. What a refresh gives is saved before it is used, for the refresh token is good once. What cannot be
//! mended is remembered for its generation, so that the server is not asked again and again.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::CompanyId;
use crate::http::{self, BaseUrl};

use super::file::Lock;
use super::oauth::{self, OAuthError, Tokens};
use super::{Credentials, Key, Kind, Profile, Vault, VaultError};

/// Which of the tokens that followed one another this is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(u64);

/// The value of an Authorization header, and which token it carries.
#[derive(Clone, Debug)]
pub struct Bearer {
    pub header: HeaderValue,
    pub generation: Generation,
}

/// Hands out the bearer token; cheap to clone.
#[derive(Clone, Debug)]
pub struct TokenBroker {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Held while a new token is got.
    turn: tokio::sync::Mutex<()>,
    source: Option<Renewing>,
}

#[derive(Debug)]
struct State {
    bearer: Bearer,
    expires_at: Option<Timestamp>,
    /// So long before that a newer one is got.
    early: SignedDuration,
    /// As the server named them.
    scopes: Option<Vec<String>>,
    /// Why no token follows the one of this generation.
    ended: Option<(Generation, String)>,
}

/// What new tokens are got with.
#[derive(Clone, Debug)]
pub struct Renewing {
    pub vault: Vault,
    pub profile: Profile,
    pub http: http::Client,
    pub base: BaseUrl,
}

/// A token that no header can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token holds characters that no HTTP header can carry: copy it again, whole and without line breaks")]
pub struct UnusableToken;

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSignedIn {
    /// Somebody has to sign in again.
    #[error("{0}")]
    Ended(String),
    /// The cause may pass: no network, a server in trouble, a disk that is full.
    #[error("the token could not be renewed: {0}")]
    Passing(String),
}

/// A token is renewed so long before it runs out: no request shall find out in the middle of its work.
const EARLY: SignedDuration = SignedDuration::from_secs(120);

impl TokenBroker {
    /// A token that is what it is: it comes from the environment, or serves a test.
    pub fn fixed(token: &SecretString) -> Result<Self, UnusableToken> {
        let bearer = Bearer { header: header(token)?, generation: Generation::default() };
        Ok(Self::new(State { bearer, expires_at: None, early: EARLY, scopes: None, ended: None }, None))
    }

    /// The token of a profile, renewed as long as the server lets us. Waits for the disk.
    pub fn of_profile(source: Renewing) -> Result<Self, NotSignedIn> {
        let held = source.vault.get(&source.profile.key()).map_err(|error| passing(&error))?;
        let Some(held) = held else {
            let name = &source.profile.name;
            return Err(NotSignedIn::Ended(format!("the vault holds no token for the profile {name}")));
        };
        Ok(Self::new(State::of(&held).map_err(|error| NotSignedIn::Ended(error.to_string()))?, Some(source)))
    }

    fn new(state: State, source: Option<Renewing>) -> Self {
        Self { shared: Arc::new(Shared { state: Mutex::new(state), turn: tokio::sync::Mutex::default(), source }) }
    }

    /// The scopes that the token was given, where the server said so: a private one does not.
    pub fn scopes(&self) -> Option<Vec<String>> {
        self.state().scopes.clone()
    }

    /// When the token runs out; `None`: not by itself.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.state().expires_at
    }

    /// The value of the Authorization header, of a token that is good at `now` and a while longer.
    pub async fn bearer(&self, now: Timestamp) -> Result<Bearer, NotSignedIn> {
        let (bearer, worn, ended) = {
            let state = self.state();
            let worn = state.expires_at.is_some_and(|at| at.duration_since(now) < state.early);
            (state.bearer.clone(), worn, state.ended.clone().map(|(_, why)| why))
        };
        match (ended, worn) {
            // Somebody may have signed in again meanwhile, here or elsewhere.
            (Some(why), _) => self.adopt_newer().await.ok_or(NotSignedIn::Ended(why)),
            (None, false) => Ok(bearer),
            (None, true) => match self.renew(bearer.generation, now).await {
                // Until its last second the old one serves.
                Err(NotSignedIn::Passing(_)) if self.state().expires_at.is_some_and(|at| at > now) => Ok(bearer),
                renewed => renewed,
            },
        }
    }

    /// A token newer than the one of generation `seen`, which the server no longer accepts.
    pub async fn renew(&self, seen: Generation, now: Timestamp) -> Result<Bearer, NotSignedIn> {
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
                // One that lives for seconds would be renewed for every request.
                let lives = held.expires_at.map_or(SignedDuration::MAX, |at| at.duration_since(now));
                self.state().early = EARLY.min(lives / 4);
                Ok(bearer)
            }
            Err(NotSignedIn::Ended(why)) => {
                // A token that cannot be refreshed costs nothing to try again, and the server may have erred.
                if self.shared.source.as_ref().is_some_and(|source| source.profile.kind != Kind::Private) {
                    self.state().ended = Some((seen, why.clone()));
                }
                Err(NotSignedIn::Ended(why))
            }
            Err(passing) => Err(passing),
        }
    }

    /// What another process, or a sign-in, has put into the vault since.
    async fn adopt_newer(&self) -> Option<Bearer> {
        let source = self.shared.source.clone()?;
        let seen = self.state().bearer.generation;
        let held = source.held().await.ok().flatten()?;
        (Generation(held.generation) > seen).then(|| self.publish(&held).ok()).flatten()
    }

    fn publish(&self, held: &Credentials) -> Result<Bearer, NotSignedIn> {
        let state = State::of(held).map_err(|error| NotSignedIn::Ended(error.to_string()))?;
        let bearer = state.bearer.clone();
        *self.state() = state;
        Ok(bearer)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn of(held: &Credentials) -> Result<Self, UnusableToken> {
        let bearer = Bearer { header: header(&held.access)?, generation: Generation(held.generation) };
        let (expires_at, scopes) = (held.expires_at, held.scopes.clone());
        Ok(Self { bearer, expires_at, early: EARLY, scopes, ended: None })
    }
}

impl Renewing {
    /// What the vault holds, read where waiting does no harm.
    async fn held(&self) -> Result<Option<Credentials>, NotSignedIn> {
        self.read(self.profile.key()).await
    }

    async fn read(&self, key: Key) -> Result<Option<Credentials>, NotSignedIn> {
        let vault = self.vault.clone();
        blocking(move || vault.get(&key)).await
    }

    async fn write(&self, key: Key, held: Credentials) -> Result<Credentials, NotSignedIn> {
        let vault = self.vault.clone();
        blocking(move || vault.put(&key, held)).await
    }

    /// Gets a token newer than `seen`: one that another process has got, or one from the server.
    async fn renew(&self, seen: Generation, now: Timestamp) -> Result<Credentials, NotSignedIn> {
        let _lock = self.lock(&self.profile.key()).await?;
        let Some(held) = self.held().await? else {
            return Err(NotSignedIn::Ended("signed out: the vault holds no token any more".to_owned()));
        };
        if Generation(held.generation) > seen {
            return Ok(held);
        }
        let tokens = match &self.profile.kind {
            Kind::Private => {
                return Err(NotSignedIn::Ended("the private integration token was not accepted".to_owned()));
            }
            Kind::OAuth { .. } => self.refresh(&held, now).await?,
            Kind::Agency { company, .. } => self.by_agency(company, now).await?,
        };
        let fresh = Credentials::of_tokens(tokens, held.client_secret.clone());
        // The server may leave out what has not changed; the old refresh token is used up all the same.
        let fresh = Credentials { scopes: fresh.scopes.filter(|scopes| !scopes.is_empty()).or(held.scopes), ..fresh };
        self.write(self.profile.key(), fresh).await
    }

    async fn refresh(&self, held: &Credentials, now: Timestamp) -> Result<Tokens, NotSignedIn> {
        let lost = || NotSignedIn::Ended("the sign-in cannot be renewed".to_owned());
        let (refresh, secret) = held.refresh.as_ref().zip(held.client_secret.as_ref()).ok_or_else(lost)?;
        let app = self.profile.app_with(secret).ok_or_else(lost)?;
        oauth::refresh(&self.http, &self.base, &app, refresh, now).await.map_err(of_oauth)
    }

    /// The location's token for the agency's, which is refreshed first where it has run out.
    async fn by_agency(&self, company: &CompanyId, now: Timestamp) -> Result<Tokens, NotSignedIn> {
        let gone = || NotSignedIn::Ended("the vault holds no token of the agency any more".to_owned());
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

    async fn refreshed(&self, key: &Key, agency: &Credentials, now: Timestamp) -> Result<Credentials, NotSignedIn> {
        let tokens = self.refresh(agency, now).await?;
        let fresh = Credentials::of_tokens(tokens, agency.client_secret.clone());
        self.write(key.clone(), fresh).await
    }

    /// Others that want the same wait here: in this process and in others.
    async fn lock(&self, key: &Key) -> Result<Lock, NotSignedIn> {
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

/// A refusal is for good; everything else may pass.
fn of_oauth(error: OAuthError) -> NotSignedIn {
    match error {
        OAuthError::Refused { status: 429 | 500.., .. } | OAuthError::Transport(_) | OAuthError::Garbled(_) => {
            passing(&error)
        }
        OAuthError::Refused { words, .. } => NotSignedIn::Ended(format!("the sign-in has ended: {words}")),
        OAuthError::Unusable(error) => NotSignedIn::Ended(error.to_string()),
    }
}

/// The value of the Authorization header, which nothing prints.
pub(super) fn header(token: &SecretString) -> Result<HeaderValue, UnusableToken> {
    let mut header =
        HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim())).map_err(|_invalid| UnusableToken)?;
    header.set_sensitive(true);
    Ok(header)
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
        assert!(broker.bearer(Timestamp::UNIX_EPOCH).await.is_ok(), "the server may have erred");
    }
}
