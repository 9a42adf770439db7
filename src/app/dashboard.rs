//! `ghl-tui`: the dashboard on an account, on the demo, or the screen that offers both.

use std::io::{self, Write as _};
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::cli::ExitStatus;
use crate::cli::args::{Cli, Global};
use crate::config::{Keymap, Theme};
use crate::domain::Location;
use crate::observe;
use crate::sandbox;
use crate::ui::{Choice, Start, Welcome};
use crate::worker::Pace;

use super::terminal::{self, Screen};
use super::wire::{self, Account};
use super::{StartError, runtime, start_log};

/// The web app; agencies with a host of their own will be able to set it.
const WEB_HOST: &str = "https://app.gohighlevel.com";

/// Runs the dashboard.
pub(super) fn run(tokio: &Runtime, cli: &Cli) -> Result<ExitStatus, StartError> {
    if !terminal::is_there() {
        return Err(StartError::NoTerminal);
    }
    let folders = wire::folders(&cli.global)?;
    start_log(&folders, &cli.global);
    report_panics(folders.state().to_owned());
    let account = if cli.demo { None } else { Account::from_environment()? };
    let theme = terminal::theme();
    tokio.block_on(async {
        #[cfg(debug_assertions)]
        crash_when_told();
        match account {
            Some(account) => {
                let folder = folders.location_dir(&account.location);
                show(None, &account, &folder, &cli.global, theme, false).await
            }
            None if cli.demo => demo(None, &cli.global, theme).await,
            None => {
                let mut screen = Screen::open().map_err(StartError::Terminal)?;
                match runtime::welcome(&mut screen, Welcome::new(theme.clone())).await.map_err(StartError::Terminal)? {
                    Choice::Demo => demo(Some(screen), &cli.global, theme).await,
                    Choice::Quit => Ok(ExitStatus::Done),
                }
            }
        }
    })
}

/// The dashboard on a sandbox of its own, which ends with it.
async fn demo(screen: Option<Screen>, options: &Global, theme: Theme) -> Result<ExitStatus, StartError> {
    let running = sandbox::start(sandbox::Options::default()).await?;
    let account = Account::of_sandbox(&running)?;
    let folder = DemoFolder::new(options.data_dir.as_deref()).map_err(StartError::Demo)?;
    let status = show(screen, &account, folder.path(), options, theme, true).await;
    running.stop().await;
    status
}

async fn show(
    screen: Option<Screen>,
    account: &Account,
    folder: &Path,
    options: &Global,
    theme: Theme,
    demo: bool,
) -> Result<ExitStatus, StartError> {
    let access = wire::access(options);
    // The files first: what is wrong with them is said on a terminal that is still the user's.
    let port = wire::connect(account, folder, access, Pace::default())?;
    let mut screen = screen.map_or_else(Screen::open, Ok).map_err(StartError::Terminal)?;
    let start = Start {
        now: Timestamp::now(),
        size: screen.size(),
        demo,
        access,
        location: Arc::new(Location::unknown(account.location.clone())),
        web_host: WEB_HOST.to_owned(),
        theme,
        keymap: Keymap::default(),
    };
    runtime::dashboard(&mut screen, port, start, folder).await.map_err(StartError::Terminal)?;
    Ok(ExitStatus::Done)
}

/// Where the demo keeps its files: the named folder, or a fresh one that goes with it.
enum DemoFolder {
    Named(PathBuf),
    Fresh(TempDir),
}

impl DemoFolder {
    fn new(named: Option<&Path>) -> io::Result<Self> {
        match named {
            Some(path) => Ok(Self::Named(path.join("demo"))),
            None => tempfile::Builder::new().prefix("ghl-tui-demo-").tempdir().map(Self::Fresh),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Fresh(folder) => folder.path(),
        }
    }
}

/// A crash gives the terminal back, says where its report is, and ends the program: what was promised is
/// in the ledger, and a dashboard with half of its parts gone would promise more.
fn report_panics(folder: PathBuf) {
    panic::set_hook(Box::new(move |info| {
        let mut told = String::new();
        terminal::restore_in_panic(|| {
            told = match observe::report_panic(&folder, info) {
                Ok(path) => format!("ghl-tui crashed. The report is in {}", path.display()),
                Err(error) => format!("ghl-tui crashed, and its report could not be written ({error}): {info}"),
            };
        });
        let _ = writeln!(io::stderr(), "{told}\nWhat was queued is safe and goes out at the next start.");
        std::process::exit(101);
    }));
}

/// A debug build crashes when it gets SIGUSR2, so that tests can see what a crash leaves behind.
#[cfg(debug_assertions)]
fn crash_when_told() {
    use tokio::signal::unix::{SignalKind, signal};
    if let Ok(mut told) = signal(SignalKind::user_defined2()) {
        tokio::spawn(async move {
            told.recv().await;
            panic!("told to crash by SIGUSR2");
        });
    }
}
