//! The weight of each observation about a pair.
//!
//! Fellegi and Sunter weigh an observation by how much more often it occurs in pairs of one person than in pairs of
//! strangers. A CRM is full of pairs that are neither: families share name, phone and address, colleagues share
//! company, switchboard and info@, and rare names are passed on. So a pair is one person only if that explains it
//! better than household, colleague, namesake and stranger together.
//!
//! All sums are fixed-point integers, [`ONE`] to a bit, so that their order cannot matter.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// One bit, a factor of two.
pub(super) const ONE: i32 = 1024;

/// The possible relations of two contacts, in the order of the columns below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum PairClass {
    Person = 0,
    Household = 1,
    Colleague = 2,
    /// Strangers with the same name: a grandson, a cousin, or more coincidence than the frequencies of names explain.
    Namesake = 3,
    Unrelated = 4,
}

/// The number of pairs of each class for one contact; all other pairs are unrelated.
pub(super) const PRIORS: [f64; 4] = [0.14, 0.14, 0.75, 0.016];

pub(super) const CLASSES: usize = 5;

macro_rules! levels {
    ($($(#[$doc:meta])* $name:ident [$person:expr, $household:expr, $colleague:expr, $unrelated:expr],)*) => {
        /// One observation about a pair.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[repr(u8)]
        pub(super) enum Level { $($(#[$doc])* $name,)* }

        impl Level {
            pub(super) const ALL: &'static [Self] = &[$(Self::$name,)*];
        }

        const TABLE: &[[f64; 4]] = &[$([$person, $household, $colleague, $unrelated],)*];
    };
}

/// By term frequency: a common value such as Smith says little, a rare one much.
const TF: f64 = 0.0;

levels! {
    FirstSame [0.72, 0.02, TF, TF],
    /// One is short for the other.
    FirstNick [0.09, 0.006, TF, TF],
    /// Both are short for one full name. Few people go by both, and a household may have a Lena and a Magda.
    FirstBothShort [0.08, 0.034, TF, TF],
    /// One is the initial of the other.
    FirstInitial [0.05, 0.009, 0.005, 0.005],
    /// One is a misspelt or unusual short form of the other.
    FirstShort [0.03, 0.006, 0.006, 0.006],
    FirstSlip [0.07, 0.004, 0.003, 0.003],
    FirstAlike [0.02, 0.02, 0.012, 0.012],
    /// Two unrelated names of the nickname table: neither is a misspelling of the other.
    FirstKnown [0.007, 0.50, 0.50, 0.50],
    FirstUnlike [0.010, 0.30, 0.30, 0.30],
    FirstOther [0.016, 0.13, 0.13, 0.13],
    LastSame [0.80, 0.80, TF, TF],
    /// One is part of the other's compound name.
    LastPart [0.03, 0.02, TF, TF],
    /// The last name of one is the middle name of the other.
    LastMiddle [0.02, 0.002, 0.002, 0.002],
    LastSlip [0.09, 0.02, 0.002, 0.002],
    LastAlike [0.02, 0.012, 0.006, 0.006],
    LastOther [0.04, 0.16, 0.99, 0.99],
    /// First and last name are swapped; seen together with the levels of the names themselves.
    Swapped [0.02, 0.02, 0.02, 0.02],
    MiddleSame [0.80, 0.08, 0.03, 0.03],
    MiddleInitial [0.80, 0.08, 0.08, 0.08],
    MiddleOther [0.12, 0.90, 0.90, 0.90],
    /// Both have the same suffix: Sr, Jr, II.
    GenerationSame [0.97, 0.05, 0.3, 0.3],
    /// Only one has a suffix: so there is or was a namesake, mostly in the same household.
    GenerationOne [0.2, 5.0, 0.97, 0.97],
    GenerationOther [0.01, 0.95, 0.5, 0.5],
    EmailSame [0.70, 0.15, 0.0005, TF],
    /// An address that several people with different names share.
    EmailShared [0.40, 0.25, 0.25, TF],
    EmailSlip [0.04, 0.004, 0.0005, 0.00003],
    /// The same, where the user is built from the names, which agree anyway.
    EmailNear [0.04, 0.006, 0.001, TF],
    /// The same user at another domain, with digits or unlike the names.
    EmailUser [0.08, 0.005, 0.001, TF],
    /// The same user at another domain, built from the names, which agree anyway.
    EmailName [0.06, 0.03, 0.05, 0.05],
    EmailCompany [0.04, 0.03, 0.50, TF],
    EmailOther [0.18, 0.82, 0.50, 0.94],
    PhoneSame [0.78, 0.38, 0.12, TF],
    PhoneShared [0.45, 0.35, 0.35, TF],
    PhoneTail [0.02, 0.003, 0.001, 0.00001],
    PhoneSlip [0.04, 0.005, 0.005, 0.00001],
    PhoneOther [0.14, 0.60, 0.87, 0.99],
    BirthSame [0.89, 0.03, TF, TF],
    BirthSwap [0.03, 0.001, 0.0003, 0.0003],
    BirthNear [0.06, 0.01, 0.004, 0.004],
    /// The years agree, and one date is 1 January or a year alone.
    BirthYear [0.10, 0.02, 0.015, 0.015],
    BirthOther [0.015, 0.95, 0.98, 0.98],
    AddressSame [0.72, 0.84, TF, TF],
    /// The same building, different flats.
    AddressUnit [0.03, 0.02, TF, TF],
    AddressNear [0.08, 0.05, 0.0004, 0.0004],
    StreetSame [0.01, 0.01, 0.004, 0.004],
    AddressOther [0.19, 0.11, 0.99, 0.99],
    PostalSame [0.80, 0.86, 0.15, TF],
    PostalSlip [0.05, 0.03, 0.01, 0.01],
    PostalOther [0.15, 0.11, 0.84, 0.98],
    CitySame [0.84, 0.88, 0.30, TF],
    CitySlip [0.04, 0.03, 0.003, 0.003],
    CityOther [0.12, 0.09, 0.68, 0.97],
    StateSame [0.92, 0.92, 0.60, TF],
    StateOther [0.08, 0.08, 0.40, 0.85],
    /// With an equal or similar address, where the place should agree.
    PlaceSame [0.94, 0.95, 0.5, 0.06],
    PlaceOther [0.06, 0.05, 0.5, 0.94],
    LocalitySame [0.80, 0.60, 0.02, TF],
    LocalityNear [0.10, 0.05, 0.003, 0.003],
    LocalityOther [0.10, 0.35, 0.98, 0.98],
    CompanySame [0.72, 0.05, 0.93, TF],
    CompanyNear [0.06, 0.01, 0.05, 0.001],
    CompanyOther [0.22, 0.94, 0.02, 0.98],
    NumberSame [0.92, 0.001, 0.001, TF],
    NumberSlip [0.06, 0.002, 0.001, 0.0001],
    NumberOther [0.02, 0.99, 0.99, 0.99],
    GenderSame [0.97, 0.45, 0.5, 0.5],
    GenderOther [0.03, 0.55, 0.5, 0.5],
    OccupationSame [0.80, 0.20, 0.20, TF],
    OccupationOther [0.20, 0.80, 0.80, 0.95],
}

impl Level {
    /// Whether the names differ.
    pub(super) fn differs(self) -> bool {
        matches!(self, Self::FirstKnown | Self::FirstUnlike | Self::FirstOther | Self::LastOther)
    }

    /// Whether it is about first and last name, which namesakes share too.
    fn of_names(self) -> bool {
        self <= Self::Swapped
    }
}

/// Weights in fixed point; `None` means by term frequency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Weights {
    pub(super) levels: Vec<[Option<i32>; CLASSES]>,
    /// The number of pairs of each class for one contact, without the unrelated ones.
    pub(super) priors: [i32; CLASSES - 1],
}

impl Default for Weights {
    fn default() -> Self {
        let fixed = |share: f64| (share > TF).then(|| bits(share));
        let level = |(level, row): (&Level, &[f64; 4])| {
            let [person, household, colleague, unrelated] = row.map(fixed);
            let namesake = match level {
                level if level.of_names() => person,
                // Families pass names on, and live near each other.
                Level::PostalSame => fixed(0.06),
                Level::CitySame => fixed(0.15),
                _ => unrelated,
            };
            [person, household, colleague, namesake, unrelated]
        };
        Self { levels: Level::ALL.iter().zip(TABLE).map(level).collect(), priors: PRIORS.map(bits) }
    }
}

impl Weights {
    /// Namesakes share names just as the records of one person do.
    pub(super) fn namesakes(&mut self) {
        let of_names = Level::ALL.iter().zip(&mut self.levels).filter(|(level, _)| level.of_names());
        for (_, row) in of_names {
            row[PairClass::Namesake as usize] = row[PairClass::Person as usize];
        }
    }
}

/// log2 in fixed point.
#[expect(clippy::cast_possible_truncation, reason = "a logarithm of a share times 1024 is far from the ends of i32")]
pub(super) fn bits(share: f64) -> i32 {
    (share.max(1e-12).log2() * f64::from(ONE)).round() as i32
}

static LOGARITHMS: LazyLock<Vec<i32>> =
    LazyLock::new(|| (0_u32..1 << 14).map(|count| bits(f64::from(count.max(1)))).collect());

/// log2 of a count; 0 counts as 1.
pub(super) fn bits_of(count: u32) -> i32 {
    LOGARITHMS.get(count as usize).copied().unwrap_or_else(|| bits(f64::from(count)))
}

/// Log odds that a pair is one person, from the sums of the classes.
pub(super) fn odds(sums: [i32; CLASSES]) -> i32 {
    let power =
        |sum: i32| (f64::from(sum - sums[PairClass::Person as usize]) / f64::from(ONE)).clamp(-60.0, 60.0).exp2();
    let others = power(sums[PairClass::Household as usize])
        + power(sums[PairClass::Colleague as usize])
        + power(sums[PairClass::Namesake as usize])
        + power(sums[PairClass::Unrelated as usize]);
    -bits(others)
}

/// The number behind a fixed-point logarithm.
pub(super) fn share(bits: i32) -> f64 {
    (f64::from(bits) / f64::from(ONE)).exp2()
}

/// The probability of each class, from the sums of the classes.
pub(super) fn shares(sums: [i32; CLASSES]) -> [f64; CLASSES] {
    let most = sums.into_iter().max().unwrap_or(0);
    let powers = sums.map(|sum| share((sum - most).max(-60 * ONE)));
    let all: f64 = powers.iter().sum();
    powers.map(|power| power / all)
}

/// The probability for log odds.
pub(super) fn probability(odds: i32) -> f64 {
    1.0 / (1.0 + (-f64::from(odds) / f64::from(ONE)).exp2())
}
