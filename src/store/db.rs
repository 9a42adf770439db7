//! A SQLite file and the one thread that works on it.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::{OpenError, StoreError};

type DbJob = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle to the thread; the thread ends with the last handle, after the jobs already given.
#[derive(Clone, Debug)]
pub(super) struct Db {
    jobs: mpsc::Sender<DbJob>,
}

/// How the file is opened.
pub(super) struct Plan {
    /// `FULL` survives a power cut, `NORMAL` a crash.
    pub(super) synchronous: &'static str,
    /// Each step of the format, in order; steps are appended, never changed.
    pub(super) migrations: &'static [&'static str],
    pub(super) max_pages: Option<u32>,
}

/// Another process may hold the file for a moment; on a disk that is slow to flush, one that was killed
/// holds it until it is done.
pub(super) const BUSY: Duration = Duration::from_secs(20);

/// Opening waits as long, in so many attempts, with this pause between them.
const ATTEMPTS: u32 = 20;
const AGAIN: Duration = Duration::from_millis(50);

/// Opens the file and brings it to the newest format.
///
/// `SQLite` waits for others, but not where waiting could lock both out: when the journal is set, or when what
/// a killed process began is rolled back. Then all of it is tried again.
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

    /// Erases what was deleted from the file for good.
    pub(super) async fn scrub(&self) -> Result<(), StoreError> {
        self.call(|connection| scrub(connection)).await
    }

    /// Runs a closure on the connection, in turn.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: DbJob = Box::new(move |connection| {
            // The caller may be gone; the work is done all the same.
            let _ = answer.send(act(connection));
        });
        self.jobs.send(job).map_err(|_gone| StoreError::Closed)?;
        answered.await.map_err(|_gone| StoreError::Closed)?
    }
}

/// Writes the file again, without what was deleted or replaced at any time, and empties the write-ahead log; where
/// another process reads at the moment, old pages stay there until it ends.
pub(super) fn scrub(connection: &Connection) -> Result<(), StoreError> {
    // No copy in a temporary file either.
    connection.execute_batch("PRAGMA temp_store = MEMORY; VACUUM; PRAGMA temp_store = DEFAULT;")?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_row| Ok(()))?;
    Ok(())
}

/// A number that changes when another connection, of this process or another, has written.
pub(super) fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
}
