//! What the finder says of people whose story is known.

mod cases;
mod changes;
mod hostile;

use super::{DedupeRecord, FindOptions, FoundDuplicates, RecordField, RecordSheet, RunProgress, find};

/// A contact as cells, so that tests read like a table.
pub(super) type Cells = Vec<(RecordField, String)>;

/// `id`, then cells such as `first=Bob`.
pub(super) fn contact(id: &str, cells: &str) -> Cells {
    let cell = |cell: &str| {
        let (name, value) = cell.split_once('=').expect("name=value");
        let field = super::field(match name {
            "first" => "firstName",
            "last" => "lastName",
            "born" => "dateOfBirth",
            "zip" => "postalCode",
            "at" => "companyName",
            other => other,
        });
        (field.expect("a known field"), value.to_owned())
    };
    let cells = cells.split(" | ").filter(|text| !text.is_empty()).map(cell);
    std::iter::once((RecordField::Id, id.to_owned())).chain(cells).collect()
}

pub(super) fn record(cells: &Cells) -> DedupeRecord<'_> {
    let mut record = DedupeRecord::default();
    for (field, value) in cells {
        record.set(*field, value);
    }
    record
}

pub(super) fn sheet(contacts: &[Cells]) -> RecordSheet {
    let mut sheet = RecordSheet::new();
    let records: Vec<DedupeRecord<'_>> = contacts.iter().map(record).collect();
    sheet.extend(&records);
    sheet
}

pub(super) fn run(contacts: &[Cells]) -> (RecordSheet, FoundDuplicates) {
    let mut sheet = sheet(contacts);
    let found = find(&mut sheet, &FindOptions::default(), &RunProgress::default()).expect("nobody stopped it");
    (sheet, found)
}

/// The ids of each group.
pub(super) fn ids(sheet: &RecordSheet, found: &FoundDuplicates) -> Vec<Vec<String>> {
    let group = |group: &super::FoundGroup| group.rows.iter().map(|&row| sheet.id(row).to_owned()).collect();
    found.groups.iter().map(group).collect()
}

const FIRST: [&str; 24] = [
    "Adele", "Bruno", "Cora", "Dimitar", "Edda", "Farid", "Greta", "Hugo", "Irma", "Jonas", "Kira", "Levin", "Malin",
    "Nils", "Odette", "Piet", "Quentin", "Rasmus", "Silke", "Tibor", "Ulla", "Vera", "Wim", "Yannick",
];
const SYLLABLES: [&str; 14] =
    ["bar", "cos", "dul", "fen", "gor", "hal", "kem", "lin", "mor", "nad", "pel", "ros", "tav", "wik"];

/// People who have nothing to do with anyone: what is rare and what is common is known only among many.
pub(super) fn crowd(people: usize) -> Vec<Cells> {
    let person = |n: usize| {
        let (a, b, c) = (n % 14, n / 14 % 14, n / 196 % 14);
        let last = format!("{}{}{}", SYLLABLES[a], SYLLABLES[b], SYLLABLES[c]);
        let first = FIRST[n * 7 % FIRST.len()];
        let phone = 2_010_000_000_u64 + (n as u64 * 7_919_777) % 700_000_000;
        contact(
            &format!("crowd{n:05}"),
            &format!(
                "first={first} | last={last} | email={last}{n}@gmail.com | phone=+1{phone} | address1={} Road {} | city=Town{} | zip={:05} | country=US",
                n % 900 + 10,
                SYLLABLES[n % 14],
                n % 90,
                10_000 + n * 37 % 80_000,
            ),
        )
    };
    let common = ["Smith", "Jones", "Garcia"];
    let namesake = |n: usize| {
        let first = ["John", "Mary", "Robert", "Maria", "James"][n % 5];
        contact(&format!("common{n:05}"), &format!("first={first} | last={} | email=q{n}z@yahoo.com", common[n % 3]))
    };
    (0..people).map(person).chain((0..people / 25).map(namesake)).collect()
}
