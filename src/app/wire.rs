//! Wires up account, files, client and worker.

use std::path::Path;
use std::time::Duration;

use crate::auth::{FileError, NotSignedIn, ProfileError, UnusableToken, VaultError};
use crate::cli::args::Global;
use crate::config::ConfigError;
use crate::config::environment::EnvironmentError;
use crate::config::paths::{Folders, PathError};
use crate::domain::{Access, MergeRules};
use crate::http::{BaseUrlError, BuildError};
use crate::protocol::{self, Port};
use crate::store::{Cache, Folder, Ledger, OpenError, Tuning};
use crate::worker::{self, Pace};

use super::account::Account;

/// Why the parts could not be connected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error(
        "Not signed in. Run `ghl-tui login`, set GHL_API_KEY and GHL_LOCATION_ID for a one-off, or try `ghl-tui --demo`."
    )]
    NotSignedIn,
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error("GHL_BASE_URL: {0}")]
    EnvironmentBase(#[source] BaseUrlError),
    #[error("the server of the profile {profile}: {source}; sign in again with ghl-tui login")]
    ProfileBase { profile: String, source: BaseUrlError },
    #[error("GHL_API_KEY: {0}")]
    Token(#[from] UnusableToken),
    #[error("{0}; sign in again with ghl-tui login")]
    SignedOut(#[from] NotSignedIn),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Path(#[from] PathError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Client(#[from] BuildError),
}

impl WireError {
    /// Whether signing in again helps.
    pub(super) fn is_about_access(&self) -> bool {
        match self {
            Self::NotSignedIn
            | Self::Environment(_)
            | Self::EnvironmentBase(_)
            | Self::ProfileBase { .. }
            | Self::Token(_)
            | Self::SignedOut(_)
            | Self::Profile(ProfileError::Unknown(_)) => true,
            Self::Profile(_)
            | Self::Vault(_)
            | Self::File(_)
            | Self::Config(_)
            | Self::Path(_)
            | Self::Open(_)
            | Self::Client(_) => false,
        }
    }
}

/// No write of the API takes longer; the module `worker::attempt` relies on it.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// The program's folders.
pub(super) fn folders(options: &Global) -> Result<Folders, WireError> {
    Ok(Folders::find(options.data_dir.as_deref(), |name| std::env::var_os(name))?)
}

/// What the options allow.
pub(super) fn access(options: &Global) -> Access {
    if options.read_only { Access::READ_ONLY } else { Access::READ_WRITE }
}

/// Opens the location's files and starts a worker on them. Returns the port to it, and what the token may do as far
/// as is known.
///
/// A dashboard, which keeps the contacts fresh, takes a session, so that its edits can be undone.
pub(super) fn connect(
    account: &Account,
    folder: &Path,
    access: Access,
    pace: Pace,
    merge_rules: MergeRules,
) -> Result<(Port, Access), WireError> {
    let folder = Folder::open(folder)?;
    let files = (Ledger::open(&folder, Tuning::default())?, Cache::open(&folder)?);
    start(account, folder, files, access, pace, merge_rules)
}

/// The same on files that cannot be written.
pub(super) fn connect_to_read(account: &Account, folder: &Path, merge_rules: MergeRules) -> Result<Port, WireError> {
    let folder = Folder::open(folder)?;
    let files = (Ledger::open_to_read(&folder)?, Cache::open_to_read(&folder)?);
    let (port, _access) = start(account, folder, files, Access::READ_ONLY, Pace::headless(), merge_rules)?;
    Ok(port)
}

fn start(
    account: &Account,
    folder: Folder,
    (ledger, cache): (Ledger, Cache),
    access: Access,
    pace: Pace,
    merge_rules: MergeRules,
) -> Result<(Port, Access), WireError> {
    let (client, access) = account.client(access)?;
    let session = if pace.background { folder.begin_session().ok().flatten() } else { None };
    let user = account.user.clone();
    let (port, end) = protocol::channel();
    tokio::spawn(async move {
        super::editor::adopt(&folder, &ledger).await;
        let clock = worker::Clock::default();
        let options =
            worker::WorkerOptions { client, ledger, cache, folder, access, user, pace, session, merge_rules, clock };
        worker::run(end, options).await;
    });
    Ok((port, access))
}
