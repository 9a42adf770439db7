//! Arguments of the commands by which the program explains itself: completions, manual pages, keys, help.

use std::path::PathBuf;

use clap::Subcommand;

/// What needs neither an account nor a worker.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Reference {
    /// Print the script for your shell that completes commands, options, ids and names
    ///
    /// For bash: source <(ghl-tui completions bash). The script asks ghl-tui, which looks into its local copy and nowhere
    /// else.
    Completions { shell: clap_complete::Shell },
    /// Print the manual page, or write a page for each command into a folder
    Man {
        /// Write the pages of all commands into this folder
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// List the keys of the dashboard and what they do
    Keys,
    /// Explain a topic or a command; alone, list the topics
    Help {
        #[arg(value_name = "TOPIC|COMMAND")]
        words: Vec<String>,
    },
}
