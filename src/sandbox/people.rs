//! The seeded contacts: a person is a pure function of seed and position.
//! It must not know about later changes, nor about the person's tasks, notes and appointments.

mod double;

use fastrand::Rng;
use serde_json::{Value, json};

use super::{
    catalogue::{Culture, Hostile},
    contact::ContactRecord,
    ids::hash,
    world::World,
};

const DAY: i64 = 86_400_000;
/// Numbers that are reserved for fiction come first; past them, other lines of the 555 exchange.
const FICTION_LINES: u32 = 100;
/// Ten codes with 9,900 lines each, for every other person.
const NEAR_NUMBERS: u32 = 190_000;
/// One person in this many attacks the terminal.
const HOSTILE_EVERY: u32 = 187;
const HOSTILE_FIRST: u32 = 60;

pub(super) fn person(world: &World, index: u32) -> ContactRecord {
    double::original_of(world, index)
        .map_or_else(|| original(world, index), |of| double::of(world, index, original(world, of)))
}

/// The hostile texts of a position, if it has any.
pub(super) fn hostile(world: &World, index: u32) -> Option<&'static Hostile> {
    let turn = index.checked_sub(HOSTILE_FIRST).filter(|past| past % HOSTILE_EVERY == 0)? / HOSTILE_EVERY;
    let list = &world.words.hostile;
    list.get(usize::try_from(turn).ok()? % list.len())
}

fn rng(world: &World, purpose: &str, index: u32) -> Rng {
    Rng::with_seed(hash(world.seed, purpose, u64::from(index), 0))
}

pub(super) fn pick<'a, T>(rng: &mut Rng, list: &'a [T]) -> &'a T {
    &list[rng.usize(..list.len())]
}

pub(super) fn chance(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}

fn original(world: &World, index: u32) -> ContactRecord {
    let mut rng = rng(world, "person", index);
    let mut contact = ContactRecord { id: world.ids.id(index), ..ContactRecord::default() };
    name(world, index, &mut rng, &mut contact);
    home(world, index, &mut rng, &mut contact);
    contact.email = chance(&mut rng, 88).then(|| email(world, index, &mut rng, &contact));
    business(world, &mut rng, &mut contact);
    dates(world, &mut rng, &mut contact);
    contact.custom = custom(world, index, &mut rng);
    dnd(&mut rng, &mut contact);
    more(world, index, &mut rng, &mut contact);
    if hostile(world, index).is_some_and(|texts| texts.long == "company") {
        contact.company = Some("Longfield & Sons Extraordinary Holdings ".repeat(250));
    }
    contact
}

fn name(world: &World, index: u32, rng: &mut Rng, contact: &mut ContactRecord) {
    let (given, family) = (rng.u64(..), rng.u64(..));
    if let Some(texts) = hostile(world, index) {
        contact.first = Some(texts.first.clone());
        contact.last = Some(texts.last.clone());
        return;
    }
    // The first people in the list have names that everybody can read.
    if index >= 30 && chance(rng, 3) {
        let script = pick(rng, &world.words.names.other_scripts);
        contact.first = Some(at(&script.given, given).clone());
        contact.last = Some(at(&script.family, family).clone());
        return;
    }
    let home = culture(world, rng);
    // One in eight married or moved into a surname of another language.
    let named = if chance(rng, 12) { culture(world, rng) } else { home };
    contact.first = Some(at(&home.given, given).clone());
    contact.last = (!chance(rng, 3)).then(|| at(&named.family, family).clone());
}

fn at<T>(list: &[T], number: u64) -> &T {
    let length = u64::try_from(list.len()).expect("lists are short");
    &list[usize::try_from(number % length).expect("below the length of a list")]
}

fn culture<'a>(world: &'a World, rng: &mut Rng) -> &'a Culture {
    let all = &world.words.names.cultures;
    let mut turn = rng.u32(..all.iter().map(|culture| culture.weight).sum::<u32>());
    all.iter()
        .find(|culture| {
            let here = turn < culture.weight;
            turn = turn.saturating_sub(culture.weight);
            here
        })
        .unwrap_or(&all[0])
}

fn home(world: &World, index: u32, rng: &mut Rng, contact: &mut ContactRecord) {
    let places = &world.words.places;
    let has_phone = chance(rng, 91);
    if index >= 30 && chance(rng, 7) {
        let abroad = pick(rng, &places.abroad);
        let (city, state, code) = pick(rng, &abroad.cities);
        contact.phone = has_phone.then(|| fill(&abroad.phone, index, world.seed));
        contact.address = chance(rng, 70).then(|| format!("{} {}", pick(rng, &abroad.streets), rng.u32(1..240)));
        contact.city = Some(city.clone());
        contact.state = Some(state.clone());
        contact.postal_code = Some(code.clone());
        contact.country = Some(abroad.country.clone());
        contact.timezone = Some(abroad.timezone.clone());
        return;
    }
    contact.country = Some("US".into());
    contact.phone = has_phone.then(|| home_phone(world, index));
    contact.timezone = chance(rng, 60).then(|| world.practice.timezone.clone());
    let near = &world.practice.places;
    let mut turn = rng.u32(..near.iter().map(|place| place.3).sum::<u32>());
    for (city, state, code, weight) in near {
        if turn < *weight {
            contact.city = chance(rng, 85).then(|| city.clone());
            contact.state = Some(state.clone());
            contact.postal_code = chance(rng, 75).then(|| code.clone());
            break;
        }
        turn -= weight;
    }
    if contact.city.is_some() && chance(rng, 80) {
        let unit = if chance(rng, 18) { format!(", Apt {}", rng.u32(1..40)) } else { String::new() };
        contact.address =
            Some(format!("{} {} {}{unit}", rng.u32(10..3990), pick(rng, &places.streets), pick(rng, &places.kinds)));
    }
}

/// Distinct for each position: a shared number must mean a shared number, not a small list.
fn home_phone(world: &World, index: u32) -> String {
    // Every other person has a number of the neighbourhood, as long as those last.
    let near = index.is_multiple_of(2) && index < NEAR_NUMBERS;
    let count = if near { world.practice.codes.len() } else { world.far_codes.len() };
    let count = u32::try_from(count).expect("a few hundred area codes");
    let turn = if near { index / 2 } else { index };
    let (round, line) = (turn % count, turn / count);
    let shift = hash(world.seed, "phone", u64::from(line), 0);
    let line = if line < FICTION_LINES { 100 + line } else { 200 + (line - FICTION_LINES) % 9_800 };
    let place = shift % u64::from(count) + u64::from(round);
    let code = if near { at(&world.practice.codes, place) } else { *at(&world.far_codes, place) };
    format!("+1{code}555{line:04}")
}

fn fill(pattern: &str, index: u32, seed: u64) -> String {
    let mut digits = hash(seed, "abroad", 0, 0) % 1_000 + u64::from(index) * 7;
    let mut out: Vec<char> = pattern.chars().collect();
    for place in out.iter_mut().rev().filter(|place| **place == '#') {
        *place = char::from_digit(u32::try_from(digits % 10).expect("one digit"), 10).expect("one digit");
        digits /= 10;
    }
    out.into_iter().collect()
}

fn email(world: &World, index: u32, rng: &mut Rng, contact: &ContactRecord) -> String {
    let ascii = |text: &Option<String>| -> String {
        let plain = any_ascii::any_ascii(text.as_deref().unwrap_or_default());
        plain.chars().filter(char::is_ascii_alphanumeric).take(16).collect::<String>().to_lowercase()
    };
    let (first, last) = (ascii(&contact.first), ascii(&contact.last));
    let domain = pick(rng, &world.words.business.domains);
    let initial = first.chars().next().unwrap_or('x');
    match rng.u32(..6) {
        0 | 1 if !last.is_empty() && !first.is_empty() => format!("{first}.{last}@{domain}"),
        2 if !last.is_empty() => format!("{initial}{last}{}@{domain}", index % 100),
        3 if !first.is_empty() => format!("{first}{}@{domain}", 1_950 + index % 60),
        4 if !last.is_empty() => format!("{last}.{first}{}@{domain}", index % 10),
        _ => format!("{first}{last}{}@{domain}", index % 1_000),
    }
}

fn business(world: &World, rng: &mut Rng, contact: &mut ContactRecord) {
    let words = &world.words.business;
    contact.kind.clone_from(pick(rng, &words.types));
    contact.source = chance(rng, 90).then(|| pick(rng, &words.sources).clone());
    contact.assigned_to = chance(rng, 65).then(|| pick(rng, &world.users).id.clone());
    contact.company = chance(rng, 22).then(|| pick(rng, &words.companies).clone());
    if let Some(company) = &contact.company {
        contact.business = world.businesses.iter().find(|one| one.name == company).map(|one| one.id.clone());
        let domain: String = company.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        contact.website = chance(rng, 60).then(|| format!("https://www.{domain}.example"));
    }
    let count = [0, 0, 1, 1, 1, 2, 2, 2, 3, 5][rng.usize(..10)];
    for _ in 0..count {
        let tag = pick(rng, &words.tags);
        if !contact.tags.contains(tag) {
            contact.tags.push(tag.clone());
        }
    }
    contact.followers = if chance(rng, 12) { vec![pick(rng, &world.users).id.clone()] } else { vec![] };
    contact.gender = None;
}

fn dates(world: &World, rng: &mut Rng, contact: &mut ContactRecord) {
    // Squared, so that the business has grown: half of the people came in the last year of four.
    let share = rng.f64();
    #[expect(clippy::cast_possible_truncation, reason = "at most four years of milliseconds")]
    let age = (share * share * 1_460.0 * 86_400_000.0) as i64 + rng.i64(60_000..DAY);
    contact.added = world.now - age;
    let quiet = match rng.u32(..40) {
        0 => rng.i64(60_000..=DAY.min(age)),
        1..=7 => rng.i64(60_000..=age.min(30 * DAY)),
        8..=29 => rng.i64(60_000..=age),
        _ => age,
    };
    contact.updated = world.now - quiet;
    contact.last_activity = contact.updated;
    if chance(rng, 42) {
        let born = rng.i16(1938..2020);
        contact.date_of_birth = Some(format!("{born}-{:02}-{:02}", rng.u8(1..=12), rng.u8(1..=28)));
    }
}

fn custom(world: &World, index: u32, rng: &mut Rng) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    for field in &world.fields {
        if !chance(rng, field.kind.share) {
            continue;
        }
        let options = &field.kind.options;
        let value = match field.kind.data_type.as_str() {
            "SINGLE_OPTIONS" | "RADIO" => json!(pick(rng, options)),
            "CHECKBOX" | "MULTIPLE_OPTIONS" => {
                let from = rng.usize(..options.len());
                json!(options[from..(from + 1 + rng.usize(..2)).min(options.len())])
            }
            "DATE" => json!(super::clock::iso(world.local(-rng.i64(20..700), 0, 0)).split('T').next()),
            "MONETORY" => json!(f64::from(rng.u32(20..1_900)) + 0.5 * f64::from(rng.u32(..2))),
            "NUMERICAL" => json!(rng.u32(1..7)),
            "LARGE_TEXT" => json!(pick(rng, &world.words.business.alerts)),
            _ => json!(format!("{}{:07}", char::from(b'A' + rng.u8(..26)), u64::from(index) * 7_919 % 9_999_991)),
        };
        out.push((field.id.clone(), value));
    }
    out
}

fn dnd(rng: &mut Rng, contact: &mut ContactRecord) {
    let setting = |status: &str, message: &str| json!({"status": status, "message": message, "code": ""});
    match rng.u32(..100) {
        0..=2 => {
            contact.dnd = true;
            let all = ["Call", "Email", "SMS", "WhatsApp", "GMB", "FB"];
            contact.dnd_settings =
                all.into_iter().map(|c| (c.to_owned(), setting("active", "Asked by phone"))).collect();
        }
        3..=6 => contact.dnd_settings = json!({"SMS": setting("permanent", "STOP received")}),
        7..=9 => {
            contact.dnd_settings = json!({"Email": setting("active", "Unsubscribed"), "SMS": setting("inactive", "")});
        }
        10 => contact.inbound_dnd_settings = json!({"all": {"status": "active", "message": ""}}),
        _ => {}
    }
}

fn more(world: &World, index: u32, rng: &mut Rng, contact: &mut ContactRecord) {
    if chance(rng, 8) {
        contact.more_emails.push(
            format!("{}@work.example", ["front.desk", "office", "billing", "me"][rng.usize(..4)]).replacen(
                '@',
                &format!("{index}@"),
                1,
            ),
        );
    }
    if chance(rng, 6) {
        contact.more_phones.push(home_phone(world, index.wrapping_add(500_000) % 900_000));
    }
    if contact.source.as_deref() == Some("Google Ads") {
        contact.attribution = json!({
            "url": format!("{}/new-patients", world.practice.website),
            "campaign": format!("{} – new patients", world.practice.region),
            "utmSource": "google", "utmMedium": "cpc", "referrer": "https://www.google.com", "medium": "form",
            "mediumId": super::ids::id(world.seed, "form", 0, 0),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn nobody_shares_a_phone_by_accident() {
        let world = World::new(1, 40_000, 1_700_000_000_000, TimeZone::UTC, "UTC".into());
        let phones: HashSet<String> = (0..40_000).map(|index| home_phone(&world, index)).collect();
        assert_eq!(phones.len(), 40_000);
    }

    #[test]
    fn the_second_location_has_neighbours_of_its_own() {
        let main = World::new(1, 5_000, 1_700_000_000_000, TimeZone::UTC, "UTC".into());
        let world = World::other(&main);
        let phones: HashSet<String> = (0..world.size).map(|index| home_phone(&world, index)).collect();
        assert_eq!(phones.len(), 300);
        let near = |code: &str| phones.iter().filter(|phone| phone[2..].starts_with(code)).count();
        assert!(near("718") > 5 && near("510") < 5, "{phones:?}");
        let people: Vec<ContactRecord> = (0..world.size).map(|index| person(&world, index)).collect();
        let living = |city: &str| people.iter().filter(|person| person.city.as_deref() == Some(city)).count();
        assert!(living("Brooklyn") > living("Oakland") * 10, "{} {}", living("Brooklyn"), living("Oakland"));
    }

    #[test]
    fn a_person_is_a_function_of_seed_and_position() {
        let world = World::new(1, 10, 1_700_000_000_000, TimeZone::UTC, "UTC".into());
        let bigger = World::new(1, 5_000, 1_700_000_000_000, TimeZone::UTC, "UTC".into());
        for index in [0, 9, 321, 4_999] {
            assert_eq!(person(&world, index).full("x"), person(&bigger, index).full("x"));
        }
    }
}
