//! Finding who is there twice.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Source, values};

#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Duplicates {
    Find(FindDuplicates),
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
