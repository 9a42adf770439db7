//! Bringing the local copy up to date, once or for good.

use std::time::Duration;

use clap::Args;

use super::{MergeRule, values};

/// Bring the local copy of the contacts up to date.
///
/// Tags of saved views are added to the contacts that came to match them, to each only once; see `views apply`.
///
/// With --every it goes on until it is interrupted; a network that fails is waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Sync {
    /// List all contacts anew, not only what has changed
    #[arg(long)]
    pub full: bool,
    /// Do it again and again, so long after the end of each
    #[arg(long, value_name = "TIME", value_parser = values::interval)]
    pub every: Option<Duration>,
    /// Look for duplicates each time: how many there are, or with --json every group
    #[arg(long)]
    pub find_duplicates: bool,
    /// Merge, each time and without asking, every group that this rule covers
    #[arg(long, value_name = "NAME")]
    pub merge_rule: Option<MergeRule>,
}
