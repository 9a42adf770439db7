//! The desktop's keyring (Secret Service) as the vault's storage.
//!
//! It may be missing, locked or hang, especially without a desktop. So it is called on its own thread, with a limit on
//! the wait. Built with the feature `keyring` only.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use zbus_secret_service_keyring_store::Store;

use crate::auth::file::{FileError, Lock};
use crate::config::paths;

use super::{Credentials, VaultError, VaultKey, Written};

const SERVICE: &str = "ghl-tui";
/// A working keyring answers in milliseconds.
const PROBE: Duration = Duration::from_secs(2);
/// A locked keyring asks the user to unlock it first.
const UNLOCK: Duration = Duration::from_secs(60);

/// A keyring that has answered once.
#[derive(Clone)]
pub(super) struct Keyring {
    store: Arc<CredentialStore>,
    folder: PathBuf,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring")
    }
}

impl Keyring {
    /// The desktop's, if there is a desktop and it answers.
    pub(super) fn find(folder: &Path) -> Option<Self> {
        /// Opened once and never dropped: closing its connection to the bus blocks, and a worker of the runtime must not
        /// block.
        static STORE: OnceLock<Option<Arc<CredentialStore>>> = OnceLock::new();
        std::env::var_os("DBUS_SESSION_BUS_ADDRESS")?;
        let ask = || match apart(PROBE, Store::new) {
            Ok(store) => Some(store as Arc<CredentialStore>),
            Err(error) => {
                tracing::info!(%error, "no keyring; the vault is a file");
                None
            }
        };
        let store = STORE.get_or_init(ask).clone()?;
        Some(Self { store, folder: folder.to_owned() })
    }

    pub(super) fn get(&self, key: &VaultKey) -> Result<Option<Written>, VaultError> {
        let entry = self.entry(key)?;
        match apart_raw(UNLOCK, move || entry.get_password())? {
            Ok(text) => {
                let garbled = |_error| VaultError::Keyring("its entry is not ours".to_owned());
                serde_json::from_str(&text).map(Some).map_err(garbled)
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(said(&error)),
        }
    }

    pub(super) fn put(&self, key: &VaultKey, held: Credentials) -> Result<Credentials, VaultError> {
        paths::create_private(&self.folder).map_err(FileError::from)?;
        let _lock = Lock::wait(&self.folder.join("keyring.lock"))
            .map_err(|error| VaultError::Keyring(format!("cannot use its lock file ({error})")))?;
        let before = self.get(key)?.map_or(0, |written| written.generation);
        let held = Credentials { generation: before + 1, ..held };
        let text = serde_json::to_string(&Written::from(&held))
            .map_err(|_error| VaultError::Keyring("the entry cannot be stored".to_owned()))?;
        let entry = self.entry(key)?;
        apart(UNLOCK, move || entry.set_password(&text))?;
        Ok(held)
    }

    pub(super) fn remove(&self, key: &VaultKey) -> Result<(), VaultError> {
        let entry = self.entry(key)?;
        match apart_raw(UNLOCK, move || entry.delete_credential())? {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(said(&error)),
        }
    }

    fn entry(&self, key: &VaultKey) -> Result<Entry, VaultError> {
        // Another data folder has its own tokens.
        let user = format!("{} in {}", key.0, self.folder.display());
        let store = self.store.clone();
        apart(PROBE, move || Entry::new_in_store(&store, SERVICE, &user))
    }
}

fn said(error: &Error) -> VaultError {
    VaultError::Keyring(error.to_string())
}

fn apart<T: Send + 'static>(
    wait: Duration,
    ask: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, VaultError> {
    apart_raw(wait, ask)?.map_err(|error| said(&error))
}

/// Calls the keyring on its own thread: the bus blocks, and a worker of the runtime must not.
fn apart_raw<T: Send + 'static>(
    wait: Duration,
    ask: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<Result<T, Error>, VaultError> {
    let (answer, answered) = mpsc::channel();
    std::thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || {
            // The caller may have stopped waiting.
            let _ = answer.send(ask());
        })
        .map_err(|error| VaultError::Keyring(error.to_string()))?;
    let silent = |_timeout| VaultError::Keyring(format!("no answer for {} s", wait.as_secs()));
    answered.recv_timeout(wait).map_err(silent)
}
