//! Delivers events: a queue, and one task that posts its events in order, apart from handling requests.
//! It must not know what an event means.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::{Client, redirect::Policy};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{WebhookEvent, signer::Signer};
use crate::sandbox::{
    clock::iso,
    ids::{hash, uuid_like},
    oauth::APP_ID,
};

/// The length of the queue; when it is full, the oldest event is dropped.
pub(in crate::sandbox) const ROOM: usize = 10_000;
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The wait after each failed attempt; then the event is dropped. The real service waits minutes.
const WAITS: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1_600)];
/// How many recent events the report shows.
const SHOWN: usize = 20;
/// Answers up to this length are read, so that the connection can be reused.
const READ: u64 = 64 * 1024;

pub(in crate::sandbox) struct Courier {
    seed: u64,
    /// When the server started: every start sends different ids, even with the same seed.
    started: i64,
    signer: Signer,
    desk: Mutex<DeliveryQueue>,
    news: Notify,
}

#[derive(Default)]
struct DeliveryQueue {
    receiver: Option<Url>,
    waiting: VecDeque<String>,
    under_way: bool,
    numbered: u64,
    delivered: u64,
    refused: u64,
    dropped: u64,
    /// The last events sent, with their signatures.
    last: VecDeque<(String, String)>,
}

impl DeliveryQueue {
    fn next(&mut self) -> Option<String> {
        let body = self.waiting.pop_front()?;
        self.under_way = true;
        Some(body)
    }

    fn count(&mut self, delivered: bool) {
        self.under_way = false;
        if delivered {
            self.delivered += 1;
        } else {
            self.refused += 1;
        }
    }

    fn remember(&mut self, body: &str, signature: &str) {
        self.last.push_back((body.to_owned(), signature.to_owned()));
        if self.last.len() > SHOWN {
            self.last.pop_front();
        }
    }
}

impl Courier {
    pub(in crate::sandbox) fn new(seed: u64, started: i64, receiver: Option<Url>) -> Self {
        let desk = Mutex::new(DeliveryQueue { receiver, ..DeliveryQueue::default() });
        Self { seed, started, signer: Signer::new(seed), desk, news: Notify::new() }
    }

    pub(in crate::sandbox) fn public_key(&self) -> String {
        self.signer.public_key()
    }

    /// Sends to this address from now on. `None` stops sending and drops the queue.
    pub(in crate::sandbox) fn redirect(&self, receiver: Option<Url>) {
        self.desk().receiver = receiver;
    }

    pub(in crate::sandbox) fn has_receiver(&self) -> bool {
        self.desk().receiver.is_some()
    }

    /// Queues an event of a location, if there is a receiver.
    pub(in crate::sandbox) fn take(&self, event: WebhookEvent, location: &str, now: i64) {
        let mut desk = self.desk();
        if desk.receiver.is_none() {
            return;
        }
        desk.numbered += 1;
        let id = |part| hash(self.seed ^ self.started.cast_unsigned(), "webhook", desk.numbered, part);
        let mut body = event.fields;
        for (name, value) in [
            ("type", json!(event.kind)),
            ("locationId", json!(location)),
            ("timestamp", json!(iso(now))),
            ("webhookId", json!(uuid_like(id(0), id(1)))),
            ("appId", json!(APP_ID)),
        ] {
            body.insert(name.to_owned(), value);
        }
        desk.waiting.push_back(Value::Object(body).to_string());
        if desk.waiting.len() > ROOM {
            desk.waiting.pop_front();
            desk.dropped += 1;
        }
        drop(desk);
        self.news.notify_one();
    }

    /// The receiver and the results of deliveries.
    pub(in crate::sandbox) fn report(&self) -> Value {
        let desk = self.desk();
        let last: Value =
            desk.last.iter().map(|(body, signature)| json!({"body": body, "signature": signature})).collect();
        json!({
            "url": desk.receiver.as_ref().map(Url::as_str), "queued": desk.waiting.len() + usize::from(desk.under_way),
            "delivered": desk.delivered, "refused": desk.refused, "dropped": desk.dropped, "last": last,
        })
    }

    /// Delivers until the server ends; the rest of the queue is lost.
    pub(in crate::sandbox) async fn run(self: Arc<Self>, end: CancellationToken) {
        end.run_until_cancelled(self.deliver_all()).await;
    }

    async fn deliver_all(&self) {
        // Created with the first event: most servers never send one.
        let mut client = None;
        loop {
            let body = self.next().await;
            let delivered = self.deliver(client.get_or_insert_with(client_of_this_computer), body).await;
            self.desk().count(delivered);
        }
    }

    async fn next(&self) -> String {
        loop {
            let next = self.desk().next();
            match next {
                Some(body) => return body,
                None => self.news.notified().await,
            }
        }
    }

    async fn deliver(&self, client: &Client, body: String) -> bool {
        let signature = self.signer.sign(&body);
        self.desk().remember(&body, &signature);
        for wait in WAITS.map(Some).into_iter().chain([None]) {
            let receiver = self.desk().receiver.clone();
            let Some(receiver) = receiver else { return false };
            if post(client, receiver, &body, &signature).await {
                return true;
            }
            if let Some(wait) = wait {
                tokio::time::sleep(wait).await;
            }
        }
        false
    }

    fn desk(&self) -> MutexGuard<'_, DeliveryQueue> {
        // Nothing under this lock can leave a change half done.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One attempt. Returns whether the answer was a 2xx.
async fn post(client: &Client, receiver: Url, body: &str, signature: &str) -> bool {
    let request = client.post(receiver).header("Content-Type", "application/json");
    let answer = request.header("X-GHL-Signature", signature).body(body.to_owned()).send().await;
    let Ok(answer) = answer else { return false };
    let taken = answer.status().is_success();
    if answer.content_length().is_some_and(|length| length <= READ) {
        // The event has arrived, whatever happens to the rest of the answer.
        let _ = answer.bytes().await;
    }
    taken
}

fn client_of_this_computer() -> Client {
    // An error means that another provider is installed, which works as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE);
    // Certificates for this computer are self-signed.
    builder.tls_danger_accept_invalid_certs(true).build().expect("a client that reads nothing from the system")
}
