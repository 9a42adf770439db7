//! The log of received API requests, in order of arrival, for tests and for the curious.
//! It never sees an Authorization value.

use serde_json::{Map, Value, json};

use super::{call::IncomingCall, clock::iso};

/// Older entries are dropped: a demo may run for days.
const KEPT: usize = 50_000;

#[derive(Default)]
pub(super) struct RequestLog {
    entries: std::collections::VecDeque<JournalEntry>,
    next: u64,
}

struct JournalEntry {
    seq: u64,
    json: Map<String, Value>,
}

impl RequestLog {
    pub(super) fn arrived(&mut self, call: &IncomingCall, at: i64) -> u64 {
        let seq = self.next;
        self.next += 1;
        let mut json = Map::new();
        json.insert("seq".into(), json!(seq));
        json.insert("at".into(), json!(iso(at)));
        json.insert("method".into(), json!(call.method));
        json.insert("path".into(), json!(call.path));
        json.insert("query".into(), json!(call.raw_query));
        json.insert("status".into(), Value::Null);
        if let Some(body) = call.logged_body() {
            json.insert("body".into(), body);
        }
        self.entries.push_back(JournalEntry { seq, json });
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
        seq
    }

    pub(super) fn answered(&mut self, seq: u64, status: u16) {
        self.set(seq, "status", json!(status));
    }

    pub(super) fn dropped(&mut self, seq: u64, when: &str) {
        self.set(seq, "dropped", json!(when));
    }

    fn set(&mut self, seq: u64, name: &str, value: Value) {
        if let Ok(at) = self.entries.binary_search_by_key(&seq, |entry| entry.seq) {
            self.entries[at].json.insert(name.to_owned(), value);
        }
    }

    pub(super) fn list(&self) -> Value {
        self.entries.iter().map(|entry| Value::Object(entry.json.clone())).collect()
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(super) fn received(&self) -> u64 {
        self.next
    }
}
