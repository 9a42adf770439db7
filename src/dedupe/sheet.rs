//! All contacts as standard values, stored compactly as numbers of pooled texts.

use rayon::prelude::*;

use super::DedupeRecord;
use super::pool::{Pool, PooledText, hash};
use crate::normalise::{self, NameSuffix, Root, Sure};

/// The most e-mails and phones of one contact that are compared.
pub(super) const SEVERAL: usize = 3;

/// One contact; 0 always means a missing value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct SheetRow {
    pub(super) first: PooledText,
    pub(super) middle: PooledText,
    pub(super) last: PooledText,
    /// The first and last part of a compound last name.
    pub(super) parts: [PooledText; 2],
    /// 1 in the second of two files.
    pub(super) file: u8,
    pub(super) generation: u8,
    pub(super) gender: u8,
    pub(super) emails: [PooledText; SEVERAL],
    pub(super) phones: [PooledText; SEVERAL],
    pub(super) birth: PooledText,
    /// House number and street name together.
    pub(super) address: PooledText,
    pub(super) street: PooledText,
    pub(super) house: PooledText,
    pub(super) unit: PooledText,
    pub(super) locality: PooledText,
    pub(super) city: PooledText,
    pub(super) state: PooledText,
    pub(super) postal_code: PooledText,
    pub(super) company: PooledText,
    pub(super) number: PooledText,
    pub(super) occupation: PooledText,
}

/// The parts of an e-mail address.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SheetEmail {
    pub(super) user: PooledText,
    pub(super) domain: PooledText,
    pub(super) letters: PooledText,
    pub(super) shared: bool,
    pub(super) public: bool,
}

/// The distinct values.
#[derive(Clone, Debug, Default)]
pub(super) struct Pools {
    /// Given and last names together, since people swap them.
    pub(super) names: Pool,
    pub(super) roots: Vec<&'static [Root]>,
    /// For given names missing from the nickname table: the roots of names one slip away.
    pub(super) misspelt: Vec<Option<Box<[Root]>>>,
    pub(super) emails: Pool,
    pub(super) boxes: Vec<SheetEmail>,
    pub(super) users: Pool,
    pub(super) domains: Pool,
    pub(super) phones: Pool,
    /// Eight digits: year, month, day.
    pub(super) births: Pool,
    pub(super) addresses: Pool,
    pub(super) streets: Pool,
    /// House numbers and units.
    pub(super) houses: Pool,
    /// Localities, cities and states.
    pub(super) places: Pool,
    pub(super) postal_codes: Pool,
    pub(super) companies: Pool,
    pub(super) numbers: Pool,
    pub(super) occupations: Pool,
}

/// The contacts to compare, as standard values.
#[derive(Clone, Debug, Default)]
pub struct RecordSheet {
    pub(super) rows: Vec<SheetRow>,
    pub(super) pools: Pools,
    ids: Vec<Box<str>>,
    file: u8,
}

/// Standard values as texts, before they are pooled.
#[derive(Default)]
struct PlainValues {
    name: normalise::PersonName,
    gender: u8,
    emails: Vec<normalise::Mailbox>,
    phones: Vec<String>,
    birth: String,
    street: normalise::Street,
    locality: String,
    city: String,
    state: String,
    postal_code: String,
    company: String,
    number: String,
    occupation: String,
}

/// How many records are read at a time: enough for all cores, little to hold.
const BATCH: usize = 8192;

impl RecordSheet {
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads more contacts on all cores. Ids must be distinct.
    pub fn extend(&mut self, records: &[DedupeRecord<'_>]) {
        for batch in records.chunks(BATCH) {
            let read: Vec<PlainValues> = batch.par_iter().map(plain).collect();
            for (record, plain) in batch.iter().zip(read) {
                let row = SheetRow { file: self.file, ..self.pools.pooled(&plain) };
                self.rows.push(row);
                self.ids.push(record.id.into());
            }
        }
    }

    /// Starts a second file; only pairs across the two files are compared.
    pub fn begin_second_file(&mut self) {
        self.file = 1;
    }

    /// Whether the row is from the second file.
    pub fn in_second_file(&self, row: u32) -> bool {
        self.rows[row as usize].file == 1
    }

    pub(super) fn linked(&self) -> bool {
        self.file == 1
    }

    pub(super) fn comparable(&self, a: u32, b: u32) -> bool {
        !self.linked() || self.rows[a as usize].file != self.rows[b as usize].file
    }

    /// The row of an id; the sheet must be sorted.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        self.ids.binary_search_by(|known| (**known).cmp(id)).ok().and_then(|row| u32::try_from(row).ok())
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The id of the contact in this row.
    pub fn id(&self, row: u32) -> &str {
        &self.ids[row as usize]
    }

    /// Sorts the rows by id, so that nothing depends on the order of arrival.
    pub(super) fn sort(&mut self) {
        if self.ids.is_sorted() {
            return;
        }
        let mut order: Vec<u32> = (0..).take(self.rows.len()).collect();
        order.par_sort_unstable_by(|&a, &b| self.id(a).cmp(self.id(b)).then(a.cmp(&b)));
        self.rows = order.iter().map(|&row| self.rows[row as usize]).collect();
        self.ids = order.iter().map(|&row| std::mem::take(&mut self.ids[row as usize])).collect();
    }
}

impl Pools {
    fn pooled(&mut self, plain: &PlainValues) -> SheetRow {
        let name = &plain.name;
        let mut emails = [0; SEVERAL];
        let mut phones = [0; SEVERAL];
        for (place, mailbox) in emails.iter_mut().zip(&plain.emails) {
            *place = self.mailbox(mailbox);
        }
        for (place, phone) in phones.iter_mut().zip(&plain.phones) {
            *place = self.phones.intern(phone);
        }
        let row = SheetRow {
            first: self.names.intern(&name.first),
            middle: self.names.intern(&name.middle),
            last: self.names.intern(&name.last),
            parts: [name.parts.first(), name.parts.last()].map(|part| part.map_or(0, |part| self.names.intern(part))),
            file: 0,
            generation: name.generation.map_or(0, |generation: NameSuffix| generation as u8),
            gender: plain.gender,
            emails,
            phones,
            birth: self.births.intern(&plain.birth),
            address: self.address(&plain.street),
            street: self.streets.intern(&plain.street.name),
            house: self.houses.intern(&plain.street.number),
            unit: self.houses.intern(&plain.street.unit),
            locality: self.places.intern(&plain.locality),
            city: self.places.intern(&plain.city),
            state: self.places.intern(&plain.state),
            postal_code: self.postal_codes.intern(&plain.postal_code),
            company: self.companies.intern(&plain.company),
            number: self.numbers.intern(&plain.number),
            occupation: self.occupations.intern(&plain.occupation),
        };
        for known in self.roots.len()..self.names.len() {
            let number = PooledText::try_from(known).unwrap_or(0);
            self.roots.push(normalise::roots(self.names.text(number)));
            self.misspelt.push(None);
        }
        for given in [row.first, row.last] {
            let (text, place) = (self.names.text(given), &mut self.misspelt[given as usize]);
            if place.is_none() {
                *place = Some(normalise::roots_if_misspelt(text).into());
            }
        }
        row
    }

    fn mailbox(&mut self, mailbox: &normalise::Mailbox) -> PooledText {
        let address = format!("{}@{}", mailbox.user, mailbox.domain);
        let number = self.emails.intern(&address);
        if self.boxes.len() < self.emails.len() {
            let letters: String = mailbox.user.chars().filter(char::is_ascii_lowercase).collect();
            self.boxes.resize(self.emails.len(), SheetEmail::default());
            let found = SheetEmail {
                user: self.users.intern(&mailbox.user),
                letters: self.users.intern(&letters),
                domain: self.domains.intern(&mailbox.domain),
                shared: mailbox.shared,
                public: mailbox.public,
            };
            if let Some(place) = self.boxes.last_mut() {
                *place = found;
            }
        }
        number
    }

    fn address(&mut self, street: &normalise::Street) -> PooledText {
        if street.number.is_empty() || street.name.is_empty() {
            return 0;
        }
        self.addresses.intern(&format!("{} {}", street.number, street.name))
    }
}

fn plain(record: &DedupeRecord<'_>) -> PlainValues {
    let street = if record.street_number.trim().is_empty() {
        normalise::street(record.address1)
    } else {
        normalise::street(&format!("{} {}", record.street_number.trim(), record.address1))
    };
    let emails = std::iter::once(record.email).chain(record.more_emails.iter().map(String::as_str));
    let phones = std::iter::once(record.phone).chain(record.more_phones.iter().map(String::as_str));
    let certain_email = |text: &str| normalise::mailbox(text).filter(|found| found.sure > Sure::Placeholder);
    let certain_phone = |text: &str| {
        normalise::line(text, record.country)
            .filter(|found| found.sure > Sure::Placeholder)
            .map(|found| found.value.national.to_string())
    };
    let birth = normalise::birth(record.date_of_birth).filter(|found| found.sure > Sure::Placeholder);
    PlainValues {
        name: name(record),
        gender: record.gender.trim().bytes().next().map_or(0, |letter| match letter.to_ascii_lowercase() {
            b'm' => 1,
            b'f' | b'w' => 2,
            _ => 0,
        }),
        emails: distinct(emails.filter_map(certain_email).map(|found| found.value)),
        phones: distinct(phones.filter_map(certain_phone)),
        birth: birth
            .map(|found| format!("{:04}{:02}{:02}", found.value.year, found.value.month, found.value.day))
            .unwrap_or_default(),
        street: street.value,
        locality: normalise::place(record.address2),
        city: normalise::place(record.city),
        state: normalise::place(record.state),
        postal_code: normalise::postal_code(record.postal_code),
        company: normalise::company(record.company).value,
        number: normalise::code(record.number),
        occupation: normalise::place(record.occupation),
    }
}

/// The name from its two fields; the full name fills in what they leave out.
fn name(record: &DedupeRecord<'_>) -> normalise::PersonName {
    if record.name.trim().is_empty() {
        return normalise::person_name(record.first_name, record.last_name).value;
    }
    let whole = normalise::person_name(record.name, "").value;
    let apart = normalise::person_name(record.first_name, record.last_name).value;
    match (apart.first.is_empty(), apart.last.is_empty()) {
        (true, true) => whole,
        _ if apart.middle.is_empty()
            && apart.first == whole.first
            && (apart.last == whole.last || apart.last.is_empty()) =>
        {
            normalise::PersonName { middle: whole.middle, ..apart }
        }
        _ => apart,
    }
}

fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for value in values {
        if found.len() < SEVERAL && !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// The hash under which a value is stored.
pub(super) fn stored(pool: &Pool, text: PooledText) -> u64 {
    hash(pool.bytes(text))
}
