//! The folders for data and the log; only their owner can read them.
//!
//! XDG on every Unix. The caller looks up variables, so that nothing here depends on the process it runs in.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::domain::LocationId;

const NAME: &str = "ghl-tui";

/// The folders of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    data: PathBuf,
    state: PathBuf,
    config: PathBuf,
    /// Whether the data folder is ours alone, not one that the user named.
    own: bool,
}

/// Why there is no folder to work in.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    #[error("there is no home folder for the data: set HOME, or choose a folder with --data-dir")]
    Homeless,
    #[error("{0} is a file, but it must be a folder: move it away, or choose another folder with --data-dir")]
    NotAFolder(PathBuf),
    #[error(
        "others can write into the folder {0} and could replace your files: run chmod go-w on it, or choose another \
         folder with --data-dir"
    )]
    Writable(PathBuf),
    #[error("cannot create the folder {path}: {source}; create it yourself, or choose another one with --data-dir")]
    Refused { path: PathBuf, source: io::Error },
}

impl Folders {
    /// Finds the folders without creating them: `data_dir` (from `--data-dir`) outranks `XDG_DATA_HOME`, which
    /// outranks `~/.local/share`; the log follows `XDG_STATE_HOME`.
    pub fn find(data_dir: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, PathError> {
        let home = || {
            let named = variable("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
            named.or_else(|| etcetera::home_dir().ok()).ok_or(PathError::Homeless)
        };
        let base = |name: &str, fallback: &str| {
            // The XDG base directory specification: relative paths must be ignored.
            let named = variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
            named.map_or_else(|| home().map(|home| home.join(fallback)), Ok).map(|base| base.join(NAME))
        };
        let data = data_dir.map_or_else(|| base("XDG_DATA_HOME", ".local/share"), |dir| Ok(dir.to_owned()))?;
        let (state, config) = (base("XDG_STATE_HOME", ".local/state")?, base("XDG_CONFIG_HOME", ".config")?);
        Ok(Self { data, state, config, own: data_dir.is_none() })
    }

    /// The folder for contacts, outbox and history.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The folder for the log and crash reports.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The usual configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The usual file of saved views.
    pub fn views_file(&self) -> PathBuf {
        self.config.join("views.toml")
    }

    /// The existing folders that others must not read.
    ///
    /// A folder that the user named stays as it is: others may have a reason to read it, and the files we put there are
    /// private on their own.
    fn private(&self) -> Vec<PathBuf> {
        let locations = self.data.join("locations");
        let inside = fs::read_dir(&locations).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut all: Vec<PathBuf> = inside.filter(|path| path.is_dir()).collect();
        all.extend([locations, self.state.clone()]);
        all.extend(self.own.then(|| self.data.clone()));
        all.retain(|path| path.is_dir());
        all
    }

    /// Makes the folders private and reports the changes. Refuses a folder that others can write into, because they
    /// could replace our files.
    pub fn guard(&self) -> Result<Vec<String>, PathError> {
        let refuse = |path: &Path, source| PathError::Refused { path: path.to_owned(), source };
        if let Ok(about) = fs::metadata(&self.data)
            && !self.own
            && about.mode() & 0o022 != 0
            && about.mode() & 0o1000 == 0
        {
            return Err(PathError::Writable(self.data.clone()));
        }
        let mut said = Vec::new();
        for path in self.private() {
            let about = fs::metadata(&path).map_err(|source| refuse(&path, source))?;
            if about.mode() & 0o077 != 0 {
                fs::set_permissions(&path, Permissions::from_mode(0o700)).map_err(|source| refuse(&path, source))?;
                said.push(format!("others could read the folder {} until now; it is now private", path.display()));
            }
        }
        Ok(said)
    }

    /// The folder of one location. No id leads out of the data folder or into another location's folder.
    pub fn location_dir(&self, location: &LocationId) -> PathBuf {
        self.data.join("locations").join(safe_name(location.as_str()))
    }
}

/// Creates a folder and its parents, for the owner only.
pub fn create_private(path: &Path) -> Result<(), PathError> {
    if let Some(file) = path.ancestors().find(|part| part.is_file()) {
        return Err(PathError::NotAFolder(file.to_owned()));
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| PathError::Refused { path: path.to_owned(), source })
}

/// An id as a file name; different ids give different names.
pub fn safe_name(id: &str) -> String {
    if id.is_empty() {
        // No other id gives a percent sign at the end.
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
        let (data, state, config) = ("/d".into(), "/s".into(), "/c".into());
        let folders = Folders { data, state, config, own: true };
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

    #[test]
    fn what_others_can_read_is_mended_and_what_they_can_write_is_refused() {
        let base = tempfile::tempdir().expect("a temporary folder");
        let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).expect("set");
        let (data, state) = (base.path().join("data"), base.path().join("state"));
        let own = Folders { data: data.clone(), state, config: base.path().join("config"), own: true };
        let inside = own.location_dir(&LocationId::new("loc"));
        create_private(&inside).expect("made");
        assert_eq!(own.guard().expect("all is fine"), Vec::<String>::new());
        for path in [&data, &inside] {
            set(path, 0o755);
        }
        let said = own.guard().expect("mended");
        assert_eq!(said.len(), 2, "{said:?}");
        assert_eq!((mode(&data), mode(&inside)), (0o700, 0o700));
        // A user's folder stays as it is, unless it is unsafe.
        let named = Folders { own: false, ..own };
        set(&data, 0o755);
        assert_eq!((named.guard().expect("fine").len(), mode(&data)), (0, 0o755));
        set(&data, 0o777);
        let error = named.guard().expect_err("refused").to_string();
        assert!(error.contains("others can write into"), "{error}");
    }
}
