//! A worker on a sandbox, driven by commands and watched by events, as a front end would.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use ghl_tui::api::{self, ApiClient};
use ghl_tui::auth::TokenBroker;
use ghl_tui::domain::{
    Access, Contact, ContactId, Direction, Edit, EditId, LocationId, MergeRules, Note, NoteEdit, NotePatch, Receipt,
    Target, Task, TaskEdit,
};
use ghl_tui::http::BaseUrl;
use ghl_tui::protocol::{
    Answer, Command, Details, EditEvent, Event, Failure, InView, Outcome, Port, Refused, Request, Ticket, channel,
};
use ghl_tui::sandbox::{self, Running};
use ghl_tui::store::{Cache, Folder, Ledger, Tuning};
use ghl_tui::worker::{self, Clock, Pace};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// Longer than anything here may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Whether the long forms are wanted: storms and kills by the hundred, for minutes. The nightly run sets
/// `GHL_TUI_LONG_TESTS=1`, and so does whoever changes what they are about.
pub(crate) fn long_tests() -> bool {
    std::env::var_os("GHL_TUI_LONG_TESTS").is_some_and(|value| !value.is_empty() && value != "0")
}

/// A sandbox with a small business, and the ways of a test to look into it.
pub(crate) struct Server {
    pub(crate) running: Running,
    http: reqwest::Client,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(sandbox::SandboxOptions { contacts: 40, ..sandbox::SandboxOptions::default() }).await
    }

    pub(crate) async fn start_with(options: sandbox::SandboxOptions) -> Self {
        let running = sandbox::start(options).await.expect("the sandbox starts");
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { running, http: reqwest::Client::builder().no_proxy().build().expect("a client") }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.running.base_url());
        self.http.get(url).send().await.expect("an answer").json().await.expect("JSON")
    }

    pub(crate) async fn post(&self, path: &str, body: Value) {
        let url = format!("{}{path}", self.running.base_url());
        let answer = self.http.post(url).body(body.to_string()).header("content-type", "application/json");
        assert!(answer.send().await.expect("an answer").status().is_success(), "{path} {body}");
    }

    /// Installs a fault for the next `times` requests of this method and path.
    pub(crate) async fn fault(&self, method: &str, path: &str, times: u32, action: Value) {
        let rule = json!({ "method": method, "path": path, "times": times, "action": action });
        self.post("/__sandbox/faults", json!({ "rules": [rule] })).await;
    }

    /// Every request of this method whose path ends so, with its status.
    pub(crate) async fn requests(&self, method: &str, ending: &str) -> Vec<Value> {
        let all = self.get("/__sandbox/requests").await;
        let all = all.as_array().cloned().unwrap_or_default();
        all.into_iter()
            .filter(|one| one["method"] == method && one["path"].as_str().is_some_and(|path| path.ends_with(ending)))
            .collect()
    }

    /// What someone else writes.
    pub(crate) async fn write(&self, method: &str, path: &str, body: Value) {
        let url = format!("{}{path}", self.running.base_url());
        let request = self.http.request(method.parse().expect("a method"), url).bearer_auth(self.running.token());
        let request = request.header("version", "2021-07-28").header("content-type", "application/json");
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        assert!(request.send().await.expect("an answer").status().is_success(), "{method} {path}");
    }

    /// What one of the sandbox's own routes answers.
    pub(crate) async fn ask(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.running.base_url());
        let answer = self.http.post(url).body(body.to_string()).header("content-type", "application/json");
        answer.send().await.expect("an answer").json().await.expect("JSON")
    }

    /// What someone else makes, as it was answered.
    pub(crate) async fn make(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.running.base_url());
        let request = self.http.post(url).bearer_auth(self.running.token()).header("version", "2021-07-28");
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path} {body}: {answer:?}");
        answer.json().await.expect("JSON")
    }

    /// What someone else reads.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.running.base_url());
        let request = self.http.get(url).bearer_auth(self.running.token()).header("version", "2021-07-28");
        request.send().await.expect("an answer").json().await.expect("JSON")
    }

    /// A contact as the server holds it, with all that belongs to it.
    pub(crate) async fn held(&self, contact: &ContactId) -> Value {
        self.get(&format!("/__sandbox/state?contact={contact}")).await
    }

    pub(crate) async fn held_task(&self, task: &Task) -> Value {
        let held = self.held(&task.contact).await;
        let tasks = held["tasks"].as_array().cloned().unwrap_or_default();
        tasks.into_iter().find(|one| one["id"] == task.id.as_str()).expect("the server has the task")
    }

    /// How many notes of a contact say this.
    pub(crate) async fn notes_saying(&self, contact: &ContactId, words: &str) -> usize {
        let held = self.held(contact).await;
        let notes = held["notes"].as_array().cloned().unwrap_or_default();
        notes.iter().filter(|note| note["body"].as_str().is_some_and(|body| body.contains(words))).count()
    }
}

/// A worker and the front end's side of it.
pub(crate) struct Rig {
    pub(crate) port: Port,
    pub(crate) folder: PathBuf,
    /// What the worker was told to look at.
    look: InView,
    job: JoinHandle<()>,
    kept: Option<TempDir>,
    /// Every event so far, for the message of a failed test.
    seen: Vec<Event>,
}

/// How a rig differs from the usual one.
pub(crate) struct Setup {
    pub(crate) pace: Pace,
    pub(crate) access: Access,
    pub(crate) write_timeout: Duration,
    pub(crate) tuning: Tuning,
    pub(crate) token: Option<String>,
    pub(crate) broker: Option<TokenBroker>,
    pub(crate) base: Option<String>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) merge_rules: MergeRules,
    pub(crate) clock: Clock,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            pace: Pace { dwell: Duration::from_millis(5), rest: Duration::from_millis(5), ..Pace::headless() },
            access: Access::READ_WRITE,
            // No machine is so busy that a write fails for it.
            write_timeout: PATIENCE,
            tuning: Tuning::default(),
            token: None,
            broker: None,
            base: None,
            folder: None,
            merge_rules: MergeRules::default(),
            clock: Clock::default(),
        }
    }
}

impl Setup {
    /// For tests in which a write gets no answer on purpose: what it left open is looked at in multiples of this.
    pub(crate) fn impatient() -> Self {
        Self { write_timeout: Duration::from_millis(900), ..Self::default() }
    }
}

impl Rig {
    pub(crate) async fn start(server: &Server) -> Self {
        Self::start_with(server, Setup::default()).await
    }

    #[expect(clippy::unused_async, reason = "the worker is spawned on the test's runtime")]
    pub(crate) async fn start_with(server: &Server, setup: Setup) -> Self {
        let kept = setup.folder.is_none().then(|| TempDir::new().expect("a folder"));
        let path = setup.folder.unwrap_or_else(|| kept.as_ref().expect("made above").path().to_owned());
        let folder = Folder::open(&path).expect("the folder opens");
        let token = setup.token.unwrap_or_else(|| server.running.token().to_owned());
        let base = setup.base.unwrap_or_else(|| server.running.base_url().to_owned());
        let base = BaseUrl::parse(&base).expect("an address");
        let http = ghl_tui::http::HttpClient::new(&base).expect("a client");
        let client = ApiClient::new(
            api::ClientOptions {
                base,
                location: LocationId::new(server.running.location_id()),
                read_only: setup.access.is_by_choice(),
                write_timeout: setup.write_timeout,
            },
            http,
            setup.broker.unwrap_or_else(|| TokenBroker::fixed(&token.into()).expect("a token")),
        );
        let session = folder.begin_session().expect("locks work");
        let options = worker::WorkerOptions {
            client,
            ledger: Ledger::open(&folder, setup.tuning).expect("the ledger opens"),
            cache: Cache::open(&folder).expect("the cache opens"),
            folder,
            access: setup.access,
            user: None,
            pace: setup.pace,
            session,
            merge_rules: setup.merge_rules,
            clock: setup.clock,
        };
        let (port, end) = channel();
        let (job, look) = (tokio::spawn(worker::run(end, options)), InView::default());
        Self { port, folder: path, look, job, kept, seen: Vec::new() }
    }

    /// The next event for which `pick` has an answer; other events are passed over.
    pub(crate) async fn wait<T>(&mut self, what: &str, pick: impl FnMut(&Event) -> Option<T>) -> T {
        self.wait_long(PATIENCE, what, pick).await
    }

    /// [`Rig::wait`] for what may take longer by design: a try after many failed ones waits up to 30 s.
    pub(crate) async fn wait_long<T>(
        &mut self,
        patience: Duration,
        what: &str,
        mut pick: impl FnMut(&Event) -> Option<T>,
    ) -> T {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let Ok(event) = tokio::time::timeout_at(deadline, self.port.next()).await else {
                panic!("no {what} in {patience:?}; the last events: {:?}", self.last_seen());
            };
            let Some(event) = event else { panic!("the worker ended before {what}: {:?}", self.last_seen()) };
            let picked = pick(&event);
            if !matches!(event, Event::Roster(_) | Event::Location(_) | Event::Gauge(_) | Event::Answer { .. }) {
                self.seen.push(event);
            }
            if let Some(picked) = picked {
                return picked;
            }
        }
    }

    /// Whether such an event has been seen so far, while something else was waited for.
    pub(crate) fn has_seen(&self, is_it: impl Fn(&Event) -> bool) -> bool {
        self.seen.iter().any(is_it)
    }

    fn last_seen(&self) -> &[Event] {
        &self.seen[self.seen.len().saturating_sub(12)..]
    }

    pub(crate) async fn ask(&mut self, request: Request) -> Result<Answer, Failure> {
        let ticket = self.port.ticket();
        assert!(self.port.send(Command::Ask { ticket, request }).await);
        self.wait("answer", |event| match event {
            Event::Answer { ticket: of, result } if *of == ticket => Some(result.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn sync(&mut self) -> Result<Answer, Failure> {
        self.ask(Request::Sync { full: false }).await
    }

    pub(crate) async fn contacts(&mut self) -> Vec<Contact> {
        match self.ask(Request::Contacts { after: None, limit: 10_000 }).await {
            Ok(Answer::Contacts(contacts)) => contacts,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn tasks(&mut self, contact: &ContactId) -> Vec<Task> {
        match self.ask(Request::Tasks { contact: contact.clone(), offline: false }).await {
            Ok(Answer::Tasks(tasks)) => tasks,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn notes(&mut self, contact: &ContactId) -> Vec<Note> {
        match self.ask(Request::Notes { contact: contact.clone(), offline: false }).await {
            Ok(Answer::Notes(notes)) => notes.into_iter().map(|view| view.note).collect(),
            other => panic!("{other:?}"),
        }
    }

    /// An open task of some contact.
    pub(crate) async fn open_task(&mut self) -> Task {
        self.sync().await.expect("the sandbox answers");
        for contact in self.contacts().await {
            if let Some(task) = self.tasks(&contact.id).await.into_iter().find(|task| !task.completed) {
                return task;
            }
        }
        panic!("nobody has an open task");
    }

    pub(crate) async fn details(&mut self, contact: &ContactId) -> Details {
        self.show(contact).await;
        let id = contact.clone();
        self.wait("fetched details", |event| match event {
            Event::Details(details) if details.contact.id == id && details.fetched_at.is_some() => {
                Some(Details::clone(details))
            }
            _ => None,
        })
        .await
    }

    /// Looks at something else as well.
    pub(crate) async fn look(&mut self, change: impl FnOnce(&mut InView)) {
        change(&mut self.look);
        self.send(Command::InView(self.look.clone())).await;
    }

    /// Puts the cursor on a contact, from somewhere else.
    pub(crate) async fn show(&mut self, contact: &ContactId) {
        if self.look.contact.as_ref() == Some(contact) {
            self.look(|look| look.contact = None).await;
        }
        self.look(|look| look.contact = Some(contact.clone())).await;
    }

    pub(crate) async fn send(&mut self, command: Command) {
        assert!(self.port.send(command).await, "the worker is there");
    }

    /// Puts an edit into the outbox and returns its id once it is promised.
    pub(crate) async fn apply(&mut self, edit: Edit) -> EditId {
        self.try_apply(edit).await.expect("the edit is taken")
    }

    pub(crate) async fn try_apply(&mut self, edit: Edit) -> Result<EditId, Refused> {
        let ticket = self.port.ticket();
        self.send(Command::Apply { ticket, edits: vec![edit], draft: None }).await;
        self.taken(ticket).await.map(|ids| ids[0])
    }

    /// Puts edits that are made at once into the outbox.
    pub(crate) async fn apply_all(&mut self, edits: Vec<Edit>) -> Vec<EditId> {
        let ticket = self.port.ticket();
        self.send(Command::Apply { ticket, edits, draft: None }).await;
        self.taken(ticket).await.expect("the edits are taken")
    }

    /// Takes the newest edits back; the ids of what was queued for it, none where they were withdrawn.
    pub(crate) async fn undo(&mut self) -> Result<Vec<EditId>, Refused> {
        self.reverse(Direction::Undo).await
    }

    pub(crate) async fn redo(&mut self) -> Result<Vec<EditId>, Refused> {
        self.reverse(Direction::Redo).await
    }

    async fn reverse(&mut self, direction: Direction) -> Result<Vec<EditId>, Refused> {
        let ticket = self.port.ticket();
        self.send(Command::Reverse { ticket, direction }).await;
        self.wait("undo or redo", |event| match event {
            Event::Edit(EditEvent::Reversed { ticket: of, queued, .. }) if *of == ticket => Some(Ok(queued.clone())),
            Event::Edit(EditEvent::Refused { ticket: of, why }) if *of == ticket => Some(Err(why.clone())),
            _ => None,
        })
        .await
    }

    /// Takes the newest edits back and waits until the server has it so.
    pub(crate) async fn undone(&mut self) {
        for id in self.undo().await.expect("it can be taken back") {
            self.confirmed(id).await;
        }
    }

    /// Does what was taken back last again and waits until the server has it so.
    pub(crate) async fn redone(&mut self) {
        for id in self.redo().await.expect("it can be done again") {
            self.confirmed(id).await;
        }
    }

    /// What became of an apply: the ids of the queued edits.
    async fn taken(&mut self, ticket: Ticket) -> Result<Vec<EditId>, Refused> {
        self.wait("queued edit", |event| match event {
            Event::Edit(EditEvent::Queued { ticket: of, edits, .. }) if *of == Some(ticket) => {
                Some(Ok(edits.iter().map(|(id, _)| *id).collect()))
            }
            Event::Edit(EditEvent::Refused { ticket: of, why }) if *of == ticket => Some(Err(why.clone())),
            _ => None,
        })
        .await
    }

    pub(crate) async fn settled(&mut self, id: EditId) -> Outcome {
        let settled = |event: &Event| match event {
            Event::Edit(EditEvent::Settled { id: of, outcome, .. }) if *of == id => Some(outcome.clone()),
            _ => None,
        };
        let outcome = self.wait("settled edit", settled).await;
        // Told once: what comes later is another outcome.
        self.seen.pop();
        outcome
    }

    /// [`Rig::settled`], also where it was told while something else was waited for.
    pub(crate) async fn settled_already(&mut self, id: EditId) -> Outcome {
        let told = self.seen.iter().find_map(|event| match event {
            Event::Edit(EditEvent::Settled { id: of, outcome, .. }) if *of == id => Some(outcome.clone()),
            _ => None,
        });
        match told {
            Some(outcome) => outcome,
            None => self.settled(id).await,
        }
    }

    /// What the server holds after an edit that it takes.
    pub(crate) async fn receipt(&mut self, id: EditId) -> Receipt {
        match self.settled_already(id).await {
            Outcome::Confirmed(confirmed) => confirmed.receipt,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn confirmed(&mut self, id: EditId) {
        self.receipt(id).await;
    }

    /// The edits that the outbox held at the start.
    pub(crate) async fn resumed(&mut self) -> BTreeSet<EditId> {
        self.wait("the outbox", |event| match event {
            Event::Resumed { pending, .. } => Some(pending.iter().filter_map(|pending| pending.id).collect()),
            _ => None,
        })
        .await
    }

    /// Takes those out that have been withdrawn or settled while nobody waited for them.
    pub(crate) fn withdrawn_are_gone(&self, open: &mut BTreeSet<EditId>) {
        for event in &self.seen {
            match event {
                Event::Edit(EditEvent::Withdrawn(ids)) => open.retain(|id| !ids.contains(id)),
                Event::Edit(EditEvent::Settled { id, outcome: Outcome::Confirmed(_), .. }) => {
                    open.remove(id);
                }
                _ => {}
            }
        }
    }

    /// Goes on in the folder of a worker that was killed.
    pub(crate) fn keep(&mut self, kept: Kept) {
        self.kept = kept.temporary;
    }

    /// Ends the worker as if the process were killed: nothing more is written or sent.
    pub(crate) async fn kill(self) -> Kept {
        self.job.abort();
        let _ = self.job.await;
        Kept { folder: self.folder, temporary: self.kept }
    }

    /// Ends the worker as `q` does.
    pub(crate) async fn stop(mut self) -> Kept {
        self.send(Command::Stop).await;
        self.wait("farewell", |event| matches!(event, Event::Stopped).then_some(())).await;
        let _ = self.job.await;
        // The files close behind the worker, each on its own thread.
        while ["ledger.db-wal", "cache.db-wal"].iter().any(|name| self.folder.join(name).exists()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Kept { folder: self.folder, temporary: self.kept }
    }
}

/// The data folder of a worker that has ended.
pub(crate) struct Kept {
    pub(crate) folder: PathBuf,
    temporary: Option<TempDir>,
}

impl Kept {
    /// A setup that goes on in the same folder.
    pub(crate) fn setup(&self) -> Setup {
        Setup { folder: Some(self.folder.clone()), ..Setup::default() }
    }
}

/// Completes a task, or reopens it.
pub(crate) fn complete(task: &Task, completed: bool) -> Edit {
    let (contact, title) = (task.contact.clone(), task.title.clone());
    Edit::new(contact, TaskEdit::Complete { task: Target::Known(task.id.clone()), title, completed })
}

pub(crate) fn note(contact: &ContactId, body: &str) -> Edit {
    let note = NotePatch { body: Some(body.to_owned()), ..NotePatch::default() };
    Edit::new(contact.clone(), NoteEdit::Add { note, replaces: None })
}
