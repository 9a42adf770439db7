//! The sandbox over real HTTP: what every other test leans on.

use std::{collections::HashSet, sync::Once, time::Duration};

use ghl_tui::sandbox::{Running, SandboxOptions, Switches, start};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

mod around;
mod duplicates;
mod faults;
mod gateway;
mod locations;
mod others;
mod people;
mod reading;
mod signing_in;
mod tokens;
mod webhooks;
mod writing;

/// A running sandbox and a client for it.
struct Stage {
    running: Running,
    client: Client,
}

/// Options for most tests: no limit to run into, an index that catches up quickly, a fixed start.
fn quick() -> SandboxOptions {
    let mut switches = Switches::default();
    switches.set("index-lag", "0s").expect("a known switch");
    let rate_limit = "off".parse().expect("a limit");
    let now = Some("2026-03-10T17:30:00Z".parse().expect("a date"));
    SandboxOptions { contacts: 300, rate_limit, now, switches, ..SandboxOptions::default() }
}

fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Another test of this binary may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client without options")
}

async fn stage(options: SandboxOptions) -> Stage {
    Stage { running: start(options).await.expect("a free port"), client: client() }
}

impl Stage {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base_url())
    }

    async fn try_send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<Response> {
        self.try_send_as(self.running.token(), method, path, body).await
    }

    async fn try_send_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        let request = self.client.request(method, self.url(path)).bearer_auth(token);
        let request = request.header("Version", "2021-07-28");
        match body {
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        }
    }

    /// Status and body of a call with the full token.
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        read(self.try_send(method, path, body).await.expect("an answer")).await
    }

    /// The same with a token of the caller's choice.
    async fn call_as(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        read(self.try_send_as(token, method, path, body).await.expect("an answer")).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, None).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    async fn search(&self, more: Value) -> (u16, Value) {
        let mut body = json!({"locationId": self.running.location_id(), "pageLimit": 100});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        self.call(Method::POST, "/contacts/search", Some(body)).await
    }

    async fn first_id(&self) -> String {
        let (_, page) = self.search(json!({"pageLimit": 1})).await;
        page["contacts"][0]["id"].as_str().expect("somebody is there").to_owned()
    }

    async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.client.request(method, self.url(path)).body(body.to_string());
        let (status, body) = read(request.send().await.expect("an answer")).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn fault(&self, rule: Value) {
        self.control(Method::POST, "/__sandbox/faults", json!({"rules": [rule]})).await;
    }

    async fn truth(&self, id: &str) -> Value {
        self.control(Method::GET, &format!("/__sandbox/state?contact={id}"), Value::Null).await
    }
}

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Every contact of a listing by its cursors, with how many pages it took.
async fn walk(stage: &Stage, page_limit: u64, more: Value) -> (Vec<Value>, usize) {
    let (mut all, mut pages, mut body) = (Vec::new(), 0, more);
    body["pageLimit"] = json!(page_limit);
    loop {
        let (status, page) = stage.search(body.clone()).await;
        assert_eq!(status, 200, "{page}");
        let rows = page["contacts"].as_array().expect("rows").clone();
        let Some(last) = rows.last() else { return (all, pages) };
        body["searchAfter"] = last["searchAfter"].clone();
        pages += 1;
        all.extend(rows);
    }
}

fn ids(rows: &[Value]) -> HashSet<&str> {
    rows.iter().map(|row| row["id"].as_str().expect("an id")).collect()
}
