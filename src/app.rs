//! The composition root: builds the parts, connects them, and hands over. Holds no rules about contacts.

mod account;
mod browser;
mod commands;
mod completion;
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
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::runtime::{Builder, Runtime};

use crate::api::endpoints;
use crate::cli::args::{self, Api, CliCommand, DuplicatesCommand, Global, Headless};
use crate::cli::{self, CommandEnvironment, ExitStatus, OperationRow};
use crate::config::ViewsFile;
use crate::config::paths::Folders;
use crate::domain::{LocationId, MergeRules, Scope};
use crate::observe;
use crate::sandbox::CONTROL_HELP;
use crate::text::clean_block;
use crate::worker::Pace;

use account::Accounts;
use prompt::PromptError;
use sign_in::SignInError;
use wire::WireError;

/// Runs the program with these arguments and returns its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    if let Some(shell) = std::env::var_os(cli::COMPLETION_VARIABLE) {
        completion::run(&shell, arguments.into_iter());
        return ExitCode::SUCCESS;
    }
    let cli = match args::parse(arguments, CONTROL_HELP) {
        Ok(cli) => cli,
        // clap returns help and version as errors that go to stdout and exit with 0.
        Err(error) => error.exit(),
    };
    let done = runtime().and_then(|runtime| match cli.command.clone() {
        Some(CliCommand::Sandbox(options)) => runtime.block_on(sandbox::serve(options)),
        Some(CliCommand::Headless(command)) => headless(&runtime, command, &cli.global),
        Some(CliCommand::Login(login)) => commands::login(&cli.global, &login),
        Some(CliCommand::Logout(logout)) => commands::logout(&cli.global, &logout),
        Some(CliCommand::Profiles) => commands::profiles(&cli.global),
        Some(CliCommand::Doctor) => commands::doctor(&cli.global),
        Some(CliCommand::Listen(listen)) => commands::listen(&cli.global, &listen),
        Some(CliCommand::Reference(reference)) => commands::reference(&cli.global, &reference),
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

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppError {
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
    #[error("stdin is not a terminal; add --yes to confirm")]
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
    #[error(
        "the dashboard needs a terminal that can place text (TERM is dumb); use another one, or the commands in ghl-tui --help"
    )]
    DumbTerminal,
    #[error("ended by {0}; queued edits are safe, and ghl-tui sends them at its next start")]
    Signalled(&'static str),
    #[error("cannot use the terminal: {0}")]
    Terminal(#[source] io::Error),
    #[error("cannot create a folder for the demo: {0}")]
    Demo(#[source] io::Error),
}

impl From<&AppError> for ExitStatus {
    fn from(error: &AppError) -> Self {
        match error {
            AppError::Wire(error) if error.is_about_access() => Self::Access,
            AppError::SignIn(error) if error.is_network() => Self::Network,
            AppError::SignIn(error) if error.is_about_access() => Self::Access,
            AppError::Prompt(PromptError::Interrupted) | AppError::Signalled(_) => Self::Interrupted,
            AppError::Switch { .. }
            | AppError::Sandbox(crate::sandbox::SandboxError::Webhook(_))
            | AppError::Name(_)
            | AppError::Unconfirmed
            | AppError::Prompt(PromptError::Nobody { .. } | PromptError::Nothing(_)) => Self::Usage,
            AppError::Runtime(_)
            | AppError::Wire(_)
            | AppError::SignIn(_)
            | AppError::Prompt(_)
            | AppError::Listen(_)
            | AppError::Store(_)
            | AppError::Sandbox(_)
            | AppError::Print(_)
            | AppError::NoTerminal
            | AppError::DumbTerminal
            | AppError::Terminal(_)
            | AppError::Demo(_) => Self::Failed,
        }
    }
}

/// Prints an error on stderr; it says what, why and what next, and may quote a hostile file.
fn complain(error: &AppError) {
    let _ = writeln!(io::stderr(), "ghl-tui: {}", clean_block(&error.to_string()));
}

fn runtime() -> Result<Runtime, AppError> {
    // Two threads: one for the screen, one for everything else; files use blocking threads.
    Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(AppError::Runtime)
}

fn headless(runtime: &Runtime, command: Headless, options: &Global) -> Result<ExitStatus, AppError> {
    if let Headless::Api(Api { list: true, .. }) = command {
        return cli::print_operations(operations(), &mut io::stdout().lock(), options.json).map_err(AppError::Print);
    }
    let (mut out, mut err, mut input) = (io::stdout().lock(), io::stderr().lock(), io::stdin());
    let mut around = CommandEnvironment {
        out: &mut out,
        err: &mut err,
        input: &mut input,
        asks: io::stdin().is_terminal(),
        now: Timestamp::now(),
        began: Instant::now(),
        zone: TimeZone::system(),
        hours: None,
        width: terminal_width(),
        progress: io::stderr().is_terminal(),
        merge_rules: MergeRules::default(),
        views: ViewsFile::default(),
        location: LocationId::new(""),
    };
    if let Headless::Duplicates(DuplicatesCommand::Find(find)) = &command
        && find.is_about_files()
    {
        return Ok(runtime.block_on(async { cli::compare_files(find, options, around, interrupted()).await }));
    }
    let folders = wire::folders(options)?;
    start_log(&folders, options);
    let accounts = Accounts::find(&folders, options)?;
    for notice in &accounts.notices {
        let _ = writeln!(io::stderr(), "ghl-tui: {}", clean_block(notice));
    }
    let account = accounts.need(options.profile.as_deref())?;
    (around.views, around.location) = (ViewsFile::new(folders.views_file()), account.location.clone());
    (around.merge_rules, around.hours) = (accounts.config.merge.clone(), accounts.config.time);
    let rules = accounts.config.merge.clone();
    runtime.block_on(async {
        let folder = folders.location_dir(&account.location);
        let pace = Pace::headless();
        let port = match wire::connect(&account, &folder, wire::access(options), pace, rules.clone()) {
            Err(WireError::Open(error)) if error.is_about_writing() && command.is_offline() => {
                let _ = writeln!(io::stderr(), "ghl-tui: {} cannot be written; reading it as it is", folder.display());
                wire::connect_to_read(&account, &folder, rules)?
            }
            connected => connected?.0,
        };
        Ok(cli::run(command, options, port, around, interrupted()).await)
    })
}

/// The API operations, as rows of `api --list`.
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

/// Starts the log. The program also runs without one.
fn start_log(folders: &Folders, options: &Global) {
    let started = crate::config::paths::create_private(folders.state())
        .map_err(|error| error.to_string())
        .and_then(|()| observe::init(folders.state(), options.verbose).map_err(|error| error.to_string()));
    if let Err(error) = started {
        let _ = writeln!(io::stderr(), "ghl-tui: no log: {error}");
    }
}

/// Completes on Ctrl-C, SIGTERM or SIGHUP.
fn interrupted() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    async {
        let streams = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        let waits = streams.into_iter().flatten().map(|mut stream| Box::pin(async move { stream.recv().await }));
        futures_util::future::select_all(waits).await;
    }
}

/// Columns of the terminal, if stdout is one.
fn terminal_width() -> Option<usize> {
    terminal_size().map(|(columns, _rows)| columns.into())
}

/// Columns and rows of the terminal, if stdout is one.
fn terminal_size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some((size.ws_col, size.ws_row))
}
