//! The log file: readable by its owner only, and limited in size.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tracing_subscriber::fmt::MakeWriter;

use super::LogError;
use super::redact::redacted;

const NAME: &str = "ghl-tui.log";
/// The name of the one old log that is kept.
const OLD: &str = "ghl-tui.log.1";
/// A log of this size, in bytes, is rotated at the next start.
const LARGE: u64 = 5 * 1024 * 1024;

/// Appends whole events, with tokens masked.
#[derive(Clone, Debug)]
pub(super) struct LogFile(Arc<File>);

impl LogFile {
    pub(super) fn open(dir: &Path) -> Result<(Self, PathBuf), LogError> {
        let path = dir.join(NAME);
        let file = rotate(&path, &dir.join(OLD)).and_then(|()| private(OpenOptions::new().append(true), &path));
        match file {
            Ok(file) => Ok((Self(Arc::new(file)), path)),
            Err(source) => Err(LogError::File { path, source }),
        }
    }
}

fn rotate(path: &Path, old: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(log) if log.len() > LARGE => match fs::rename(path, old) {
            // Another process rotated it first.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            renamed => renamed,
        },
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates a file that only its owner may ever read; makes an existing file private.
pub(super) fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.create(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for LogFile {
    /// Takes one whole event at a time, so that no token can be split between two writes.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        (&*self.0).write_all(redacted(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.0).flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_private_also_when_it_was_not() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join(NAME), "old").expect("written");
        fs::set_permissions(dir.path().join(NAME), Permissions::from_mode(0o644)).expect("set");
        let (mut file, path) = LogFile::open(dir.path()).expect("opened");
        file.write_all(b" new").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("there"), "old new");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_large_log_is_put_aside_and_only_one_is_kept() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join(OLD), "older").expect("written");
        let large = File::create(dir.path().join(NAME)).expect("made");
        large.set_len(LARGE + 1).expect("sparse");
        let (_file, path) = LogFile::open(dir.path()).expect("opened");
        assert_eq!(fs::metadata(path).expect("there").len(), 0);
        assert_eq!(fs::metadata(dir.path().join(OLD)).expect("there").len(), LARGE + 1);
        assert_eq!(fs::read_dir(dir.path()).expect("there").count(), 2);
    }

    #[test]
    fn a_folder_that_is_missing_is_named() {
        let error = LogFile::open(Path::new("/no/such/folder")).expect_err("refused");
        assert!(error.to_string().contains("/no/such/folder/ghl-tui.log"), "{error}");
    }
}
