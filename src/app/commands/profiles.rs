//! `ghl-tui profiles`: the accounts that can be opened.

use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::Global;
use crate::cli::report::print_list;

use super::logout::waiting_of;
use super::{note, print};
use crate::app::account::{Account, Accounts};
use crate::app::{AppError, wire};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileRow {
    profile: String,
    /// The account that opens by default.
    current: bool,
    location_name: String,
    kind: &'static str,
    server: String,
    /// Edits that the server has not confirmed.
    waiting: Option<u64>,
    location: String,
}

pub(in crate::app) fn profiles(options: &Global) -> Result<ExitStatus, AppError> {
    let folders = wire::folders(options)?;
    crate::app::start_log(&folders, options);
    let accounts = Accounts::find(&folders, options)?;
    let current = accounts.pick(options.profile.as_deref())?.map(|account| account.label);
    let row = |account: &Account| ProfileRow {
        current: current.as_deref() == Some(&account.label),
        profile: account.label.clone(),
        location_name: account.profile().map(|profile| profile.location_name.clone()).unwrap_or_default(),
        kind: account.profile().map_or("GHL_API_KEY", |profile| profile.kind.describe()),
        server: account.base.to_string(),
        waiting: waiting_of(account, &folders),
        location: account.location.to_string(),
    };
    let rows: Vec<ProfileRow> = accounts.all()?.iter().map(row).collect();
    if rows.is_empty() && !options.json {
        note("No profiles. Sign in with ghl-tui login, or try ghl-tui --demo.");
    }
    let head = ["", "PROFILE", "LOCATION", "BY", "SERVER", "WAITING", "LOCATION ID"];
    print(options, |page| {
        print_list(page, head, &rows, |row| {
            let waiting = row.waiting.map_or_else(|| "?".to_owned(), |count| count.to_string());
            let mark = if row.current { "▶" } else { "" };
            let (name, server) = (row.location_name.clone(), row.server.clone());
            [mark.to_owned(), row.profile.clone(), name, row.kind.to_owned(), server, waiting, row.location.clone()]
        })
    })
}
