//! The worker's desk: takes commands, starts jobs, hears how they went. It waits, it never works itself.

mod agenda;
mod ahead;
mod backlog;
mod edits;
mod follow;
mod look;
mod merges;
mod roster;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinHandle, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use crate::api::{Exchange, Limits, Method, Urgency, backoff};
use crate::domain::{Contact, ContactEdit, ContactId, Edit, EditId, EditKind};
use crate::protocol::{
    Answer, Command, DraftKey, Duplicates, EditEvent, Event, Failure, FailureKind, Gauge, Look, Request, RequestRecord,
    Scan, SyncState, Ticket, Verb, WorkerEnd,
};
use crate::query::Roster;
use crate::store::{Draft, Leadership, Seat};

use crate::worker::agenda::Agenda;
use crate::worker::ahead::Ahead;
use crate::worker::attempt::{News, attempt_all};
use crate::worker::backlog::Backlog;
use crate::worker::bell::{Bell, Ring};
use crate::worker::heard::Ear;
use crate::worker::merge;
use crate::worker::outbox::Outbox;
use crate::worker::peek::Peek;
use crate::worker::scan::{self, Job, Scanned, Scanner};
use crate::worker::shared::{After, FRESH_AT, IN_SIGHT, Inside, LOCATION, ME, SHOWN, Shared, after, until};
use crate::worker::values::Values;
use crate::worker::{Options, ask, details, failure::local_failure, names, plan, pull};

pub(super) struct Desk {
    shared: Arc<Shared>,
    commands: mpsc::Receiver<Command>,
    inside: mpsc::UnboundedReceiver<Inside>,
    limits: watch::Receiver<Limits>,
    /// Requests as they are answered, where somebody looks at them.
    exchanges: Option<mpsc::UnboundedReceiver<Exchange>>,
    seat: Option<Seat>,
    jobs: JoinSet<()>,
    outbox: Outbox,
    lead: Option<(Leadership, Bell)>,
    roster: Roster,
    /// When the changed roster is told; changes until then go along.
    roster_due: Option<Instant>,
    /// What the screen looks at.
    look: Look,
    /// The job of the contact under the cursor.
    shown: Option<JoinHandle<()>>,
    ahead: Ahead,
    pulls: Pulls,
    ear: Ear,
    /// The open tasks of the location.
    backlog: Backlog,
    /// Its appointments.
    agenda: Agenda,
    /// Custom fields that are filtered by.
    values: Values,
    scanner: Scanner,
    duplicates: Duplicates,
    merges: merges::Merges,
    /// Contacts around the cursor.
    peek: Peek,
    /// Contacts under review.
    compared: Option<AbortHandle>,
    /// Newest changes known of the ledger and the cache, as other processes make them.
    seen: Seen,
    stopping: bool,
}

/// Pulling: when next, and who waits for it.
#[derive(Default)]
struct Pulls {
    running: bool,
    full_wanted: bool,
    next: Option<Instant>,
    failures: u32,
    waiting: Vec<Ticket>,
}

#[derive(Default)]
struct Seen {
    ledger: i64,
    /// The number of the edit that ended last.
    ended: i64,
    /// Edits that ended here, and are not news when they are read back.
    ended_here: HashSet<EditId>,
    cache: i64,
    seq: i64,
}

/// Changes of the roster are told at most so often, those of a long one less often.
const ROSTER: Duration = Duration::from_millis(80);
/// Contacts read from the cache at a time.
const CHUNK: u32 = 5_000;
/// Writes under way get so long to end.
const FAREWELL: Duration = Duration::from_secs(2);

/// What woke the desk.
enum Wake {
    Command(Option<Command>),
    Inside(Inside),
    Job,
    Limits,
    Exchange(Exchange),
    Ring(Ring),
    Due,
}

impl Desk {
    pub(super) fn new(end: WorkerEnd, options: Options) -> Self {
        let (tell, inside) = mpsc::unbounded_channel();
        let limits = options.client.limits();
        let exchanges = options.pace.background.then(|| options.client.exchanges());
        let mut options = options;
        let seat = options.seat.take();
        Self {
            shared: Arc::new(Shared::new(options, end.events, tell)),
            commands: end.commands,
            inside,
            limits,
            exchanges,
            seat,
            jobs: JoinSet::new(),
            outbox: Outbox::default(),
            lead: None,
            roster: Roster::default(),
            roster_due: None,
            look: Look::default(),
            shown: None,
            ahead: Ahead::default(),
            pulls: Pulls::default(),
            ear: Ear::default(),
            backlog: Backlog::default(),
            agenda: Agenda::default(),
            values: Values::default(),
            scanner: Scanner::default(),
            duplicates: Duplicates::default(),
            merges: merges::Merges::default(),
            peek: Peek::default(),
            compared: None,
            seen: Seen::default(),
            stopping: false,
        }
    }

    pub(super) async fn run(mut self) {
        self.open().await;
        while !self.stopping {
            self.run_due_edits().await;
            self.run_due_merges();
            let follow_at = Instant::now() + self.shared.pace.follow;
            let wake = self.wait(follow_at).await;
            self.wake(wake, follow_at).await;
        }
        self.close().await;
    }

    /// Tells what is known before any network: the pending edits first, then the contacts.
    async fn open(&mut self) {
        if let Some(Some(location)) = self.shared.cached(self.shared.cache.meta(LOCATION).await) {
            self.shared.set_location(location).await;
        }
        self.shared.tell(Event::Access(self.shared.access())).await;
        self.shared.tell_me().await;
        self.try_to_lead();
        self.resume().await;
        if self.shared.pace.background {
            self.show_what_was_in_sight().await;
        }
        self.open_journal().await;
        self.load_roster().await;
        self.load_backlog().await;
        self.load_agenda().await;
        let at = self.shared.cached(self.shared.cache.meta(FRESH_AT).await).flatten();
        self.shared.tell(Event::Sync(SyncState::Cached { at })).await;
        if self.shared.pace.background {
            self.pulls.next = Some(Instant::now());
            let shared = self.shared.clone();
            self.jobs.spawn(async move {
                if let Err(error) = shared.fetch_location().await {
                    tracing::warn!(%error, "location");
                }
                shared.ask_for_access().await;
            });
        }
    }

    async fn resume(&mut self) {
        let what = "read the outbox";
        match self.shared.ledger.outbox().await {
            Ok(rows) => {
                for row in rows {
                    self.outbox.put(row);
                }
                self.outbox.begin_anew();
            }
            Err(error) => self.shared.tell(Event::Trouble(local_failure(what, &error))).await,
        }
        let drafts = self.shared.ledger.drafts().await.unwrap_or_default();
        let drafts = drafts.into_iter().filter_map(|draft| Some((DraftKey::parse(&draft.key)?, draft.text))).collect();
        self.seen.ledger = self.shared.ledger.data_version().await.unwrap_or_default();
        self.seen.ended = self.shared.ledger.newest_ended().await.unwrap_or_default();
        // Only a dashboard has something to show again.
        let shown = if self.shared.pace.background { self.shared.ledger.setting(SHOWN).await } else { Ok(None) };
        let shown = shown.unwrap_or_default();
        self.shared.tell(Event::Resumed { pending: self.outbox.pending(), drafts, shown }).await;
        self.tell_reversible().await;
    }

    async fn wait(&mut self, follow_at: Instant) -> Wake {
        let due = self.next_due(follow_at);
        let bell = self.lead.as_ref().map(|(_leadership, bell)| bell);
        tokio::select! {
            command = self.commands.recv() => Wake::Command(command),
            Some(news) = self.inside.recv() => Wake::Inside(news),
            Some(_ended) = self.jobs.join_next() => Wake::Job,
            Ok(()) = self.limits.changed() => Wake::Limits,
            Some(exchange) = async { match &mut self.exchanges { Some(all) => all.recv().await, None => std::future::pending().await } } => Wake::Exchange(exchange),
            ring = async { match bell { Some(bell) => bell.rung().await, None => std::future::pending().await } } => Wake::Ring(ring),
            () = async { match due { Some(due) => tokio::time::sleep_until(due).await, None => std::future::pending().await } } => Wake::Due,
        }
    }

    /// The next moment at which something is to be done unasked.
    fn next_due(&self, follow_at: Instant) -> Option<Instant> {
        // A leader is rung; one that does not lead, or has no bell, looks.
        let looks = self.lead.as_ref().is_none_or(|(_leadership, bell)| !bell.is_hung());
        let edit = self.lead.as_ref().and(self.outbox.next_due()).map(|at| Instant::now() + until(at));
        let pull = self.pulls.next.filter(|_| !self.pulls.running && self.lead.is_some() && !self.is_held());
        let due = [
            edit,
            pull,
            self.roster_due,
            self.ear.due(),
            self.scanner.due(),
            self.backlog_due(),
            self.agenda_due(),
            self.ahead.due(),
        ];
        due.into_iter().flatten().chain(looks.then_some(follow_at)).min()
    }

    async fn wake(&mut self, wake: Wake, follow_at: Instant) {
        match wake {
            Wake::Command(Some(command)) => self.command(command).await,
            Wake::Command(None) => self.stopping = true,
            Wake::Inside(news) => self.news(news).await,
            Wake::Limits => {
                let limits = *self.limits.borrow_and_update();
                self.shared.tell(Event::Gauge(gauge(&limits))).await;
            }
            Wake::Exchange(exchange) => self.shared.tell(Event::Request(Arc::new(record(exchange)))).await,
            Wake::Ring(Ring::Outbox) => self.follow().await,
            Wake::Ring(Ring::Pull) => self.pulls.next = Some(Instant::now()),
            Wake::Ring(Ring::Heard(contacts)) => {
                self.backlog.hear(Instant::now());
                self.agenda.hear(Instant::now());
                self.ear.hear(contacts, Instant::now());
            }
            Wake::Job | Wake::Due => {}
        }
        let now = Instant::now();
        if now >= follow_at {
            self.follow().await;
        }
        self.tell_roster_if_due(false).await;
        self.look_up(now);
        self.scan(now).await;
        self.tend_backlog(now).await;
        self.tend_agenda(now).await;
        self.fetch_ahead(now);
        if self.pulls.next.is_some_and(|next| next <= now) && self.lead.is_some() && !self.is_held() {
            self.start_pull(Urgency::Background);
        }
    }

    async fn command(&mut self, command: Command) {
        match command {
            Command::Apply { ticket, edits } => self.apply(ticket, edits).await,
            Command::Reverse { ticket, way } => self.reverse(ticket, way).await,
            Command::TakeBack { ticket, group } => self.take_back(ticket, group).await,
            Command::Plan { ticket, contacts, action } => {
                let shared = self.shared.clone();
                self.jobs.spawn(async move {
                    let planned = plan::plan(&shared, contacts, &action).await;
                    shared.tell(Event::Planned { ticket, planned }).await;
                });
            }
            Command::Names(catalogue) => {
                let shared = self.shared.clone();
                self.jobs.spawn(async move {
                    let result = names::names(&shared, catalogue).await;
                    shared.tell(Event::Names { catalogue, result }).await;
                });
            }
            Command::Cancel(group) => self.cancel(group).await,
            Command::Insist(id) => self.insist(id).await,
            Command::Retry(ids) => {
                for id in ids {
                    self.retry(id).await;
                }
            }
            Command::Discard(ids) => {
                for id in ids {
                    self.discard(id).await;
                }
            }
            Command::Look(look) => self.look(look),
            Command::IAm(user) => {
                let said = user.map(|user| user.as_str().to_owned());
                if let Err(error) = self.shared.ledger.set_setting(ME, said).await {
                    self.shared.tell(Event::Trouble(local_failure("remember who you are", &error))).await;
                }
                self.shared.tell_me().await;
            }
            Command::Remember { shown, in_sight } => self.remember(shown, &in_sight).await,
            Command::Heard(heard) => self.heard(heard).await,
            Command::Refresh => {
                if let Some(contact) = self.look.contact.clone() {
                    let shared = self.shared.clone();
                    self.jobs.spawn(async move { details::refresh(&shared, &contact).await });
                }
                self.pulls.next = Some(Instant::now());
                self.backlog.hurry(Instant::now());
                self.agenda.hurry();
                self.outbox.online();
                self.ring(&Ring::Pull);
                if self.shared.access().features_missing() > 0 {
                    let shared = self.shared.clone();
                    self.jobs.spawn(async move { shared.ask_for_access().await });
                }
            }
            Command::HoldSync(hold) => self.hold(hold).await,
            Command::Focus(focused) => {
                let before = self.shared.focus.send_replace(focused);
                if focused && !before {
                    self.pulls.next = self.pulls.next.map(|next| next.min(Instant::now() + self.shared.pace.dwell));
                }
            }
            Command::SaveDraft { key, text } => {
                let draft = Draft { key: key.name(), text };
                if let Err(error) = self.shared.ledger.save_draft(draft, Timestamp::now()).await {
                    self.shared.tell(Event::Trouble(local_failure("save the draft", &error))).await;
                }
            }
            Command::DropDraft(key) => {
                if let Err(error) = self.shared.ledger.drop_draft(key.name()).await {
                    tracing::error!(%error, "drop draft");
                }
            }
            Command::Ask { ticket, request: Request::Sync { full } } => {
                self.pulls.waiting.push(ticket);
                self.pulls.full_wanted |= full;
                self.start_pull(Urgency::User);
            }
            Command::Ask { ticket, request } => self.ask(ticket, request),
            Command::Merge { ticket, plans } => self.merge(ticket, plans).await,
            Command::DryRun { ticket, groups } => {
                let shared = self.shared.clone();
                self.jobs.spawn(async move { merge::dry_run(&shared, ticket, groups).await });
            }
            Command::Merges { ticket, merges, deed } => {
                self.steer(ticket, merges, deed).await;
            }
            Command::Dismiss { ticket, pairs } => self.decide(ticket, pairs, true).await,
            Command::Reopen { ticket, pairs } => self.decide(ticket, pairs, false).await,
            Command::Stop => self.stopping = true,
        }
    }

    /// Holds the fetching of contacts, or lets it go on: what is under way stops before its next request.
    async fn hold(&mut self, hold: bool) {
        if hold && self.lead.is_none() {
            let why = "another process of this program fetches them".to_owned();
            let (kind, what) = (FailureKind::Rejected, "pause the sync".to_owned());
            return self
                .shared
                .tell(Event::Trouble(Failure { kind, what, why, next: "pause it there".to_owned() }))
                .await;
        }
        self.shared.held.send_replace(hold);
        self.shared.tell(Event::SyncHeld(hold)).await;
    }

    fn is_held(&self) -> bool {
        *self.shared.held.borrow()
    }

    fn ask(&mut self, ticket: Ticket, request: Request) {
        let shared = self.shared.clone();
        self.jobs.spawn(async move {
            // Zone and names belong to most answers; only an unused folder does not know them.
            if request.is_about_people() && shared.location().name.is_empty() {
                let _ = shared.fetch_location().await.inspect_err(|error| tracing::warn!(%error, "location"));
            }
            let result = ask::answer(&shared, request).await;
            shared.tell(Event::Answer { ticket, result }).await;
        });
    }

    async fn news(&mut self, news: Inside) {
        match news {
            Inside::Backlog(read) => self.backlog_read(read).await,
            Inside::TasksSearched(contacts) => {
                self.peek.changed(&self.shared, &contacts);
                self.ahead.searched(contacts, Instant::now());
            }
            Inside::Agenda(read) => self.agenda_read(read).await,
            Inside::BelongingsOf(contact, tasks, appointments) => {
                self.peek.changed(&self.shared, [&contact]);
                self.backlog.of_contact(&contact, tasks, Instant::now());
                self.agenda.of_contact(&contact, appointments, Instant::now());
            }
            Inside::Values(field, values) => {
                self.values.read(&field, values);
                self.tell_values().await;
            }
            Inside::Changed { upserts, removed } => {
                self.peek.changed(&self.shared, upserts.iter().map(|contact| &contact.id));
                self.backlog.gone(&removed, Instant::now());
                self.agenda.gone(&removed, Instant::now());
                self.roster_changed(&upserts, &removed);
                self.reopen_outdated(&upserts).await;
            }
            Inside::Erased => self.open_journal().await,
            Inside::Merging(record) => self.merging(*record).await,
            Inside::MergeRefused(id, phase, obstacle) => self.merge_refused(id, phase, obstacle).await,
            Inside::MergeOver(id, job) => self.merge_over(id, job).await,
            Inside::Ran { ends, news } => self.ran(ends, news).await,
            Inside::Scanning { done, total } => {
                self.duplicates.scan = Scan::Running { done, total };
                self.tell_duplicates().await;
            }
            Inside::Scanned(Scanned { held, groups, full }) => {
                self.scanner.over(held, full, Instant::now());
                match groups {
                    Some(groups) => self.duplicates = Duplicates { groups, scan: Scan::Done },
                    None => self.duplicates.scan = Scan::Off,
                }
                self.tell_duplicates().await;
            }
            Inside::Pulled(result) => self.pulled(result).await,
            Inside::CacheLost => {
                self.roster = Roster::default();
                self.roster_due = Some(Instant::now());
                self.pulls.next = Some(Instant::now());
            }
            Inside::Online => {
                self.outbox.online();
                self.shared.hurry.notify_waiters();
                self.backlog.online(Instant::now());
                self.agenda.online();
                self.pulls.next = self.pulls.next.map(|next| next.min(Instant::now()));
            }
        }
    }

    /// The list first, then the edits: nothing on the screen goes back to an older value in between.
    async fn ran(&mut self, ends: Vec<(EditId, After)>, News { upserts, removed, events }: News) {
        let gone = ends.iter().filter(|(_, after)| matches!(after, After::Gone));
        self.seen.ended_here.extend(gone.map(|(id, _)| *id));
        self.outbox.ran(ends);
        if !upserts.is_empty() || !removed.is_empty() {
            self.roster_changed(&upserts, &removed);
            self.tell_roster_if_due(true).await;
        }
        for event in events {
            self.backlog_hears(&event);
            self.agenda_hears(&event);
            let edited = match &event {
                Event::Edit(EditEvent::Settled { edit, .. }) => Some(edit.contact.clone()),
                _ => None,
            };
            self.shared.tell(event).await;
            self.peek.changed(&self.shared, &edited);
        }
        if !self.outbox.is_running() {
            self.tell_reversible().await;
        }
    }

    async fn remember(&self, shown: String, in_sight: &[ContactId]) {
        let in_sight = serde_json::to_string(in_sight).ok();
        for (key, value) in [(SHOWN, Some(shown)), (IN_SIGHT, in_sight)] {
            if let Err(error) = self.shared.ledger.set_setting(key, value).await {
                tracing::warn!(%error, "what was shown is not kept");
            }
        }
    }

    /// Starts what the search for duplicates has to do.
    async fn scan(&mut self, now: Instant) {
        let shared = self.shared.clone();
        match self.scanner.take(now) {
            None => {}
            Some(Job::Full) => {
                let total = self.roster.len();
                self.duplicates.scan = Scan::Running { done: 0, total };
                self.tell_duplicates().await;
                self.jobs.spawn(scan::full(shared, total));
            }
            Some(Job::Changes(held, changes)) => {
                self.jobs.spawn(scan::changes(shared, held, changes));
            }
        }
    }

    async fn tell_duplicates(&self) {
        self.shared.tell(Event::Duplicates(Arc::new(self.duplicates.clone()))).await;
    }

    fn start_pull(&mut self, urgency: Urgency) {
        if self.pulls.running {
            return;
        }
        self.pulls.running = true;
        let (shared, full) = (self.shared.clone(), std::mem::take(&mut self.pulls.full_wanted));
        let first = !self.shared.pace.background && self.shared.location().name.is_empty();
        self.jobs.spawn(async move {
            if first && let Err(error) = shared.fetch_location().await {
                tracing::warn!(%error, "location");
            }
            let result = pull::pull(&shared, full, urgency).await;
            shared.report(Inside::Pulled(result));
        });
    }

    async fn pulled(&mut self, result: Result<pull::Next, Failure>) {
        self.pulls.running = false;
        // A ring can be lost with the process that rang; a look now and then costs nothing.
        self.follow().await;
        let answer = match result {
            Ok(next) => {
                self.pulls.failures = 0;
                if self.shared.pace.scan {
                    self.scanner.fresh(Instant::now());
                }
                let wait = match next {
                    pull::Next::InTurn => self.poll_interval(),
                    pull::Next::Soon => self.poll_interval().min(self.shared.pace.recount),
                };
                self.pulls.next = self.shared.pace.background.then(|| Instant::now() + wait);
                let contacts = self.shared.cached(self.shared.cache.contact_count().await).unwrap_or_default();
                Ok(Answer::Synced { at: Timestamp::now(), contacts })
            }
            Err(failure) => {
                self.pulls.failures += 1;
                let wait = match failure.kind {
                    // What cannot be read may have been cut off on its way.
                    FailureKind::Network | FailureKind::Garbled => backoff(self.pulls.failures, None, fastrand::f64()),
                    _ => self.shared.pace.poll_unfocused,
                };
                self.pulls.next = self.shared.pace.background.then(|| Instant::now() + wait);
                if failure.kind == FailureKind::Network {
                    self.shared.tell_offline(after(wait), failure.why.clone()).await;
                } else {
                    self.shared.tell(Event::Sync(SyncState::Blocked { why: failure.clone() })).await;
                }
                Err(failure)
            }
        };
        for ticket in std::mem::take(&mut self.pulls.waiting) {
            self.shared.tell(Event::Answer { ticket, result: answer.clone() }).await;
        }
    }

    fn poll_interval(&self) -> Duration {
        let pace = &self.shared.pace;
        if *self.shared.focus.borrow() { pace.poll_focused } else { pace.poll_unfocused }
    }

    /// Starts what may run, if this process leads.
    async fn run_due_edits(&mut self) {
        if self.lead.is_none() || !self.outbox.has_due(Timestamp::now()) {
            return;
        }
        // Another process may have put an earlier edit of the same contact into the file.
        self.look_into_ledger().await;
        for ids in self.outbox.take_due(Timestamp::now()) {
            let shared = self.shared.clone();
            self.jobs.spawn(async move {
                let (ends, news) = attempt_all(&shared, ids).await;
                shared.report(Inside::Ran { ends, news });
            });
        }
    }

    fn ring(&self, ring: &Ring) {
        if self.lead.is_none() {
            ring.ring(&self.shared.folder.bell());
        }
    }

    /// Lets writes under way end; what does not end in time is read back at the next start.
    async fn close(mut self) {
        if let Some(job) = self.shown.take() {
            job.abort();
        }
        if let Some(job) = self.compared.take() {
            job.abort();
        }
        self.ahead.stop();
        self.peek.stop();
        // A merge goes on at the next start from the step it has come to.
        self.merges.stop();
        let farewell = Instant::now() + FAREWELL;
        while self.outbox.is_running() {
            match tokio::time::timeout_at(farewell, self.inside.recv()).await {
                Ok(Some(Inside::Ran { ends, news })) => self.ran(ends, news).await,
                Ok(Some(_other)) => {}
                Ok(None) | Err(_) => break,
            }
        }
        self.jobs.abort_all();
        self.shared.tell(Event::Stopped).await;
    }
}

pub(super) fn new_id() -> EditId {
    EditId(Uuid::now_v7())
}

fn gauge(limits: &Limits) -> Gauge {
    let paused_until = limits.paused_until.map(|until| after(until.saturating_duration_since(Instant::now())));
    Gauge {
        remaining: limits.remaining,
        max: limits.max,
        interval_ms: limits.interval.and_then(|interval| interval.as_millis().try_into().ok()),
        daily_remaining: limits.daily_remaining,
        paused_until,
    }
}

/// The contact that an edit is making, as it will be: listed until the server has answered.
pub(super) fn being_made(edit: &Edit) -> Option<Contact> {
    let EditKind::Contact(ContactEdit::Create { patch, .. }) = &edit.what else { return None };
    let mut made = Contact::unknown(edit.contact.clone());
    patch.apply(&mut made);
    Some(made)
}

fn record(exchange: Exchange) -> RequestRecord {
    let Exchange { at, method, url, path, version, status, took, tries, trace, sent, received } = exchange;
    let verb = match method {
        Method::Get => Verb::Get,
        Method::Post => Verb::Post,
        Method::Put => Verb::Put,
        Method::Delete => Verb::Delete,
    };
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    RequestRecord { at, verb, url, path, version, status, millis, tries, trace, sent, received }
}
