//! Tables for people: aligned and cut to the terminal, or whole and tab-separated if there is no terminal.

use crate::text::{cut, pad, width};

use super::fault::Fault;
use super::line::one_line;
use super::output::Output;

const GAP: usize = 2;
/// No column is cut narrower than this.
const NARROWEST: usize = 6;

pub(super) struct TextTable {
    head: Vec<&'static str>,
    /// Columns that are never cut.
    whole: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    pub(super) fn new(head: &[&'static str]) -> Self {
        // The last column holds an id that people copy.
        Self { head: head.to_vec(), whole: head.last().copied().into_iter().collect(), rows: Vec::new() }
    }

    /// Never cuts this column.
    pub(super) fn whole(mut self, column: &'static str) -> Self {
        self.whole.push(column);
        self
    }

    /// Adds a row and cleans its cells.
    pub(super) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        debug_assert_eq!(N, self.head.len());
        self.rows.push(cells.into_iter().map(one_line).collect());
    }

    pub(super) fn print(self, output: &mut Output<'_>) -> Result<(), Fault> {
        match output.width {
            None => self.rows.iter().try_for_each(|row| output.line(&row.join("\t"))),
            Some(_) if self.rows.is_empty() => Ok(()),
            Some(width) => self.lines(width).iter().try_for_each(|line| output.line(line)),
        }
    }

    fn lines(&self, room: usize) -> Vec<String> {
        let head: Vec<String> = self.head.iter().map(|&name| name.to_owned()).collect();
        let mut wide: Vec<usize> = head.iter().map(|name| width(name)).collect();
        for row in &self.rows {
            for (most, cell) in wide.iter_mut().zip(row) {
                *most = (*most).max(width(cell));
            }
        }
        let may_be_cut: Vec<bool> = self.head.iter().map(|name| !self.whole.contains(name)).collect();
        fit(&mut wide, &may_be_cut, room);
        std::iter::once(&head).chain(&self.rows).map(|row| aligned(row, &wide)).collect()
    }
}

/// Narrows the widest of the columns that may be cut until all fit.
fn fit(wide: &mut [usize], may_be_cut: &[bool], room: usize) {
    let gaps = GAP * wide.len().saturating_sub(1);
    while wide.iter().sum::<usize>() + gaps > room {
        let others = wide.iter_mut().zip(may_be_cut).filter(|(_, may)| **may).map(|(wide, _)| wide);
        match others.max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => return,
        }
    }
}

fn aligned(row: &[String], wide: &[usize]) -> String {
    let cells: Vec<String> = row.iter().zip(wide).map(|(cell, &wide)| pad(&cut(cell, wide), wide)).collect();
    cells.join(&" ".repeat(GAP)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(columns: Option<usize>) -> String {
        let mut table = TextTable::new(&["NAME", "TITLE", "ID"]);
        table.row(["Ann\x1b[31m Lee", "Call\nback", "id-1"]);
        table.row(["山田太郎", "A title that goes on and on", "id-2"]);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output = Output::new(&mut out, &mut err, false).terminal(columns, false);
        table.print(&mut output).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_terminal_gets_columns_that_fit() {
        let text = printed(Some(30));
        for line in text.lines() {
            assert!(width(line) <= 30, "{line}");
        }
        let ids: Vec<usize> =
            text.lines().map(|line| width(&line[..line.find("id-").or(line.find("ID")).expect("id")])).collect();
        assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{text}");
        assert!(text.contains('…') && !text.contains('\x1b'), "{text}");
    }

    #[test]
    fn a_pipe_gets_everything() {
        let text = printed(None);
        assert!(text.contains("山田太郎\tA title that goes on and on\tid-2\n"), "{text}");
        assert!(text.contains("Call back"), "{text}");
    }
}
