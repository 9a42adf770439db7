//! Identifiers that look like HighLevel's: 20 characters of base 62, pure functions of the seed and a position.
//! Contact ids can be read back to their position, so no table of a million ids is needed. Knows nothing of people.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 20;
/// The leading characters of a contact id that carry its position: 62⁶ is more than 2³⁵.
const CARRIERS: usize = 6;

/// `SplitMix64`: every bit of the input reaches every bit of the output.
pub(super) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// One number from a seed, a purpose and two positions.
pub(super) fn hash(seed: u64, purpose: &str, a: u64, b: u64) -> u64 {
    let named = purpose.bytes().fold(mix(seed), |h, byte| mix(h ^ u64::from(byte)));
    mix(mix(named ^ a) ^ b.rotate_left(32))
}

pub(super) fn id(seed: u64, purpose: &str, a: u64, b: u64) -> String {
    letters(hash(seed, purpose, a, b), LENGTH)
}

/// A token in the shape of a private integration token.
pub(super) fn private_token(seed: u64, purpose: &str) -> String {
    format!("pit-{}", uuid_like(hash(seed, purpose, 0, 0), hash(seed, purpose, 0, 1)))
}

pub(super) fn uuid_like(high: u64, low: u64) -> String {
    let hex = format!("{high:016x}{low:016x}");
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// The next base-62 digit of `value`, and the rest of `value`.
fn digit(value: u64) -> (char, u64) {
    let place = usize::try_from(value % 62).expect("below 62");
    (char::from(ALPHABET[place]), value / 62)
}

fn letters(mut state: u64, count: usize) -> String {
    let mut out = String::with_capacity(count);
    while out.len() < count {
        state = mix(state);
        let mut rest = state;
        for _ in 0..10.min(count - out.len()) {
            let (letter, next) = digit(rest);
            out.push(letter);
            rest = next;
        }
    }
    out
}

/// Contact ids of one seed.
#[derive(Clone, Copy)]
pub(super) struct ContactIds {
    seed: u64,
}

impl ContactIds {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    pub(super) fn id(self, index: u32) -> String {
        let tail = hash(self.seed, "contact", u64::from(index), 0);
        // Three bits of the tail go above the shuffled position, or the sixth letter would hardly vary.
        let mut carried = u64::from(self.shuffle(index)) | ((tail & 7) << 32);
        let mut out = String::with_capacity(LENGTH);
        for _ in 0..CARRIERS {
            let (letter, rest) = digit(carried);
            out.push(letter);
            carried = rest;
        }
        out.push_str(&letters(tail, LENGTH - CARRIERS));
        out
    }

    /// The position that an id was made from; `None` for an id that this seed never made.
    pub(super) fn index(self, id: &str) -> Option<u32> {
        if id.len() != LENGTH {
            return None;
        }
        let mut carried = 0_u64;
        for byte in id.as_bytes()[..CARRIERS].iter().rev() {
            let place = ALPHABET.iter().position(|letter| letter == byte)?;
            carried = carried * 62 + u64::try_from(place).ok()?;
        }
        let index = self.unshuffle(u32::try_from(carried & u64::from(u32::MAX)).ok()?);
        (self.id(index) == id).then_some(index)
    }

    /// A Feistel network: a permutation of all positions, so that neighbours get different ids.
    fn shuffle(self, index: u32) -> u32 {
        let (mut left, mut right) = halves(index);
        for round in 0..4 {
            (left, right) = (right, left ^ self.round(round, right));
        }
        (u32::from(left) << 16) | u32::from(right)
    }

    fn unshuffle(self, shuffled: u32) -> u32 {
        let (mut left, mut right) = halves(shuffled);
        for round in (0..4).rev() {
            (left, right) = (right ^ self.round(round, left), left);
        }
        (u32::from(left) << 16) | u32::from(right)
    }

    fn round(self, round: u64, half: u16) -> u16 {
        let bits = mix(mix(self.seed ^ round) ^ u64::from(half)) & 0xFFFF;
        u16::try_from(bits).expect("sixteen bits")
    }
}

fn halves(value: u32) -> (u16, u16) {
    let half = |bits: u32| u16::try_from(bits & 0xFFFF).expect("sixteen bits");
    (half(value >> 16), half(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contact_ids_lead_back_to_their_position() {
        let ids = ContactIds::new(7);
        for index in (0..2_000).chain([999_999, u32::MAX]) {
            let id = ids.id(index);
            assert_eq!((id.len(), ids.index(&id)), (20, Some(index)), "{id}");
        }
        assert_eq!(ids.index("ocQHyuzHvysMo5N5VsXc"), None);
        assert_eq!(ids.index(&ContactIds::new(8).id(3)), None, "another seed's ids mean nothing here");
    }
}
