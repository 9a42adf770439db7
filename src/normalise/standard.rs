//! What every standard value carries beside itself: what was changed to get it and how sure that is.

/// A standard value beside the raw one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standard<T> {
    pub value: T,
    pub changes: Changes,
    pub sure: Sure,
}

/// How sure it is that the standard value says what the person meant; worse ones are smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// Typed only because the form wanted something: `none@none.com`, 555-555-5555, 1 January 1900.
    Placeholder,
    /// One of several readings.
    Guess,
    /// The only sensible reading of something misspelt or cut.
    Likely,
    /// Another spelling of the same thing.
    #[default]
    Certain,
}

/// One kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Change {
    /// Case, accents, blanks or punctuation.
    Spelling,
    TitleOff,
    DegreeOff,
    /// "First Last" in one field became two.
    Split,
    /// "Last, First" was turned round.
    Turned,
    TagOff,
    DotsOff,
    DomainMended,
    ExtensionOff,
    /// The country's code was added, 00 became a plus, or a zero that is dialled inside the country went.
    Dialling,
    Reordered,
    /// Two digits of a year became four.
    Century,
    Shortened,
    UnitApart,
    LegalFormOff,
    /// Too long to be one: only its beginning was read.
    Cut,
}

impl Change {
    const ALL: [Self; 16] = [
        Self::Spelling,
        Self::TitleOff,
        Self::DegreeOff,
        Self::Split,
        Self::Turned,
        Self::TagOff,
        Self::DotsOff,
        Self::DomainMended,
        Self::ExtensionOff,
        Self::Dialling,
        Self::Reordered,
        Self::Century,
        Self::Shortened,
        Self::UnitApart,
        Self::LegalFormOff,
        Self::Cut,
    ];

    /// What was done, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Spelling => "case, accents and punctuation made plain",
            Self::TitleOff => "title taken off",
            Self::DegreeOff => "degree taken off",
            Self::Split => "first and last name split",
            Self::Turned => "last name moved behind the first",
            Self::TagOff => "+tag taken off",
            Self::DotsOff => "dots that the provider ignores taken out",
            Self::DomainMended => "misspelt domain mended",
            Self::ExtensionOff => "extension taken off",
            Self::Dialling => "written with the country's code",
            Self::Reordered => "written year, month, day",
            Self::Century => "century added",
            Self::Shortened => "words shortened",
            Self::UnitApart => "unit set apart",
            Self::LegalFormOff => "legal form taken off",
            Self::Cut => "cut to its beginning",
        }
    }
}

/// A set of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes(u16);

impl Changes {
    pub fn add(&mut self, change: Change) {
        self.0 |= 1 << change as u8;
    }

    pub fn add_if(&mut self, happened: bool, change: Change) {
        if happened {
            self.add(change);
        }
    }

    pub fn has(self, change: Change) -> bool {
        self.0 & 1 << change as u8 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Change> {
        Change::ALL.into_iter().filter(move |&change| self.has(change))
    }
}
