//! Saved views.

use clap::Subcommand;

use super::{Source, Writing};

/// A view is a filter, an order and columns under a name; the dashboard saves them, in a file of its own that may be
/// edited by hand.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Views {
    /// The views of this account, and how many contacts each lists
    List {
        #[command(flatten)]
        source: Source,
    },
    /// Add a view's tags to the contacts it lists, to each only once
    ///
    /// What has the tags is passed over, and so is what was given them before by this program: a tag that somebody
    /// took away, or took back, stays away. `outbox undo` takes all of it back. `sync` does it for every view with tags.
    Apply {
        /// The view's name
        name: String,
        #[command(flatten)]
        writing: Writing,
    },
}
