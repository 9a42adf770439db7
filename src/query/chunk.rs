//! Up to [`CHUNK_ROWS`] rows whose text, both displayed and searched, shares one allocation.
//!
//! A chunk never changes. A change writes a new one, and unchanged rows are copied without folding them again.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{ContactId, UserId};
use crate::text::clean_capped;

use super::ContactRow;
use super::fold::{digits, fold_into, folded, mask, romanised};

pub(super) const CHUNK_ROWS: usize = 4096;
/// Longer fields are cut: no list shows them, and they would slow every search.
const MAX_CHARS: usize = 256;
const MAX_TAG_CHARS: usize = 128;
const MAX_TAGS: usize = 200;

/// The fields of the search text in order, each ended by `\n`; after them come tags, then Latin spellings of text in
/// other scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SearchField {
    Name = 0,
    Email = 1,
    Phone = 2,
    Company = 3,
    City = 4,
}

/// The fields of the display text in their order.
const SHOWN: usize = 6;
const EMAIL: usize = 2;
const PHONE: usize = 3;
const COMPANY: usize = 4;
const CITY: usize = 5;

#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Which characters each row's search text has; kept apart, since every search reads all of them.
    pub(super) masks: Vec<u64>,
    pub(super) slots: Vec<RowSlot>,
    text: String,
    tag_lists: Vec<u16>,
    pub(super) tags: Vec<SharedName>,
    pub(super) owners: Vec<UserId>,
    pub(super) sources: Vec<SharedName>,
    /// Hash of the id and slot, sorted.
    by_id: Vec<(u32, u16)>,
}

#[derive(Clone, Debug)]
pub(super) struct RowSlot {
    pub(super) id: ContactId,
    /// The start of the row's text in the arena.
    start: u32,
    /// The end of each display field, counted from `start`. First and last name are one text with a space between, so
    /// the full name needs no copy.
    ends: [u16; SHOWN],
    search_len: u32,
    tags_start: u32,
    tags_len: u16,
    pub(super) owner: Option<u16>,
    pub(super) source: Option<u16>,
    pub(super) added: Option<Timestamp>,
    pub(super) updated: Option<Timestamp>,
    pub(super) dnd: bool,
}

/// A text that many rows share.
#[derive(Clone, Debug)]
pub(super) struct SharedName {
    pub(super) text: Arc<str>,
    pub(super) folded: Box<str>,
}

impl SharedName {
    fn new(text: &str) -> Self {
        Self { text: text.into(), folded: folded(text).into() }
    }
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The place of a contact; `hash` is the [`id_hash`] of its id.
    ///
    /// A list of a million has hundreds of chunks. Hashes are spread evenly, so a few steps from the expected place
    /// decide; a binary search would miss the processor's cache at each step.
    pub(super) fn find(&self, id: &ContactId, hash: u32) -> Option<usize> {
        let share = (self.by_id.len() as u64 * u64::from(hash)) >> u32::BITS;
        let ought = usize::try_from(share).ok()?;
        let below = self.by_id[..ought].iter().rev().take_while(|entry| entry.0 >= hash).count();
        let from = self.by_id[ought - below..].iter();
        let same = from.skip_while(|entry| entry.0 < hash).take_while(|entry| entry.0 == hash);
        same.map(|entry| usize::from(entry.1)).find(|&at| self.slots[at].id == *id)
    }

    fn shown(&self, at: usize, from: u16, to: u16) -> &str {
        let start = self.slots[at].start as usize;
        &self.text[start + usize::from(from)..start + usize::from(to)]
    }

    fn field(&self, at: usize, field: usize) -> &str {
        let ends = &self.slots[at].ends;
        self.shown(at, ends[field - 1], ends[field])
    }

    pub(super) fn full_name(&self, at: usize) -> &str {
        self.shown(at, 0, self.slots[at].ends[1])
    }

    pub(super) fn first_name(&self, at: usize) -> &str {
        self.shown(at, 0, self.slots[at].ends[0])
    }

    pub(super) fn last_name(&self, at: usize) -> &str {
        let [first, last, ..] = self.slots[at].ends;
        let gap = u16::from(first > 0 && last > first);
        self.shown(at, first + gap, last)
    }

    pub(super) fn email(&self, at: usize) -> &str {
        self.field(at, EMAIL)
    }

    pub(super) fn phone(&self, at: usize) -> &str {
        self.field(at, PHONE)
    }

    pub(super) fn company(&self, at: usize) -> &str {
        self.field(at, COMPANY)
    }

    pub(super) fn city(&self, at: usize) -> &str {
        self.field(at, CITY)
    }

    pub(super) fn source(&self, at: usize) -> &str {
        self.slots[at].source.map_or("", |source| &*self.sources[usize::from(source)].text)
    }

    /// The row's fields folded, each ended by `\n`.
    pub(super) fn search(&self, at: usize) -> &str {
        let slot = &self.slots[at];
        let start = slot.start as usize + usize::from(slot.ends[SHOWN - 1]);
        &self.text[start..start + slot.search_len as usize]
    }

    pub(super) fn search_field(&self, at: usize, field: SearchField) -> &str {
        self.search(at).split('\n').nth(field as usize).unwrap_or("")
    }

    pub(super) fn tag_ids(&self, at: usize) -> &[u16] {
        let slot = &self.slots[at];
        &self.tag_lists[slot.tags_start as usize..][..usize::from(slot.tags_len)]
    }
}

/// The hash by which [`Chunk::find`] looks up a contact.
pub(super) fn id_hash(id: &ContactId) -> u32 {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(id);
    u32::try_from(hash >> 32).unwrap_or(u32::MAX)
}

/// Writes one chunk.
#[derive(Default)]
pub(super) struct ChunkWriter {
    chunk: Chunk,
    tag_numbers: HashMap<Arc<str>, u16>,
    source_numbers: HashMap<Arc<str>, u16>,
    owner_numbers: HashMap<UserId, u16>,
    /// The tables come from the copied chunk, whose rows keep their places.
    over: bool,
}

/// A table with more names than this is rebuilt without the names that no row has any more.
const TIDY_NAMES: usize = 4096;

impl ChunkWriter {
    /// Writes a chunk that differs from this one only in rows replaced in place or added at the end. Names keep their
    /// numbers and ids their places, so copying a row is little more than copying its text.
    pub(super) fn over(chunk: &Chunk) -> Self {
        if chunk.tags.len().max(chunk.sources.len()) > TIDY_NAMES {
            return Self::default();
        }
        let mut writer = Self { over: true, ..Self::default() };
        let numbers = |names: &[SharedName]| (0..).zip(names).map(|(at, name)| (Arc::clone(&name.text), at)).collect();
        writer.tag_numbers = numbers(&chunk.tags);
        writer.source_numbers = numbers(&chunk.sources);
        writer.owner_numbers = (0..).zip(&chunk.owners).map(|(at, owner)| (owner.clone(), at)).collect();
        writer.chunk.tags.clone_from(&chunk.tags);
        writer.chunk.sources.clone_from(&chunk.sources);
        writer.chunk.owners.clone_from(&chunk.owners);
        writer.chunk.by_id.clone_from(&chunk.by_id);
        writer.chunk.text.reserve(chunk.text.len());
        writer.chunk.slots.reserve(chunk.len());
        writer
    }

    pub(super) fn is_empty(&self) -> bool {
        self.chunk.slots.is_empty()
    }

    /// Also `false` when a table is nearly full: every row may bring new tags and an owner.
    pub(super) fn has_room(&self) -> bool {
        self.chunk.len() < CHUNK_ROWS && self.chunk.tags.len() + MAX_TAGS < usize::from(u16::MAX)
    }

    /// Adds a new row: cleaned, cut and folded.
    pub(super) fn push(&mut self, row: &ContactRow) {
        let start = self.chunk.text.len();
        let ends = self.push_shown(row);
        let tags: Vec<_> = row.tags.iter().take(MAX_TAGS).map(|tag| trimmed(tag, MAX_TAG_CHARS)).collect();
        let tags_start = to_u32(self.chunk.tag_lists.len());
        for tag in tags.iter().filter(|tag| !tag.is_empty()) {
            let number = self.tag_number(tag);
            self.chunk.tag_lists.push(number);
        }
        let tags_len = self.chunk.tag_lists.len() - tags_start as usize;
        let search = self.search_text(start, ends, tags_start as usize);
        self.chunk.text.push_str(&search);
        self.chunk.masks.push(mask(&search));
        let owner = row.owner.as_ref().map(|owner| self.owner_number(owner));
        let source = trimmed(&row.source, MAX_CHARS);
        let source = (!source.is_empty()).then(|| self.source_number(&source));
        self.chunk.slots.push(RowSlot {
            id: row.id.clone(),
            start: to_u32(start),
            ends,
            search_len: to_u32(search.len()),
            tags_start,
            tags_len: u16::try_from(tags_len).unwrap_or(u16::MAX),
            owner,
            source,
            added: row.added,
            updated: row.updated,
            dnd: row.dnd,
        });
    }

    /// Copies an unchanged row.
    pub(super) fn copy(&mut self, from: &Chunk, at: usize) {
        let old = &from.slots[at];
        let text_len = usize::from(old.ends[SHOWN - 1]) + old.search_len as usize;
        let start = to_u32(self.chunk.text.len());
        self.chunk.text.push_str(&from.text[old.start as usize..][..text_len]);
        let tags_start = to_u32(self.chunk.tag_lists.len());
        let (mut owner, mut source) = (old.owner, old.source);
        if self.over {
            self.chunk.tag_lists.extend_from_slice(from.tag_ids(at));
        } else {
            for &tag in from.tag_ids(at) {
                let number = self.known_tag_number(&from.tags[usize::from(tag)]);
                self.chunk.tag_lists.push(number);
            }
            owner = owner.map(|owner| self.owner_number(&from.owners[usize::from(owner)]));
            source = source.map(|source| self.known_source_number(&from.sources[usize::from(source)]));
        }
        self.chunk.masks.push(from.masks[at]);
        self.chunk.slots.push(RowSlot { start, tags_start, owner, source, ..old.clone() });
    }

    pub(super) fn finish(mut self) -> Chunk {
        if self.chunk.by_id.len() > self.chunk.slots.len() {
            // The tables filled up, and this is only the first part of the chunk.
            self.chunk.by_id.clear();
        }
        let known = self.chunk.by_id.len();
        let new = self.chunk.slots.iter().zip(0_u16..).skip(known);
        self.chunk.by_id.extend(new.map(|(slot, at)| (id_hash(&slot.id), at)));
        // Mostly sorted already: the copied entries are one run.
        self.chunk.by_id.sort_unstable();
        self.chunk.text.shrink_to_fit();
        self.chunk
    }

    fn push_shown(&mut self, row: &ContactRow) -> [u16; SHOWN] {
        let text = &mut self.chunk.text;
        let start = text.len();
        let mut ends = [0; SHOWN];
        let fields = [&row.first_name, &row.last_name, &row.email, &row.phone, &row.company, &row.city];
        for (index, field) in fields.into_iter().enumerate() {
            let field = trimmed(field, MAX_CHARS);
            if index == 1 && text.len() > start && !field.is_empty() {
                text.push(' ');
            }
            text.push_str(&field);
            // Six fields of at most 256 characters of 4 bytes.
            ends[index] = u16::try_from(text.len() - start).unwrap_or(u16::MAX);
        }
        ends
    }

    fn search_text(&self, start: usize, ends: [u16; SHOWN], tags_start: usize) -> String {
        let shown = |from: usize, to: usize| &self.chunk.text[start + from..start + to];
        let field = |field: usize| shown(usize::from(ends[field - 1]), usize::from(ends[field]));
        let mut search = String::new();
        fold_into(shown(0, usize::from(ends[1])), &mut search);
        search.push('\n');
        fold_into(field(EMAIL), &mut search);
        search.push('\n');
        search.push_str(&digits(field(PHONE)));
        search.push('\n');
        for company_or_city in [COMPANY, CITY] {
            fold_into(field(company_or_city), &mut search);
            search.push('\n');
        }
        for &tag in &self.chunk.tag_lists[tags_start..] {
            search.push_str(&self.chunk.tags[usize::from(tag)].folded);
            search.push('\n');
        }
        let others: Vec<String> = search.split('\n').filter_map(romanised).collect();
        for latin in others {
            search.push_str(&latin);
            search.push('\n');
        }
        search
    }

    fn tag_number(&mut self, text: &str) -> u16 {
        number_of(text, &mut self.chunk.tags, &mut self.tag_numbers, || SharedName::new(text))
    }

    fn known_tag_number(&mut self, tag: &SharedName) -> u16 {
        number_of(&tag.text, &mut self.chunk.tags, &mut self.tag_numbers, || tag.clone())
    }

    fn source_number(&mut self, text: &str) -> u16 {
        number_of(text, &mut self.chunk.sources, &mut self.source_numbers, || SharedName::new(text))
    }

    fn known_source_number(&mut self, source: &SharedName) -> u16 {
        number_of(&source.text, &mut self.chunk.sources, &mut self.source_numbers, || source.clone())
    }

    fn owner_number(&mut self, owner: &UserId) -> u16 {
        if let Some(&number) = self.owner_numbers.get(owner) {
            return number;
        }
        let number = u16::try_from(self.chunk.owners.len()).unwrap_or(u16::MAX);
        self.owner_numbers.insert(owner.clone(), number);
        self.chunk.owners.push(owner.clone());
        number
    }
}

/// A name's place in its table; a new name is added.
fn number_of(
    text: &str,
    names: &mut Vec<SharedName>,
    numbers: &mut HashMap<Arc<str>, u16>,
    name: impl FnOnce() -> SharedName,
) -> u16 {
    if let Some(&number) = numbers.get(text) {
        return number;
    }
    let (name, number) = (name(), u16::try_from(names.len()).unwrap_or(u16::MAX));
    numbers.insert(Arc::clone(&name.text), number);
    names.push(name);
    number
}

fn trimmed(text: &str, max_chars: usize) -> String {
    clean_capped(text.trim(), max_chars).trim().to_owned()
}

/// A chunk's arena stays far below 4 GiB: 4,096 rows, each capped.
fn to_u32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
