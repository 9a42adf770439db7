//! Learns from one set of contacts how many pairs are the same person, and how their records differ.
//!
//! Expectation maximisation over the pairs that share a key. It starts at the fixed weights, and imagined pairs that
//! agree with those weights hold it near them. It needs no labels.

use rayon::prelude::*;

use super::block::Blocks;
use super::compare::{Judge, PairFact};
use super::pool::hash;
use super::weight::{CLASSES, Level, PairClass, Weights, bits, share, shares};

/// After this many rounds little changes.
const ROUNDS: usize = 6;
/// The number of imagined pairs that support the fixed weights.
const IMAGINED: f64 = 30.0;
/// The number of imagined contacts that support the fixed priors.
const IMAGINED_CONTACTS: f64 = 50.0;
/// Enough pairs to learn from.
const PAIRS: usize = 300_000;
/// A contact has about this many candidates.
const EACH: usize = 20;

/// Levels that exclude each other. Levels that are not listed are not learnt.
const FIELDS: &[&[Level]] = &[
    &[
        Level::FirstSame,
        Level::FirstNick,
        Level::FirstBothShort,
        Level::FirstInitial,
        Level::FirstSlip,
        Level::FirstAlike,
        Level::FirstShort,
        Level::FirstKnown,
        Level::FirstUnlike,
        Level::FirstOther,
    ],
    &[Level::LastSame, Level::LastPart, Level::LastMiddle, Level::LastSlip, Level::LastAlike, Level::LastOther],
    &[Level::MiddleSame, Level::MiddleInitial, Level::MiddleOther],
    &[
        Level::EmailSame,
        Level::EmailShared,
        Level::EmailSlip,
        Level::EmailNear,
        Level::EmailUser,
        Level::EmailName,
        Level::EmailCompany,
        Level::EmailOther,
    ],
    &[Level::PhoneSame, Level::PhoneShared, Level::PhoneTail, Level::PhoneSlip, Level::PhoneOther],
    &[Level::BirthSame, Level::BirthSwap, Level::BirthNear, Level::BirthYear, Level::BirthOther],
    &[Level::AddressSame, Level::AddressUnit, Level::AddressNear, Level::StreetSame, Level::AddressOther],
    &[Level::PostalSame, Level::PostalSlip, Level::PostalOther],
    &[Level::CitySame, Level::CitySlip, Level::CityOther],
    &[Level::StateSame, Level::StateOther],
    &[Level::LocalitySame, Level::LocalityNear, Level::LocalityOther],
    &[Level::CompanySame, Level::CompanyNear, Level::CompanyOther],
    &[Level::NumberSame, Level::NumberSlip, Level::NumberOther],
    &[Level::GenderSame, Level::GenderOther],
    &[Level::OccupationSame, Level::OccupationOther],
];

/// The weights for this set, learnt for these classes.
pub(super) fn learnt(judge: &Judge<'_>, blocks: &Blocks, classes: &[PairClass]) -> Weights {
    let fixed = judge.weights.clone();
    let (pairs, contacts) = sample(judge, blocks);
    let mut weights = fixed.clone();
    for _round in 0..ROUNDS {
        let expected = expect(&Judge { weights: &weights, ..*judge }, &pairs);
        weights = maximise(&fixed, &expected, contacts, classes);
    }
    weights
}

/// The observations about the pairs of some contacts, chosen by the hash of their id, and the number of contacts.
fn sample(judge: &Judge<'_>, blocks: &Blocks) -> (Vec<Box<[PairFact]>>, f64) {
    let rows = judge.sheet.len();
    let one_in = (rows * EACH).div_ceil(PAIRS).max(1) as u64;
    let chosen: Vec<u32> =
        (0..).take(rows).filter(|&row| hash(judge.sheet.id(row).as_bytes()).is_multiple_of(one_in)).collect();
    let pairs = chosen
        .par_iter()
        .flat_map_iter(|&row| {
            let mut behind = Vec::new();
            blocks.behind(row, &mut behind);
            behind.retain(|&other| judge.sheet.comparable(row, other));
            behind.into_iter().map(move |other| judge.facts(row, other).iter().copied().collect())
        })
        .collect();
    (pairs, f64::from(u32::try_from(chosen.len()).unwrap_or(u32::MAX)))
}

/// The expected count of each level in each class, and of pairs in each class.
struct Expected {
    levels: Vec<[u64; CLASSES]>,
    classes: [u64; CLASSES],
}

/// A whole pair in fixed point, so that sums do not depend on their order.
const WHOLE: f64 = 1_048_576.0;

fn expect(judge: &Judge<'_>, pairs: &[Box<[PairFact]>]) -> Expected {
    let none = || Expected { levels: vec![[0; CLASSES]; Level::ALL.len()], classes: [0; CLASSES] };
    let add = |mut expected: Expected, facts: &[PairFact]| {
        let shares = shares(judge.sums_of(facts.iter())).map(whole);
        for (sum, share) in expected.classes.iter_mut().zip(shares) {
            *sum += share;
        }
        for fact in facts {
            for (sum, share) in expected.levels[fact.level as usize].iter_mut().zip(shares) {
                *sum += share;
            }
        }
        expected
    };
    let both = |mut a: Expected, b: Expected| {
        let sums = a.levels.iter_mut().flatten().chain(&mut a.classes);
        for (sum, more) in sums.zip(b.levels.iter().flatten().chain(&b.classes)) {
            *sum += more;
        }
        a
    };
    pairs.par_iter().map(AsRef::as_ref).fold(none, add).reduce(none, both)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share lies between 0 and 1")]
fn whole(share: f64) -> u64 {
    (share * WHOLE).round() as u64
}

#[expect(clippy::cast_precision_loss, reason = "some hundred thousand pairs are far below 2^52")]
fn pairs(sum: u64) -> f64 {
    sum as f64 / WHOLE
}

fn maximise(fixed: &Weights, expected: &Expected, contacts: f64, classes: &[PairClass]) -> Weights {
    let mut weights = fixed.clone();
    for class in [PairClass::Person as usize, PairClass::Household as usize] {
        let imagined = share(fixed.priors[class]) * IMAGINED_CONTACTS;
        weights.priors[class] = bits((pairs(expected.classes[class]) + imagined) / (contacts + IMAGINED_CONTACTS));
    }
    for &class in classes {
        for field in FIELDS {
            learn_field(&mut weights, fixed, expected, class as usize, field);
        }
    }
    weights.namesakes();
    weights
}

/// Divides the total of a field's levels among them, by how often each was seen.
fn learn_field(weights: &mut Weights, fixed: &Weights, expected: &Expected, class: usize, field: &[Level]) {
    let first = |level: &Level| fixed.levels[*level as usize][class].map_or(0.0, share);
    let mass: f64 = field.iter().map(first).sum();
    let seen: f64 = field.iter().map(|level| pairs(expected.levels[*level as usize][class])).sum();
    for level in field.iter().filter(|level| fixed.levels[**level as usize][class].is_some()) {
        let count = pairs(expected.levels[*level as usize][class]) + IMAGINED * first(level) / mass;
        weights.levels[*level as usize][class] = Some(bits(mass * count / (seen + IMAGINED)));
    }
}
