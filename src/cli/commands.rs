//! What each command asks of the worker and prints.

/// The value of the only answer that fits what was asked.
macro_rules! only {
    ($answer:expr, $kind:ident) => {
        match $answer {
            $crate::protocol::Answer::$kind(value) => value,
            _ => return Err($crate::cli::commands::read::unexpected()),
        }
    };
}

mod api;
mod appointments;
mod contacts;
mod duplicates;
mod fields;
mod forget;
mod me;
mod notes;
mod outbox;
mod plan;
mod read;
mod sync;
mod tasks;
mod text;
mod views;
mod write;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use jiff::{Timestamp, tz::TimeZone};

use crate::config::ViewsFile;
use crate::domain::{Access, Hours, LocationId, MergeRules};
use crate::protocol::Port;

use super::ExitStatus;
use super::args::{FindDuplicates, Global, Headless};
use super::fault::Fault;
use super::output::Output;
use super::session::Session;

/// A running write times out (10 s) and is then probed.
const FINISH: Duration = Duration::from_secs(15);
/// After Ctrl-C, nobody wants to wait.
const ABANDON: Duration = Duration::from_secs(1);

/// What a command gets from outside: streams, time, zone, files.
pub struct CommandEnvironment<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    /// Standard input, for `--body -` and for confirmations.
    pub input: &'a mut dyn Read,
    /// Whether standard input is a terminal, so that the user can be asked.
    pub asks: bool,
    pub now: Timestamp,
    /// The moment of `now`.
    pub began: Instant,
    /// Used while the location's time zone is unknown.
    pub zone: TimeZone,
    /// How the user wants times of day written; as the location's country does if it is left open.
    pub hours: Option<Hours>,
    /// Columns of the terminal behind `out`; `None` if it is not a terminal.
    pub width: Option<usize>,
    /// Whether `err` is a terminal, so that progress may be shown there.
    pub progress: bool,
    /// The configured rules for what a merge keeps.
    pub merge_rules: MergeRules,
    /// The saved views, and the account they belong to.
    pub views: ViewsFile,
    pub location: LocationId,
}

/// One run of a command: its session with the worker, its streams, and what it was given.
struct Invocation<'a, 'io> {
    session: &'a mut Session,
    output: &'a mut Output<'io>,
    input: &'a mut dyn Read,
    asks: bool,
    now: Timestamp,
    began: Instant,
    hours: Option<Hours>,
    merge_rules: MergeRules,
    views: ViewsFile,
    location: LocationId,
}

impl Invocation<'_, '_> {
    /// The time when so long has passed from now on.
    fn in_a(&self, wait: Duration) -> Timestamp {
        self.now.saturating_add(self.began.elapsed() + wait).unwrap_or(Timestamp::MAX)
    }
}

/// Runs a command and lets the worker finish. Gives up when `interrupted` completes; edits queued by then stay
/// queued.
pub async fn run(
    command: Headless,
    options: &Global,
    port: Port,
    around: CommandEnvironment<'_>,
    interrupted: impl Future<Output = ()>,
) -> ExitStatus {
    let mut output = Output::new(around.out, around.err, options.json).terminal(around.width, around.progress);
    let access = if options.read_only { Access::READ_ONLY } else { Access::READ_WRITE };
    let mut session = Session::new(port, around.zone, access);
    let context = Invocation {
        session: &mut session,
        output: &mut output,
        input: around.input,
        asks: around.asks,
        now: around.now,
        began: around.began,
        hours: around.hours,
        merge_rules: around.merge_rules,
        views: around.views,
        location: around.location,
    };
    let words = match &command {
        Headless::Sync(_) | Headless::Duplicates(_) => {
            "interrupted; merges in the journal resume the next time ghl-tui runs"
        }
        _ => "interrupted; queued edits stay in the outbox",
    };
    let done = tokio::select! {
        biased;
        () = interrupted => None,
        done = perform(command, context) => Some(done),
    };
    let status = ended(done, words, &mut output);
    session.finish(if status == ExitStatus::Interrupted { ABANDON } else { FINISH }).await;
    status
}

/// Finds duplicates in files, which needs neither an account nor a worker.
pub async fn compare_files(
    command: &FindDuplicates,
    options: &Global,
    around: CommandEnvironment<'_>,
    interrupted: impl Future<Output = ()>,
) -> ExitStatus {
    let mut output = Output::new(around.out, around.err, options.json).terminal(around.width, around.progress);
    let done = tokio::select! {
        biased;
        () = interrupted => None,
        done = duplicates::files(command, &mut output) => Some(done),
    };
    ended(done, "interrupted", &mut output)
}

/// Reports how the command ended; `None` means it was interrupted.
fn ended(done: Option<Result<ExitStatus, Fault>>, interrupted: &str, output: &mut Output<'_>) -> ExitStatus {
    match done {
        None => {
            output.note(interrupted);
            ExitStatus::Interrupted
        }
        Some(Ok(status)) => status,
        Some(Err(fault)) => {
            output.fault(&fault);
            fault.status
        }
    }
}

async fn perform(command: Headless, context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    match command {
        Headless::Sync(command) => sync::run(&command, context).await,
        Headless::Contacts(command) => contacts::run(command, context).await,
        Headless::Tasks(command) => tasks::run(command, context).await,
        Headless::Notes(command) => notes::run(command, context).await,
        Headless::Appointments(command) => appointments::run(command, context).await,
        Headless::Duplicates(command) => duplicates::run(command, context).await,
        Headless::Views(command) => views::run(command, context).await,
        Headless::Outbox(command) => outbox::run(command, context).await,
        Headless::Forget(command) => forget::run(&command, context).await,
        Headless::Me { user, nobody } => me::run(user.as_deref(), nobody, context).await,
        Headless::Api(command) => api::run(command, context).await,
    }
}

#[cfg(test)]
mod tests;
