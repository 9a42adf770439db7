//! How wide the columns of the list are, and which have room.

use crate::query::{Column, Columns, ShownColumn};

/// Before the first column: the cursor and the mark.
const MARKER: usize = 2;
/// What a name needs before another column is shown beside it.
const LEAST_NAME: usize = 12;

/// The columns that are painted, from left to right, each with its width: at least 1, the gap to the next included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Laid(Vec<(Column, usize)>);

impl Laid {
    /// Chosen columns, or those that suit a list of this width.
    pub(crate) fn new(chosen: Option<&Columns>, width: usize) -> Self {
        let room = width.saturating_sub(MARKER);
        match chosen {
            Some(columns) => Self::chosen(columns.shown(), room, width),
            None => Self::usual(room, width),
        }
    }

    pub(crate) fn columns(&self) -> impl ExactSizeIterator<Item = (Column, usize)> {
        self.0.iter().copied()
    }

    /// How wide a column is; 0 where it is not shown.
    pub(crate) fn width_of(&self, column: Column) -> usize {
        self.0.iter().find(|(one, _)| *one == column).map_or(0, |(_, width)| *width)
    }

    /// Columns drop in the order company, e-mail, phone, tags, updated.
    fn usual(room: usize, width: usize) -> Self {
        let from = |least: usize, cells: usize| if width >= least { cells } else { 0 };
        let others = [
            (Column::Email, from(96, 28)),
            (Column::Company, from(120, 22)),
            (Column::Phone, from(50, 17)),
            (Column::Tags, from(40, tags(width))),
            (Column::Updated, from(30, AGE)),
        ];
        let name = room.saturating_sub(others.iter().map(|(_, cells)| cells).sum());
        let all = std::iter::once((Column::Name, name)).chain(others);
        Self(all.filter(|(_, cells)| *cells > 0).collect())
    }

    /// The last columns drop where there is no room; what is left over goes to the name, unless it has a width.
    fn chosen(shown: &[ShownColumn], room: usize, width: usize) -> Self {
        let name = shown.iter().find_map(|one| one.width.filter(|_| one.column == Column::Name)).map(usize::from);
        let mut left = room.saturating_sub(name.unwrap_or(LEAST_NAME));
        let mut laid: Vec<(Column, usize)> = Vec::with_capacity(shown.len());
        let mut full = false;
        for one in shown {
            if one.column == Column::Name {
                laid.push((Column::Name, name.unwrap_or(LEAST_NAME).min(room)));
                continue;
            }
            let cells = one.width.map_or_else(|| natural(one.column, width), usize::from);
            full |= cells > left;
            if !full {
                left -= cells;
                laid.push((one.column, cells));
            }
        }
        if let Some((_, cells)) = laid.iter_mut().find(|(column, _)| *column == Column::Name && name.is_none()) {
            *cells = (*cells + left).min(room);
        }
        laid.retain(|(_, cells)| *cells > 0);
        Self(laid)
    }
}

/// Of an age, with the gap before it.
const AGE: usize = 5;

fn tags(width: usize) -> usize {
    match width {
        ..60 => 10,
        60..90 => 16,
        _ => 22,
    }
}

/// As wide as most values of a column.
pub(crate) fn natural(column: Column, width: usize) -> usize {
    match column {
        Column::Name => LEAST_NAME,
        Column::Email => 28,
        Column::Company => 22,
        Column::Phone => 17,
        Column::City | Column::Owner => 14,
        Column::Source => 16,
        Column::Tags => tags(width),
        Column::Added | Column::Updated => AGE + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(columns: &str, width: usize) -> String {
        let columns = (!columns.is_empty()).then(|| columns.parse().expect(columns));
        let laid = Laid::new(columns.as_ref(), width);
        let all: usize = laid.columns().map(|(_, cells)| cells).sum();
        assert!(all + MARKER <= width.max(MARKER), "{laid:?}");
        laid.columns().map(|(column, cells)| format!("{} {cells}", column.name())).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn what_nobody_chose_follows_the_width() {
        assert_eq!(laid("", 20), "name 18");
        assert_eq!(laid("", 50), "name 16, phone 17, tags 10, updated 5");
        assert_eq!(laid("", 130), "name 34, email 28, company 22, phone 17, tags 22, updated 5");
    }

    #[test]
    fn chosen_columns_keep_their_order_and_the_last_give_way() {
        assert_eq!(laid("phone,name,updated", 60), "phone 17, name 35, updated 6");
        assert_eq!(laid("phone:20,name,city:30", 60), "phone 20, name 38");
        assert_eq!(laid("name:20,city:9", 60), "name 20, city 9");
        assert_eq!(laid("email,tags,name", 20), "name 18");
        // A narrow one does not slip in where one before it had no room.
        assert_eq!(laid("name,email,updated", 35), "name 33");
        assert_eq!(laid("name:80", 40), "name 38");
        assert_eq!(laid("name", 1), "");
    }
}
