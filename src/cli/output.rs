//! Where a command's words go: results on one stream, everything else on the other.
//!
//! A reader that has seen enough (`| head`) is no failure: what follows is dropped quietly.

use std::io::{self, Write};

use serde::Serialize;

use super::fault::Fault;
use super::line::one_line;
use super::{ExitStatus, json};

/// The two streams of a command.
pub(super) struct Output<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    pub(super) json: bool,
    /// Columns of the terminal that the results go to; `None` where they go elsewhere.
    pub(super) width: Option<usize>,
    progress: Progress,
    closed: bool,
}

/// The line that says how far a listing has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Nobody watches.
    Never,
    Hidden,
    Shown,
}

impl<'a> Output<'a> {
    pub(super) fn new(out: &'a mut dyn Write, err: &'a mut dyn Write, json: bool) -> Self {
        Self { out, err, json, width: None, progress: Progress::Never, closed: false }
    }

    pub(super) fn terminal(mut self, width: Option<usize>, progress: bool) -> Self {
        self.width = width;
        self.progress = if progress { Progress::Hidden } else { Progress::Never };
        self
    }

    /// Whether nobody reads the results any more.
    pub(super) fn closed(&self) -> bool {
        self.closed
    }

    /// One line of results, for people; already clean.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Fault> {
        self.clear_progress();
        let mut line = text.as_bytes().to_vec();
        line.push(b'\n');
        self.write(&line)
    }

    /// One line of results, for programs.
    pub(super) fn object<T: Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        self.lines(&json_line(value)?)
    }

    /// Whole lines of results that are ready to be written.
    pub(super) fn lines(&mut self, lines: &[u8]) -> Result<(), Fault> {
        self.clear_progress();
        self.write(lines)
    }

    /// An object over several lines, for people.
    pub(super) fn pretty(&mut self, value: &serde_json::Value) -> Result<(), Fault> {
        self.clear_progress();
        let mut text = json::pretty(value).map_err(|error| {
            Fault::new(ExitStatus::Failed, "write JSON", error.to_string(), "report this as a fault")
        })?;
        text.push(b'\n');
        self.write(&text)
    }

    fn write(&mut self, line: &[u8]) -> Result<(), Fault> {
        if self.closed {
            return Ok(());
        }
        match self.out.write_all(line).and_then(|()| self.out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Fault::new(ExitStatus::Failed, "write the results", error.to_string(), "")),
            Ok(()) => Ok(()),
        }
    }

    /// A remark on the other stream. That it cannot be written changes nothing.
    pub(super) fn note(&mut self, text: &str) {
        self.clear_progress();
        let _ = writeln!(self.err, "{}", one_line(text)).and_then(|()| self.err.flush());
    }

    /// What failed, why, and what to do next: up to three short lines.
    pub(super) fn fault(&mut self, fault: &Fault) {
        for (label, text) in [("error:", &fault.what), ("  why:", &fault.why), (" next:", &fault.next)] {
            if !text.is_empty() {
                self.clear_progress();
                let _ = writeln!(self.err, "{label} {}", one_line(text));
            }
        }
        let _ = self.err.flush();
    }

    /// How far a listing has come; only where somebody watches.
    pub(super) fn progress(&mut self, done: u64, total: u64) {
        self.passing(&format!("{done} of {total} contacts"));
    }

    /// How far something long has come, in our own words; only where somebody watches.
    pub(super) fn passing(&mut self, words: &str) {
        if self.progress != Progress::Never {
            self.progress = Progress::Shown;
            let _ = write!(self.err, "\r\x1b[K{words}").and_then(|()| self.err.flush());
        }
    }

    fn clear_progress(&mut self) {
        if self.progress == Progress::Shown {
            self.progress = Progress::Hidden;
            let _ = write!(self.err, "\r\x1b[K");
        }
    }
}

/// A line for programs, its end included.
pub(super) fn json_line<T: Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    let mut line = json::line(value)
        .map_err(|error| Fault::new(ExitStatus::Failed, "write JSON", error.to_string(), "report this as a fault"))?;
    line.push(b'\n');
    Ok(line)
}
