//! The command line as typed values.
//!
//! Only what works is listed: an option appears here together with what it does.

mod account;
mod duplicates;
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
    AddressChoice, Duplicates, FindDuplicates, MergeChoice, MergeDuplicates, MergeRule, Pairs, PurgeMerges,
    ResumeMerge, Standstill, UndoMerge,
};
pub use sync::Sync;
pub use values::{Address, RateLimit, Setting, Switch};
pub use views::Views;

/// A fast, keyboard-first, offline terminal dashboard for the contacts of a HighLevel sub-account.
#[derive(Clone, Debug, PartialEq, Parser)]
#[command(name = "ghl-tui", version, about, after_help = ENVIRONMENT, disable_help_subcommand = true)]
pub struct Cli {
    /// Try it on made-up contacts: no account, no network
    #[arg(long)]
    pub demo: bool,
    #[command(flatten)]
    pub global: Global,
    /// Without a command the dashboard opens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const ENVIRONMENT: &str = "\
Environment:
  GHL_API_KEY        private integration token; with GHL_LOCATION_ID a profile by
                     itself, which outranks the kept ones
  GHL_LOCATION_ID    the sub-account it belongs to
  GHL_BASE_URL       address of the API, only together with GHL_API_KEY
  GHL_CLIENT_SECRET  the secret of your own app, for login --oauth

Exit status:
  0 done   1 failed   2 wrong usage   3 not signed in or scope missing   4 not found
  5 rejected by the server   6 no network   130 interrupted";

/// Where help lists the options that every command takes: apart from its own.
const EVERYWHERE: &str = "Options of every command";

/// Options that every command takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Global {
    /// The profile to work with; else the one used last
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "N")]
    pub profile: Option<String>,
    /// Read the configuration from this file
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "F")]
    pub config: Option<PathBuf>,
    /// Keep data in this folder
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Refuse every edit
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub read_only: bool,
    /// Print one JSON object a line, with the API's field names
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub json: bool,
    /// Write more into the log file
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub verbose: bool,
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Command {
    /// Serve a stand-in for the API on this machine, filled with made-up contacts
    Sandbox(SandboxArgs),
    Login(Login),
    Logout(Logout),
    /// List the profiles
    Profiles,
    /// Check what this program needs: files, terminal, server, token, scopes, limits
    Doctor,
    Listen(Listen),
    #[command(flatten)]
    Headless(Headless),
}

/// What [`crate::cli::run`] does.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Headless {
    Sync(Sync),
    /// Contacts of the location
    #[command(subcommand)]
    Contacts(Contacts),
    /// Tasks of a contact or of the whole location
    #[command(subcommand)]
    Tasks(Tasks),
    /// Notes of a contact
    #[command(subcommand)]
    Notes(Notes),
    /// Appointments of a contact
    #[command(subcommand)]
    Appointments(Appointments),
    /// Contacts that are there twice
    #[command(subcommand)]
    Duplicates(Duplicates),
    /// Saved views of the contacts
    #[command(subcommand)]
    Views(Views),
    /// Edits that the server has not confirmed
    #[command(subcommand)]
    Outbox(Outbox),
    /// Say which of the location's users you are, for --owner me and as the author of your notes
    Me {
        /// The user's id or name; without it the one that is known is printed
        user: Option<String>,
        /// Forget it
        #[arg(long, conflicts_with = "user")]
        nobody: bool,
    },
    Forget(Forget),
    /// Any request of the API, in your own words
    Api(Api),
}

/// One request: neither queued nor repeated.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Api {
    /// GET, POST, PUT or DELETE
    #[arg(required_unless_present = "list", value_parser = values::verb, value_name = "METHOD")]
    pub verb: Option<Verb>,
    /// From the first slash on, with the query if it has one
    #[arg(required_unless_present = "list", value_parser = values::address)]
    pub path: Option<Address>,
    /// The body: JSON, or @FILE, or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub data: Option<String>,
    /// Print the request and do not send it
    #[arg(long)]
    pub dry_run: bool,
    /// Print the operations that this program knows: method, path, scope, whether it may be repeated, its use
    #[arg(long, conflicts_with_all = ["verb", "path", "data", "dry_run"])]
    pub list: bool,
}

#[derive(Clone, Debug, PartialEq, Args)]
pub struct SandboxArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// How many contacts
    #[arg(long, default_value_t = 1500, value_name = "N")]
    pub contacts: u32,
    /// Same seed, size and --now: same data
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// The moment that dates are counted from (RFC 3339); else the start
    #[arg(long, value_name = "RFC3339")]
    pub now: Option<jiff::Timestamp>,
    /// Requests allowed in an interval, or off
    #[arg(long, default_value = "100/10s", value_parser = values::rate_limit, value_name = "COUNT/TIME|off")]
    pub rate_limit: RateLimit,
    /// Wait so long before each answer
    #[arg(long, default_value = "0ms", value_parser = values::duration, value_name = "TIME")]
    pub latency: Duration,
    /// The location's time zone
    #[arg(long, default_value = "America/Los_Angeles", value_parser = values::zone, value_name = "ZONE")]
    pub tz: String,
    /// Tell every change to this address of this computer, as signed webhooks
    #[arg(long, value_parser = values::url, value_name = "URL")]
    pub webhook: Option<url::Url>,
    /// Turn a switch of the server; may be repeated
    #[arg(long = "set", value_parser = values::switch, value_name = "SWITCH=VALUE")]
    pub switches: Vec<Switch>,
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Contacts {
    /// All contacts, or those that a filter finds
    List {
        /// As typed in the dashboard, e.g. "ann tag:vip added:<7d -has:phone"
        #[arg(long, value_name = "Q", allow_hyphen_values = true)]
        filter: Option<String>,
        /// Columns to sort by, the second for what is equal by the first; -FIELD for descending, e.g. company,-updated
        #[arg(long, value_name = "FIELD[,FIELD]", allow_hyphen_values = true)]
        sort: Option<Sort>,
        #[command(flatten)]
        source: Source,
    },
    /// One contact
    Show {
        #[arg(value_parser = values::contact)]
        id: ContactId,
        #[command(flatten)]
        source: Source,
    },
    /// Make a contact
    Create {
        /// A field and its value: the API's names, or a custom field's name; may be repeated
        #[arg(long = "set", required = true, value_parser = values::setting, value_name = "FIELD=VALUE")]
        set: Vec<Setting>,
        /// A tag; may be repeated
        #[arg(long = "tag", value_name = "T")]
        tags: Vec<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Change fields of a contact
    Update {
        #[arg(value_parser = values::contact)]
        id: ContactId,
        /// A field and its value, empty to empty it; may be repeated
        #[arg(long = "set", required = true, value_parser = values::setting, value_name = "FIELD=VALUE")]
        set: Vec<Setting>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Delete contacts with all that belongs to them
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
        writing: Writing,
    },
}

/// Options of commands that delete.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct Deleting {
    /// Do not ask; needed where standard input is no terminal
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub writing: Writing,
}

/// Where to read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Args)]
pub struct Source {
    /// Read the cache only
    #[arg(long)]
    pub offline: bool,
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Tasks {
    /// Open tasks, soonest first
    List(TaskList),
    /// Mark tasks as done
    Complete(TaskIds),
    /// Mark tasks as not done
    Reopen(TaskIds),
    /// Make a task
    Add {
        #[arg(value_parser = values::contact)]
        contact: ContactId,
        #[arg(long)]
        title: String,
        /// When: "tomorrow 9am", tue, "in 3 days", eod, "2026-12-01 14:00"
        #[arg(long, value_name = "WHEN")]
        due: String,
        /// Details, or @FILE, or - for standard input
        #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
        body: Option<String>,
        /// Who does it (id or name)
        #[arg(long, value_name = "U")]
        assign: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Change a task
    Update {
        #[arg(value_parser = values::task)]
        id: TaskId,
        #[command(flatten)]
        change: TaskChange,
        /// Whose task it is; spares the search
        #[arg(long, value_name = "C", value_parser = values::contact)]
        contact: Option<ContactId>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Delete tasks
    Delete {
        #[arg(required = true, value_name = "ID", value_parser = values::task)]
        ids: Vec<TaskId>,
        /// Whose tasks they are; spares the search
        #[arg(long, value_name = "C", value_parser = values::contact)]
        contact: Option<ContactId>,
        #[command(flatten)]
        deleting: Deleting,
    },
}

/// What of a task is to be changed.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[group(required = true, multiple = true)]
pub struct TaskChange {
    #[arg(long)]
    pub title: Option<String>,
    /// When, in words
    #[arg(long, value_name = "WHEN")]
    pub due: Option<String>,
    /// Details, or @FILE, or - for standard input
    #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
    pub body: Option<String>,
    /// Who does it (id or name); empty for nobody
    #[arg(long, value_name = "U")]
    pub assign: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct TaskList {
    /// Only this contact's
    #[arg(value_parser = values::contact)]
    pub contact: Option<ContactId>,
    /// Only those due then (in the location's time zone)
    #[arg(long)]
    pub due: Option<DueFilter>,
    /// Only those of this user (id, name or me)
    #[arg(long, value_name = "U")]
    pub owner: Option<String>,
    /// Completed ones too
    #[arg(long)]
    pub all: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DueFilter {
    /// Past due and open
    Late,
    Today,
    Tomorrow,
    /// Today and the six days after
    Week,
    /// No due date
    None,
}

#[derive(Clone, Debug, PartialEq, Args)]
pub struct TaskIds {
    #[arg(required = true, value_name = "ID", value_parser = values::task)]
    pub ids: Vec<TaskId>,
    /// Whose tasks they are; spares the search
    #[arg(long, value_name = "C", value_parser = values::contact)]
    pub contact: Option<ContactId>,
    #[command(flatten)]
    pub writing: Writing,
}

/// Options of commands that change something.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct Writing {
    /// Print the requests and send none
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub patience: Patience,
}

/// How long to wait for the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
pub struct Patience {
    /// Wait so long for the server's answer; the edit stays queued after that
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
    /// A contact's notes, newest first
    List {
        #[arg(value_parser = values::contact)]
        contact: ContactId,
    },
    /// Write a note
    Add {
        #[arg(value_parser = values::contact)]
        contact: ContactId,
        /// The text, or @FILE, or - for standard input
        #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
        body: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Write another text into a note
    Update {
        #[arg(value_parser = values::note)]
        id: NoteId,
        /// The text, or @FILE, or - for standard input
        #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
        body: String,
        /// Whose note it is; needed where it was not seen before
        #[arg(long, value_name = "C", value_parser = values::contact)]
        contact: Option<ContactId>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Delete a note
    Delete {
        #[arg(value_parser = values::note)]
        id: NoteId,
        /// Whose note it is; needed where it was not seen before
        #[arg(long, value_name = "C", value_parser = values::contact)]
        contact: Option<ContactId>,
        #[command(flatten)]
        deleting: Deleting,
    },
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Appointments {
    /// A contact's appointments, newest first
    List {
        #[arg(value_parser = values::contact)]
        contact: ContactId,
    },
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Outbox {
    /// Every edit that the server has not confirmed
    List,
    /// Try an edit again now
    Retry {
        id: EditId,
        #[command(flatten)]
        writing: Writing,
    },
    /// Forget an edit that has failed, or has not started
    Discard { id: EditId },
    /// Take back what was done at once by a command: the newest, or the one of this group
    Undo {
        group: Option<GroupId>,
        #[command(flatten)]
        writing: Writing,
    },
}

/// Reads the command line. `sandbox_help` follows the options in `sandbox --help`.
///
/// The error knows its own text, stream and exit status: see [`clap::Error::exit`].
pub fn parse<I>(arguments: I, sandbox_help: &str) -> Result<Cli, clap::Error>
where
    I: IntoIterator,
    I::Item: Into<std::ffi::OsString> + Clone,
{
    let mut command = command(sandbox_help);
    let matches = command.try_get_matches_from_mut(arguments)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    if cli.demo && cli.command.is_some() {
        return Err(command.error(ErrorKind::ArgumentConflict, "--demo opens the dashboard and takes no command"));
    }
    Ok(cli)
}

/// The command line's description, for help and checks.
pub fn command(sandbox_help: &str) -> clap::Command {
    let help = sandbox_help.to_owned();
    Cli::command().mut_subcommand(
        "sandbox",
        |sandbox| {
            if help.is_empty() { sandbox } else { sandbox.after_long_help(help) }
        },
    )
}

#[cfg(test)]
mod tests;
