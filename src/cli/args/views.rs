//! Arguments of `views`.

use clap::Subcommand;

use super::{Source, WriteOptions};

/// A view is a filter with its sort order and columns, saved in the dashboard under a name.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum ViewsCommand {
    /// List this account's views with the number of contacts in each
    List {
        #[command(flatten)]
        source: Source,
    },
    /// Add a view's tags to the contacts in it, to each only once
    ///
    /// Contacts that have the tags are skipped, and so are those that got them from a view before: a tag that someone
    /// removed stays removed. `outbox undo` undoes all of it. `sync` does this for every view with tags.
    Apply {
        /// Name of the view
        name: String,
        #[command(flatten)]
        writing: WriteOptions,
    },
}
