//! The command line as typed values.
//!
//! Only what works is listed: an option is added together with the code behind it.

mod account;
mod duplicates;
mod help;
mod reference;
mod sync;
mod values;
mod views;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, error::ErrorKind};

use crate::domain::{ContactId, EditId, GroupId, NoteId, TaskId};
use crate::protocol::Verb;
use crate::query::Sort;

pub use account::{Forget, Listen, Login, Logout, ScopeChoice};
pub use duplicates::{
    AddressChoice, DuplicatesCommand, FindDuplicates, MergeChoice, MergeDuplicates, MergeRule, Pairs, PurgeMerges,
    ResumeMerge, Standstill, UndoMerge,
};
pub use reference::Reference;
pub use sync::SyncArgs;
pub use values::{Address, OutboxName, RateLimitArg, Setting, Switch};
pub use views::ViewsCommand;

/// A fast, keyboard-first, offline terminal dashboard for the contacts of a HighLevel sub-account.
#[derive(Clone, Debug, PartialEq, Parser)]
#[command(name = "ghl-tui", version, about, after_help = help::SHORT, after_long_help = help::LONG, disable_help_subcommand = true)]
pub struct Cli {
    /// Try it with made-up contacts: no account, no network
    #[arg(long)]
    pub demo: bool,
    #[command(flatten)]
    pub global: Global,
    /// `None` opens the dashboard.
    #[command(subcommand)]
    pub command: Option<CliCommand>,
}

/// The heading under which help lists the options that every command takes.
const EVERYWHERE: &str = "Global options";

/// Options that every command takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Global {
    /// Use this profile [default: the one used last]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "N")]
    pub profile: Option<String>,
    /// Read the configuration from this file
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "F")]
    pub config: Option<PathBuf>,
    /// Keep the data in this folder
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Change nothing: refuse every edit
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub read_only: bool,
    /// Print one JSON object per line, with the API's field names
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub json: bool,
    /// Write more detail to the log file
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub verbose: bool,
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum CliCommand {
    /// Run a local test server that speaks the same API, filled with made-up contacts
    Sandbox(SandboxArgs),
    Login(Login),
    Logout(Logout),
    /// List the accounts you are signed in to
    Profiles,
    /// Check files, terminal, server, token, scopes and limits
    Doctor,
    Listen(Listen),
    #[command(flatten)]
    Reference(Reference),
    #[command(flatten)]
    Headless(Headless),
}

/// What [`crate::cli::run`] does.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Headless {
    Sync(SyncArgs),
    /// List, show, create, update, tag and delete contacts
    #[command(subcommand)]
    Contacts(Contacts),
    /// Tasks of one contact or of the whole location
    #[command(subcommand)]
    Tasks(Tasks),
    /// Notes of a contact
    #[command(subcommand)]
    Notes(Notes),
    /// Appointments of a contact
    #[command(subcommand)]
    Appointments(Appointments),
    /// Find and merge duplicate contacts
    #[command(subcommand, after_long_help = help::DUPLICATES)]
    Duplicates(DuplicatesCommand),
    /// Saved views of the contact list
    #[command(subcommand, after_long_help = help::VIEWS)]
    Views(ViewsCommand),
    /// Edits that the server has not confirmed yet
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Tell ghl-tui which user you are, for --owner me and as the author of your notes
    Me {
        /// Your user id or name; without it, print the current one
        user: Option<String>,
        /// Forget who you are
        #[arg(long, conflicts_with = "user")]
        nobody: bool,
    },
    Forget(Forget),
    /// Send a raw API request
    Api(Api),
}

impl Headless {
    /// Whether it reads the local copy alone.
    pub fn is_offline(&self) -> bool {
        match self {
            Self::Contacts(Contacts::List { source, .. } | Contacts::Show { source, .. })
            | Self::Views(ViewsCommand::List { source })
            | Self::Duplicates(
                DuplicatesCommand::List(source) | DuplicatesCommand::Find(FindDuplicates { source, .. }),
            ) => source.offline,
            _ => false,
        }
    }
}

/// One raw request: it is neither queued nor retried.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Api {
    /// GET, POST, PUT or DELETE
    #[arg(required_unless_present = "list", value_parser = values::verb, value_name = "METHOD")]
    pub verb: Option<Verb>,
    /// The path with its query, starting with a slash
    #[arg(required_unless_present = "list", value_parser = values::address)]
    pub path: Option<Address>,
    /// The body: JSON, @FILE, or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub data: Option<String>,
    /// Print the request without sending it
    #[arg(long)]
    pub dry_run: bool,
    /// List the API operations that ghl-tui knows: method, path, scope, whether a retry is safe, what it is for
    #[arg(long, conflicts_with_all = ["verb", "path", "data", "dry_run"])]
    pub list: bool,
}

#[derive(Clone, Debug, PartialEq, Args)]
pub struct SandboxArgs {
    /// Port on 127.0.0.1; 0 picks a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Number of contacts
    #[arg(long, default_value_t = 1500, value_name = "N")]
    pub contacts: u32,
    /// The same seed, number of contacts and --now give the same data
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Count dates from this moment (RFC 3339) [default: the start of the server]
    #[arg(long, value_name = "RFC3339")]
    pub now: Option<jiff::Timestamp>,
    /// Requests allowed per interval, or off
    #[arg(long, default_value = "100/10s", value_parser = values::rate_limit, value_name = "COUNT/TIME|off")]
    pub rate_limit: RateLimitArg,
    /// Wait this long before each answer
    #[arg(long, default_value = "0ms", value_parser = values::duration, value_name = "TIME")]
    pub latency: Duration,
    /// The location's time zone
    #[arg(long, default_value = "America/Los_Angeles", value_parser = values::zone, value_name = "ZONE")]
    pub tz: String,
    /// Send every change to this address on this machine, as signed webhooks
    #[arg(long, value_parser = values::url, value_name = "URL")]
    pub webhook: Option<url::Url>,
    /// Set one of the server's switches; may be repeated
    #[arg(long = "set", value_parser = values::switch, value_name = "SWITCH=VALUE")]
    pub switches: Vec<Switch>,
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Contacts {
    /// List all contacts, or those that match a filter
    #[command(after_long_help = help::FILTER)]
    List {
        /// Filter as in the dashboard, e.g. "ann tag:vip added:<7d -has:phone" (all terms: contacts list --help)
        #[arg(long, value_name = "Q", allow_hyphen_values = true)]
        filter: Option<String>,
        /// Sort by one or two columns; -FIELD sorts in descending order, e.g. company,-updated
        #[arg(long, value_name = "FIELD[,FIELD]", allow_hyphen_values = true)]
        sort: Option<Sort>,
        #[command(flatten)]
        source: Source,
    },
    /// Show one contact
    Show {
        #[arg(value_parser = values::contact)]
        id: ContactId,
        #[command(flatten)]
        source: Source,
    },
    /// Create a contact
    Create {
        /// A field and its value, by the API's name or a custom field's name; may be repeated
        #[arg(long = "set", required = true, value_parser = values::setting, value_name = "FIELD=VALUE")]
        set: Vec<Setting>,
        /// A tag; may be repeated
        #[arg(long = "tag", value_name = "T")]
        tags: Vec<String>,
        #[command(flatten)]
        writing: WriteOptions,
    },
    /// Update fields of a contact
    Update {
        #[arg(value_parser = values::contact)]
        id: ContactId,
        /// A field and its value; an empty value clears the field; may be repeated
        #[arg(long = "set", required = true, value_parser = values::setting, value_name = "FIELD=VALUE")]
        set: Vec<Setting>,
        #[command(flatten)]
        writing: WriteOptions,
    },
    /// Delete contacts and everything that belongs to them
    Delete {
        #[arg(required = true, value_name = "ID", value_parser = values::contact)]
        ids: Vec<ContactId>,
        #[command(flatten)]
        deleting: Deleting,
    },
    /// Add and remove tags
    Tag {
        #[arg(required = true, value_name = "ID", value_parser = values::contact)]
        ids: Vec<ContactId>,
        /// A tag to add; may be repeated
        #[arg(long = "add", value_name = "T", required_unless_present = "remove")]
        add: Vec<String>,
        /// A tag to remove; may be repeated
        #[arg(long = "remove", value_name = "T")]
        remove: Vec<String>,
        #[command(flatten)]
        writing: WriteOptions,
    },
}

/// Options of commands that delete.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct Deleting {
    /// Do not ask for confirmation; required when standard input is not a terminal
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub writing: WriteOptions,
}

/// Where a command reads from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Args)]
pub struct Source {
    /// Read the local copy only
    #[arg(long)]
    pub offline: bool,
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Tasks {
    /// List open tasks, soonest first
    List(TaskList),
    /// Mark tasks as done
    Complete(TaskIds),
    /// Reopen tasks
    Reopen(TaskIds),
    /// Add a task
    Add {
        #[arg(value_parser = values::contact)]
        contact: ContactId,
        #[arg(long)]
        title: String,
        /// Due date: "tomorrow 9am", tue, "in 3 days", eod, "2026-12-01 14:00"
        #[arg(long, value_name = "WHEN")]
        due: String,
        /// Details: text, @FILE, or - for standard input
        #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
        body: Option<String>,
        /// Assign the task to this user (id or name)
        #[arg(long, value_name = "U")]
        assign: Option<String>,
        #[command(flatten)]
        writing: WriteOptions,
    },
    /// Update a task
    Update {
        #[arg(value_parser = values::task)]
        id: TaskId,
        #[command(flatten)]
        change: TaskChange,
        /// The task's contact; saves a search
        #[arg(long, value_name = "C", value_parser = values::contact)]
        contact: Option<ContactId>,
        #[command(flatten)]
        writing: WriteOptions,
    },
    /// Delete tasks
    Delete {
        #[arg(required = true, value_name = "ID", value_parser = values::task)]
        ids: Vec<TaskId>,
        /// The tasks' contact; saves a search
        #[arg(long, value_name = "C", value_parser = values::contact)]
        contact: Option<ContactId>,
        #[command(flatten)]
        deleting: Deleting,
    },
}

/// The changes to a task.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[group(required = true, multiple = true)]
pub struct TaskChange {
    #[arg(long)]
    pub title: Option<String>,
    /// Due date, in words
    #[arg(long, value_name = "WHEN")]
    pub due: Option<String>,
    /// Details: text, @FILE, or - for standard input
    #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
    pub body: Option<String>,
    /// Assign the task to this user (id or name); empty to unassign it
    #[arg(long, value_name = "U")]
    pub assign: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct TaskList {
    /// Only tasks of this contact
    #[arg(value_parser = values::contact)]
    pub contact: Option<ContactId>,
    /// Only tasks due then (in the location's time zone)
    #[arg(long)]
    pub due: Option<DueChoice>,
    /// Only tasks assigned to this user (id, name or me)
    #[arg(long, value_name = "U")]
    pub owner: Option<String>,
    /// Include completed tasks
    #[arg(long)]
    pub all: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DueChoice {
    /// Open and past due
    Late,
    Today,
    Tomorrow,
    /// Today and the next six days
    Week,
    /// No due date
    None,
}

#[derive(Clone, Debug, PartialEq, Args)]
pub struct TaskIds {
    #[arg(required = true, value_name = "ID", value_parser = values::task)]
    pub ids: Vec<TaskId>,
    /// The tasks' contact; saves a search
    #[arg(long, value_name = "C", value_parser = values::contact)]
    pub contact: Option<ContactId>,
    #[command(flatten)]
    pub writing: WriteOptions,
}

/// Options of commands that write.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct WriteOptions {
    /// Print the requests without sending them
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub patience: Patience,
}

/// How long to wait for the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
pub struct Patience {
    /// Wait this long for the server's answer; after that the edit stays queued
    #[arg(long, default_value = "30s", value_parser = values::duration, value_name = "TIME")]
    pub wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { wait: Duration::from_secs(30) }
    }
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Notes {
    /// List a contact's notes, newest first
    List {
        #[arg(value_parser = values::contact)]
        contact: ContactId,
    },
    /// Add a note
    Add {
        #[arg(value_parser = values::contact)]
        contact: ContactId,
        /// The text, @FILE, or - for standard input
        #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
        body: String,
        #[command(flatten)]
        writing: WriteOptions,
    },
    /// Replace the text of a note
    Update {
        #[arg(value_parser = values::note)]
        id: NoteId,
        /// The text, @FILE, or - for standard input
        #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
        body: String,
        /// The note's contact; required for a note that this machine has not seen yet
        #[arg(long, value_name = "C", value_parser = values::contact)]
        contact: Option<ContactId>,
        #[command(flatten)]
        writing: WriteOptions,
    },
    /// Delete a note
    Delete {
        #[arg(value_parser = values::note)]
        id: NoteId,
        /// The note's contact; required for a note that this machine has not seen yet
        #[arg(long, value_name = "C", value_parser = values::contact)]
        contact: Option<ContactId>,
        #[command(flatten)]
        deleting: Deleting,
    },
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Appointments {
    /// List a contact's appointments, newest first
    List {
        #[arg(value_parser = values::contact)]
        contact: ContactId,
    },
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum OutboxCommand {
    /// List the edits that the server has not confirmed
    List,
    /// Retry an edit now
    Retry {
        id: EditId,
        #[command(flatten)]
        writing: WriteOptions,
    },
    /// Discard an edit that has failed or has not started, or one that is damaged
    Discard {
        /// Its id, or the row of a damaged one, as `outbox list` shows them
        #[arg(value_parser = values::outbox_name, value_name = "ID")]
        id: OutboxName,
        /// Do not ask before a damaged edit is dropped
        #[arg(long)]
        yes: bool,
    },
    /// Undo the last command that made edits, or the one with this group id
    Undo {
        group: Option<GroupId>,
        #[command(flatten)]
        writing: WriteOptions,
    },
}

/// Parses the command line. `sandbox_help` follows the options in `sandbox --help`.
///
/// The error carries its own text, stream and exit status: see [`clap::Error::exit`].
pub fn parse<I>(arguments: I, sandbox_help: &str) -> Result<Cli, clap::Error>
where
    I: IntoIterator,
    I::Item: Into<std::ffi::OsString> + Clone,
{
    let mut command = command(sandbox_help);
    let matches = command.try_get_matches_from_mut(arguments)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    if cli.demo && cli.command.is_some() {
        return Err(command.error(ErrorKind::ArgumentConflict, "--demo opens the dashboard; leave out the command"));
    }
    Ok(cli)
}

/// The description of the command line, for help and checks.
pub fn command(sandbox_help: &str) -> clap::Command {
    let help = sandbox_help.to_owned();
    Cli::command().mut_subcommand(
        "sandbox",
        |sandbox| {
            if help.is_empty() { sandbox } else { sandbox.after_long_help(help) }
        },
    )
}

/// The text of a topic of `help`. The plural is the same topic.
pub fn topic(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let found = help::TOPICS.iter().find(|(topic, ..)| *topic == name || name.strip_suffix('s') == Some(topic));
    found.map(|(_, _, text)| *text)
}

/// The topics of `help`, a line each.
pub fn topics() -> String {
    let line = |(topic, about, _): &(&str, &str, &str)| format!("  {topic:<13}{about}\n");
    let lines = help::TOPICS.iter().map(line).collect::<Vec<_>>().concat();
    format!(
        "Topics, each by ghl-tui help TOPIC:\n{lines}Each command: ghl-tui help COMMAND. All commands: ghl-tui --help. All keys: ghl-tui keys.\n"
    )
}

#[cfg(test)]
mod tests;
