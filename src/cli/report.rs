//! Output of commands that need no worker: findings of a check-up, and lists.

use std::io::{self, Write};

use serde::Serialize;

use crate::text;

use super::output::Output;
use super::table::TextTable;
use super::{ExitStatus, line::one_line};

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckVerdict {
    Good,
    /// Nothing is wrong; there is just something to say.
    Info,
    /// It works, but could be better.
    Warn,
    Bad,
}

impl CheckVerdict {
    fn symbol(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Info => "·",
            Self::Warn => "!",
            Self::Bad => "✗",
        }
    }
}

/// The result of one check, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub verdict: CheckVerdict,
    pub said: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Finding {
    pub fn new(check: &'static str, verdict: CheckVerdict, said: impl Into<String>) -> Self {
        Self { check, verdict, said: said.into(), next: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

/// The streams and the format of the output.
pub struct Report<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    pub json: bool,
    /// Columns of the terminal behind `out`; `None` if it is not a terminal.
    pub width: Option<usize>,
}

impl Report<'_> {
    pub(super) fn output(&mut self) -> Output<'_> {
        Output::new(self.out, self.err, self.json).terminal(self.width, false)
    }
}

/// Prints findings as lines that fit the terminal, or as one object per line.
pub fn print_findings(page: &mut Report<'_>, findings: &[Finding]) -> io::Result<()> {
    const LABEL: usize = 12;
    let width = page.width.unwrap_or(120).max(40) - LABEL - 4;
    let (json, mut output) = (page.json, page.output());
    for finding in findings {
        if json {
            output.object(finding).map_err(io::Error::other)?;
            continue;
        }
        let said = text::wrap_words(&one_line(&finding.said), width);
        let next = finding.next.as_deref().map(|next| text::wrap_words(&format!("→ {}", one_line(next)), width));
        let label = text::pad(finding.check, LABEL);
        for (n, line) in said.iter().chain(next.iter().flatten()).enumerate() {
            let (symbol, label) = if n == 0 { (finding.verdict.symbol(), &*label) } else { (" ", "") };
            output.line(&format!("{symbol} {label:<LABEL$} {line}")).map_err(io::Error::other)?;
        }
    }
    Ok(())
}

/// Prints a list as a table for people, or as one object per line for programs.
pub fn print_list<T: Serialize, const N: usize>(
    page: &mut Report<'_>,
    head: [&'static str; N],
    rows: &[T],
    cells: impl Fn(&T) -> [String; N],
) -> io::Result<ExitStatus> {
    let (json, mut output) = (page.json, page.output());
    let printed = if json {
        rows.iter().try_for_each(|row| output.object(row))
    } else {
        let mut table = TextTable::new(&head);
        for row in rows {
            let cells = cells(row);
            table.row(std::array::from_fn::<&str, N, _>(|at| cells[at].as_str()));
        }
        table.print(&mut output)
    };
    printed.map(|()| ExitStatus::Done).map_err(io::Error::other)
}
