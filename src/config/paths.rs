//! Where data and the log lie, and the folders themselves: readable by their owner only.
//!
//! XDG on every Unix. Variables are looked up by the caller's word, so that nothing here depends on the
//! process it runs in.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::domain::LocationId;

const NAME: &str = "ghl-tui";

/// The folders of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    data: PathBuf,
    state: PathBuf,
}

/// Why there is no folder to work in.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    #[error("there is no home folder to keep data in: set HOME, or name a folder with --data-dir")]
    Homeless,
    #[error("{0} is a file where a folder is needed: move it away, or name another folder with --data-dir")]
    NotAFolder(PathBuf),
    #[error("the folder {path} cannot be made: {source}; make it yourself, or name another one with --data-dir")]
    Refused { path: PathBuf, source: io::Error },
}

impl Folders {
    /// Finds the folders and makes nothing: `data_dir` (from `--data-dir`) outranks `XDG_DATA_HOME`, which
    /// outranks `~/.local/share`; the log follows `XDG_STATE_HOME`.
    pub fn find(data_dir: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, PathError> {
        let home = || {
            let named = variable("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
            named.or_else(|| etcetera::home_dir().ok()).ok_or(PathError::Homeless)
        };
        let base = |name: &str, fallback: &str| {
            // The XDG base directory specification: a relative path is to be ignored.
            let named = variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
            named.map_or_else(|| home().map(|home| home.join(fallback)), Ok).map(|base| base.join(NAME))
        };
        let data = data_dir.map_or_else(|| base("XDG_DATA_HOME", ".local/share"), |dir| Ok(dir.to_owned()))?;
        Ok(Self { data, state: base("XDG_STATE_HOME", ".local/state")? })
    }

    /// Contacts, outbox, history.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The log and crash reports.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The folder of one location; no id leads out of the data folder or into another location's.
    pub fn location_dir(&self, location: &LocationId) -> PathBuf {
        self.data.join("locations").join(safe_name(location.as_str()))
    }
}

/// Makes a folder, and those above it, for the owner only.
pub fn create_private(path: &Path) -> Result<(), PathError> {
    if let Some(file) = path.ancestors().find(|part| part.is_file()) {
        return Err(PathError::NotAFolder(file.to_owned()));
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| PathError::Refused { path: path.to_owned(), source })
}

/// An id as a file name; different ids give different names.
fn safe_name(id: &str) -> String {
    if id.is_empty() {
        // A percent sign that nothing follows comes from no other id.
        return "%".to_owned();
    }
    let mut name = String::with_capacity(id.len());
    for &byte in id.as_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') {
            name.push(char::from(byte));
        } else {
            write!(name, "%{byte:02X}").expect("a string takes everything");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    fn find(data_dir: Option<&str>, variables: &[(&str, &str)]) -> (PathBuf, PathBuf) {
        let variable = |name: &str| {
            variables.iter().find(|(known, _value)| *known == name).map(|(_known, value)| OsString::from(value))
        };
        let folders = Folders::find(data_dir.map(Path::new), variable).expect("there is a home");
        (folders.data, folders.state)
    }

    #[test]
    fn options_outrank_variables_and_these_the_home() {
        let home = ("HOME", "/home/ann");
        let (data, state) = ("/home/ann/.local/share/ghl-tui", "/home/ann/.local/state/ghl-tui");
        for (data_dir, variables, expected) in [
            (None, vec![home], (data, state)),
            (None, vec![home, ("XDG_DATA_HOME", "/d"), ("XDG_STATE_HOME", "/s")], ("/d/ghl-tui", "/s/ghl-tui")),
            (None, vec![home, ("XDG_DATA_HOME", "relative"), ("XDG_STATE_HOME", "")], (data, state)),
            (Some("here"), vec![home, ("XDG_DATA_HOME", "/d")], ("here", state)),
        ] {
            assert_eq!(find(data_dir, &variables), (expected.0.into(), expected.1.into()), "{variables:?}");
        }
    }

    #[test]
    fn no_id_escapes() {
        let (data, state) = ("/d".into(), "/s".into());
        let folders = Folders { data, state };
        let ids = ["ve9EPM428h8vShlRW1KT", "..", ".", "", "/", "a/b", "a%2Fb", "a\0b", "%", "é", "-_"];
        let mut seen = HashSet::new();
        for id in ids {
            let dir = folders.location_dir(&LocationId::new(id));
            assert_eq!(dir.parent(), Some(Path::new("/d/locations")), "{id:?}");
            assert!(dir.file_name().is_some(), "{id:?}");
            assert!(seen.insert(dir), "{id:?} shares a folder");
        }
        assert!(folders.location_dir(&LocationId::new(ids[0])).ends_with(ids[0]));
    }

    #[test]
    fn folders_are_private_and_a_file_in_the_way_is_named() {
        let base = tempfile::tempdir().expect("a temporary folder");
        let deep = base.path().join("a/b");
        create_private(&deep).expect("made");
        create_private(&deep).expect("there already");
        for path in [&deep, &base.path().join("a")] {
            assert_eq!(fs::metadata(path).expect("there").permissions().mode() & 0o777, 0o700);
        }
        let file = base.path().join("file");
        fs::write(&file, "").expect("written");
        let error = create_private(&file.join("below")).expect_err("a file is in the way");
        assert!(error.to_string().contains(&format!("{} is a file", file.display())), "{error}");
    }
}
