//! The sandbox as a process of its own, and the ways of a test to look into it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::home::program;

pub(crate) struct Sandbox {
    child: Child,
    pub(crate) base_url: String,
    pub(crate) location: String,
    pub(crate) token: String,
    pub(crate) read_only_token: String,
}

/// Somebody with exactly one open task.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) contact: String,
    pub(crate) email: String,
    pub(crate) task: String,
    pub(crate) title: String,
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Runtime::new().expect("a runtime")
});

impl Sandbox {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(program())
            .args(["sandbox", "--rate-limit", "off"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("a line");
        let ready: Value = serde_json::from_str(&line).expect("one line of JSON");
        let text = |name: &str| ready[name].as_str().expect(name).to_owned();
        let (base_url, location) = (text("base_url"), text("location_id"));
        Self { child, base_url, location, token: text("token"), read_only_token: text("read_only_token") }
    }

    /// A small business, whose changes are found at once.
    pub(crate) fn small() -> Self {
        Self::start(&["--contacts", "120", "--set", "index-lag=0s"])
    }

    pub(crate) fn port(&self) -> String {
        self.base_url.rsplit(':').next().expect("a port").to_owned()
    }

    /// Takes it off the network.
    pub(crate) fn stop(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.send(reqwest::Method::GET, path, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        self.send(reqwest::Method::POST, path, Some(body))
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Value {
        self.send(reqwest::Method::PUT, path, Some(body))
    }

    pub(crate) fn delete(&self, path: &str) -> Value {
        self.send(reqwest::Method::DELETE, path, None)
    }

    /// What a page says, as it is.
    pub(crate) fn text(&self, path: &str) -> String {
        let url = format!("{}{path}", self.base_url);
        RUNTIME.block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().expect("a client");
            client.get(url).send().await.expect("an answer").text().await.expect("text")
        })
    }

    fn send(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}{path}", self.base_url);
        RUNTIME.block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().expect("a client");
            let mut request = client.request(method, url).header("version", "2021-07-28").bearer_auth(&self.token);
            if let Some(body) = body {
                request = request.json(body);
            }
            request.send().await.expect("an answer").json().await.expect("JSON")
        })
    }

    /// Allows the sandbox's app on its page for an owner, with all that an agency needs; the code that comes back.
    pub(crate) fn code_for(&self, owner: &str) -> String {
        let mut url = url::Url::parse(&self.base_url).expect("an address");
        url.set_path("/v2/oauth/chooselocation");
        let scopes = "contacts.readonly contacts.write locations.readonly users.readonly oauth.readonly oauth.write";
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", "sandbox-app-client")
            .append_pair("redirect_uri", "https://example.com/back")
            .append_pair("scope", scopes);
        let back = self.decide(url.as_str(), owner, "allow");
        back.split("code=").nth(1).expect("a code").split('&').next().expect("its end").to_owned()
    }

    /// What the browser of somebody does at the address of a sign-in: reads the page and decides. Answers the address
    /// that it is sent to.
    pub(crate) fn decide(&self, url: &str, owner: &str, decision: &str) -> String {
        let asked = url::Url::parse(url).expect("an address");
        assert!(url.starts_with(&self.base_url), "{url}");
        let mut fields: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
        fields.extend(
            [("owner", owner), ("decision", decision)].map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        RUNTIME.block_on(async {
            let policy = reqwest::redirect::Policy::none();
            let browser = reqwest::Client::builder().no_proxy().redirect(policy).build().expect("a browser");
            let page = browser.get(url).send().await.expect("a page");
            assert_eq!(page.status(), 200);
            let decided = browser.post(format!("{}/v2/oauth/chooselocation", self.base_url)).body(form);
            let decided = decided.header("content-type", "application/x-www-form-urlencoded");
            let answer = decided.send().await.expect("an answer");
            answer.headers()["location"].to_str().expect("text").to_owned()
        })
    }

    /// The agency that the location belongs to.
    pub(crate) fn company(&self) -> String {
        let held = self.get(&format!("/locations/{}", self.location));
        held["location"]["companyId"].as_str().expect("an id").to_owned()
    }

    pub(crate) fn trouble(&self, trouble: &Value) {
        self.post("/__sandbox/trouble", trouble);
    }

    /// Installs a fault for the next `times` requests of this method and path.
    pub(crate) fn fault(&self, method: &str, path: &str, times: u32, action: &Value) {
        let rule = json!({ "method": method, "path": path, "times": times, "action": action });
        self.post("/__sandbox/faults", &json!({ "rules": [rule] }));
    }

    /// Takes all faults back.
    pub(crate) fn calm(&self) {
        self.send(reqwest::Method::DELETE, "/__sandbox/faults", None);
    }

    /// The statuses of all requests of this method whose path ends so.
    pub(crate) fn answered(&self, method: &str, ending: &str) -> Vec<u64> {
        let all = self.get("/__sandbox/requests");
        let all = all.as_array().expect("a list");
        all.iter()
            .filter(|one| one["method"] == method && one["path"].as_str().is_some_and(|path| path.ends_with(ending)))
            .map(|one| one["status"].as_u64().unwrap_or_default())
            .collect()
    }

    /// The methods of all requests that write.
    pub(crate) fn writes(&self) -> Vec<String> {
        let all = self.get("/__sandbox/requests");
        let reads =
            |one: &Value| one["method"] == "GET" || one["path"].as_str().is_some_and(|p| p.ends_with("/search"));
        // Asking which scopes the token has writes nothing: there is no contact of that name.
        let asks = |one: &Value| one["path"].as_str().is_some_and(|path| path.ends_with("ghl-tui-scope-check"));
        let all = all.as_array().expect("a list").iter().filter(|one| !reads(one) && !asks(one));
        all.map(|one| format!("{} {} {}", one["method"], one["path"], one["status"])).collect()
    }

    pub(crate) fn held(&self, contact: &str) -> Value {
        self.get(&format!("/__sandbox/state?contact={contact}"))
    }

    pub(crate) fn is_complete(&self, target: &Target) -> bool {
        let held = self.held(&target.contact);
        let tasks = held["tasks"].as_array().expect("tasks");
        tasks.iter().any(|task| task["id"] == target.task.as_str() && task["completed"] == true)
    }

    /// The tasks of a contact with this title.
    pub(crate) fn tasks_called(&self, contact: &str, title: &str) -> Vec<Value> {
        let tasks = self.held(contact)["tasks"].clone();
        tasks.as_array().into_iter().flatten().filter(|task| task["title"] == title).cloned().collect()
    }

    /// How many notes of a contact say this.
    pub(crate) fn notes_saying(&self, contact: &str, words: &str) -> usize {
        let held = self.held(contact);
        let notes = held["notes"].as_array().expect("notes");
        notes.iter().filter(|note| note["body"].as_str().is_some_and(|body| body.contains(words))).count()
    }

    /// People who can be told apart by their e-mail and have exactly one open task, with a title of its own.
    pub(crate) fn targets(&self, count: usize) -> Vec<Target> {
        let page = |page: u32| {
            let search = json!({ "locationId": self.location, "pageLimit": 500, "page": page });
            self.post("/contacts/search", &search)["contacts"].as_array().expect("contacts").clone()
        };
        let contacts = [page(1), page(2), page(3)].concat();
        let email = |contact: &Value| contact["email"].as_str().unwrap_or_default().to_owned();
        let targets = contacts.iter().filter_map(|contact| {
            let (id, address) = (contact["id"].as_str()?, email(contact));
            let plain = !address.is_empty() && address.len() < 30 && address.is_ascii();
            if !plain || contacts.iter().filter(|other| email(other) == address).count() != 1 {
                return None;
            }
            let held = self.held(id);
            let tasks = held["tasks"].as_array()?;
            let mut open = tasks.iter().filter(|task| task["completed"] == false);
            let (task, others) = (open.next()?, open.next());
            let title = task["title"].as_str()?.to_owned();
            let alone = others.is_none() && tasks.iter().filter(|task| task["title"] == title.as_str()).count() == 1;
            let task = task["id"].as_str()?.to_owned();
            let plain = title.chars().all(|c| c == ' ' || c.is_ascii_graphic());
            (alone && plain).then(|| Target { contact: id.to_owned(), email: address, task, title })
        });
        let targets: Vec<Target> = targets.take(count).collect();
        assert_eq!(targets.len(), count, "enough people with one open task");
        targets
    }
}

/// The browser goes to an address; the status of the answer.
pub(crate) fn visit(url: &str) -> u16 {
    RUNTIME.block_on(async {
        let browser = reqwest::Client::builder().no_proxy().build().expect("a browser");
        browser.get(url).send().await.expect("an answer").status().as_u16()
    })
}

/// Delivers a webhook by hand; the status of the answer.
pub(crate) fn deliver(url: &str, body: &str, signature: Option<&str>) -> u16 {
    RUNTIME.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut request = client.post(url).body(body.to_owned()).header("content-type", "application/json");
        if let Some(signature) = signature {
            request = request.header("X-GHL-Signature", signature);
        }
        request.send().await.expect("an answer").status().as_u16()
    })
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
