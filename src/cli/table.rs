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
    rows: Vec<Vec<String>>,
}

impl TextTable {
    pub(super) fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
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
        fit(&mut wide, room);
        std::iter::once(&head).chain(&self.rows).map(|row| aligned(row, &wide)).collect()
    }
}

/// Narrows the widest columns until all fit. The last column is never cut: it holds an id that people copy.
fn fit(wide: &mut [usize], room: usize) {
    let gaps = GAP * wide.len().saturating_sub(1);
    while wide.iter().sum::<usize>() + gaps > room {
        let Some((_id, others)) = wide.split_last_mut() else { return };
        match others.iter_mut().max() {
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
