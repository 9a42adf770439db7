//! The columns of a list: which, in which order, and how wide.

use std::fmt;
use std::str::FromStr;

use super::{Column, SortError};

/// A narrower column shows nothing useful, a wider one leaves no room for others.
const WIDTHS: std::ops::RangeInclusive<u16> = 4..=80;

/// The columns of a list from left to right, each once; the name is always among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(Vec<ShownColumn>);

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownColumn {
    pub column: Column,
    /// In cells; `None` fits the column and the screen.
    pub width: Option<u16>,
}

/// Why a text does not name columns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    #[error(transparent)]
    Column(#[from] SortError),
    #[error("the width of {0} must be a number of cells from 4 to 80, not {1:?}")]
    Width(&'static str, String),
    #[error("{0} is listed twice")]
    Twice(&'static str),
    #[error("the columns must include the name")]
    NoName,
}

impl Columns {
    /// # Errors
    /// If a column is listed twice, or the name is missing.
    pub fn new(shown: Vec<ShownColumn>) -> Result<Self, ColumnsError> {
        for (at, one) in shown.iter().enumerate() {
            if shown[..at].iter().any(|before| before.column == one.column) {
                return Err(ColumnsError::Twice(one.column.name()));
            }
        }
        if shown.iter().any(|one| one.column == Column::Name) { Ok(Self(shown)) } else { Err(ColumnsError::NoName) }
    }

    pub fn shown(&self) -> &[ShownColumn] {
        &self.0
    }
}

impl ShownColumn {
    /// With an automatic width.
    pub fn of(column: Column) -> Self {
        Self { column, width: None }
    }

    /// With this many cells, or as near as is allowed.
    #[must_use]
    pub fn sized(self, cells: u16) -> Self {
        Self { width: Some(cells.clamp(*WIDTHS.start(), *WIDTHS.end())), ..self }
    }
}

/// `phone`, or `phone:18` for one of 18 cells.
impl FromStr for ShownColumn {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        let (name, width) = text.split_once(':').map_or((text, None), |(name, width)| (name, Some(width.trim())));
        let column: Column = name.parse()?;
        let cells = |width: &str| width.parse().ok().filter(|cells| WIDTHS.contains(cells));
        let width = width.map(|width| cells(width).ok_or_else(|| ColumnsError::Width(column.name(), width.to_owned())));
        Ok(Self { column, width: width.transpose()? })
    }
}

impl fmt::Display for ShownColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.width {
            Some(width) => write!(f, "{}:{width}", self.column.name()),
            None => f.write_str(self.column.name()),
        }
    }
}

/// `name,phone:18,updated`
impl FromStr for Columns {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        Self::new(text.split(',').map(str::parse).collect::<Result<_, _>>()?)
    }
}

/// As they are parsed.
impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, shown) in self.0.iter().enumerate() {
            write!(f, "{}{shown}", if at > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_written_and_read() {
        for text in ["name", "phone:18,name,updated", "tags:4,name:80"] {
            assert_eq!(text.parse::<Columns>().expect(text).to_string(), text);
        }
        assert_eq!(" Name , E-Mail : 20 ".parse::<Columns>().expect("fine").to_string(), "name,email:20");
        for (text, told) in [
            ("", "no column named \"\""),
            ("name,size", "\"size\""),
            ("name,phone:3", "from 4 to 80, not \"3\""),
            ("name,phone:wide", "\"wide\""),
            ("name,phone,name", "name is listed twice"),
            ("phone", "must include the name"),
        ] {
            let error = text.parse::<Columns>().expect_err(text).to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
        assert_eq!(ShownColumn::of(Column::City).sized(2).to_string(), "city:4");
    }
}
