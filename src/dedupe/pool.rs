//! Stores every distinct text once: equal values get equal numbers, and a number takes four bytes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The number of a text in its pool; 0 is the empty text, a missing value.
pub(super) type PooledText = u32;

/// A hash that is the same on every machine and in every version, because it is stored.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15 ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = mixed(state, u64::from_le_bytes(word));
    }
    state
}

/// Mixes one more word into a hash.
pub(super) fn mixed(state: u64, word: u64) -> u64 {
    let mut x = (state ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 32;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (x ^ (x >> 29)).wrapping_add(state.rotate_left(23))
}

/// For maps whose keys already are hashes.
#[derive(Default)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

pub(super) type ByHash<V> = HashMap<u64, V, BuildHasherDefault<AsIs>>;

/// Distinct texts of one kind.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    found: ByHash<PooledText>,
}

impl Default for Pool {
    fn default() -> Self {
        Self { bytes: Vec::new(), ends: vec![0], found: ByHash::default() }
    }
}

impl Pool {
    /// The number of a text; a new text gets a new number.
    pub(super) fn intern(&mut self, text: &str) -> PooledText {
        if text.is_empty() {
            return 0;
        }
        let mut key = hash(text.as_bytes());
        // A text with the same hash as another takes the next free number.
        while let Some(&known) = self.found.get(&key) {
            if self.bytes(known) == text.as_bytes() {
                return known;
            }
            key = key.wrapping_add(1);
        }
        let Ok(end) = u32::try_from(self.bytes.len() + text.len()) else { return 0 };
        let number = PooledText::try_from(self.ends.len()).unwrap_or(0);
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(end);
        self.found.insert(key, number);
        number
    }

    pub(super) fn bytes(&self, text: PooledText) -> &[u8] {
        let at = text as usize;
        if at == 0 {
            return &[];
        }
        &self.bytes[self.ends[at - 1] as usize..self.ends[at] as usize]
    }

    pub(super) fn text(&self, text: PooledText) -> &str {
        std::str::from_utf8(self.bytes(text)).unwrap_or_default()
    }

    /// How many numbers there are, including 0.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}
