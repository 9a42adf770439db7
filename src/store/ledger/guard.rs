//! The ledger's file under a running program: notices when it is deleted or replaced, writes it again from the open
//! one, and keeps what the user has to know until somebody asks. Knows no rows.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::domain::counted;
use crate::store::db::{self, Plan};
use crate::store::folder::private;
use crate::store::ledger::damage::bad_rows;
use crate::store::{Folder, OpenError, StoreError};

/// Something about the ledger that the user has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerNotice {
    pub what: String,
    pub why: String,
    pub next: String,
}

#[derive(Debug)]
pub(super) struct FileGuard {
    path: PathBuf,
    state: Mutex<FileState>,
}

#[derive(Debug)]
struct FileState {
    /// Device and inode.
    identity: Option<(u64, u64)>,
    /// Another file is in its place; what we hold was copied here.
    replaced: Option<PathBuf>,
    notices: Vec<LedgerNotice>,
    /// Rows that were named.
    damaged: HashSet<String>,
}

impl FileGuard {
    pub(super) fn new(path: PathBuf, notices: Vec<LedgerNotice>) -> Self {
        let identity = identity(&path);
        Self { path, state: Mutex::new(FileState { identity, replaced: None, notices, damaged: HashSet::new() }) }
    }

    fn state(&self) -> MutexGuard<'_, FileState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take_notices(&self) -> Vec<LedgerNotice> {
        std::mem::take(&mut self.state().notices)
    }

    /// Checks that the file is still the one that is open. A deleted one is written again from the open one, which the
    /// system keeps for us; where another has taken its place, what is open is copied beside it and writes are refused.
    pub(super) fn check(&self, connection: &mut Connection, plan: &Plan) -> Result<(), StoreError> {
        let mut state = self.state();
        if let Some(copy) = &state.replaced {
            return Err(StoreError::Replaced(copy.clone()));
        }
        if identity(&self.path) == state.identity {
            return Ok(());
        }
        let copy = self.copy(connection)?;
        if identity(&self.path).is_none() && self.put_back(&copy, connection, plan)? {
            state.identity = identity(&self.path);
            state.notices.push(LedgerNotice {
                what: "the ledger was deleted while it was in use".to_owned(),
                why: format!("{} is written again, with all edits and drafts", self.path.display()),
                next: "let nothing else delete it".to_owned(),
            });
            return Ok(());
        }
        state.notices.push(LedgerNotice {
            what: "another file has taken the ledger's place".to_owned(),
            why: format!("no edit is taken any more; those of before are kept in {}", copy.display()),
            next: format!("quit, move the one that you want to {}, and start again", self.path.display()),
        });
        state.replaced = Some(copy.clone());
        Err(StoreError::Replaced(copy))
    }

    /// Names the rows that are damaged, once: they are neither sent nor deleted, and stop nobody else.
    pub(super) fn name_damage(&self, connection: &Connection) -> Result<(), StoreError> {
        let (mut bad, mut state) = (bad_rows(connection)?, self.state());
        bad.retain(|row| state.damaged.insert(row.clone()));
        let Some(first) = bad.first() else { return Ok(()) };
        let more = match bad.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        state.notices.push(LedgerNotice {
            what: format!(
                "{} of the ledger {} damaged",
                counted(bad.len() as u64, "row"),
                if bad.len() == 1 { "is" } else { "are" }
            ),
            why: format!("not sent, and kept in {}: {first}{more}", self.path.display()),
            next: "look at the contact, and make the change again if it is missing".to_owned(),
        });
        Ok(())
    }

    /// Copies what is open into a file of its own.
    fn copy(&self, connection: &Connection) -> Result<PathBuf, StoreError> {
        let mut names = (1..1_000).map(|number| self.path.with_extension(format!("{number}.db")));
        let is_made = |copy: &PathBuf| private(copy, OpenOptions::new().write(true).create_new(true)).is_ok();
        let copy = names.find(is_made).ok_or_else(|| StoreError::Unwritable(self.path.clone()))?;
        connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).inspect_err(|_error| {
            let _ = fs::remove_file(&copy);
        })?;
        Ok(copy)
    }

    /// Puts the copy in the place of the deleted file and opens it; `false` if another process was faster.
    fn put_back(&self, copy: &Path, connection: &mut Connection, plan: &Plan) -> Result<bool, StoreError> {
        // A log that is left would be read into the new file.
        for companion in ["db-wal", "db-shm"] {
            let _ = fs::remove_file(self.path.with_extension(companion));
        }
        if fs::hard_link(copy, &self.path).is_err() {
            return Ok(false);
        }
        let opened = match db::connect(&self.path, plan) {
            Ok(opened) => opened,
            Err(OpenError::Database { source, .. }) => return Err(source.into()),
            Err(_other) => return Err(StoreError::Unwritable(self.path.clone())),
        };
        // Not closed: closing deletes a log by its name, which is the new file's now.
        std::mem::forget(std::mem::replace(connection, opened));
        let _ = fs::remove_file(copy);
        Ok(true)
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|about| (about.dev(), about.ino()))
}

/// What to say where the ledger is missing or empty although the location's cache is there; call it before the file is
/// created. A log without its file would be dropped by SQLite: it is kept.
pub(super) fn missing(folder: &Folder, file: &str, cache: &str) -> Option<LedgerNotice> {
    let size = |path: &Path| fs::metadata(path).map_or(0, |about| about.len());
    let (path, log) = (folder.file(file), folder.file(&format!("{file}-wal")));
    let has_log = size(&log) > 0;
    if size(&path) > 0 || (size(&folder.file(cache)) == 0 && !has_log) {
        return None;
    }
    let is_empty = path.exists();
    let kept = folder.file(&format!("{file}-wal.kept"));
    let kept = (has_log && fs::rename(&log, &kept).is_ok()).then_some(kept);
    let log = kept.map_or_else(String::new, |kept| format!("; its log is kept as {}", kept.display()));
    Some(LedgerNotice {
        what: format!("the ledger {} was {}", path.display(), if is_empty { "empty" } else { "missing" }),
        why: format!("a new one was started; edits that waited in it, drafts and the history are not in it{log}"),
        next: "if you have a copy, quit, put it back under this name and start again".to_owned(),
    })
}
