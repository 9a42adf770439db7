//! Completion in a shell: what the local files know. Writes nothing, asks no server, and is silent on any fault.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use crate::cli::{self, CompletionSource};
use crate::config::paths::Folders;
use crate::config::{View, ViewsFile};
use crate::domain::{ContactId, Location, LocationId};
use crate::store;

use super::account::Accounts;

/// More than anyone reads.
const MOST: u32 = 100;

/// The files of the account that the words name, or of the usual one.
struct LocalFiles {
    folders: Folders,
    profile: Option<String>,
}

impl LocalFiles {
    fn location_id(&self) -> Option<LocationId> {
        Accounts::known(&self.folders).pick(self.profile.as_deref()).ok()?.map(|account| account.location)
    }

    fn folder(&self) -> Option<PathBuf> {
        self.location_id().map(|location| self.folders.location_dir(&location))
    }
}

impl CompletionSource for LocalFiles {
    fn contacts(&self, start: &str) -> Vec<(ContactId, String)> {
        let found = self.folder().and_then(|folder| store::contacts_like(&folder, start, MOST).ok());
        found.unwrap_or_default()
    }

    fn location(&self) -> Option<Location> {
        store::cached_location(&self.folder()?).ok().flatten()
    }

    fn views(&self) -> Vec<View> {
        let file = ViewsFile::new(self.folders.views_file());
        self.location_id().and_then(|location| file.of(&location).ok()).unwrap_or_default()
    }
}

/// Prints what the shell may offer for the words after `--`.
pub(super) fn run(shell: &OsStr, arguments: impl Iterator<Item = OsString>) {
    std::panic::set_hook(Box::new(|_| {}));
    let words: Vec<OsString> = arguments.skip_while(|word| word != "--").skip(1).collect();
    let data_dir = option(&words, "--data-dir").map(PathBuf::from);
    let Ok(folders) = Folders::find(data_dir.as_deref(), |name| std::env::var_os(name)) else { return };
    let source = LocalFiles { folders, profile: option(&words, "--profile") };
    let here = std::env::current_dir().ok();
    let offered = cli::complete(&shell.to_string_lossy(), words, here.as_deref(), Arc::new(source));
    let _ = io::stdout().write_all(&offered);
}

/// The value of an option, wherever it stands.
fn option(words: &[OsString], name: &str) -> Option<String> {
    let mut words = words.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        match word.strip_prefix(name) {
            Some("") => return words.next().map(str::to_owned),
            Some(rest) if rest.starts_with('=') => return Some(rest[1..].to_owned()),
            _ => {}
        }
    }
    None
}
