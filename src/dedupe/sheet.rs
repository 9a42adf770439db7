//! All contacts in standard values, compact: numbers of pooled texts.

use rayon::prelude::*;

use super::Record;
use super::pool::{Pool, Text, hash};
use crate::normalise::{self, Generation, Root, Sure};

/// So many e-mails and phones of one contact are looked at.
pub(super) const SEVERAL: usize = 3;

/// One contact; 0 is a missing value everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Row {
    pub(super) first: Text,
    pub(super) middle: Text,
    pub(super) last: Text,
    /// First and last part of a last name of several.
    pub(super) parts: [Text; 2],
    /// 1 in the second of two files.
    pub(super) file: u8,
    pub(super) generation: u8,
    pub(super) gender: u8,
    pub(super) emails: [Text; SEVERAL],
    pub(super) phones: [Text; SEVERAL],
    pub(super) birth: Text,
    /// Number and name of the street in one.
    pub(super) address: Text,
    pub(super) street: Text,
    pub(super) house: Text,
    pub(super) unit: Text,
    pub(super) locality: Text,
    pub(super) city: Text,
    pub(super) state: Text,
    pub(super) postal_code: Text,
    pub(super) company: Text,
    pub(super) number: Text,
    pub(super) occupation: Text,
}

/// What is known of an e-mail beside its text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mail {
    pub(super) user: Text,
    pub(super) domain: Text,
    pub(super) letters: Text,
    pub(super) shared: bool,
    pub(super) public: bool,
}

/// The distinct values.
#[derive(Clone, Debug, Default)]
pub(super) struct Pools {
    /// Given and last names in one, for people swap them.
    pub(super) names: Pool,
    pub(super) roots: Vec<&'static [Root]>,
    /// Of given names that the table of nicknames lacks: the roots of those one slip away.
    pub(super) misspelt: Vec<Option<Box<[Root]>>>,
    pub(super) emails: Pool,
    pub(super) boxes: Vec<Mail>,
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

/// The contacts that are compared, in standard values.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub(super) rows: Vec<Row>,
    pub(super) pools: Pools,
    ids: Vec<Box<str>>,
    file: u8,
}

/// Standard values as texts, before they are pooled.
#[derive(Default)]
struct Plain {
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

/// Records are read so many at a time: enough for all cores, little to hold.
const BATCH: usize = 8192;

impl Sheet {
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads more contacts, on all cores. Ids must differ.
    pub fn extend(&mut self, records: &[Record<'_>]) {
        for batch in records.chunks(BATCH) {
            let read: Vec<Plain> = batch.par_iter().map(plain).collect();
            for (record, plain) in batch.iter().zip(read) {
                let row = Row { file: self.file, ..self.pools.pooled(&plain) };
                self.rows.push(row);
                self.ids.push(record.id.into());
            }
        }
    }

    /// What is read from here on is a second file; only pairs across the two are of interest.
    pub fn begin_second_file(&mut self) {
        self.file = 1;
    }

    /// Whether the row is of the second file.
    pub fn in_second_file(&self, row: u32) -> bool {
        self.rows[row as usize].file == 1
    }

    pub(super) fn linked(&self) -> bool {
        self.file == 1
    }

    pub(super) fn comparable(&self, a: u32, b: u32) -> bool {
        !self.linked() || self.rows[a as usize].file != self.rows[b as usize].file
    }

    /// The row of an id, in a sorted sheet.
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

    /// Puts the rows in the order of their ids, so that nothing depends on the order in which they came.
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
    fn pooled(&mut self, plain: &Plain) -> Row {
        let name = &plain.name;
        let mut emails = [0; SEVERAL];
        let mut phones = [0; SEVERAL];
        for (place, mailbox) in emails.iter_mut().zip(&plain.emails) {
            *place = self.mailbox(mailbox);
        }
        for (place, phone) in phones.iter_mut().zip(&plain.phones) {
            *place = self.phones.intern(phone);
        }
        let row = Row {
            first: self.names.intern(&name.first),
            middle: self.names.intern(&name.middle),
            last: self.names.intern(&name.last),
            parts: [name.parts.first(), name.parts.last()].map(|part| part.map_or(0, |part| self.names.intern(part))),
            file: 0,
            generation: name.generation.map_or(0, |generation: Generation| generation as u8),
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
            let number = Text::try_from(known).unwrap_or(0);
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

    fn mailbox(&mut self, mailbox: &normalise::Mailbox) -> Text {
        let address = format!("{}@{}", mailbox.user, mailbox.domain);
        let number = self.emails.intern(&address);
        if self.boxes.len() < self.emails.len() {
            let letters: String = mailbox.user.chars().filter(char::is_ascii_lowercase).collect();
            self.boxes.resize(self.emails.len(), Mail::default());
            let found = Mail {
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

    fn address(&mut self, street: &normalise::Street) -> Text {
        if street.number.is_empty() || street.name.is_empty() {
            return 0;
        }
        self.addresses.intern(&format!("{} {}", street.number, street.name))
    }
}

fn plain(record: &Record<'_>) -> Plain {
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
    Plain {
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

/// The name from its fields; the field that holds all of it fills in what they leave out.
fn name(record: &Record<'_>) -> normalise::PersonName {
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

/// The stored name of a value: its hash.
pub(super) fn stored(pool: &Pool, text: Text) -> u64 {
    hash(pool.bytes(text))
}
