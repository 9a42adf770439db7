//! Arguments of `duplicates`: finding contacts that may be the same person, and merging them.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use crate::domain::ContactId;

use super::{Setting, Source, values};

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum DuplicatesCommand {
    Find(FindDuplicates),
    /// List the groups of duplicates to review, surest first
    List(Source),
    Merge(MergeDuplicates),
    /// List past and running merges, newest first
    Merges,
    Undo(UndoMerge),
    Resume(ResumeMerge),
    Purge(PurgeMerges),
    /// Mark contacts as not duplicates of each other
    Dismiss(Pairs),
    /// List the not-a-duplicate decisions
    Decisions,
    /// Remove a not-a-duplicate decision
    Reopen(Pairs),
}

/// Find contacts that are likely the same person, with the reasons.
///
/// Compares the location's contacts unless you give --input or --link. A CSV file needs no account: it has a header
/// row, an id column, and any of firstName, lastName, name, email, phone, address1, city, state, postalCode, country,
/// dateOfBirth, companyName, under these or the usual other names. Nothing is changed.
///
/// A score is the probability that two contacts are the same person; a group's score is the mean of its pairs.
/// Results from files are JSON lines, with or without --json, unless they go to a terminal.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct FindDuplicates {
    /// Compare the rows of this CSV file
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["link", "offline"])]
    pub input: Option<PathBuf>,
    /// Find the same people in two CSV files: only pairs with one row in each
    #[arg(long, num_args = 2, value_names = ["A.csv", "B.csv"], conflicts_with = "offline")]
    pub link: Vec<PathBuf>,
    /// Print pairs instead of groups
    #[arg(long)]
    pub pairs: bool,
    /// Print only scores of at least this, from 0 to 1; the grouping itself does not change
    #[arg(long, default_value = "0.5", value_parser = values::probability, value_name = "P")]
    pub min_score: f64,
    #[command(flatten)]
    pub source: Source,
}

impl FindDuplicates {
    /// Whether it compares files, which needs no account.
    pub fn is_about_files(&self) -> bool {
        self.input.is_some() || !self.link.is_empty()
    }
}

/// Merge contacts that are the same person: one stays and gets the others' data; the others are archived.
///
/// Name a group as list and find print it (its first 6 characters are enough), or the ids of two or more contacts. The
/// rules in the configuration choose the contact that stays and the value of each field; the options here override
/// them. Notes and tasks are copied. A merge can be undone. Running it twice does no harm: an interrupted merge of the
/// same contacts resumes, a finished one is printed.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct MergeDuplicates {
    /// A group, or the ids of two or more contacts
    #[arg(required_unless_present = "rule", value_name = "GROUP|ID", value_parser = values::merge)]
    pub who: Vec<String>,
    /// Merge every group that this rule covers, as one batch
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["who", "survivor", "set", "from", "exclude", "delete", "move_appointments", "silence"]
    )]
    pub rule: Option<MergeRule>,
    #[command(flatten)]
    pub choice: MergeChoice,
    /// Do not ask for confirmation; required for --rule and --delete when standard input is not a terminal
    #[arg(long)]
    pub yes: bool,
    /// Print the plan with every request, without sending any
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub standstill: Standstill,
}

/// What the user decides about a merge, where the rules would decide otherwise.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct MergeChoice {
    /// The contact that stays
    #[arg(long, value_name = "ID", value_parser = values::contact)]
    pub survivor: Option<ContactId>,
    /// Set a field of the contact that stays, by the API's name or a custom field's name; may be repeated
    #[arg(long = "set", value_parser = values::setting, value_name = "FIELD=VALUE")]
    pub set: Vec<Setting>,
    /// Take a field's value from this contact; may be repeated
    #[arg(long = "from", value_parser = values::setting, value_name = "FIELD=ID")]
    pub from: Vec<Setting>,
    /// Leave this contact of the group out; may be repeated
    #[arg(long, value_name = "ID", value_parser = values::contact)]
    pub exclude: Vec<ContactId>,
    /// Delete the others for good right away, instead of archiving them
    #[arg(long)]
    pub delete: bool,
    /// Rebook the others' upcoming appointments for the contact that stays and cancel the originals; no one is notified
    #[arg(long)]
    pub move_appointments: bool,
    /// Set the others to "do not disturb"
    #[arg(long)]
    pub silence: bool,
}

/// A rule that merges many groups without a review of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MergeRule {
    /// Same e-mail or phone and matching names, within the score and size limits of the configuration
    Default,
}

/// How long to wait for a merge that makes no progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
pub struct Standstill {
    /// Stop waiting after this long without progress; the merge stays in the journal and resumes later
    #[arg(long, default_value = "30s", value_parser = values::duration, value_name = "TIME")]
    pub wait: Duration,
}

impl Default for Standstill {
    fn default() -> Self {
        Self { wait: Duration::from_secs(30) }
    }
}

/// Undo a merge: restore the survivor's own values, remove the copies, bring the others back.
///
/// MERGE is a number (#217 or 217), an id or its beginning, or the id of a batch. If someone has changed the contact
/// since the merge, nothing is undone and the differences are shown. Deleted contacts come back with new ids.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct UndoMerge {
    #[arg(value_name = "MERGE", value_parser = values::merge)]
    pub merge: String,
    /// Show what would be undone without undoing it
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub standstill: Standstill,
}

/// Resume a merge that has stopped, is waiting or is paused.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct ResumeMerge {
    /// A number (#217 or 217), an id or its beginning, or the id of a batch
    #[arg(value_name = "MERGE", value_parser = values::merge)]
    pub merge: String,
    #[command(flatten)]
    pub address: AddressChoice,
    /// Do not ask for confirmation; required for --delete-first when standard input is not a terminal
    #[arg(long)]
    pub yes: bool,
    /// Show the merge's status without resuming it
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub standstill: Standstill,
}

/// What to do about an e-mail or phone that the server will not clear, so that the survivor cannot get it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Args)]
pub struct AddressChoice {
    /// Leave the e-mail or phone that cannot be cleared with the contact that has it
    #[arg(long, conflicts_with = "delete_first")]
    pub leave_address: bool,
    /// Delete the contact whose e-mail or phone cannot be cleared, for good, before the survivor takes it
    #[arg(long)]
    pub delete_first: bool,
}

/// Delete archived contacts of a merge, for good.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct PurgeMerges {
    /// Numbers (#217 or 217), ids or their beginnings, or the id of a batch
    #[arg(value_name = "MERGE", value_parser = values::merge, required_unless_present = "older_than")]
    pub merges: Vec<String>,
    /// Every merge that is older than this
    #[arg(long, value_name = "30d", value_parser = values::age, conflicts_with = "merges")]
    pub older_than: Option<Duration>,
    /// Do not ask for confirmation; required when standard input is not a terminal
    #[arg(long)]
    pub yes: bool,
    /// Show what would be deleted without deleting it
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub standstill: Standstill,
}

/// Contacts of a decision, which covers every pair of them.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Pairs {
    #[arg(required = true, num_args = 2.., value_name = "ID", value_parser = values::contact)]
    pub ids: Vec<ContactId>,
}
