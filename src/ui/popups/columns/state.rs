//! The columns of the list while somebody arranges them.

use crate::query::{Column, Columns, ShownColumn};

/// Every column: those that are shown first, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnChooser {
    lines: Vec<(ShownColumn, bool)>,
    pub(crate) cursor: usize,
    /// What Esc goes back to.
    pub(crate) before: Option<Columns>,
    /// What suits the screen.
    usual: Vec<Column>,
}

impl ColumnChooser {
    /// From what was chosen before, else from what suits the screen.
    pub(crate) fn new(before: Option<Columns>, usual: Vec<Column>) -> Self {
        let mut arranging = Self { lines: Vec::new(), cursor: 0, before, usual };
        arranging.show(arranging.before.clone().as_ref());
        arranging
    }

    fn show(&mut self, columns: Option<&Columns>) {
        let shown: Vec<ShownColumn> = match columns {
            Some(columns) => columns.shown().to_vec(),
            None => self.usual.iter().copied().map(ShownColumn::of).collect(),
        };
        let others = Column::ALL.into_iter().filter(|column| !shown.iter().any(|one| one.column == *column));
        let others: Vec<(ShownColumn, bool)> = others.map(|column| (ShownColumn::of(column), false)).collect();
        self.lines = shown.into_iter().map(|one| (one, true)).chain(others).collect();
    }

    /// Each column, and whether it is shown.
    pub(crate) fn lines(&self) -> &[(ShownColumn, bool)] {
        &self.lines
    }

    /// The columns as they are arranged now.
    pub(crate) fn columns(&self) -> Option<Columns> {
        Columns::new(self.lines.iter().filter(|(_, on)| *on).map(|(one, _)| *one).collect()).ok()
    }

    /// Shows the column under the cursor, behind the others that are shown, or hides it; the name stays. The cursor
    /// goes along.
    pub(crate) fn toggle(&mut self) -> bool {
        if self.lines.get(self.cursor).is_none_or(|(one, _)| one.column == Column::Name) {
            return false;
        }
        let (one, on) = self.lines.remove(self.cursor);
        self.cursor = self.shown();
        self.lines.insert(self.cursor, (one, !on));
        true
    }

    fn shown(&self) -> usize {
        self.lines.iter().take_while(|(_, on)| *on).count()
    }

    /// Moves the column under the cursor among those that are shown, and the cursor with it.
    pub(crate) fn shift(&mut self, down: bool) -> bool {
        let to = if down { self.cursor + 1 } else { self.cursor.wrapping_sub(1) };
        if self.cursor.max(to) >= self.shown() {
            return false;
        }
        self.lines.swap(self.cursor, to);
        self.cursor = to;
        true
    }

    /// Makes the column under the cursor wider or narrower, from as wide as it is now.
    pub(crate) fn resize(&mut self, by: i16, now: u16) {
        if self.cursor >= self.shown() {
            self.toggle();
        }
        if let Some((one, _)) = self.lines.get_mut(self.cursor) {
            *one = one.sized(one.width.unwrap_or(now).saturating_add_signed(by));
        }
    }

    /// As wide as suits the column.
    pub(crate) fn unsize(&mut self) {
        if let Some((one, _)) = self.lines.get_mut(self.cursor) {
            one.width = None;
        }
    }

    /// As if nobody had chosen.
    pub(crate) fn reset(&mut self) {
        self.show(None);
    }
}
