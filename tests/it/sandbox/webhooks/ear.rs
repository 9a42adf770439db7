//! A receiver of webhooks that notes what it hears and answers as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};

/// Longer than anything here may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Ear {
    pub(crate) url: url::Url,
    heard: mpsc::UnboundedReceiver<Heard>,
    answers: Answers,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) body: Vec<u8>,
    pub(crate) signature: String,
    pub(crate) content_type: String,
}

/// The status of each coming answer; `None` is none at all. When the list is at its end: 200.
type Answers = Arc<Mutex<VecDeque<Option<u16>>>>;

#[derive(Clone)]
struct Inner {
    tell: mpsc::UnboundedSender<Heard>,
    answers: Answers,
}

impl Ear {
    pub(crate) async fn open() -> Self {
        Self::open_at(TcpListener::bind("127.0.0.1:0").await.expect("a port"))
    }

    pub(crate) fn open_at(listener: TcpListener) -> Self {
        let address = listener.local_addr().expect("an address");
        let (tell, heard) = mpsc::unbounded_channel();
        let answers = Answers::default();
        let router = Router::new().fallback(hear).with_state(Inner { tell, answers: Arc::clone(&answers) });
        let listening = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url: format!("http://{address}/events").parse().expect("an address"), heard, answers, listening }
    }

    pub(crate) fn answer(&self, answers: impl IntoIterator<Item = Option<u16>>) {
        self.answers.lock().expect("a lock").extend(answers);
    }

    pub(crate) async fn next(&mut self) -> Heard {
        let heard = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
        heard.expect("something is heard in time").expect("the ear is open")
    }

    /// What has been heard by now and was not asked for yet.
    pub(crate) fn rest(&mut self) -> Vec<Heard> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Heard {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("an event is JSON")
    }

    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }
}

async fn hear(State(inner): State<Inner>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let heard = Heard { body: body.to_vec(), signature: text("x-ghl-signature"), content_type: text("content-type") };
    let answer = inner.answers.lock().expect("a lock").pop_front().unwrap_or(Some(200));
    let _ = inner.tell.send(heard);
    match answer {
        Some(status) => StatusCode::from_u16(status).expect("a status"),
        None => std::future::pending().await,
    }
}
