//! The requests and answers for the activity screen: in memory only, never a header.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use url::Url;

use crate::http::{HttpReply, Method, TransportError};

/// Bodies are cut after this many bytes.
const LONGEST: usize = 64 * 1024;

/// One request with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// When the answer arrived.
    pub at: Timestamp,
    pub method: Method,
    pub url: String,
    /// The path with its query, starting with a slash.
    pub path: String,
    pub version: &'static str,
    /// `None` if there was no answer.
    pub status: Option<u16>,
    pub took: Duration,
    /// The number of this attempt at the same request.
    pub tries: u32,
    /// `traceId`, the server's name for the request.
    pub trace: Option<String>,
    pub sent: Option<String>,
    /// The answer, or why there is none.
    pub received: String,
}

#[derive(Debug, Default)]
pub(super) struct RequestJournal {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    reader: Option<mpsc::UnboundedSender<Exchange>>,
    /// Failures in a row, by request.
    failed: HashMap<(&'static str, String), u32>,
}

impl RequestJournal {
    pub(super) fn open(&self) -> mpsc::UnboundedReceiver<Exchange> {
        let (reader, read) = mpsc::unbounded_channel();
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).reader = Some(reader);
        read
    }

    pub(super) fn note(
        &self,
        method: Method,
        url: &Url,
        version: &'static str,
        sent: Option<&serde_json::Value>,
        outcome: &Result<HttpReply, TransportError>,
        took: Duration,
    ) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(reader) = inner.reader.clone() else { return };
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let key = (method.as_str(), path.clone());
        let before = inner.failed.remove(&key).unwrap_or(0);
        let failed = outcome.as_ref().map_or(true, |reply| reply.status == 429 || reply.status >= 500);
        if failed {
            inner.failed.insert(key, before + 1);
        }
        let (status, received, trace) = match outcome {
            Ok(reply) => {
                let body = String::from_utf8_lossy(&reply.body);
                (Some(reply.status), cut(&body), trace(&body))
            }
            Err(error) => (None, error.to_string(), None),
        };
        let exchange = Exchange {
            at: Timestamp::now(),
            method,
            url: url.to_string(),
            path,
            version,
            status,
            took,
            tries: before + 1,
            trace,
            sent: sent.map(|body| cut(&body.to_string())),
            received,
        };
        if reader.send(exchange).is_err() {
            inner.reader = None;
        }
    }
}

fn cut(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let mut end = LONGEST;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}… ({} bytes in all)", &text[..end], text.len())
}

/// The trace id, without reading the whole body.
fn trace(body: &str) -> Option<String> {
    const KEY: &str = "\"traceId\"";
    let rest = &body[body.rfind(KEY)? + KEY.len()..];
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    rest.split_once('"').map(|(trace, _)| trace.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_is_found_and_long_bodies_are_cut() {
        assert_eq!(trace(r#"{"contacts":[],"traceId": "abc-1"}"#).as_deref(), Some("abc-1"));
        assert_eq!(trace("<html>"), None);
        let long = cut(&"ü".repeat(LONGEST));
        assert!(long.len() < LONGEST + 40 && long.ends_with("bytes in all)"));
    }
}
