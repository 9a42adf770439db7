//! A standard value with what was corrected to get it, and how sure that is.

/// The standard form of a typed value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standard<T> {
    pub value: T,
    pub changes: Corrections,
    pub sure: Sure,
}

/// How sure it is that the standard value is what the person meant, from worst to best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// Typed only because a form required something: `none@none.com`, 555-555-5555, 1 January 1900.
    Placeholder,
    /// One of several readings.
    Guess,
    /// The only sensible reading of a misspelt or cut value.
    Likely,
    /// Another spelling of the same thing.
    #[default]
    Certain,
}

/// One kind of correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Correction {
    /// Case, accents, spaces or punctuation.
    Spelling,
    TitleOff,
    DegreeOff,
    /// "First Last" in one field became two.
    Split,
    /// "Last, First" was reordered.
    Turned,
    TagOff,
    DotsOff,
    DomainMended,
    ExtensionOff,
    /// The country code was added, 00 became a plus, or a trunk zero was dropped.
    Dialling,
    Reordered,
    /// Two digits of a year became four.
    Century,
    Shortened,
    UnitApart,
    LegalFormOff,
    /// Too long: only its beginning was read.
    Cut,
}

/// A set of corrections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Corrections(u16);

impl Corrections {
    pub fn add(&mut self, change: Correction) {
        self.0 |= 1 << change as u8;
    }

    pub fn add_if(&mut self, happened: bool, change: Correction) {
        if happened {
            self.add(change);
        }
    }

    pub fn has(self, change: Correction) -> bool {
        self.0 & 1 << change as u8 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
