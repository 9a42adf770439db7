//! What can go wrong with files.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

/// A data file cannot be used: what, why, and what next.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data folder {} is a file: move it away, or name another folder with --data-dir", .0.display())]
    NotAFolder(PathBuf),
    #[error("cannot use the data folder {}: {source}{}", .path.display(), way_out(.source))]
    Folder {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is in use by another ghl-tui: close it first", .path.display())]
    InUse { path: PathBuf },
    #[error(
        "the ledger {} is damaged ({why}). It holds edits that may not have been sent, so it was left as it is; \
         {salvaged} of its rows were copied to {}. Move the ledger away to start with an empty one",
        .path.display(), .copy.display()
    )]
    DamagedLedger { path: PathBuf, why: String, salvaged: usize, copy: PathBuf },
    #[error("{} was written by a newer version of ghl-tui (format {found}, this one knows {known}): update ghl-tui", .path.display())]
    Newer { path: PathBuf, found: i64, known: usize },
    #[error("{} was written by an older version of ghl-tui and must be upgraded first: make it writable for you, and start ghl-tui once", .0.display())]
    Older(PathBuf),
    #[error("cannot open {}: {source}; {}", .path.display(), advice(.source))]
    Database {
        path: PathBuf,
        #[source]
        source: rusqlite::Error,
    },
}

impl OpenError {
    /// Whether the file may be fine, and just cannot be written.
    pub fn is_about_writing(&self) -> bool {
        match self {
            Self::Folder { source, .. } => is_unwritable(source),
            Self::Database { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
            ),
            Self::NotAFolder(_)
            | Self::InUse { .. }
            | Self::DamagedLedger { .. }
            | Self::Newer { .. }
            | Self::Older(_) => false,
        }
    }
}

fn is_unwritable(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// What helps if the folder cannot be used.
fn way_out(error: &io::Error) -> &'static str {
    if is_unwritable(error) { "; make it writable for you, or list what is there with --offline" } else { "" }
}

/// What helps if a database cannot be opened.
fn advice(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        // SQLite reports a full disk as an I/O error while it creates the files next to the database.
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
            "is the disk full? Free some space, or name another folder with --data-dir. Nothing was lost"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program is using it: try again in a moment"
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "make the file and its folder writable for you, name another folder with --data-dir, or list what is there \
             with --offline"
        }
        _ => "move it away to start with an empty one, but keep it: it may contain edits that were not sent",
    }
}

/// A stored value cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the disk is full")]
    Full,
    #[error("the cache was damaged and has been emptied; it is being filled again")]
    Rebuilt,
    #[error("the data file is damaged: {0}")]
    Damaged(#[source] rusqlite::Error),
    #[error("database error: {0}")]
    Database(#[source] rusqlite::Error),
    #[error("a stored record cannot be read: {0}")]
    Record(#[from] serde_json::Error),
    #[error("a stored record is damaged: it is not as it was written")]
    BadRow,
    #[error("{} cannot be written", .0.display())]
    Unwritable(PathBuf),
    #[error("another file has taken the ledger's place; what it held is kept in {}", .0.display())]
    Replaced(PathBuf),
    #[error("the database thread has ended")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            _ if is_damage(&error) => Self::Damaged(error),
            _ => Self::Database(error),
        }
    }
}

/// Whether the file is broken, so that a retry cannot help.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}
