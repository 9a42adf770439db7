//! The composition root: builds the parts, connects them, and hands over. It holds no rule about contacts.

mod dashboard;
mod editor;
mod runtime;
mod sandbox;
mod steady;
mod terminal;
mod wire;

use std::ffi::OsString;
use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::runtime::{Builder, Runtime};

use crate::api::endpoints;
use crate::cli::args::{self, Api, Command, Global, Headless};
use crate::cli::{self, ExitStatus, OperationRow, Surroundings};
use crate::config::paths::Folders;
use crate::domain::Scope;
use crate::observe;
use crate::sandbox::CONTROL_HELP;
use crate::worker::Pace;

use wire::{Account, WireError};

/// Runs the program with these arguments and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match args::parse(arguments, CONTROL_HELP) {
        Ok(cli) => cli,
        // Help and version are "errors" that go to stdout and exit with 0.
        Err(error) => error.exit(),
    };
    let done = runtime().and_then(|runtime| match cli.command.clone() {
        Some(Command::Sandbox(options)) => runtime.block_on(sandbox::serve(options)),
        Some(Command::Headless(command)) => headless(&runtime, command, &cli.global),
        None => dashboard::run(&runtime, &cli),
    });
    match done {
        Ok(status) => status.into(),
        Err(error) => {
            complain(&error);
            ExitStatus::from(&error).into()
        }
    }
}

/// What keeps the program from starting.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Sandbox(#[from] crate::sandbox::StartError),
    #[error("{name}: {source}")]
    Switch {
        name: String,
        #[source]
        source: crate::sandbox::SwitchError,
    },
    #[error("cannot print: {0}")]
    Print(#[source] io::Error),
    #[error("the dashboard needs a terminal; for scripts see ghl-tui --help")]
    NoTerminal,
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[source] io::Error),
    #[error("cannot make a folder for the demo: {0}")]
    Demo(#[source] io::Error),
}

impl From<&StartError> for ExitStatus {
    fn from(error: &StartError) -> Self {
        match error {
            StartError::Wire(error) if error.is_about_access() => Self::Access,
            StartError::Switch { .. } => Self::Usage,
            StartError::Runtime(_)
            | StartError::Wire(_)
            | StartError::Sandbox(_)
            | StartError::Print(_)
            | StartError::NoTerminal
            | StartError::Terminal(_)
            | StartError::Demo(_) => Self::Failed,
        }
    }
}

/// One line on stderr: the error says what, why and what next.
fn complain(error: &StartError) {
    let _ = writeln!(io::stderr(), "ghl-tui: {error}");
}

fn runtime() -> Result<Runtime, StartError> {
    // Two threads: one for the screen, one for everything else; files have threads of their own.
    Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(StartError::Runtime)
}

fn headless(runtime: &Runtime, command: Headless, options: &Global) -> Result<ExitStatus, StartError> {
    if let Headless::Api(Api { list: true, .. }) = command {
        return cli::print_operations(operations(), &mut io::stdout().lock(), options.json).map_err(StartError::Print);
    }
    let folders = wire::folders(options)?;
    start_log(&folders, options);
    let account = Account::from_environment()?.ok_or(WireError::NotSignedIn)?;
    let (mut out, mut err, mut input) = (io::stdout().lock(), io::stderr().lock(), io::stdin());
    let around = Surroundings {
        out: &mut out,
        err: &mut err,
        input: &mut input,
        asks: io::stdin().is_terminal(),
        now: Timestamp::now(),
        zone: TimeZone::system(),
        width: terminal_width(),
        progress: io::stderr().is_terminal(),
    };
    runtime.block_on(async {
        let port =
            wire::connect(&account, &folders.location_dir(&account.location), wire::access(options), Pace::headless())?;
        Ok(cli::run(command, options, port, around, interrupted()).await)
    })
}

/// The operations as the list of them prints them.
fn operations() -> impl Iterator<Item = OperationRow> {
    endpoints::all().iter().map(|operation| OperationRow {
        method: operation.method.as_str(),
        path: operation.path,
        scope: operation.scope.map_or("-", Scope::as_str),
        repeat: operation.idempotency.as_str(),
        version: operation.version,
        used: operation.used,
    })
}

/// The log is a help, not a need: without it the program runs all the same.
fn start_log(folders: &Folders, options: &Global) {
    let started = crate::config::paths::create_private(folders.state())
        .map_err(|error| error.to_string())
        .and_then(|()| observe::init(folders.state(), options.verbose).map_err(|error| error.to_string()));
    if let Err(error) = started {
        let _ = writeln!(io::stderr(), "ghl-tui: no log: {error}");
    }
}

/// Ctrl-C, SIGTERM or SIGHUP.
fn interrupted() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    async {
        let streams = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        let waits = streams.into_iter().flatten().map(|mut stream| Box::pin(async move { stream.recv().await }));
        futures_util::future::select_all(waits).await;
    }
}

/// Columns of the terminal on stdout, if it is one.
fn terminal_width() -> Option<usize> {
    rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col.into()).filter(|columns| *columns > 0)
}
