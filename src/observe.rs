//! The log file and crash reports, with messages of this program only.
//!
//! No bodies and no secrets at any level. Callers do not log them; anything that looks like a token is masked on its
//! way out anyway. Messages of other crates are dropped, because some of them log headers.

mod file;
mod panic;
mod redact;

use std::path::{Path, PathBuf};

use tracing_subscriber::EnvFilter;

pub use panic::report_panic;
pub use redact::redacted;

use file::LogFile;

/// Proof that the log is being written, with its path.
#[derive(Clone, Debug)]
pub struct Guard {
    path: PathBuf,
}

impl Guard {
    /// The log file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Why the log could not start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("cannot write the log file {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("this process already has a log")]
    Twice,
}

/// Starts the log in an existing folder. Call it once per process.
pub fn init(dir: &Path, verbose: bool) -> Result<Guard, LogError> {
    let (file, path) = LogFile::open(dir)?;
    tracing::subscriber::set_global_default(subscriber(file, verbose)).map_err(|_set| LogError::Twice)?;
    Ok(Guard { path })
}

fn subscriber(file: LogFile, verbose: bool) -> impl tracing::Subscriber + Send + Sync {
    let filter = if verbose { "off,ghl_tui=debug" } else { "off,ghl_tui=info" };
    let lines = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter)).with_ansi(false).with_writer(file);
    // What cannot be written, on a full disk, is not printed over the screen.
    lines.log_internal_errors(false).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(verbose: bool) -> String {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (file, path) = LogFile::open(dir.path()).expect("opened");
        tracing::subscriber::with_default(subscriber(file, verbose), || {
            tracing::info!(header = "Bearer eyJhbGciOi.J9.abc-DEF", "sent");
            tracing::debug!("pit-0123abcd-4567-89ef-0123-456789abcdef was used");
            tracing::error!(target: "hyper::client", "authorization header of another crate");
            tracing::error!(target: "reqwest", "body of another crate");
        });
        std::fs::read_to_string(path).expect("the log")
    }

    #[test]
    fn the_log_holds_our_words_and_no_secrets() {
        let log = logged(false);
        assert!(log.contains("sent") && !log.contains("was used"), "{log}");
        let log = logged(true);
        assert!(log.contains("was used"), "{log}");
        for hidden in ["eyJ", "abc-DEF", "0123abcd", "456789abcdef", "another crate"] {
            assert!(!log.contains(hidden), "{hidden} in {log}");
        }
    }
}
