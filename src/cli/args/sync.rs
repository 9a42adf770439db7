//! Arguments of `sync`: update the local copy once or on a schedule.

use std::time::Duration;

use clap::Args;

use super::{MergeRule, values};

/// Update the local copy of the contacts.
///
/// Queued edits are sent and merges under way finished; what still waits is counted, and the exit status is 6. Where the
/// server refuses an edit, or a merge stops, it is 5; where a stored edit is damaged, 1.
///
/// Contacts that newly match a saved view get the view's tags, each contact only once; see `views apply`.
///
/// With --every it repeats until you interrupt it, and waits out network failures.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct SyncArgs {
    /// Fetch all contacts again, not just the changes
    #[arg(long)]
    pub full: bool,
    /// Wait for queued edits and merges as long as one gets on within this time; without --every
    #[arg(long, default_value = "30s", value_parser = values::duration, value_name = "TIME")]
    pub wait: Duration,
    /// Repeat, waiting this long after each sync
    #[arg(long, value_name = "TIME", value_parser = values::interval)]
    pub every: Option<Duration>,
    /// Look for duplicates after each sync: print their number, or every group with --json
    #[arg(long)]
    pub find_duplicates: bool,
    /// After each sync, merge every group that this rule covers, without asking
    #[arg(long, value_name = "NAME")]
    pub merge_rule: Option<MergeRule>,
}
