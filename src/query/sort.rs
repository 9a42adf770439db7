//! How a list is sorted: columns, their names, their directions.

use std::fmt;
use std::str::FromStr;

/// A column that a list can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Column {
    #[default]
    Name,
    Email,
    Phone,
    Company,
    City,
    Owner,
    Source,
    /// By the number of tags.
    Tags,
    Added,
    Updated,
}

/// A column and its direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SortBy {
    pub column: Column,
    pub descending: bool,
}

/// How a list is sorted; by default by name, ascending.
///
/// Rows without a value come last either way. Equal rows sort by the second column, then by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sort {
    pub first: SortBy,
    pub second: Option<SortBy>,
}

/// Why a text does not name a sort order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SortError {
    #[error("no column named {0:?}: use name, email, phone, company, city, owner, source, tags, added or updated")]
    Column(String),
    #[error("give one column, or two separated by a comma")]
    Count,
}

impl Column {
    /// Every column, in the order in which a key cycles through them.
    pub const ALL: [Self; 10] = [
        Self::Name,
        Self::Updated,
        Self::Added,
        Self::Company,
        Self::Email,
        Self::Phone,
        Self::City,
        Self::Owner,
        Self::Source,
        Self::Tags,
    ];

    /// The column in a word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "e-mail",
            other => other.name(),
        }
    }

    /// The column as a command line calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Company => "company",
            Self::City => "city",
            Self::Owner => "owner",
            Self::Source => "source",
            Self::Tags => "tags",
            Self::Added => "added",
            Self::Updated => "updated",
        }
    }

    /// In its natural direction: text from A to Z, newest dates first, most tags first.
    pub fn naturally(self) -> SortBy {
        SortBy { column: self, descending: matches!(self, Self::Added | Self::Updated | Self::Tags) }
    }
}

impl SortBy {
    /// `▲` or `▼`.
    pub fn arrow(self) -> &'static str {
        if self.descending { "▼" } else { "▲" }
    }

    #[must_use]
    pub fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }
}

impl Sort {
    /// By one column.
    pub fn by(first: SortBy) -> Self {
        Self { first, second: None }
    }

    /// Whether it depends on users' names.
    pub fn asks_for_owners(self) -> bool {
        std::iter::once(self.first).chain(self.second).any(|by| by.column == Column::Owner)
    }

    /// The next column in its natural direction.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Column::ALL.iter().position(|column| *column == self.first.column).map_or(0, |at| at + 1);
        Self::by(Column::ALL[at % Column::ALL.len()].naturally())
    }

    /// Sorts by this column first; if it already is first, reverses it. A different second column stays.
    #[must_use]
    pub fn with_first(self, column: Column) -> Self {
        if column == self.first.column {
            return Self { first: self.first.reversed(), ..self };
        }
        Self { first: column.naturally(), second: self.second.filter(|second| second.column != column) }
    }

    /// Sorts by this column second; the next time reversed, then not at all.
    #[must_use]
    pub fn with_second(self, column: Column) -> Self {
        let natural = column.naturally();
        let second = match self.second {
            _ if column == self.first.column => self.second,
            Some(second) if second == natural => Some(natural.reversed()),
            Some(second) if second.column == column => None,
            _ => Some(natural),
        };
        Self { second, ..self }
    }

    /// The direction of this column, and whether it is only the second.
    pub fn of(self, column: Column) -> Option<(SortBy, bool)> {
        let second = || self.second.filter(|by| by.column == column).map(|by| (by, true));
        if self.first.column == column { Some((self.first, false)) } else { second() }
    }
}

/// By name or label, in any case.
impl FromStr for Column {
    type Err = SortError;

    fn from_str(text: &str) -> Result<Self, SortError> {
        let text = text.trim();
        let called = |column: &Self| [column.name(), column.label()].iter().any(|own| own.eq_ignore_ascii_case(text));
        Self::ALL.into_iter().find(called).ok_or_else(|| SortError::Column(text.to_owned()))
    }
}

/// `-updated` for descending.
impl FromStr for SortBy {
    type Err = SortError;

    fn from_str(text: &str) -> Result<Self, SortError> {
        let text = text.trim();
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        Ok(Self { column: name.parse()?, descending })
    }
}

/// `company,-updated`: the second orders what is equal by the first.
impl FromStr for Sort {
    type Err = SortError;

    fn from_str(text: &str) -> Result<Self, SortError> {
        let by: Vec<SortBy> = text.split(',').map(str::parse).collect::<Result<_, _>>()?;
        match by.as_slice() {
            [first] => Ok(Self::by(*first)),
            [first, second] if first.column != second.column => Ok(Self { first: *first, second: Some(*second) }),
            _ => Err(SortError::Count),
        }
    }
}

/// As it is parsed.
impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, by) in std::iter::once(self.first).chain(self.second).enumerate() {
            let (comma, minus) = (if at > 0 { "," } else { "" }, if by.descending { "-" } else { "" });
            write!(f, "{comma}{minus}{}", by.column.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(text: &str) -> Sort {
        text.parse().expect(text)
    }

    #[test]
    fn orders_are_written_and_read() {
        for text in ["name", "-updated", "company,-added", "-tags,email"] {
            assert_eq!(sort(text).to_string(), text);
        }
        assert_eq!(sort(" E-Mail , -City ").to_string(), "email,-city");
        for (text, error) in [
            ("", "\"\""),
            ("size", "\"size\""),
            ("name,", "\"\""),
            ("name,-name", "one column"),
            ("name,city,tags", "one column"),
        ] {
            let told = text.parse::<Sort>().expect_err(text).to_string();
            assert!(told.contains(error), "{text}: {told}");
        }
    }

    #[test]
    fn a_key_goes_through_all_columns_and_comes_back() {
        let mut now = Sort::default();
        for _ in Column::ALL {
            now = now.next();
        }
        assert_eq!(now, Sort::default());
        assert_eq!(now.next(), sort("-updated"));
    }

    #[test]
    fn choosing_a_column_again_turns_it_round() {
        assert_eq!(sort("name").with_first(Column::Name), sort("-name"));
        assert_eq!(sort("name").with_first(Column::Updated), sort("-updated"));
        assert_eq!(sort("company,-added").with_first(Column::City), sort("city,-added"));
        assert_eq!(sort("company,-added").with_first(Column::Added), sort("-added"));
        let mut now = sort("company");
        let turns: Vec<String> = (0..3)
            .map(|_| {
                now = now.with_second(Column::Added);
                now.to_string()
            })
            .collect();
        assert_eq!(turns, ["company,-added", "company,added", "company"]);
        assert_eq!(now.with_second(Column::Company), now);
        assert_eq!(sort("company,-added").of(Column::Added), Some((Column::Added.naturally(), true)));
    }
}
