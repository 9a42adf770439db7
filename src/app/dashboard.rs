//! `ghl-tui`: the dashboard on an account, on the demo, or the start screen that offers both.

use std::io::{self, Write as _};
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::cli::ExitStatus;
use crate::cli::args::{Cli, Global};
use crate::config::paths::Folders;
use crate::config::{Keymap, View, ViewChange, ViewsFile};
use crate::domain::{Access, Hours, Location, MergeRules};
use crate::observe;
use crate::protocol::Port;
use crate::sandbox;
use crate::ui::{AccountRow, Start, Welcome, WelcomeChoice};
use crate::worker::Pace;

use super::account::{Account, Accounts};
use super::connect::{self, Left};
use super::runtime::DashboardEnd;
use super::terminal::{self, TerminalScreen};
use super::wire::{self, WireError};
use super::{AppError, runtime, start_log};

/// The web app's host, unless the profile or the configuration names another.
const WEB_HOST: &str = "https://app.gohighlevel.com";

/// The screen to show next.
enum NextScreen {
    Account {
        account: Box<Account>,
        notices: Vec<String>,
    },
    Demo,
    /// The start screen, which offers demo and sign-in, with a message.
    Welcome(Option<String>),
    /// The sign-in; to an account that has a profile, if one is named.
    Connect(Option<String>),
    Quit,
}

/// State that outlives the account that is open.
struct Stage<'a> {
    screen: Option<TerminalScreen>,
    folders: Folders,
    options: &'a Global,
}

/// What an open account needs besides the worker.
struct Stay<'a> {
    folder: &'a Path,
    views: ViewsFile,
    accounts: Vec<AccountRow>,
    notices: Vec<String>,
    hours: Option<Hours>,
    merge_rules: MergeRules,
}

/// Runs the dashboard.
pub(super) fn run(tokio: &Runtime, cli: &Cli) -> Result<ExitStatus, AppError> {
    if !terminal::is_there() {
        return Err(AppError::NoTerminal);
    }
    if terminal::is_dumb() {
        return Err(AppError::DumbTerminal);
    }
    let folders = wire::folders(&cli.global)?;
    start_log(&folders, &cli.global);
    report_panics(folders.state().to_owned());
    let first = if cli.demo {
        NextScreen::Demo
    } else {
        let accounts = Accounts::find(&folders, &cli.global)?;
        let account = accounts.pick(cli.global.profile.as_deref())?;
        account.map_or(NextScreen::Welcome(None), |account| NextScreen::Account {
            account: Box::new(account),
            notices: accounts.notices,
        })
    };
    tokio.block_on(async {
        #[cfg(debug_assertions)]
        crash_when_told();
        Stage { screen: None, folders, options: &cli.global }.play(first).await
    })
}

impl Stage<'_> {
    async fn play(mut self, first: NextScreen) -> Result<ExitStatus, AppError> {
        let mut next = first;
        loop {
            next = match next {
                NextScreen::Quit => {
                    let ended_by = self.screen.as_ref().and_then(TerminalScreen::ended_by);
                    return ended_by.map_or(Ok(ExitStatus::Done), |signal| Err(AppError::Signalled(signal)));
                }
                NextScreen::Demo => self.demo().await?,
                NextScreen::Account { account, notices } => self.account(&account, notices).await?,
                NextScreen::Welcome(said) => self.welcome(said).await?,
                NextScreen::Connect(again) => self.connect(again).await?,
            }
        }
    }

    async fn screen(&mut self) -> Result<&mut TerminalScreen, AppError> {
        match &mut self.screen {
            Some(screen) => Ok(screen),
            none => Ok(none.insert(TerminalScreen::open().await.map_err(AppError::Terminal)?)),
        }
    }

    async fn welcome(&mut self, said: Option<String>) -> Result<NextScreen, AppError> {
        let screen = self.screen().await?;
        let welcome = Welcome::new(screen.theme());
        let welcome = said.map_or(welcome.clone(), |said| welcome.saying(said));
        let choice = runtime::welcome(screen, welcome).await.map_err(AppError::Terminal)?;
        Ok(match choice {
            WelcomeChoice::Demo => NextScreen::Demo,
            WelcomeChoice::Connect => NextScreen::Connect(None),
            WelcomeChoice::Quit => NextScreen::Quit,
        })
    }

    /// Runs the dashboard on its own sandbox, which ends with it.
    async fn demo(&mut self) -> Result<NextScreen, AppError> {
        let running = sandbox::start(sandbox::SandboxOptions::default()).await?;
        let accounts = Account::of_sandbox(&running)?;
        let folder = DemoFolder::new(self.options.data_dir.as_deref()).map_err(AppError::Demo)?;
        let mut at = 0;
        let ended = loop {
            let account = &accounts[at];
            let row = |one: &Account| AccountRow {
                label: one.label.clone(),
                location: String::new(),
                open: one.label == account.label,
                kept: false,
            };
            let place = if at == 0 { folder.path().to_owned() } else { folder.path().join("other") };
            let opened = self.open(account, &place, true, MergeRules::default())?;
            let stay = Stay {
                folder: &place,
                views: folder.views(),
                accounts: accounts.iter().map(row).collect(),
                notices: Vec::new(),
                hours: None,
                merge_rules: MergeRules::default(),
            };
            match self.show(account, opened, stay).await? {
                DashboardEnd::Switch(label) => at = accounts.iter().position(|one| one.label == label).unwrap_or(at),
                ended => break ended,
            }
        };
        running.stop().await;
        Ok(match ended {
            DashboardEnd::Quit | DashboardEnd::Switch(_) => NextScreen::Quit,
            DashboardEnd::Connect(_) => NextScreen::Connect(None),
        })
    }

    async fn account(&mut self, account: &Account, notices: Vec<String>) -> Result<NextScreen, AppError> {
        let accounts = Accounts::find(&self.folders, self.options)?;
        let folder = self.folders.location_dir(&account.location);
        // The files first: errors about them belong on a terminal that is still the user's.
        let scan = accounts.config.find_duplicates.unwrap_or(true);
        let rules = accounts.config.merge.clone();
        let opened = match self.open(account, &folder, scan, rules.clone()) {
            Ok(opened) => opened,
            Err(error) if self.screen.is_none() && !error.is_about_access() => return Err(error.into()),
            Err(error) => return Ok(NextScreen::Welcome(Some(format!("{}: {error}", account.label)))),
        };
        if let Some(profile) = account.profile() {
            accounts.profiles.used(&profile.name).map_err(WireError::from)?;
        }
        let rows = rows(&accounts, &account.label)?;
        let views = ViewsFile::new(self.folders.views_file());
        let stay =
            Stay { folder: &folder, views, accounts: rows, notices, hours: accounts.config.time, merge_rules: rules };
        let ended = self.show(account, opened, stay).await?;
        Ok(match ended {
            DashboardEnd::Quit => NextScreen::Quit,
            DashboardEnd::Connect(again) => NextScreen::Connect(again),
            DashboardEnd::Switch(label) => match accounts.need(Some(&label)) {
                Ok(account) => NextScreen::Account { account: Box::new(account), notices: Vec::new() },
                Err(error) => NextScreen::Account {
                    account: Box::new(account.clone()),
                    notices: vec![format!("{label}: {error}")],
                },
            },
        })
    }

    async fn connect(&mut self, again: Option<String>) -> Result<NextScreen, AppError> {
        let accounts = Accounts::find(&self.folders, self.options)?;
        let profile = match &again {
            Some(name) => accounts.profiles.pick(Some(name)).map_err(WireError::from)?,
            None => None,
        };
        let screen = self.screen().await?;
        let theme = screen.theme();
        let left = connect::connect(screen, &accounts, theme, profile.as_ref()).await;
        Ok(match left.map_err(AppError::Terminal)? {
            Left::Quit => NextScreen::Quit,
            Left::Signed(name) => {
                let account = accounts.need(Some(name.as_str()))?;
                NextScreen::Account { account: Box::new(account), notices: Vec::new() }
            }
            // Back to the account that was open before, if any.
            Left::Back => match accounts.pick(self.options.profile.as_deref())? {
                Some(account) => NextScreen::Account { account: Box::new(account), notices: Vec::new() },
                None => NextScreen::Welcome(None),
            },
        })
    }

    fn open(
        &self,
        account: &Account,
        folder: &Path,
        scan: bool,
        rules: MergeRules,
    ) -> Result<(Port, Access), WireError> {
        wire::connect(account, folder, wire::access(self.options), Pace { scan, ..Pace::default() }, rules)
    }

    async fn show(
        &mut self,
        account: &Account,
        (port, access): (Port, Access),
        Stay { folder, views, accounts, notices, hours, merge_rules }: Stay<'_>,
    ) -> Result<DashboardEnd, AppError> {
        let web_host = account.web_host.clone().unwrap_or_else(|| WEB_HOST.to_owned());
        let screen = self.screen().await?;
        let start = Start {
            now: Timestamp::now(),
            size: screen.size(),
            demo: account.is_demo(),
            access,
            accounts,
            notices,
            location: Arc::new(Location::unknown(account.location.clone())),
            web_host,
            hours,
            merge_rules,
            views: views.of(&account.location).map_err(|error| error.to_string()),
            theme: screen.theme(),
            keymap: Keymap::default(),
        };
        runtime::dashboard(screen, port, start, folder, views).await.map_err(AppError::Terminal)
    }
}

/// The accounts, as rows of the list of accounts.
fn rows(accounts: &Accounts, open: &str) -> Result<Vec<AccountRow>, AppError> {
    let row = |account: Account| AccountRow {
        open: account.label == open,
        location: account
            .profile()
            .map_or_else(|| account.location.to_string(), |profile| profile.location_name.clone()),
        kept: account.profile().is_some(),
        label: account.label,
    };
    Ok(accounts.all()?.into_iter().map(row).collect())
}

/// Where the demo keeps its files: the given folder, or a temporary one that ends with it.
enum DemoFolder {
    Named(PathBuf),
    Fresh(TempDir),
}

impl DemoFolder {
    fn new(named: Option<&Path>) -> io::Result<Self> {
        let folder = match named {
            Some(path) => Self::Named(path.join("demo")),
            None => Self::Fresh(tempfile::Builder::new().prefix("ghl-tui-demo-").tempdir()?),
        };
        // A folder that was used before keeps its views as the user left them.
        if !folder.views().path().exists() {
            for view in sample_views() {
                if let Err(error) = folder.views().change(&ViewChange::Put(view)) {
                    tracing::warn!(%error, "no views in the demo");
                }
            }
        }
        Ok(folder)
    }

    fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Fresh(folder) => folder.path(),
        }
    }

    fn views(&self) -> ViewsFile {
        ViewsFile::new(self.path().join("views.toml"))
    }
}

/// Sample views for the demo.
fn sample_views() -> [View; 3] {
    let view = |name: &str, filter: &str, sort: &str| View {
        name: name.to_owned(),
        filter: filter.to_owned(),
        sort: Some(sort.to_owned()),
        ..View::default()
    };
    [
        view("New", "added:<30d", "-added"),
        view("Recall due", "tag:\"recall due\" dnd:off", "updated"),
        view("Out of reach", "no:email no:phone", "name"),
    ]
}

/// After a crash, gives the terminal back, says where the report is, and ends the program. Promised edits are in the
/// ledger, and a dashboard that has lost half of its parts must not promise more.
fn report_panics(folder: PathBuf) {
    panic::set_hook(Box::new(move |info| {
        let mut told = String::new();
        terminal::restore_in_panic(|| {
            told = match observe::report_panic(&folder, info) {
                Ok(path) => format!("ghl-tui crashed. The report is in {}", path.display()),
                Err(error) => format!("ghl-tui crashed, and its report could not be written ({error}): {info}"),
            };
        });
        let _ = writeln!(io::stderr(), "{told}\nQueued edits are safe; ghl-tui sends them at its next start.");
        std::process::exit(101);
    }));
}

/// A debug build crashes on SIGUSR2, so that tests can see what a crash leaves behind.
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
