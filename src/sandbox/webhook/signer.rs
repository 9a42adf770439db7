//! Ed25519 signatures over the raw body. The key pair is derived from the seed, so a receiver that has the key can
//! verify every server of that seed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::sandbox::ids::hash;

/// The bytes before the 32 bytes of an Ed25519 key in a `SubjectPublicKeyInfo` (RFC 8410).
const INFO: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

pub(super) struct Signer(Ed25519KeyPair);

impl Signer {
    pub(super) fn new(seed: u64) -> Self {
        let mut secret = [0_u8; 32];
        for (n, part) in (0..).zip(secret.chunks_exact_mut(8)) {
            part.copy_from_slice(&hash(seed, "webhook key", n, 0).to_be_bytes());
        }
        Self(Ed25519KeyPair::from_seed_unchecked(&secret).expect("any 32 bytes are a secret key"))
    }

    /// The value of `X-GHL-Signature`.
    pub(super) fn sign(&self, body: &str) -> String {
        STANDARD.encode(self.0.sign(body.as_bytes()))
    }

    /// The public key as PEM.
    pub(super) fn public_key(&self) -> String {
        let info = [&INFO, self.0.public_key().as_ref()].concat();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(info))
    }
}
