//! `ghl-tui logout`: removes a token. Edits in the outbox stay; the user hears about them first.

use crate::cli::ExitStatus;
use crate::cli::args::{Global, Logout};
use crate::cli::report::{CheckVerdict, Finding, print_findings};
use crate::domain::counted;
use crate::store::{self, Folder};

use super::{note, print};
use crate::app::account::{Account, Accounts};
use crate::app::prompt::{self, Lines};
use crate::app::wire::{self, WireError};
use crate::app::{AppError, runtime};

pub(in crate::app) fn logout(options: &Global, logout: &Logout) -> Result<ExitStatus, AppError> {
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
            "{name} has {} waiting in the outbox, to be sent after the next sign-in.",
            counted(waiting, "edit")
        );
        note(&said);
        if !prompt::somebody() {
            return Err(AppError::Unconfirmed);
        }
        let answer =
            runtime()?.block_on(async { Lines::new().ask("Sign out anyway? (yes/no)", "the answer").await })?;
        if !matches!(answer.as_str(), "y" | "yes") {
            note("Nothing was changed.");
            return Ok(ExitStatus::Done);
        }
    }
    accounts.sign_out(&profile)?;
    let mut findings =
        vec![Finding::new("signed out", CheckVerdict::Good, format!("{name}: token removed from this machine"))];
    let at = findings.len() - 1;
    findings[at].next = Some(match profile.app() {
        None => "to revoke it everywhere, delete the private integration in HighLevel".to_owned(),
        Some(_) => "to revoke it everywhere, uninstall the app in HighLevel".to_owned(),
    });
    // Another profile may use the same location.
    let shared = accounts.all()?.iter().any(|other| other.location == location);
    if logout.wipe_cache && path.is_dir() {
        if shared {
            findings.push(Finding::new("cache", CheckVerdict::Warn, "kept: another profile uses the same location"));
        } else {
            store::wipe_cache(&Folder::open(&path)?)?;
            findings.push(Finding::new("cache", CheckVerdict::Good, "local copy of the contacts removed"));
        }
    } else if path.is_dir() {
        let kept = Finding::new(
            "cache",
            CheckVerdict::Info,
            format!("the local copy of the contacts stays in {}", path.display()),
        );
        findings.push(kept.next("remove it with ghl-tui logout --wipe-cache"));
    }
    print(options, |page| print_findings(page, &findings).map(|()| ExitStatus::Done))
}

/// Damaged rows of an account's ledger, in words.
pub(super) fn damaged_of(account: &Account, folders: &crate::config::paths::Folders) -> Vec<String> {
    let path = folders.location_dir(&account.location);
    let folder = path.is_dir().then(|| Folder::open(&path).ok()).flatten();
    folder.and_then(|folder| store::damaged(&folder).ok()).unwrap_or_default()
}

/// The number of waiting edits of an account.
pub(super) fn waiting_of(account: &Account, folders: &crate::config::paths::Folders) -> Option<u64> {
    let path = folders.location_dir(&account.location);
    if path.is_dir() { store::waiting(&Folder::open(&path).ok()?).ok() } else { Some(0) }
}
