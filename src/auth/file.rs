//! Small files that only their owner may read: replaced as a whole or not at all, by one writer at a time.
//!
//! A process killed at any moment leaves the old file or the new one; the next writer overwrites any temporary file
//! that it left behind.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::paths;

/// The permission bits of everyone but the owner.
const OTHERS: u32 = 0o077;

/// A lock between processes; it ends with the process, however that ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Blocks the thread until it has the lock; only for work of milliseconds.
    pub(super) fn wait(path: &Path) -> io::Result<Self> {
        let file = lock_file(path)?;
        file.lock()?;
        Ok(Self { _file: file })
    }

    /// Waits for the lock without blocking the thread, for work over the network. A process that holds it longer than any
    /// request takes has hung or was stopped.
    pub(super) async fn take(path: &Path) -> io::Result<Self> {
        const AGAIN: Duration = Duration::from_millis(40);
        const LONGEST: Duration = Duration::from_secs(45);
        let file = lock_file(path)?;
        let taken = async {
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(()),
                    Err(TryLockError::WouldBlock) => tokio::time::sleep(AGAIN).await,
                    Err(TryLockError::Error(error)) => return Err(error),
                }
            }
        };
        let hangs =
            |_elapsed| io::Error::new(io::ErrorKind::TimedOut, "another ghl-tui has held the lock for too long");
        tokio::time::timeout(LONGEST, taken).await.map_err(hangs)??;
        Ok(Self { _file: file })
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// Why a private file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} belongs to another user: make yourself its owner, or choose another folder with --data-dir", .0.display())]
    Foreign(PathBuf),
    #[error("cannot use {}: {source}", .path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is damaged ({why}): move it away, then sign in again", .path.display())]
    Garbled { path: PathBuf, why: serde_json::Error },
    #[error(transparent)]
    Folder(#[from] paths::PathError),
}

/// A private file in one of our folders.
#[derive(Clone, Debug)]
pub(super) struct PrivateFile {
    path: PathBuf,
}

impl PrivateFile {
    pub(super) fn new(folder: &Path, name: &str) -> Self {
        Self { path: folder.join(name) }
    }

    /// The text, or `None` if there is no file. Makes a file that others may read private first.
    pub(super) fn read(&self) -> Result<Option<String>, FileError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.fault(source)),
        };
        self.guard(&file)?;
        let mut text = String::new();
        io::Read::read_to_string(&mut file, &mut text).map_err(|source| self.fault(source))?;
        Ok(Some(text))
    }

    /// Makes the file private; returns whether others could read it until now.
    pub(super) fn mend(&self) -> Result<bool, FileError> {
        match File::open(&self.path) {
            Ok(file) => self.guard(&file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(self.fault(source)),
        }
    }

    fn guard(&self, file: &File) -> Result<bool, FileError> {
        let about = file.metadata().map_err(|source| self.fault(source))?;
        if about.uid() != rustix::process::geteuid().as_raw() {
            return Err(FileError::Foreign(self.path.clone()));
        }
        let open = about.mode() & OTHERS != 0;
        if open {
            tracing::warn!(path = %self.path.display(), "others could read it; made private");
            file.set_permissions(Permissions::from_mode(0o600)).map_err(|source| self.fault(source))?;
        }
        Ok(open)
    }

    /// Reads the file, lets `change` make the new text, and replaces the old one, without another writer in between.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(Option<String>) -> Result<(Option<String>, T), FileError>,
    ) -> Result<T, FileError> {
        if let Some(folder) = self.path.parent() {
            paths::create_private(folder)?;
        }
        let _lock = Lock::wait(&self.beside(".lock")).map_err(|source| self.fault(source))?;
        let (text, answer) = change(self.read()?)?;
        if let Some(text) = text {
            self.replace(&text).map_err(|source| self.fault(source))?;
        }
        Ok(answer)
    }

    /// Writes a temporary file, flushes it, then renames it: a rename happens completely or not at all.
    fn replace(&self, text: &str) -> io::Result<()> {
        let new = self.beside(".new");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        match self.path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.file_name().map(OsString::from).unwrap_or_default();
        name.push(ending);
        self.path.with_file_name(name)
    }

    fn fault(&self, source: io::Error) -> FileError {
        FileError::Io { path: self.path.clone(), source }
    }

    pub(super) fn garbled(&self, why: serde_json::Error) -> FileError {
        FileError::Garbled { path: self.path.clone(), why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, PrivateFile) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = PrivateFile::new(folder.path(), "vault.json");
        (folder, file)
    }

    fn write(file: &PrivateFile, text: &str) {
        file.change(|_before| Ok((Some(text.to_owned()), ()))).expect("written");
    }

    #[test]
    fn it_is_private_from_the_first_moment_and_replaced_whole() {
        let (folder, file) = file();
        assert_eq!(file.read().expect("no file is no fault"), None);
        for text in ["one", "two"] {
            write(&file, text);
            assert_eq!(file.read().expect("read").as_deref(), Some(text));
            assert_eq!(fs::metadata(&file.path).expect("there").mode() & 0o777, 0o600);
        }
        let names: Vec<_> = fs::read_dir(folder.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
        assert!(!names.iter().any(|name| name == "vault.json.new"), "{names:?}");
    }

    #[test]
    fn what_others_could_read_is_mended_and_said() {
        let (_folder, file) = file();
        write(&file, "one");
        fs::set_permissions(&file.path, Permissions::from_mode(0o644)).expect("set");
        assert!(file.mend().expect("mended"));
        assert!(!file.mend().expect("fine already"));
        assert_eq!(fs::metadata(&file.path).expect("there").mode() & 0o777, 0o600);
    }

    #[test]
    fn what_a_killed_writer_left_is_overwritten() {
        let (folder, file) = file();
        fs::write(folder.path().join("vault.json.new"), "half a fi").expect("left behind");
        write(&file, "whole");
        assert_eq!(file.read().expect("read").as_deref(), Some("whole"));
    }

    #[test]
    fn writers_take_turns() {
        let (_folder, file) = file();
        write(&file, "0");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let add = |before: Option<String>| {
                            let number: u32 = before.unwrap_or_default().parse().expect("a number");
                            Ok((Some((number + 1).to_string()), ()))
                        };
                        file.change(add).expect("changed");
                    }
                });
            }
        });
        assert_eq!(file.read().expect("read").as_deref(), Some("160"));
    }
}
