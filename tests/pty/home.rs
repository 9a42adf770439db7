//! A user of this machine: folders of their own, an account, and the program to start.

use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use tempfile::TempDir;

use crate::sandbox::{Sandbox, Target};
use crate::terminal::Terminal;

/// The program: a test is told where it lies, a tool lies beside it.
pub(crate) fn program() -> PathBuf {
    let beside = || {
        let tool = std::env::current_exe().expect("it runs");
        tool.ancestors().nth(2).expect("a folder of builds").join("ghl-tui")
    };
    option_env!("CARGO_BIN_EXE_ghl-tui").map_or_else(beside, PathBuf::from)
}

/// Whether the long forms are wanted: kills by the hundred, for minutes. The nightly run sets `GHL_TUI_LONG_TESTS=1`, and
/// so does whoever changes what they are about.
pub(crate) fn long_tests() -> bool {
    std::env::var_os("GHL_TUI_LONG_TESTS").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Lets a program run for so long and kills it then; its status where it ended before.
pub(crate) fn kill_after(child: &mut Child, life: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + life;
    loop {
        if let Some(status) = child.try_wait().expect("it is ours") {
            return Some(status);
        }
        if Instant::now() >= end {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(1)); // between two looks
    }
}

pub(crate) const USUAL: (u16, u16) = (120, 36);

pub(crate) struct Home {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Home {
    /// Somebody without an account.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = |name: &str| folder.path().join(name).to_str().expect("a plain path").to_owned();
        std::fs::create_dir(folder.path().join("tmp")).expect("a folder for temporary files");
        let variables = vec![
            ("TMPDIR".to_owned(), path("tmp")),
            ("HOME".to_owned(), path("")),
            ("XDG_DATA_HOME".to_owned(), path("data")),
            ("XDG_STATE_HOME".to_owned(), path("state")),
            ("XDG_CONFIG_HOME".to_owned(), path("config")),
            ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("TERM".to_owned(), "xterm-256color".to_owned()),
        ];
        Self { folder, variables }
    }

    /// Somebody with an account on this sandbox.
    pub(crate) fn on(sandbox: &Sandbox) -> Self {
        Self::new()
            .with("GHL_API_KEY", &sandbox.token)
            .with("GHL_LOCATION_ID", &sandbox.location)
            .with("GHL_BASE_URL", &sandbox.base_url)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Signs in to a sandbox by its private token, as a profile of this name.
    pub(crate) fn sign_in(&self, sandbox: &Sandbox, name: &str) {
        let token = self.folder.path().join("token.txt");
        std::fs::write(&token, &sandbox.token).expect("written");
        let arguments = ["login", "--name", name, "--location", &sandbox.location, "--server", &sandbox.base_url];
        let ran = self.run(&[&arguments[..], &["--token-file", token.to_str().expect("a plain path")]].concat());
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        std::fs::remove_file(token).expect("removed");
    }

    /// Where everything of this user lies.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Where the files of all accounts lie.
    pub(crate) fn all_data(&self) -> PathBuf {
        self.folder.path().join("data/ghl-tui")
    }

    /// Where the files of the sandbox's location lie.
    pub(crate) fn data(&self, sandbox: &Sandbox) -> PathBuf {
        self.folder.path().join("data/ghl-tui/locations").join(&sandbox.location)
    }

    /// What lies in the folder for temporary files.
    pub(crate) fn temporary_files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path().join("tmp")).expect("it is there");
        files.filter_map(|file| Some(file.ok()?.file_name().to_string_lossy().into_owned())).collect()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state/ghl-tui")
    }

    /// Opens the program in a terminal.
    pub(crate) fn open(&self, arguments: &[&str]) -> Terminal {
        self.open_at(USUAL, arguments)
    }

    pub(crate) fn open_at(&self, size: (u16, u16), arguments: &[&str]) -> Terminal {
        let mut command = self.in_terminal(program());
        command.args(arguments);
        Terminal::start(command, size)
    }

    /// Opens the program as a line of a shell ends by starting it: `exec "$0"`.
    pub(crate) fn open_by(&self, line: &str) -> Terminal {
        let mut command = self.in_terminal("/bin/sh");
        command.args(["-c", line]);
        command.arg(program());
        Terminal::start(command, USUAL)
    }

    /// Something to run in a terminal.
    pub(crate) fn in_terminal(&self, program: impl AsRef<std::ffi::OsStr>) -> CommandBuilder {
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        self.variables.iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(self.folder.path());
        command
    }

    /// Opens the dashboard and waits for the contacts.
    pub(crate) fn dashboard(&self) -> Terminal {
        let terminal = self.open(&[]);
        terminal.wait("the contacts", |screen| screen.contains("▶ "));
        terminal
    }

    /// A command, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.env_clear().envs(self.variables.iter().cloned()).args(arguments).stdin(Stdio::null());
        command.current_dir(self.folder.path());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }
}

impl Terminal {
    /// Goes to a contact by filtering for the e-mail.
    pub(crate) fn go_to(&self, target: &Target) {
        self.press("g c");
        if !self.screen().contains("filter by name") {
            self.press("esc");
            self.wait_for("filter by name");
        }
        self.press("/");
        self.wait_for("Enter keep");
        self.type_text(&target.email);
        // The filter itself stands in the same line as the e-mail of the detail, to the left of it.
        let is_shown = |line: &str| line.split("E-mail ").nth(1).is_some_and(|rest| rest.contains(&target.email));
        self.wait(&target.email, |screen| screen.lines().any(is_shown));
        self.press("enter");
        self.wait("the filter to be closed", |screen| !screen.contains("Enter keep"));
    }

    /// Goes to the one open task of a contact.
    pub(crate) fn go_to_task(&self, target: &Target) {
        self.go_to(target);
        self.press("g t");
        self.wait("the task", |screen| line_of(screen, target).is_some_and(|line| line.contains("▶ [ ]")));
    }

    /// Waits until the box of the task is ticked or not, and nothing of it is on its way.
    pub(crate) fn wait_settled(&self, target: &Target, ticked: bool) -> String {
        let boxed = if ticked { "[x]" } else { "[ ]" };
        self.wait("the settled task", |screen| {
            let settled = |line: &str| line.contains(boxed) && !line.contains('⇅') && !line.contains('·');
            line_of(screen, target).is_some_and(settled) && !screen.contains("pending")
        })
    }
}

/// The line of a contact's task, from its box on.
pub(crate) fn line_of<'a>(screen: &'a str, target: &Target) -> Option<&'a str> {
    let start: String = target.title.chars().take(18).collect();
    let is_task = |line: &&str| (line.contains("[ ]") || line.contains("[x]")) && line.contains(&start);
    let line = screen.lines().find(is_task)?;
    // The list of contacts may stand to the left of it.
    let from = line.rfind("▶ [").or_else(|| line.rfind("  [ ]")).or_else(|| line.rfind("  [x]"))?;
    line.get(from..)?.split('│').next()
}
