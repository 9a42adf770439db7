//! The composition root: builds the parts, connects them, and hands over. It holds no rule about contacts.

mod account;
mod browser;
mod commands;
mod connect;
mod dashboard;
mod editor;
mod prompt;
mod runtime;
mod sandbox;
mod sign_in;
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
use crate::cli::args::{self, Api, Command, Duplicates, Global, Headless};
use crate::cli::{self, ExitStatus, OperationRow, Surroundings};
use crate::config::ViewsFile;
use crate::config::paths::Folders;
use crate::domain::{LocationId, MergeRules, Scope};
use crate::observe;
use crate::sandbox::CONTROL_HELP;
use crate::worker::Pace;

use account::Accounts;
use prompt::PromptError;
use sign_in::SignInError;
use wire::WireError;

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
        Some(Command::Login(login)) => commands::login(&cli.global, &login),
        Some(Command::Logout(logout)) => commands::logout(&cli.global, &logout),
        Some(Command::Profiles) => commands::profiles(&cli.global),
        Some(Command::Doctor) => commands::doctor(&cli.global),
        Some(Command::Listen(listen)) => commands::listen(&cli.global, &listen),
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
    SignIn(#[from] SignInError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error(transparent)]
    Listen(#[from] commands::ListenError),
    #[error(transparent)]
    Name(#[from] crate::auth::NoName),
    #[error(transparent)]
    Store(#[from] crate::store::OpenError),
    #[error("nobody can be asked, for standard input is no terminal: add --yes to do it all the same")]
    Unconfirmed,
    #[error(transparent)]
    Sandbox(#[from] crate::sandbox::SandboxError),
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
            StartError::SignIn(error) if error.is_network() => Self::Network,
            StartError::SignIn(error) if error.is_about_access() => Self::Access,
            StartError::Prompt(PromptError::Interrupted) => Self::Interrupted,
            StartError::Switch { .. }
            | StartError::Sandbox(crate::sandbox::SandboxError::Webhook(_))
            | StartError::Name(_)
            | StartError::Unconfirmed
            | StartError::Prompt(PromptError::Nobody { .. } | PromptError::Nothing(_)) => Self::Usage,
            StartError::Runtime(_)
            | StartError::Wire(_)
            | StartError::SignIn(_)
            | StartError::Prompt(_)
            | StartError::Listen(_)
            | StartError::Store(_)
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
    let (mut out, mut err, mut input) = (io::stdout().lock(), io::stderr().lock(), io::stdin());
    let mut around = Surroundings {
        out: &mut out,
        err: &mut err,
        input: &mut input,
        asks: io::stdin().is_terminal(),
        now: Timestamp::now(),
        zone: TimeZone::system(),
        width: terminal_width(),
        progress: io::stderr().is_terminal(),
        merge_rules: MergeRules::default(),
        views: ViewsFile::default(),
        location: LocationId::new(""),
    };
    if let Headless::Duplicates(Duplicates::Find(find)) = &command
        && find.is_about_files()
    {
        return Ok(runtime.block_on(async { cli::compare_files(find, options, around, interrupted()).await }));
    }
    let folders = wire::folders(options)?;
    start_log(&folders, options);
    let accounts = Accounts::find(&folders, options)?;
    for notice in &accounts.notices {
        let _ = writeln!(io::stderr(), "ghl-tui: {notice}");
    }
    let account = accounts.need(options.profile.as_deref())?;
    (around.views, around.location) = (ViewsFile::new(folders.views_file()), account.location.clone());
    around.merge_rules = accounts.config.merge.clone();
    let rules = accounts.config.merge.clone();
    runtime.block_on(async {
        let folder = folders.location_dir(&account.location);
        let (port, _access) = wire::connect(&account, &folder, wire::access(options), Pace::headless(), rules)?;
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
    terminal_size().map(|(columns, _rows)| columns.into())
}

/// Columns and rows of the terminal on stdout, if it is one.
fn terminal_size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some((size.ws_col, size.ws_row))
}
