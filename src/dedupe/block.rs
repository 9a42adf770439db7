//! Blocking keys: only contacts that share one are compared.
//!
//! Each kind has a cap: a key on more contacts says too little to be worth comparing them all. The caps come from
//! labelled sets; together the kinds keep some 98 of 100 true pairs at some 20 comparisons per contact.

use super::pool::{PooledText, hash, mixed};
use super::sheet::{Pools, RecordSheet, SheetRow};

/// A kind of key, with its cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum BlockKind {
    Email,
    EmailUser,
    EmailLetters,
    EmailHalf,
    PhoneTail,
    PhoneMiddle,
    Names,
    NamesCity,
    RootLast,
    FirstLetters,
    FirstLettersCity,
    LastPostal,
    FirstPostal,
    LastCity,
    Birth,
    BirthFirst,
    BirthYearLast,
    BirthYearFirst,
    Address,
    AddressFirst,
    CompanyFirst,
    CompanyLast,
    Number,
    NumberHalf,
    Sounds,
    MiddleLast,
    FirstCity,
    LastPlace,
    RootYear,
    LastEnd,
}

use BlockKind as K;

impl BlockKind {
    pub(super) const ALL: [Self; 30] = [
        K::Email,
        K::EmailUser,
        K::EmailLetters,
        K::EmailHalf,
        K::PhoneTail,
        K::PhoneMiddle,
        K::Names,
        K::NamesCity,
        K::RootLast,
        K::FirstLetters,
        K::FirstLettersCity,
        K::LastPostal,
        K::FirstPostal,
        K::LastCity,
        K::Birth,
        K::BirthFirst,
        K::BirthYearLast,
        K::BirthYearFirst,
        K::Address,
        K::AddressFirst,
        K::CompanyFirst,
        K::CompanyLast,
        K::Number,
        K::NumberHalf,
        K::Sounds,
        K::MiddleLast,
        K::FirstCity,
        K::LastPlace,
        K::RootYear,
        K::LastEnd,
    ];

    /// A key on more contacts than this is skipped.
    pub(super) fn cap(self) -> usize {
        match self {
            K::EmailLetters | K::EmailHalf | K::PhoneMiddle | K::NumberHalf => 16,
            K::FirstCity | K::LastPlace | K::RootYear | K::LastEnd => 24,
            K::EmailUser | K::BirthYearLast | K::BirthYearFirst | K::Sounds => 30,
            K::FirstLetters | K::LastCity | K::CompanyFirst | K::CompanyLast | K::MiddleLast => 40,
            K::Names | K::NamesCity => 150,
            _ => 60,
        }
    }

    /// Gives the row's keys of this kind.
    pub(super) fn keys(self, row: &SheetRow, pools: &Pools, mut give: impl FnMut(u64)) {
        let seed = mixed(0, self as u64 + 1);
        // The lowest byte of a key is its kind, which gives its cap.
        let tagged = |key: u64| key & !0xff | self as u64;
        let mut key = |parts: &[u64]| give(tagged(parts.iter().fold(seed, |state, &part| mixed(state, part))));
        let names = &pools.names;
        let of = |text: PooledText| names.bytes(text);
        let both = row.first != 0 && row.last != 0;
        match self {
            K::Email | K::EmailUser | K::EmailLetters | K::EmailHalf => self.email_keys(row, pools, key),
            K::PhoneTail | K::PhoneMiddle => self.phone_keys(row, pools, key),
            K::Names | K::NamesCity if both && (self == K::Names || row.city != 0) => {
                let (a, b) = (hash(of(row.first)), hash(of(row.last)));
                let city = if self == K::Names { 0 } else { hash(pools.places.bytes(row.city)) };
                key(&[a.min(b), a.max(b), city]);
            }
            K::RootLast if both => {
                for &root in pools.roots[row.first as usize] {
                    key(&[u64::from(root), hash(of(row.last))]);
                }
            }
            K::FirstLetters | K::FirstLettersCity if both => {
                let (first, last) = (start(of(row.first), 3), start(of(row.last), 4));
                match self {
                    K::FirstLetters => key(&[hash(first), hash(last)]),
                    _ if row.city != 0 => key(&[hash(first), hash(last), hash(pools.places.bytes(row.city))]),
                    _ => {}
                }
            }
            K::LastPostal if row.last != 0 && row.postal_code != 0 => {
                key(&[hash(of(row.last)), hash(pools.postal_codes.bytes(row.postal_code))]);
            }
            K::FirstPostal if row.first != 0 && row.postal_code != 0 => {
                key(&[hash(of(row.first)), hash(pools.postal_codes.bytes(row.postal_code))]);
            }
            K::LastCity if both && row.city != 0 => {
                key(&[hash(start(of(row.first), 1)), hash(of(row.last)), hash(pools.places.bytes(row.city))]);
            }
            K::Birth | K::BirthFirst | K::BirthYearLast | K::BirthYearFirst if row.birth != 0 => {
                self.birth_keys(row, pools, key);
            }
            K::Address if row.address != 0 => key(&[hash(pools.addresses.bytes(row.address))]),
            K::AddressFirst if row.street != 0 && row.first != 0 => {
                key(&[hash(pools.streets.bytes(row.street)), hash(of(row.first))]);
            }
            K::CompanyFirst if row.company != 0 && row.first != 0 => {
                key(&[hash(pools.companies.bytes(row.company)), hash(of(row.first))]);
            }
            K::CompanyLast if row.company != 0 && row.last != 0 => {
                key(&[hash(pools.companies.bytes(row.company)), hash(of(row.last))]);
            }
            K::Number if row.number != 0 => key(&[hash(pools.numbers.bytes(row.number))]),
            K::NumberHalf if row.number != 0 => {
                let (left, right) = halves(pools.numbers.bytes(row.number));
                key(&[1, hash(left)]);
                key(&[2, hash(right)]);
            }
            K::Sounds if both => key(&[sound(of(row.first)), sound(of(row.last))]),
            K::MiddleLast if both => {
                for part in row.parts.into_iter().filter(|&part| part != 0) {
                    key(&[hash(of(part)), hash(start(of(row.first), 2))]);
                }
                key(&[hash(of(row.last)), hash(start(of(row.first), 2))]);
            }
            K::FirstCity if row.first != 0 && row.city != 0 => {
                key(&[hash(of(row.first)), hash(pools.places.bytes(row.city))]);
            }
            K::LastPlace if row.city != 0 => {
                // A single name is mostly a last one.
                let last = if row.last == 0 { row.first } else { row.last };
                if last != 0 {
                    key(&[hash(of(last)), hash(pools.places.bytes(row.city))]);
                }
            }
            K::RootYear if row.first != 0 && row.birth != 0 => {
                let year = hash(start(pools.births.bytes(row.birth), 4));
                for &root in pools.roots[row.first as usize] {
                    key(&[1, u64::from(root), year]);
                }
                key(&[2, hash(of(row.first)), year]);
            }
            K::LastEnd if both => {
                let last = of(row.last);
                let end = &last[last.len().saturating_sub(4)..];
                key(&[hash(start(of(row.first), 4)), hash(end)]);
            }
            _ => {}
        }
    }

    fn email_keys(self, row: &SheetRow, pools: &Pools, mut key: impl FnMut(&[u64])) {
        for email in row.emails.into_iter().filter(|&email| email != 0) {
            let found = pools.boxes[email as usize];
            let user = pools.users.bytes(found.user);
            match self {
                K::Email => key(&[hash(pools.emails.bytes(email))]),
                _ if found.shared => {}
                K::EmailUser => key(&[hash(user)]),
                K::EmailLetters => key(&[hash(pools.users.bytes(found.letters))]),
                _ if user.len() >= 6 => {
                    let (left, right) = halves(user);
                    let domain = hash(pools.domains.bytes(found.domain));
                    key(&[1, hash(left), domain]);
                    key(&[2, hash(right), domain]);
                }
                _ => {}
            }
        }
    }

    fn phone_keys(self, row: &SheetRow, pools: &Pools, mut key: impl FnMut(&[u64])) {
        for phone in row.phones.into_iter().filter(|&phone| phone != 0) {
            let digits = pools.phones.bytes(phone);
            let seven = digits.len().saturating_sub(7);
            if self == K::PhoneTail {
                key(&[hash(&digits[seven..])]);
            } else if digits.len() >= 9 {
                key(&[1, hash(&digits[..6])]);
                key(&[2, hash(&digits[digits.len() - 6..])]);
            }
        }
    }

    fn birth_keys(self, row: &SheetRow, pools: &Pools, mut key: impl FnMut(&[u64])) {
        let birth = pools.births.bytes(row.birth);
        let of = |text: PooledText| pools.names.bytes(text);
        match self {
            K::Birth if row.first != 0 || row.last != 0 => {
                // Either initial: the names may be swapped.
                for name in [row.first, row.last].into_iter().filter(|&name| name != 0) {
                    key(&[hash(birth), hash(start(of(name), 1))]);
                }
            }
            K::BirthFirst if row.first != 0 => key(&[hash(birth), hash(start(of(row.first), 2))]),
            K::BirthYearLast if row.last != 0 => key(&[hash(start(birth, 4)), hash(of(row.last))]),
            K::BirthYearFirst if row.first != 0 => {
                key(&[hash(start(birth, 4)), hash(of(row.first)), hash(start(of(row.last), 1))]);
            }
            _ => {}
        }
    }
}

fn start(bytes: &[u8], length: usize) -> &[u8] {
    &bytes[..bytes.len().min(length)]
}

fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.len() / 2)
}

/// The first letter and the consonants behind it, letters that sound alike made one and doubles single.
fn sound(name: &[u8]) -> u64 {
    let mut out = [0_u8; 8];
    let mut filled = 0;
    for (at, &letter) in name.iter().enumerate() {
        let letter = match letter {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' | b'w' if at > 0 => continue,
            b'c' | b'q' | b'k' | b'g' | b'j' | b'x' => b'k',
            b's' | b'z' => b's',
            b'd' | b't' => b't',
            b'b' | b'p' | b'f' | b'v' => b'p',
            b'm' | b'n' => b'n',
            other => other,
        };
        if filled < out.len() && (filled == 0 || out[filled - 1] != letter) {
            out[filled] = letter;
            filled += 1;
        }
    }
    u64::from_le_bytes(out)
}

/// The cap of a key of any kind.
pub(super) fn cap(key: u64) -> u32 {
    let kind = BlockKind::ALL.get((key & 0xff) as usize);
    u32::try_from(kind.map_or(0, |kind| kind.cap())).unwrap_or(0)
}

/// All keys of a row.
pub(super) fn keys(row: &SheetRow, pools: &Pools) -> Vec<u64> {
    let mut found = Vec::new();
    for kind in BlockKind::ALL {
        kind.keys(row, pools, |key| found.push(key));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Who shares a key with whom.
pub(super) struct Blocks {
    members: Vec<u32>,
    /// Where each block begins in `members`, and where the last one ends.
    begins: Vec<u32>,
    /// The blocks of each row.
    of_rows: Vec<u32>,
    rows_begin: Vec<u32>,
    /// Keys above their cap, sorted.
    pub(super) full: Vec<u64>,
}

impl Blocks {
    /// Sorts the rows by their keys, one kind after the other so that little is held at a time.
    pub(super) fn new(sheet: &RecordSheet) -> Self {
        use rayon::prelude::*;
        let (mut members, mut begins, mut full) = (Vec::new(), vec![0], Vec::new());
        for kind in BlockKind::ALL {
            let mut keyed: Vec<(u64, u32)> = sheet
                .rows
                .par_chunks(4096)
                .enumerate()
                .flat_map_iter(|(chunk, rows)| {
                    let mut found = Vec::with_capacity(rows.len());
                    for (at, row) in rows.iter().enumerate() {
                        let number = u32::try_from(chunk * 4096 + at).unwrap_or(u32::MAX);
                        kind.keys(row, &sheet.pools, |key| found.push((key, number)));
                    }
                    found
                })
                .collect();
            keyed.par_sort_unstable();
            keyed.dedup();
            for block in keyed.chunk_by(|a, b| a.0 == b.0) {
                if block.len() > kind.cap() {
                    full.push(block[0].0);
                } else if block.len() > 1 {
                    members.extend(block.iter().map(|&(_, row)| row));
                    begins.push(u32::try_from(members.len()).unwrap_or(u32::MAX));
                }
            }
        }
        full.sort_unstable();
        let (of_rows, rows_begin) = turned_round(&members, &begins, sheet.len());
        Self { members, begins, of_rows, rows_begin, full }
    }

    /// The rows behind `row` that share a key with it, each once, in order.
    pub(super) fn behind(&self, row: u32, found: &mut Vec<u32>) {
        found.clear();
        let at = row as usize;
        for &block in &self.of_rows[self.rows_begin[at] as usize..self.rows_begin[at + 1] as usize] {
            let block = block as usize;
            let members = &self.members[self.begins[block] as usize..self.begins[block + 1] as usize];
            let behind = members.partition_point(|&member| member <= row);
            found.extend_from_slice(&members[behind..]);
        }
        found.sort_unstable();
        found.dedup();
    }
}

/// For each row the numbers of its blocks.
fn turned_round(members: &[u32], begins: &[u32], rows: usize) -> (Vec<u32>, Vec<u32>) {
    let mut rows_begin = vec![0_u32; rows + 1];
    for &member in members {
        rows_begin[member as usize + 1] += 1;
    }
    for at in 1..rows_begin.len() {
        rows_begin[at] += rows_begin[at - 1];
    }
    let mut next = rows_begin.clone();
    let mut of_rows = vec![0_u32; members.len()];
    for (block, ends) in (0_u32..).zip(begins.windows(2)) {
        for &member in &members[ends[0] as usize..ends[1] as usize] {
            let place = &mut next[member as usize];
            of_rows[*place as usize] = block;
            *place += 1;
        }
    }
    (of_rows, rows_begin)
}
