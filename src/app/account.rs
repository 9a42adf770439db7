//! Accounts: lists them, picks the one to use, and opens it.

use secrecy::SecretString;

use crate::api::{self, ApiClient};
use crate::auth::{Profile, Profiles, Renewing, TokenBroker, Vault};
use crate::cli::args::Global;
use crate::config::environment::{self, EnvironmentError, EnvironmentProfile};
use crate::config::paths::Folders;
use crate::config::{ConfigFile, origin};
use crate::domain::{Access, LocationId, UserId};
use crate::http::{self, BaseUrl};
use crate::sandbox::Running;

use super::wire::{self, WireError};

/// One account: a location on a server, and its token.
#[derive(Clone)]
pub(super) struct Account {
    /// Its name in the list of accounts.
    pub(super) label: String,
    pub(super) base: BaseUrl,
    pub(super) location: LocationId,
    /// The user who signed in, if the server named one.
    pub(super) user: Option<UserId>,
    pub(super) web_host: Option<String>,
    token: TokenSource,
}

/// Where an account's token comes from.
#[derive(Clone)]
enum TokenSource {
    Given(SecretString),
    Kept { profile: Box<Profile>, vault: Vault },
}

/// The name under which the account of the environment is listed and chosen.
const ENVIRONMENT: &str = "environment";
const DEMO: &str = "demo";
const OTHER_DEMO: &str = "demo, another location";

impl Account {
    fn of_environment(named: EnvironmentProfile, web_host: Option<String>) -> Result<Self, WireError> {
        let EnvironmentProfile { token, location, base_url } = named;
        let base = BaseUrl::parse(&base_url).map_err(WireError::EnvironmentBase)?;
        let token = TokenSource::Given(token);
        Ok(Self { label: ENVIRONMENT.to_owned(), base, location, user: None, web_host, token })
    }

    /// The demo's accounts on its own sandbox: the location shown first, and another one of its agency.
    pub(super) fn of_sandbox(running: &Running) -> Result<[Self; 2], WireError> {
        let base = BaseUrl::parse(running.base_url()).map_err(WireError::EnvironmentBase)?;
        let account = |label: &str, location: &str, token: &str| Self {
            label: label.to_owned(),
            base: base.clone(),
            location: LocationId::new(location),
            user: None,
            web_host: None,
            token: TokenSource::Given(token.to_owned().into()),
        };
        Ok([
            account(DEMO, running.location_id(), running.token()),
            account(OTHER_DEMO, running.other_location_id(), running.other_token()),
        ])
    }

    fn of_profile(profile: Profile, vault: Vault, web_host: Option<String>) -> Result<Self, WireError> {
        let base = BaseUrl::parse(&profile.base_url)
            .map_err(|source| WireError::ProfileBase { profile: profile.name.to_string(), source })?;
        Ok(Self {
            label: profile.name.to_string(),
            base,
            location: profile.location.clone(),
            user: profile.user.clone(),
            web_host: profile.web_host.clone().or(web_host),
            token: TokenSource::Kept { profile: Box::new(profile), vault },
        })
    }

    /// Whether its server is the demo's.
    pub(super) fn is_demo(&self) -> bool {
        self.profile().is_none() && [DEMO, OTHER_DEMO].contains(&self.label.as_str())
    }

    /// Its profile, if it has one.
    pub(super) fn profile(&self) -> Option<&Profile> {
        match &self.token {
            TokenSource::Given(_) => None,
            TokenSource::Kept { profile, .. } => Some(profile),
        }
    }

    /// Its client, and what its token may do, as far as we know without asking.
    pub(super) fn client(&self, access: Access) -> Result<(ApiClient, Access), WireError> {
        let http = http::HttpClient::new(&self.base)?;
        let broker = match &self.token {
            TokenSource::Given(token) => TokenBroker::fixed(token)?,
            TokenSource::Kept { profile, vault } => {
                let (vault, profile) = (vault.clone(), Profile::clone(profile));
                TokenBroker::of_profile(Renewing { vault, profile, http: http.clone(), base: self.base.clone() })?
            }
        };
        let access = match broker.scopes() {
            Some(scopes) => access.of_token(scopes.iter().map(String::as_str)),
            None => access,
        };
        let options = api::ClientOptions {
            base: self.base.clone(),
            location: self.location.clone(),
            read_only: access.is_by_choice(),
            write_timeout: wire::WRITE_TIMEOUT,
        };
        Ok((ApiClient::new(options, http, broker), access))
    }
}

/// All accounts that can be opened.
pub(super) struct Accounts {
    pub(super) profiles: Profiles,
    pub(super) vault: Vault,
    pub(super) config: ConfigFile,
    environment: Result<Option<EnvironmentProfile>, EnvironmentError>,
    /// Problems that were found and fixed, for the user to know.
    pub(super) notices: Vec<String>,
}

impl Accounts {
    /// The accounts as they lie there: nothing is mended, and the configuration is not read.
    pub(super) fn known(folders: &Folders) -> Self {
        let (profiles, vault) = (Profiles::in_folder(folders.data()), Vault::in_folder(folders.data()));
        // Signing in needs only half of the variables; opening the account needs both.
        let environment = environment::profile(|name| std::env::var_os(name));
        Self { profiles, vault, config: ConfigFile::default(), environment, notices: Vec::new() }
    }

    /// Looks at the environment, the configuration and the folders.
    pub(super) fn find(folders: &Folders, options: &Global) -> Result<Self, WireError> {
        let mut notices = folders.guard()?;
        let config = ConfigFile::read(options.config.as_deref(), &folders.config_file())?;
        let known = Self::known(folders);
        notices.extend(known.vault.mend()?);
        Ok(Self { config, notices, ..known })
    }

    /// The named account; else the environment's, which outranks the profiles; else the one used last.
    pub(super) fn pick(&self, name: Option<&str>) -> Result<Option<Account>, WireError> {
        match (self.environment.clone(), name) {
            (Err(half), None | Some(ENVIRONMENT)) => Err(half.into()),
            (Ok(Some(named)), None | Some(ENVIRONMENT)) => Account::of_environment(named, self.web_host()).map(Some),
            (_, name) => {
                let profile = self.profiles.pick(name)?;
                profile.map(|profile| Account::of_profile(profile, self.vault.clone(), self.web_host())).transpose()
            }
        }
    }

    fn web_host(&self) -> Option<String> {
        self.config.web_host.as_deref().and_then(origin)
    }

    /// The account to open, or why there is none.
    pub(super) fn need(&self, name: Option<&str>) -> Result<Account, WireError> {
        self.pick(name)?.ok_or(WireError::NotSignedIn)
    }

    /// Every account that can be opened, the environment's first.
    pub(super) fn all(&self) -> Result<Vec<Account>, WireError> {
        let environment = self.environment.iter().flatten();
        let environment = environment.map(|named| Account::of_environment(named.clone(), self.web_host()));
        let kept = self.profiles.all()?.into_iter();
        environment
            .chain(kept.map(|profile| Account::of_profile(profile, self.vault.clone(), self.web_host())))
            .collect()
    }

    /// Removes a profile and its tokens; an agency's tokens go with the last profile that uses them.
    pub(super) fn sign_out(&self, profile: &Profile) -> Result<(), WireError> {
        // The profile first: a profile without its token cannot be opened.
        self.profiles.remove(&profile.name)?;
        self.vault.remove(&profile.key())?;
        if let Some(agency) = profile.agency_key()
            && !self.profiles.all()?.iter().any(|other| other.agency_key().as_ref() == Some(&agency))
        {
            self.vault.remove(&agency)?;
        }
        Ok(())
    }
}
