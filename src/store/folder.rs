//! The folder of one location, its leader, and how others reach the leader.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::OpenError;

/// A location's data folder, readable by its owner only.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// Held by the one process that sends the location's edits and pulls its changes.
///
/// The lock ends with the process, however it ends.
#[derive(Debug)]
pub struct Leadership {
    _lock: File,
}

/// Held by a running dashboard; its number tells its edits apart from those of other dashboards.
#[derive(Debug)]
pub struct DashboardSession {
    number: u32,
    _lock: File,
}

impl DashboardSession {
    pub fn number(&self) -> u32 {
        self.number
    }
}

/// More dashboards than anybody opens on one location; any further one has no undo.
const SEATS: u32 = 64;

impl Folder {
    /// Opens the folder, creating it if it is missing.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let refuse = |source| OpenError::Folder { path: path.to_owned(), source };
        if let Some(file) = path.ancestors().find(|part| part.is_file()) {
            return Err(OpenError::NotAFolder(file.to_owned()));
        }
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(refuse)?;
        Ok(Self { path: path.to_owned() })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The socket on which the leader learns of new edits in the outbox.
    pub fn leader_socket(&self) -> PathBuf {
        self.file("bell")
    }

    /// Becomes the leader if there is none.
    pub fn lead(&self) -> io::Result<Option<Leadership>> {
        let lock = private(&self.file("leader.lock"), OpenOptions::new().read(true).write(true).create(true))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Leadership { _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes the first free session: it continues the undo history of the dashboard that had it before.
    pub fn begin_session(&self) -> io::Result<Option<DashboardSession>> {
        for number in 0..SEATS {
            let path = self.file(&format!("seat-{number}.lock"));
            let lock = private(&path, OpenOptions::new().read(true).write(true).create(true))?;
            match lock.try_lock() {
                Ok(()) => return Ok(Some(DashboardSession { number, _lock: lock })),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Creates a database file with the right mode before SQLite opens it; its companion files inherit the mode.
    pub(super) fn prepare(&self, name: &str) -> Result<PathBuf, OpenError> {
        let path = self.file(name);
        private(&path, OpenOptions::new().append(true).create(true))
            .map_err(|source| OpenError::Folder { path: path.clone(), source })?;
        Ok(path)
    }

    /// Removes a database with its companion files.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        for suffix in ["", "-wal", "-shm"] {
            match fs::remove_file(self.file(&format!("{name}{suffix}"))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Opens a file that only its owner may read.
pub(super) fn private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.mode(0o600).open(path)
}
