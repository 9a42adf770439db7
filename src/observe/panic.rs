//! Crash reports: what the maintainers need, and none of the user's data.

use std::backtrace::Backtrace;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::file::private;
use super::redact::redacted;

/// Writes a report to the folder and returns its path. No environment, no arguments, no data.
pub fn report_panic(dir: &Path, info: &PanicHookInfo<'_>) -> io::Result<PathBuf> {
    let report = CrashReport {
        message: message(info).to_owned(),
        location: info.location().map_or_else(|| "(unknown)".to_owned(), ToString::to_string),
        backtrace: Backtrace::force_capture().to_string(),
    };
    report.write(dir)
}

/// The panic's message: literal or formatted.
fn message<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = info.payload();
    let formatted = payload.downcast_ref::<String>().map(String::as_str);
    formatted.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("(no message)")
}

struct CrashReport {
    message: String,
    location: String,
    backtrace: String,
}

impl fmt::Display for CrashReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "ghl-tui {} on {} {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH)?;
        writeln!(f, "message: {}\nat: {}\n\n{}", self.message, self.location, self.backtrace)
    }
}

impl CrashReport {
    fn write(&self, dir: &Path) -> io::Result<PathBuf> {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let path = dir.join(format!("crash-{seconds}-{}.txt", std::process::id()));
        let mut file = private(OpenOptions::new().append(true), &path)?;
        file.write_all(redacted(&self.to_string()).as_bytes())?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_report_is_private_and_holds_no_token() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let report = CrashReport {
            message: "cannot use pit-0123abcd-4567-89ef-0123-456789abcdef".into(),
            location: "src/x.rs:1:2".into(),
            backtrace: "0: main".into(),
        };
        let path = report.write(dir.path()).expect("written");
        let text = std::fs::read_to_string(&path).expect("there");
        for part in [env!("CARGO_PKG_VERSION"), "message: cannot use [masked]", "at: src/x.rs:1:2", "0: main"] {
            assert!(text.contains(part), "{part} not in {text}");
        }
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
    }
}
