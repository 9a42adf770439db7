//! Connects account, files, client and worker.

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;

use crate::api::{self, Client};
use crate::auth::{TokenBroker, UnusableToken};
use crate::cli::args::Global;
use crate::config::environment::{self, EnvironmentError};
use crate::config::paths::{Folders, PathError};
use crate::domain::{Access, LocationId};
use crate::http::{BaseUrl, BaseUrlError, BuildError};
use crate::protocol::{self, Port};
use crate::sandbox::Running;
use crate::store::{Cache, Folder, Ledger, OpenError, Tuning};
use crate::worker::{self, Pace};

/// Who we are and where.
pub(super) struct Account {
    pub(super) base: BaseUrl,
    pub(super) location: LocationId,
    token: SecretString,
}

/// Why the parts could not be connected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error(
        "not signed in: set GHL_API_KEY (a private integration token) and GHL_LOCATION_ID, \
         or look around with ghl-tui --demo"
    )]
    NotSignedIn,
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error("GHL_BASE_URL: {0}")]
    Base(#[from] BaseUrlError),
    #[error("GHL_API_KEY: {0}")]
    Token(#[from] UnusableToken),
    #[error(transparent)]
    Path(#[from] PathError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Client(#[from] BuildError),
}

impl WireError {
    /// Whether signing in (again) is what helps.
    pub(super) fn is_about_access(&self) -> bool {
        matches!(self, Self::NotSignedIn | Self::Environment(_) | Self::Base(_) | Self::Token(_))
    }
}

/// No write of the API takes longer; see the module `worker::attempt` for what hangs on it.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

impl Account {
    /// The account that environment variables name.
    pub(super) fn from_environment() -> Result<Option<Self>, WireError> {
        let Some(profile) = environment::profile(|name| std::env::var_os(name))? else { return Ok(None) };
        let base = BaseUrl::parse(&profile.base_url)?;
        Ok(Some(Self { base, location: profile.location, token: profile.token }))
    }

    /// The demo's account on a sandbox of its own.
    pub(super) fn of_sandbox(running: &Running) -> Result<Self, WireError> {
        Ok(Self {
            base: BaseUrl::parse(running.base_url())?,
            location: LocationId::new(running.location_id()),
            token: running.token().to_owned().into(),
        })
    }
}

/// Where the files lie.
pub(super) fn folders(options: &Global) -> Result<Folders, WireError> {
    Ok(Folders::find(options.data_dir.as_deref(), |name| std::env::var_os(name))?)
}

/// What the options allow.
pub(super) fn access(options: &Global) -> Access {
    if options.read_only { Access::READ_ONLY } else { Access::READ_WRITE }
}

/// Opens the location's files and starts a worker on them.
///
/// A dashboard (one that keeps the contacts fresh by itself) takes a seat, so that its edits can be taken back.
pub(super) fn connect(account: &Account, folder: &Path, access: Access, pace: Pace) -> Result<Port, WireError> {
    let options = api::Options {
        base: account.base.clone(),
        location: account.location.clone(),
        read_only: !access.may_write(),
        write_timeout: WRITE_TIMEOUT,
    };
    let client = Client::new(options, TokenBroker::fixed(&account.token)?)?;
    let folder = Folder::open(folder)?;
    let ledger = Ledger::open(&folder, Tuning::default())?;
    let cache = Cache::open(&folder)?;
    let seat = if pace.background { folder.sit_down().ok().flatten() } else { None };
    let (port, end) = protocol::channel();
    tokio::spawn(async move {
        super::editor::adopt(&folder, &ledger).await;
        worker::run(end, worker::Options { client, ledger, cache, folder, access, pace, seat }).await;
    });
    Ok(port)
}
