//! An SQLite file and the one thread that works on it.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::oneshot;

use super::{OpenError, StoreError};

type DbJob = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle to the thread, which ends with the last handle, once the jobs it already has are done.
#[derive(Clone, Debug)]
pub(super) struct Db {
    jobs: mpsc::Sender<DbJob>,
}

/// How the file is opened.
pub(super) struct Plan {
    /// `FULL` survives a power cut, `NORMAL` a crash.
    pub(super) synchronous: &'static str,
    /// The steps of the format, in order; steps are added at the end, never changed.
    pub(super) migrations: &'static [&'static str],
    pub(super) max_pages: Option<u32>,
}

/// How long to wait while another process has the file locked; on a slow disk, a killed process keeps the lock until
/// its last flush is done.
pub(super) const BUSY: Duration = Duration::from_secs(20);

/// Opening waits just as long, in this many attempts with this pause between them.
const ATTEMPTS: u32 = 20;
const AGAIN: Duration = Duration::from_millis(50);

/// Opens the file and upgrades it to the latest format.
///
/// `SQLite` waits for locks, except where waiting could deadlock: when the journal mode is set, and when a killed
/// process's transaction is rolled back. In those cases we retry the whole opening.
pub(super) fn connect(path: &Path, plan: &Plan) -> Result<Connection, OpenError> {
    for _attempt in 1..ATTEMPTS {
        match attempt(path, plan) {
            Err(OpenError::Database { source, .. }) if source.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                thread::sleep(AGAIN);
            }
            done => return done,
        }
    }
    attempt(path, plan)
}

fn attempt(path: &Path, plan: &Plan) -> Result<Connection, OpenError> {
    let refuse = |source| OpenError::Database { path: path.to_owned(), source };
    let mut connection = Connection::open(path).map_err(refuse)?;
    super::ledger::register_sums(&connection).map_err(refuse)?;
    connection.busy_timeout(BUSY / ATTEMPTS).map_err(refuse)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(refuse)?;
    connection.pragma_update(None, "synchronous", plan.synchronous).map_err(refuse)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(refuse)?;
    if let Some(pages) = plan.max_pages {
        connection.pragma_update(None, "max_page_count", pages).map_err(refuse)?;
    }
    migrate(path, &mut connection, plan.migrations)?;
    connection.busy_timeout(BUSY).map_err(refuse)?;
    Ok(connection)
}

/// Opens a file where it lies, to be read alone: nothing is locked, and no file is created beside it.
///
/// `SQLite` would create or want the shared memory of the write-ahead log. Where there is no log, the file is taken as
/// one that never changes; where there is one, a program was killed or is running, and the log is read into memory.
pub(super) fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if fs::metadata(log).is_ok_and(|about| about.len() > 0) {
        let connection = Connection::open_with_flags_and_vfs(path, flags, "unix-none")?;
        // Otherwise the log, which may be that of a running program, goes when this connection is closed.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        return Ok(connection);
    }
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        write!(address, "%{byte:02X}").expect("a string takes everything");
    }
    Connection::open_with_flags(address + "?immutable=1", flags)
}

/// Opens a file that cannot be written. A missing one is empty; one of an older format would have to be upgraded first.
pub(super) fn connect_to_read(path: &Path, plan: &Plan) -> Result<Connection, OpenError> {
    let refuse = |source| OpenError::Database { path: path.to_owned(), source };
    if fs::metadata(path).map_or(0, |about| about.len()) == 0 {
        let mut connection = Connection::open_in_memory().map_err(refuse)?;
        super::ledger::register_sums(&connection).map_err(refuse)?;
        migrate(path, &mut connection, plan.migrations)?;
        return Ok(connection);
    }
    let connection = read_only(path).map_err(refuse)?;
    super::ledger::register_sums(&connection).map_err(refuse)?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(refuse)?;
    match usize::try_from(found).unwrap_or(usize::MAX).cmp(&plan.migrations.len()) {
        Ordering::Greater => Err(OpenError::Newer { path: path.to_owned(), found, known: plan.migrations.len() }),
        Ordering::Less => Err(OpenError::Older(path.to_owned())),
        Ordering::Equal => Ok(connection),
    }
}

fn migrate(path: &Path, connection: &mut Connection, steps: &[&str]) -> Result<(), OpenError> {
    let refuse = |source| OpenError::Database { path: path.to_owned(), source };
    // Immediate: two processes that start together must not both migrate.
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(refuse)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(refuse)?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    if done > steps.len() {
        return Err(OpenError::Newer { path: path.to_owned(), found, known: steps.len() });
    }
    if done == steps.len() {
        return Ok(());
    }
    for step in &steps[done..] {
        transaction.execute_batch(step).map_err(refuse)?;
    }
    let newest = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    transaction.pragma_update(None, "user_version", newest).map_err(refuse)?;
    transaction.commit().map_err(refuse)
}

impl Db {
    /// Starts the thread.
    pub(super) fn run(name: &str, mut connection: Connection) -> Self {
        let (jobs, queue) = mpsc::channel::<DbJob>();
        let work = move || {
            for job in queue {
                job(&mut connection);
            }
        };
        thread::Builder::new().name(name.to_owned()).spawn(work).expect("a thread can be started");
        Self { jobs }
    }

    /// Erases deleted data from the file for good.
    pub(super) async fn scrub(&self) -> Result<(), StoreError> {
        self.call(|connection| scrub(connection)).await
    }

    /// Runs a closure on the connection, in order.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: DbJob = Box::new(move |connection| {
            // The caller may be gone; the work is done anyway.
            let _ = answer.send(act(connection));
        });
        self.jobs.send(job).map_err(|_gone| StoreError::Closed)?;
        answered.await.map_err(|_gone| StoreError::Closed)?
    }
}

/// Rewrites the file without any deleted or replaced data, and empties the write-ahead log. If another process is
/// reading at that moment, old pages stay in the log until it ends.
pub(super) fn scrub(connection: &Connection) -> Result<(), StoreError> {
    // Keep temporary data out of files too.
    connection.execute_batch("PRAGMA temp_store = MEMORY; VACUUM; PRAGMA temp_store = DEFAULT;")?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_row| Ok(()))?;
    Ok(())
}

/// A number that changes when another connection, of this process or another, has written.
pub(super) fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_sees_the_log_of_a_running_program_and_leaves_it_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, log) = (folder.path().join("a #?%.db"), folder.path().join("a #?%.db-wal"));
        let writer = Connection::open(&path).expect("opened");
        writer.pragma_update(None, "journal_mode", "WAL").expect("set");
        writer.execute_batch("CREATE TABLE t (n); INSERT INTO t VALUES (1);").expect("written");
        let rows = |connection: &Connection| -> i64 {
            connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("counted")
        };
        let before = fs::read(&log).expect("a log");
        assert_eq!(rows(&read_only(&path).expect("opened")), 1);
        assert_eq!(fs::read(&log).expect("it is still there"), before);

        // All of it is in the file, and the program is about to begin the log again.
        writer.query_row("PRAGMA wal_checkpoint", [], |_row| Ok(())).expect("moved");
        fs::OpenOptions::new().write(true).open(&log).and_then(|log| log.set_len(32)).expect("only its head is left");
        assert_eq!(rows(&read_only(&path).expect("opened")), 1);
        assert!(log.exists(), "what the program writes next would be lost with it");
        writer.execute("INSERT INTO t VALUES (2)", []).expect("written");
        assert_eq!(rows(&Connection::open(&path).expect("opened")), 2);

        drop(writer);
        assert!(!log.exists());
        assert_eq!(rows(&read_only(&path).expect("opened")), 2);
        assert!(!log.exists() && !folder.path().join("a #?%.db-shm").exists(), "nothing is created");
    }
}
