//! Where a command's output goes: results on one stream, everything else on the other.
//!
//! A reader that stops early (`| head`) is not a failure: the rest of the output is dropped quietly.

use std::io::{self, Write};

use serde::Serialize;

use crate::domain::lasting;
use crate::protocol::Headway;

use super::fault::Fault;
use super::line::one_line;
use super::{ExitStatus, json};

/// The two streams of a command.
pub(super) struct Output<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    pub(super) json: bool,
    /// Columns of the terminal that shows the results; `None` if they go elsewhere.
    pub(super) width: Option<usize>,
    progress: ProgressLine,
    closed: bool,
}

/// The progress line of a listing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ProgressLine {
    /// No one is watching.
    Never,
    Hidden,
    Shown,
}

impl<'a> Output<'a> {
    pub(super) fn new(out: &'a mut dyn Write, err: &'a mut dyn Write, json: bool) -> Self {
        Self { out, err, json, width: None, progress: ProgressLine::Never, closed: false }
    }

    pub(super) fn terminal(mut self, width: Option<usize>, progress: bool) -> Self {
        self.width = width;
        self.progress = if progress { ProgressLine::Hidden } else { ProgressLine::Never };
        self
    }

    /// Whether the reader of the results is gone.
    pub(super) fn closed(&self) -> bool {
        self.closed
    }

    /// Prints one line of results for people; the text must be clean already.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Fault> {
        self.clear_progress();
        let mut line = text.as_bytes().to_vec();
        line.push(b'\n');
        self.write(&line)
    }

    /// Prints one line of results for programs.
    pub(super) fn object<T: Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        self.lines(&json_line(value)?)
    }

    /// Prints finished lines of results.
    pub(super) fn lines(&mut self, lines: &[u8]) -> Result<(), Fault> {
        self.clear_progress();
        self.write(lines)
    }

    /// Prints an object over several lines, for people.
    pub(super) fn pretty(&mut self, value: &serde_json::Value) -> Result<(), Fault> {
        self.clear_progress();
        let mut text = json::pretty(value)
            .map_err(|error| Fault::new(ExitStatus::Failed, "write JSON", error.to_string(), "report this as a bug"))?;
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

    /// Prints a remark on the other stream. A remark that cannot be written is ignored.
    pub(super) fn note(&mut self, text: &str) {
        self.clear_progress();
        let _ = writeln!(self.err, "{}", one_line(text)).and_then(|()| self.err.flush());
    }

    /// Says that a list is empty: no output alone might be a fault.
    pub(super) fn empty(&mut self, is_empty: bool, words: &str) {
        if is_empty {
            self.note(words);
        }
    }

    /// Prints what failed, why, and what to do next: up to three short lines.
    pub(super) fn fault(&mut self, fault: &Fault) {
        for (label, text) in [("error:", &fault.what), ("  why:", &fault.why), (" next:", &fault.next)] {
            if !text.is_empty() {
                self.clear_progress();
                let _ = writeln!(self.err, "{label} {}", one_line(text));
            }
        }
        let _ = self.err.flush();
    }

    /// Shows how far a listing has come, its rate and the time left; only if someone is watching.
    pub(super) fn headway(&mut self, headway: Headway) {
        let rate = headway.rate.map(|rate| format!(" · {rate}/s")).unwrap_or_default();
        let left = headway.seconds_left().map(|left| format!(" · {} left", lasting(left))).unwrap_or_default();
        self.passing(&format!("{} of {} contacts{rate}{left}", headway.done, headway.total));
    }

    /// Shows the progress of any long work in the caller's words; only if someone is watching.
    pub(super) fn passing(&mut self, words: &str) {
        if self.progress != ProgressLine::Never {
            self.progress = ProgressLine::Shown;
            let _ = write!(self.err, "\r\x1b[K{words}").and_then(|()| self.err.flush());
        }
    }

    fn clear_progress(&mut self) {
        if self.progress == ProgressLine::Shown {
            self.progress = ProgressLine::Hidden;
            let _ = write!(self.err, "\r\x1b[K");
        }
    }
}

/// A line for programs, with its line end.
pub(super) fn json_line<T: Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    let mut line = json::line(value)
        .map_err(|error| Fault::new(ExitStatus::Failed, "write JSON", error.to_string(), "report this as a bug"))?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_a_listing_has_come_is_told_to_a_terminal_alone() {
        let headway = |rate| Headway { done: 37_500, total: 100_000, rate };
        for (watched, rate, expected) in [
            (true, Some(4_870), "\r\x1b[K37500 of 100000 contacts · 4870/s · 13s left"),
            (true, Some(0), "\r\x1b[K37500 of 100000 contacts · 0/s"),
            (true, None, "\r\x1b[K37500 of 100000 contacts"),
            (false, Some(4_870), ""),
        ] {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            Output::new(&mut out, &mut err, false).terminal(None, watched).headway(headway(rate));
            assert_eq!(String::from_utf8_lossy(&err), expected);
        }
    }
}
