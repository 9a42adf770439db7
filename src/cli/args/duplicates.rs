//! Finding who is there twice, and making one of them.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use crate::domain::ContactId;

use super::{Setting, Source, values};

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Duplicates {
    Find(FindDuplicates),
    /// List the groups of the location that are not decided yet, the surest first
    List(Source),
    Merge(MergeDuplicates),
    /// List the journal of merges, the newest first
    Merges,
    Undo(UndoMerge),
    Resume(ResumeMerge),
    Purge(PurgeMerges),
    /// Say that contacts are not one person: each with each
    Dismiss(Pairs),
    /// List what was said not to be one person
    Decisions,
    /// Let it be an open question again whether contacts are one person
    Reopen(Pairs),
}

/// Find contacts that are likely one person, with the reasons.
///
/// Without --input or --link those of the location are compared. A CSV file needs no account: a header row, a column
/// id, and any of firstName, lastName, name, email, phone, address1, city, state, postalCode, country, dateOfBirth,
/// companyName, in these or the usual other spellings. Nothing is changed.
///
/// A score is the probability of one person; a group's is the mean of its pairs'. What is found in files goes out as JSON
/// lines, with --json or without, unless it goes to a terminal.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct FindDuplicates {
    /// Compare the rows of this CSV file
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["link", "offline"])]
    pub input: Option<PathBuf>,
    /// Find the same people in two CSV files; pairs across the two only
    #[arg(long, num_args = 2, value_names = ["A.csv", "B.csv"], conflicts_with = "offline")]
    pub link: Vec<PathBuf>,
    /// Print pairs instead of groups
    #[arg(long)]
    pub pairs: bool,
    /// Print what is at least so likely, from 0 to 1; which contacts are joined does not change
    #[arg(long, default_value = "0.5", value_parser = values::probability, value_name = "P")]
    pub min_score: f64,
    #[command(flatten)]
    pub source: Source,
}

impl FindDuplicates {
    /// Whether files are compared, for which nobody needs to be signed in.
    pub fn is_about_files(&self) -> bool {
        self.input.is_some() || !self.link.is_empty()
    }
}

/// Merge contacts that are one person: one stays, gets what the others have, and they are set aside.
///
/// Give a group as list and find print it (its first 6 characters are enough), or the ids of two or more contacts. Which
/// contact stays and which value of each field is kept goes by the rules of the configuration, unless it is said here.
/// Notes and tasks are copied; what was merged can be undone. Doing it again does no harm: a merge of the same contacts
/// that was interrupted goes on, one that is done is printed.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct MergeDuplicates {
    /// A group, or the ids of two or more contacts
    #[arg(required_unless_present = "rule", value_name = "GROUP|ID", value_parser = values::merge)]
    pub who: Vec<String>,
    /// Merge every group that the rule for many at once covers, as one batch
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["who", "survivor", "set", "from", "exclude", "delete", "move_appointments", "silence"]
    )]
    pub rule: Option<MergeRule>,
    #[command(flatten)]
    pub choice: MergeChoice,
    /// Do not ask; needed for --rule and --delete where standard input is no terminal
    #[arg(long)]
    pub yes: bool,
    /// Print what would be done, with every request, and send none
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub standstill: Standstill,
}

/// What somebody says about a merge.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct MergeChoice {
    /// The contact that stays
    #[arg(long, value_name = "ID", value_parser = values::contact)]
    pub survivor: Option<ContactId>,
    /// A field of the one that stays and its value: the API's names, or a custom field's name; may be repeated
    #[arg(long = "set", value_parser = values::setting, value_name = "FIELD=VALUE")]
    pub set: Vec<Setting>,
    /// A field and the contact whose value it gets; may be repeated
    #[arg(long = "from", value_parser = values::setting, value_name = "FIELD=ID")]
    pub from: Vec<Setting>,
    /// A contact of the group that is left alone; may be repeated
    #[arg(long, value_name = "ID", value_parser = values::contact)]
    pub exclude: Vec<ContactId>,
    /// Delete the others at once, for ever, instead of setting them aside
    #[arg(long)]
    pub delete: bool,
    /// Book the others' coming appointments anew for the one that stays, and cancel them there; nobody is told
    #[arg(long)]
    pub move_appointments: bool,
    /// Set the others to "do not disturb"
    #[arg(long)]
    pub silence: bool,
}

/// A rule by which many groups are merged without being looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MergeRule {
    /// Same e-mail or phone, names that fit, as sure and as small as the configuration says
    Default,
}

/// How long to wait for a merge that does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
pub struct Standstill {
    /// Wait no longer when nothing has moved for so long; the merge stays in the journal and goes on later
    #[arg(long, default_value = "30s", value_parser = values::duration, value_name = "TIME")]
    pub wait: Duration,
}

impl Default for Standstill {
    fn default() -> Self {
        Self { wait: Duration::from_secs(30) }
    }
}

/// Take a merge back: the one that stayed gets its own values again, copies go, the others come back.
///
/// MERGE is its number (#217 or 217), its id or the start of it, or the id of a batch. Where somebody has changed
/// since what would be taken back, nothing is done and the difference is told. Contacts that were deleted come back
/// under new ids.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct UndoMerge {
    #[arg(value_name = "MERGE", value_parser = values::merge)]
    pub merge: String,
    /// Print what would be taken back, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub standstill: Standstill,
}

/// Let a merge go on that has stopped, waits or was paused.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct ResumeMerge {
    /// Its number (#217 or 217), its id or the start of it, or the id of a batch
    #[arg(value_name = "MERGE", value_parser = values::merge)]
    pub merge: String,
    #[command(flatten)]
    pub address: AddressChoice,
    /// Do not ask; needed for --delete-first where standard input is no terminal
    #[arg(long)]
    pub yes: bool,
    /// Print how the merge stands, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub standstill: Standstill,
}

/// What is done about an address that cannot be emptied, so that the survivor cannot have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Args)]
pub struct AddressChoice {
    /// Leave the address that cannot be emptied with the contact that has it
    #[arg(long, conflicts_with = "delete_first")]
    pub leave_address: bool,
    /// Delete the contact whose address cannot be emptied, for ever, before the other takes it
    #[arg(long)]
    pub delete_first: bool,
}

/// Delete, for ever, contacts that a merge has set aside.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct PurgeMerges {
    /// Their numbers (#217 or 217), their ids or the start of them, or the id of a batch
    #[arg(value_name = "MERGE", value_parser = values::merge, required_unless_present = "older_than")]
    pub merges: Vec<String>,
    /// All that were merged so long ago
    #[arg(long, value_name = "30d", value_parser = values::age, conflicts_with = "merges")]
    pub older_than: Option<Duration>,
    /// Do not ask; needed where standard input is no terminal
    #[arg(long)]
    pub yes: bool,
    /// Print what would be deleted, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub standstill: Standstill,
}

/// Contacts that are decided about, each with each.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Pairs {
    #[arg(required = true, num_args = 2.., value_name = "ID", value_parser = values::contact)]
    pub ids: Vec<ContactId>,
}
