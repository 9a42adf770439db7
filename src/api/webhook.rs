//! Webhooks from HighLevel, accepted only if they are signed, recent and not repeated.
//!
//! The signature is Ed25519 over the raw body, base64 in `X-GHL-Signature`. The sender, the tunnel or an eavesdropper
//! may repeat a webhook, so one that is older than five minutes or was received before is refused.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;

use crate::domain::{ContactId, LocationId, TaskId};

/// The header with the signature.
pub const SIGNATURE: &str = "x-ghl-signature";
/// HighLevel's published key, as quoted by one source.
const PUBLISHED: &str = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=";
/// The bytes before the 32 bytes of an Ed25519 key in its usual encoding (RFC 8410).
const WRAPPING: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// The largest accepted difference between a webhook's time and ours.
const YOUNG: SignedDuration = SignedDuration::from_mins(5);
/// How long ids are remembered: an older webhook is refused for its age.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(11);
/// More ids than arrive in that time at any plausible rate.
const MOST: usize = 500_000;

/// A text that is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an Ed25519 public key: it must be PEM (BEGIN PUBLIC KEY) or the base64 inside it")]
pub struct NoKey;

/// Why a webhook is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    #[error("not signed")]
    Unsigned,
    #[error("the signature does not match the body")]
    Forged,
    #[error("the body cannot be read")]
    Unreadable,
    #[error("it is for another location")]
    Elsewhere,
    #[error("it has no time or no id")]
    Nameless,
    #[error("it is too old, or from the future")]
    Stale,
    #[error("it was received before")]
    Repeated,
}

/// The content of a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookNotice {
    /// `ContactUpdate`, `TaskCreate`, …
    pub kind: String,
    pub about: About,
}

/// The record it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Contact(ContactId),
    /// A task's webhook does not name its contact.
    Task(TaskId),
    /// Something else, or a contact that it does not name.
    Unknown,
}

/// Checks webhooks.
#[derive(Debug)]
pub struct Gate {
    key: UnparsedPublicKey<Vec<u8>>,
    location: LocationId,
    seen: HashMap<String, Timestamp>,
}

impl Gate {
    /// Makes a gate for one location; `key` is PEM or base64, by default HighLevel's published one.
    pub fn new(key: Option<&str>, location: LocationId) -> Result<Self, NoKey> {
        let key = UnparsedPublicKey::new(&ED25519, unwrapped(key.unwrap_or(PUBLISHED))?);
        Ok(Self { key, location, seen: HashMap::new() })
    }

    /// Reads a webhook received at `now`, or says why it is refused.
    pub fn admit(&mut self, signature: Option<&str>, body: &[u8], now: Timestamp) -> Result<WebhookNotice, Distrust> {
        let signature = signature.ok_or(Distrust::Unsigned)?;
        let signature = STANDARD.decode(signature.trim()).map_err(|_garbled| Distrust::Forged)?;
        self.key.verify(body, &signature).map_err(|_unspecified| Distrust::Forged)?;
        let wire: WebhookBody = serde_json::from_slice(body).map_err(|_garbled| Distrust::Unreadable)?;
        if wire.location_id.as_deref() != Some(self.location.as_str()) {
            return Err(Distrust::Elsewhere);
        }
        let (Some(id), Some(at)) = (&wire.webhook_id, &wire.timestamp) else { return Err(Distrust::Nameless) };
        let at: Timestamp = at.parse().map_err(|_garbled| Distrust::Nameless)?;
        if now.duration_since(at).abs() > YOUNG {
            return Err(Distrust::Stale);
        }
        if self.seen.contains_key(id) {
            return Err(Distrust::Repeated);
        }
        self.remember(id.clone(), now);
        Ok(wire.heard())
    }

    fn remember(&mut self, id: String, now: Timestamp) {
        if self.seen.len() >= MOST {
            self.seen.retain(|_id, at| now.duration_since(*at) < REMEMBERED);
        }
        // Full of recent ids: a flood of signed webhooks. Only the check of their age is left.
        if self.seen.len() < MOST {
            self.seen.insert(id, now);
        }
    }
}

/// The 32 bytes of a key.
fn unwrapped(text: &str) -> Result<Vec<u8>, NoKey> {
    let base64: String = text.lines().filter(|line| !line.starts_with("-----")).flat_map(str::chars).collect();
    let bytes = STANDARD.decode(base64.trim()).map_err(|_garbled| NoKey)?;
    let key = bytes.strip_prefix(&WRAPPING).ok_or(NoKey)?;
    if key.len() == 32 { Ok(key.to_vec()) } else { Err(NoKey) }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WebhookBody {
    #[serde(rename = "type")]
    kind: String,
    location_id: Option<String>,
    webhook_id: Option<String>,
    timestamp: Option<String>,
    id: Option<String>,
    contact_id: Option<String>,
    appointment: Option<WebhookAppointment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WebhookAppointment {
    contact_id: Option<String>,
}

impl WebhookBody {
    fn heard(self) -> WebhookNotice {
        let contact = if self.kind.starts_with("Contact") {
            self.contact_id.or_else(|| self.id.clone())
        } else {
            self.contact_id.or_else(|| self.appointment.and_then(|appointment| appointment.contact_id))
        };
        let about = match (contact, self.id) {
            (Some(contact), _) => About::Contact(ContactId::new(contact)),
            (None, Some(id)) if self.kind.starts_with("Task") => About::Task(TaskId::new(id)),
            (None, _) => About::Unknown,
        };
        WebhookNotice { kind: self.kind, about }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{Ed25519KeyPair, KeyPair as _};

    struct Sender {
        pair: Ed25519KeyPair,
    }

    impl Sender {
        fn new(seed: u8) -> Self {
            Self { pair: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed") }
        }

        fn pem(&self) -> String {
            let der: Vec<u8> = WRAPPING.iter().chain(self.pair.public_key().as_ref()).copied().collect();
            format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
        }

        fn sign(&self, body: &str) -> String {
            STANDARD.encode(self.pair.sign(body.as_bytes()))
        }
    }

    fn now() -> Timestamp {
        "2026-11-27T12:00:00Z".parse().expect("a time")
    }

    fn body(kind: &str, webhook: &str, at: &str, rest: &str) -> String {
        format!(r#"{{"type":"{kind}","locationId":"loc","webhookId":"{webhook}","timestamp":"{at}",{rest}}}"#)
    }

    #[test]
    fn what_is_signed_new_and_young_is_let_in_and_nothing_else() {
        let sender = Sender::new(7);
        let mut gate = Gate::new(Some(&sender.pem()), LocationId::new("loc")).expect("a key");
        let fresh = "2026-11-27T11:59:00.000Z";
        let good = body("ContactUpdate", "w1", fresh, r#""id":"c1""#);
        let signature = sender.sign(&good);
        let admit =
            |gate: &mut Gate, signature: Option<&str>, body: &str| gate.admit(signature, body.as_bytes(), now());
        assert_eq!(admit(&mut gate, None, &good), Err(Distrust::Unsigned));
        assert_eq!(admit(&mut gate, Some("not base64!"), &good), Err(Distrust::Forged));
        assert_eq!(admit(&mut gate, Some(&Sender::new(8).sign(&good)), &good), Err(Distrust::Forged));
        assert_eq!(admit(&mut gate, Some(&signature), &good[..good.len() - 1]), Err(Distrust::Forged), "truncated");
        let heard = admit(&mut gate, Some(&signature), &good).expect("let in");
        assert_eq!(heard, WebhookNotice { kind: "ContactUpdate".into(), about: About::Contact(ContactId::new("c1")) });
        assert_eq!(admit(&mut gate, Some(&signature), &good), Err(Distrust::Repeated));
        for (text, why) in [
            (body("ContactUpdate", "w2", "2026-11-27T11:54:00Z", r#""id":"c1""#), Distrust::Stale),
            (body("ContactUpdate", "w3", "2026-11-27T12:06:00Z", r#""id":"c1""#), Distrust::Stale),
            (body("ContactUpdate", "w4", "yesterday", r#""id":"c1""#), Distrust::Nameless),
            (good.replace("\"loc\"", "\"other\"").replace("w1", "w5"), Distrust::Elsewhere),
            (r#"{"type":"ContactUpdate","locationId":"loc","id":"c1"}"#.to_owned(), Distrust::Nameless),
            ("[]".to_owned(), Distrust::Unreadable),
        ] {
            assert_eq!(admit(&mut gate, Some(&sender.sign(&text)), &text), Err(why), "{text}");
        }
    }

    #[test]
    fn each_kind_names_whom_it_is_about_as_far_as_it_does() {
        let sender = Sender::new(7);
        let mut gate = Gate::new(Some(&sender.pem()), LocationId::new("loc")).expect("a key");
        let contact = || About::Contact(ContactId::new("c1"));
        for (n, (kind, rest, about)) in [
            ("ContactTagUpdate", r#""id":"c1""#, contact()),
            ("TaskComplete", r#""id":"t1","contactId":"c1""#, contact()),
            ("TaskCreate", r#""id":"t1""#, About::Task(TaskId::new("t1"))),
            ("NoteCreate", r#""id":"n1","contactId":"c1","body":"x""#, contact()),
            ("AppointmentUpdate", r#""appointment":{"id":"a1","contactId":"c1"}"#, contact()),
            ("OpportunityCreate", r#""id":"o1""#, About::Unknown),
        ]
        .into_iter()
        .enumerate()
        {
            let text = body(kind, &format!("w{n}"), "2026-11-27T12:00:00Z", rest);
            let heard = gate.admit(Some(&sender.sign(&text)), text.as_bytes(), now()).expect("let in");
            assert_eq!(heard.about, about, "{kind}");
        }
    }

    #[test]
    fn only_a_key_is_a_key() {
        assert!(Gate::new(None, LocationId::new("loc")).is_ok(), "the published one");
        for text in ["", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "AAAA", "ssh-ed25519 AAAA"] {
            assert!(matches!(Gate::new(Some(text), LocationId::new("loc")), Err(NoKey)), "{text}");
        }
    }
}
