//! Which columns a list shows, in which order, and how wide.

use std::fmt;
use std::str::FromStr;

use super::{Column, SortError};

/// Narrower than this nothing can be told apart in a column, wider nothing else has room.
const WIDTHS: std::ops::RangeInclusive<u16> = 4..=80;

/// The columns of a list from left to right, each once; the name is always among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(Vec<Shown>);

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub column: Column,
    /// In cells; without one, as wide as suits it and the screen.
    pub width: Option<u16>,
}

/// A text that names no columns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    #[error(transparent)]
    Column(#[from] SortError),
    #[error("the width of {0} must be a number of cells from 4 to 80, not {1:?}")]
    Width(&'static str, String),
    #[error("{0} is there twice")]
    Twice(&'static str),
    #[error("the name must be one of the columns")]
    NoName,
}

impl Columns {
    /// # Errors
    /// Where one is there twice, or the name is missing.
    pub fn new(shown: Vec<Shown>) -> Result<Self, ColumnsError> {
        for (at, one) in shown.iter().enumerate() {
            if shown[..at].iter().any(|before| before.column == one.column) {
                return Err(ColumnsError::Twice(one.column.name()));
            }
        }
        if shown.iter().any(|one| one.column == Column::Name) { Ok(Self(shown)) } else { Err(ColumnsError::NoName) }
    }

    pub fn shown(&self) -> &[Shown] {
        &self.0
    }
}

impl Shown {
    /// As wide as suits it.
    pub fn of(column: Column) -> Self {
        Self { column, width: None }
    }

    /// Of this many cells, or as near as is allowed.
    #[must_use]
    pub fn sized(self, cells: u16) -> Self {
        Self { width: Some(cells.clamp(*WIDTHS.start(), *WIDTHS.end())), ..self }
    }
}

/// `phone`, or `phone:18` for one of 18 cells.
impl FromStr for Shown {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        let (name, width) = text.split_once(':').map_or((text, None), |(name, width)| (name, Some(width.trim())));
        let column: Column = name.parse()?;
        let cells = |width: &str| width.parse().ok().filter(|cells| WIDTHS.contains(cells));
        let width = width.map(|width| cells(width).ok_or_else(|| ColumnsError::Width(column.name(), width.to_owned())));
        Ok(Self { column, width: width.transpose()? })
    }
}

impl fmt::Display for Shown {
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
            ("", "no column is called \"\""),
            ("name,size", "\"size\""),
            ("name,phone:3", "from 4 to 80, not \"3\""),
            ("name,phone:wide", "\"wide\""),
            ("name,phone,name", "name is there twice"),
            ("phone", "the name must be"),
        ] {
            let error = text.parse::<Columns>().expect_err(text).to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
        assert_eq!(Shown::of(Column::City).sized(2).to_string(), "city:4");
    }
}
