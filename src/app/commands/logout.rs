//! `ghl-tui logout`: forgets a token. What waits in the outbox is said first, and stays.

use crate::cli::ExitStatus;
use crate::cli::args::{Global, Logout};
use crate::cli::report::{Finding, Verdict, print_findings};
use crate::store::{self, Folder};

use super::{note, print};
use crate::app::account::{Account, Accounts};
use crate::app::prompt::{self, Lines};
use crate::app::wire::{self, WireError};
use crate::app::{StartError, runtime};

pub(in crate::app) fn logout(options: &Global, logout: &Logout) -> Result<ExitStatus, StartError> {
    let folders = wire::folders(options)?;
    crate::app::start_log(&folders, options);
    let accounts = Accounts::find(&folders, options)?;
    let wanted = logout.name.as_deref().or(options.profile.as_deref());
    let profile = accounts.profiles.pick(wanted).map_err(WireError::from)?.ok_or(WireError::NotSignedIn)?;
    let (name, location) = (profile.name.clone(), profile.location.clone());
    let path = folders.location_dir(&location);
    let waiting = if path.is_dir() { store::waiting(&Folder::open(&path)?)? } else { 0 };
    if waiting > 0 && !logout.yes {
        let said = format!(
            "{waiting} edits of {name} have not reached the server. They stay in the outbox and go out at the next sign-in."
        );
        note(&said);
        if !prompt::somebody() {
            return Err(StartError::Unconfirmed);
        }
        let answer =
            runtime()?.block_on(async { Lines::new().ask("Sign out all the same? (yes/no)", "the answer").await })?;
        if !matches!(answer.as_str(), "y" | "yes") {
            note("Nothing was changed.");
            return Ok(ExitStatus::Done);
        }
    }
    accounts.sign_out(&profile)?;
    let mut findings = vec![Finding::new("signed out", Verdict::Good, format!("{name}: its token is forgotten here"))];
    let at = findings.len() - 1;
    findings[at].next = Some(match profile.app() {
        None => "to make it useless everywhere, delete the private integration in HighLevel".to_owned(),
        Some(_) => "to make it useless everywhere, uninstall the app in HighLevel".to_owned(),
    });
    // Another profile may be of the same location.
    let shared = accounts.all()?.iter().any(|other| other.location == location);
    if logout.wipe_cache && path.is_dir() {
        if shared {
            findings.push(Finding::new("cache", Verdict::Warn, "kept: another profile is of the same location"));
        } else {
            store::wipe_cache(&Folder::open(&path)?)?;
            findings.push(Finding::new("cache", Verdict::Good, "the copy of the contacts is removed"));
        }
    } else if path.is_dir() {
        let kept =
            Finding::new("cache", Verdict::Info, format!("the copy of the contacts stays in {}", path.display()));
        findings.push(kept.next("ghl-tui logout --wipe-cache removes it"));
    }
    print(options, |page| print_findings(page, &findings).map(|()| ExitStatus::Done))
}

/// How many edits of an account wait.
pub(super) fn waiting_of(account: &Account, folders: &crate::config::paths::Folders) -> Option<u64> {
    let path = folders.location_dir(&account.location);
    if path.is_dir() { store::waiting(&Folder::open(&path).ok()?).ok() } else { Some(0) }
}
