//! Webhooks, heard by a small listener: what is told of each change, its signature, and what happens when nobody
//! answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};

use super::*;
use ear::{Ear, Heard};

mod delivery;
mod ear;
mod load;
mod telling;

/// A sandbox that tells a listener of its changes.
async fn listened(options: SandboxOptions) -> (Stage, Ear) {
    let ear = Ear::open().await;
    (stage(SandboxOptions { webhook: Some(ear.url.clone()), ..options }).await, ear)
}

impl Stage {
    /// The bytes of the public key, read from the PEM that the server gives out.
    async fn key(&self) -> Vec<u8> {
        let pem = self.client.get(self.url("/__sandbox/webhook-key")).send().await.expect("an answer");
        let pem = pem.text().await.expect("a key");
        let lines: Vec<&str> = pem.lines().collect();
        let [head, body, foot] = lines[..] else { panic!("no PEM: {pem}") };
        assert_eq!((head, foot), ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"));
        // As the published key of the real service begins: the same kind of key in the same wrapping.
        assert!(body.starts_with("MCowBQYDK2VwAyEA"), "{body}");
        let info = STANDARD.decode(body).expect("base64");
        assert_eq!(info.len(), 44);
        info[12..].to_vec()
    }

    async fn report(&self) -> Value {
        self.control(Method::GET, "/__sandbox/webhooks", Value::Null).await
    }

    /// The report once nothing is on its way any more.
    async fn settled(&self) -> Value {
        let patience = std::time::Instant::now();
        loop {
            let report = self.report().await;
            if report["queued"] == json!(0) {
                return report;
            }
            assert!(patience.elapsed() < Duration::from_secs(30), "still on its way: {report}");
            tokio::time::sleep(Duration::from_millis(5)).await; // between two looks
        }
    }

    async fn note(&self, contact: &str, body: &str) {
        let path = format!("/contacts/{contact}/notes");
        assert_eq!(self.call(Method::POST, &path, Some(json!({"body": body}))).await.0, 201);
    }
}

fn is_signed(key: &[u8], body: &[u8], signature: &str) -> bool {
    let signature = STANDARD.decode(signature).expect("base64");
    UnparsedPublicKey::new(&ED25519, key).verify(body, &signature).is_ok()
}

#[tokio::test]
async fn the_signature_is_over_the_raw_body_and_the_key_follows_from_the_seed() {
    let (stage, mut ear) = listened(quick()).await;
    let (id, key) = (stage.first_id().await, stage.key().await);
    stage.note(&id, "Grüße & <b>more</b> 👍").await;
    let heard = ear.next().await;
    assert!(is_signed(&key, &heard.body, &heard.signature));
    let mut forged = heard.body.clone();
    *forged.last_mut().expect("a body") = b' ';
    assert!(!is_signed(&key, &forged, &heard.signature), "another body");
    assert_eq!(heard.content_type, "application/json");

    let same = stage_of_seed(1).await.key().await;
    let other = stage_of_seed(2).await.key().await;
    assert!(same == key && other != key && !is_signed(&other, &heard.body, &heard.signature));
}

async fn stage_of_seed(seed: u64) -> Stage {
    stage(SandboxOptions { seed, ..quick() }).await
}

/// What was sent can be sent again, as an attacker would.
#[tokio::test]
async fn the_last_events_are_kept_with_their_signatures() {
    let (stage, mut ear) = listened(quick()).await;
    let (id, key) = (stage.first_id().await, stage.key().await);
    let mut heard: Vec<Heard> = Vec::new();
    for n in 0..25 {
        stage.note(&id, &format!("note {n}")).await;
        heard.push(ear.next().await);
    }
    let report = stage.settled().await;
    assert_eq!((&report["url"], &report["delivered"]), (&json!(ear.url.as_str()), &json!(25)));
    let kept = report["last"].as_array().expect("a list");
    assert_eq!(kept.len(), 20);
    for (kept, heard) in kept.iter().zip(&heard[5..]) {
        let (body, signature) = (kept["body"].as_str().expect("text"), kept["signature"].as_str().expect("text"));
        assert_eq!((body.as_bytes(), signature), (&*heard.body, &*heard.signature));
        assert!(is_signed(&key, body.as_bytes(), signature));
    }
}
