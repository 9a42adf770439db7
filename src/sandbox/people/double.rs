//! Duplicates as real lists have them: another spelling, another address, a relative.
//! A duplicate is a function of its position too, and points at an earlier person.

use fastrand::Rng;

use super::{DAY, chance, culture, email, hostile, pick, rng};
use crate::sandbox::{contact::ContactRecord, ids::hash, world::World};

/// How many people in a thousand are duplicates.
const PER_MILLE: u64 = 45;

pub(super) fn original_of(world: &World, index: u32) -> Option<u32> {
    if !doubles(world, index) {
        return None;
    }
    let drawn = hash(world.seed, "double of", u64::from(index), 0) % u64::from(index);
    let mut target = u32::try_from(drawn).expect("below a position");
    while doubles(world, target) || hostile(world, target).is_some() {
        target -= 1; // ends at the latest at 0: the first people never double anybody
    }
    Some(target)
}

fn doubles(world: &World, index: u32) -> bool {
    index >= 25
        && hostile(world, index).is_none()
        && hash(world.seed, "double", u64::from(index), 0) % 1_000 < PER_MILLE
}

/// The person `from`, typed in a second time.
pub(super) fn of(world: &World, index: u32, from: ContactRecord) -> ContactRecord {
    let mut rng = rng(world, "double how", index);
    let mut new = ContactRecord { id: world.ids.id(index), ..from };
    match rng.u32(..8) {
        0 => nickname(world, &mut rng, &mut new),
        1 => new.last = new.last.map(|name| typo(&mut rng, &name)),
        2 => std::mem::swap(&mut new.first, &mut new.last),
        3 => new.email = Some(email(world, index, &mut rng, &new)),
        4 => {
            let shout = |text: Option<String>| text.map(|t| t.to_uppercase());
            (new.first, new.last, new.email) = (shout(new.first), shout(new.last), shout(new.email));
        }
        5 => relative(world, index, &mut rng, &mut new),
        6 => new.phone = None,
        _ => {
            new.first = new.first.map(|name| typo(&mut rng, &name));
            new.email = None;
        }
    }
    again(world, &mut rng, &mut new);
    new
}

/// The second entry has another source and knows less.
fn again(world: &World, rng: &mut Rng, new: &mut ContactRecord) {
    new.added = (new.added + rng.i64(DAY..200 * DAY)).min(world.now - 3_600_000);
    new.updated = new.added;
    new.last_activity = new.added;
    new.source = Some(pick(rng, &world.words.business.sources).clone());
    new.tags.truncate(1);
    new.custom.truncate(rng.usize(..3));
    new.attribution = serde_json::Value::Null;
    if chance(rng, 60) {
        (new.address, new.postal_code) = (None, None);
    }
    if chance(rng, 40) {
        new.date_of_birth = None;
    }
}

fn nickname(world: &World, rng: &mut Rng, new: &mut ContactRecord) {
    let short = new.first.as_ref().and_then(|first| world.words.names.nicknames.get(first));
    match (short, &new.first) {
        (Some(short), _) => new.first = Some(short.clone()),
        (None, Some(first)) => new.first = first.chars().next().map(|initial| format!("{initial}.")),
        (None, None) => new.last = new.last.take().map(|name| typo(rng, &name)),
    }
}

fn relative(world: &World, index: u32, rng: &mut Rng, new: &mut ContactRecord) {
    let culture = culture(world, rng);
    new.first = Some(pick(rng, &culture.given).clone());
    new.email = chance(rng, 60).then(|| email(world, index, rng, new));
    (new.date_of_birth, new.company, new.website) = (None, None, None);
}

/// Two neighbours swapped, one letter lost, or one doubled.
fn typo(rng: &mut Rng, name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() < 4 {
        letters.push('e');
        return letters.into_iter().collect();
    }
    let place = rng.usize(1..letters.len() - 1);
    match rng.u32(..3) {
        0 => letters.swap(place, place + 1),
        1 => drop(letters.remove(place)),
        _ => letters.insert(place, letters[place]),
    }
    letters.into_iter().collect()
}
