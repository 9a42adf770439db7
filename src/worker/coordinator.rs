//! The worker's coordinator: takes commands, starts jobs, receives their reports. It only waits; jobs do the work.

mod edits;
mod follow;
mod in_view;
mod late;
mod leader_socket;
mod location_lists;
mod merges;
mod outbox;
mod prefetch;
mod pulls;
mod report;
mod roster;
mod scan;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinHandle, JoinSet};
use tokio::time::Instant;

use crate::api::{Exchange, Limits, Method, Urgency, endpoints};
use crate::domain::{ContactId, EditId};
use crate::protocol::{
    Command, DraftKey, Duplicates, EditEvent, Event, Failure, FailureKind, Gauge, InView, Request, RequestRecord,
    SyncState, Ticket, Verb, WorkerEnd,
};
use crate::query::Roster;
use crate::store::{DashboardSession, Draft, LOCATION, Leadership, LedgerNotice};

use crate::worker::agenda::AgendaReader;
use crate::worker::attempt::{AttemptNews, EditEnd, attempt_all};
use crate::worker::change_hints::ChangeHints;
use crate::worker::coordinator::leader_socket::{LeaderSocket, Nudge};
use crate::worker::coordinator::outbox::OutboxQueue;
use crate::worker::coordinator::pulls::Pulls;
use crate::worker::coordinator::report::JobReport;
use crate::worker::custom_values::ValueReader;
use crate::worker::merge;
use crate::worker::neighbours::NeighbourFeed;
use crate::worker::notice::{Notice, Notify};
use crate::worker::open_tasks::OpenTaskReader;
use crate::worker::prefetch::Prefetcher;
use crate::worker::scan::Scanner;
use crate::worker::shared::{FRESH_AT, IN_SIGHT, ME, SHOWN, WorkerShared};
use crate::worker::{WorkerOptions, ask, details, failure::local_failure, names, plan};

pub(super) struct Coordinator {
    shared: Arc<WorkerShared>,
    commands: mpsc::Receiver<Command>,
    reported: mpsc::UnboundedReceiver<JobReport>,
    reports: mpsc::UnboundedSender<JobReport>,
    limits: watch::Receiver<Limits>,
    /// Requests as they are answered, if somebody is watching them.
    exchanges: Option<mpsc::UnboundedReceiver<Exchange>>,
    session: Option<DashboardSession>,
    jobs: JoinSet<()>,
    outbox: OutboxQueue,
    lead: Option<(Leadership, LeaderSocket)>,
    late: late::LateLooks,
    roster: Roster,
    /// When to send the changed roster; changes until then are included.
    roster_due: Option<Instant>,
    /// What the screen shows.
    in_view: InView,
    /// The job of the contact under the cursor.
    shown: Option<JoinHandle<()>>,
    prefetch: Prefetcher,
    pulls: Pulls,
    hints: ChangeHints,
    /// The open tasks of the location.
    open_tasks: OpenTaskReader,
    /// The location's appointments.
    agenda: AgendaReader,
    /// Custom fields used in filters.
    values: ValueReader,
    scanner: Scanner,
    duplicates: Duplicates,
    merges: merges::MergeQueue,
    /// Contacts around the cursor.
    neighbours: NeighbourFeed,
    /// Contacts under review.
    compared: Option<AbortHandle>,
    /// The latest known changes of the ledger and the cache by other processes.
    seen: SeenChanges,
    stopping: bool,
}

#[derive(Default)]
struct SeenChanges {
    ledger: i64,
    /// The number of the edit that ended last.
    ended: i64,
    /// Edits that ended here, and so are not news when they are read again.
    ended_here: HashSet<EditId>,
    cache: i64,
    seq: i64,
}

/// The roster is sent at most this often, a long one less often.
const ROSTER: Duration = Duration::from_millis(80);
/// Contacts per read of the cache.
const CHUNK: u32 = 5_000;
/// How long running writes may take to finish.
const FAREWELL: Duration = Duration::from_secs(2);

/// What woke the coordinator.
enum Wake {
    Command(Option<Command>),
    Report(JobReport),
    Job,
    Limits,
    Exchange(Exchange),
    Nudge(Nudge),
    Due,
}

impl Coordinator {
    pub(super) fn new(end: WorkerEnd, options: WorkerOptions) -> Self {
        let (reports, reported) = mpsc::unbounded_channel();
        let tell = reports.clone();
        let notify = Notify::new(move |notice| _ = tell.send(JobReport::Notice(notice)));
        let limits = options.client.limits();
        let exchanges = options.pace.background.then(|| options.client.exchanges());
        let mut options = options;
        let session = options.session.take();
        Self {
            shared: Arc::new(WorkerShared::new(options, end.events, notify)),
            commands: end.commands,
            reported,
            reports,
            limits,
            exchanges,
            session,
            jobs: JoinSet::new(),
            outbox: OutboxQueue::default(),
            lead: None,
            late: late::LateLooks::default(),
            roster: Roster::default(),
            roster_due: None,
            in_view: InView::default(),
            shown: None,
            prefetch: Prefetcher::default(),
            pulls: Pulls::default(),
            hints: ChangeHints::default(),
            open_tasks: OpenTaskReader::default(),
            agenda: AgendaReader::default(),
            values: ValueReader::default(),
            scanner: Scanner::default(),
            duplicates: Duplicates::default(),
            merges: merges::MergeQueue::default(),
            neighbours: NeighbourFeed::default(),
            compared: None,
            seen: SeenChanges::default(),
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

    /// Sends everything known before any network access: pending edits first, then contacts.
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
        self.load_lists().await;
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
            }
            Err(error) => self.shared.tell(Event::Trouble(local_failure(what, &error))).await,
        }
        let drafts = self.shared.ledger.drafts().await.unwrap_or_default();
        let drafts = drafts.into_iter().filter_map(|draft| Some((DraftKey::parse(&draft.key)?, draft.text))).collect();
        self.seen.ledger = self.shared.ledger.data_version().await.unwrap_or_default();
        self.seen.ended = self.shared.ledger.newest_ended().await.unwrap_or_default();
        // Only a dashboard has a screen to restore.
        let shown = if self.shared.pace.background { self.shared.ledger.setting(SHOWN).await } else { Ok(None) };
        let shown = shown.unwrap_or_default();
        self.tell_ledger_notices().await;
        self.shared.tell(Event::Resumed { pending: self.outbox.pending(), drafts, shown }).await;
        self.tell_reversible().await;
        self.load_late_looks().await;
    }

    async fn tell_ledger_notices(&self) {
        for LedgerNotice { what, why, next } in self.shared.ledger.take_notices() {
            self.shared.tell(Event::Ledger(Failure { kind: FailureKind::Local, what, why, next })).await;
        }
    }

    async fn wait(&mut self, follow_at: Instant) -> Wake {
        let due = self.next_due(follow_at);
        let bell = self.lead.as_ref().map(|(_leadership, bell)| bell);
        tokio::select! {
            command = self.commands.recv() => Wake::Command(command),
            Some(report) = self.reported.recv() => Wake::Report(report),
            Some(_ended) = self.jobs.join_next() => Wake::Job,
            Ok(()) = self.limits.changed() => Wake::Limits,
            Some(exchange) = async { match &mut self.exchanges { Some(all) => all.recv().await, None => std::future::pending().await } } => Wake::Exchange(exchange),
            ring = async { match bell { Some(bell) => bell.rung().await, None => std::future::pending().await } } => Wake::Nudge(ring),
            () = async { match due { Some(due) => tokio::time::sleep_until(due).await, None => std::future::pending().await } } => Wake::Due,
        }
    }

    /// The next time something is due without a command.
    fn next_due(&self, follow_at: Instant) -> Option<Instant> {
        // The socket wakes a leader; a process without one checks the files at intervals.
        let looks = self.lead.as_ref().is_none_or(|(_leadership, bell)| !bell.is_hung());
        let edit = self.lead.as_ref().and(self.outbox.next_due());
        let pull = self.pulls.next.filter(|_| !self.pulls.running && self.lead.is_some() && !self.is_held());
        let due = [
            edit,
            pull,
            self.roster_due,
            self.hints.due(),
            self.scanner.due(),
            self.lists_due(),
            self.prefetch.due(),
            self.late_due(),
        ];
        due.into_iter().flatten().chain(looks.then_some(follow_at)).min()
    }

    async fn wake(&mut self, wake: Wake, follow_at: Instant) {
        match wake {
            Wake::Command(Some(command)) => self.command(command).await,
            Wake::Command(None) => self.stopping = true,
            Wake::Report(report) => self.take_report(report).await,
            Wake::Limits => {
                let limits = *self.limits.borrow_and_update();
                self.shared.tell(Event::Gauge(gauge(&self.shared, &limits))).await;
            }
            Wake::Exchange(exchange) => self.shared.tell(Event::Request(Arc::new(record(exchange)))).await,
            Wake::Nudge(Nudge::Outbox) => self.follow().await,
            Wake::Nudge(Nudge::Pull) => self.pulls.next = Some(Instant::now()),
            Wake::Nudge(Nudge::ChangeHint(contacts)) => {
                self.hint_lists();
                self.hints.hear(contacts, Instant::now());
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
        self.tend_lists(now).await;
        self.fetch_ahead(now);
        self.look_late(now);
        self.wipe_merges().await;
        self.tell_ledger_notices().await;
        if self.pulls.next.is_some_and(|next| next <= now) && self.lead.is_some() && !self.is_held() {
            self.start_pull(Urgency::Background);
        }
    }

    async fn command(&mut self, command: Command) {
        match command {
            Command::Apply { ticket, edits, draft } => self.apply(ticket, edits, draft).await,
            Command::Reverse { ticket, direction } => self.reverse(ticket, direction).await,
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
            Command::InView(in_view) => self.take_in_view(in_view),
            Command::IAm(user) => {
                let said = user.map(|user| user.as_str().to_owned());
                if let Err(error) = self.shared.ledger.set_setting(ME, said).await {
                    self.shared.tell(Event::Trouble(local_failure("remember who you are", &error))).await;
                }
                self.shared.tell_me().await;
            }
            Command::Remember { shown, in_sight } => self.remember(shown, &in_sight).await,
            Command::ChangeHint(heard) => self.heard(heard).await,
            Command::Refresh => {
                if let Some(contact) = self.in_view.contact.clone() {
                    let shared = self.shared.clone();
                    self.jobs.spawn(async move { details::refresh(&shared, &contact).await });
                }
                self.pulls.next = Some(Instant::now());
                self.open_tasks.list.hurry();
                self.agenda.list.hurry();
                self.outbox.online();
                self.ring(&Nudge::Pull);
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
                let event = match self.shared.ledger.save_draft(draft, self.shared.now()).await {
                    Ok(()) => Event::DraftSaved(key),
                    Err(error) => Event::Trouble(local_failure("save the draft", &error)),
                };
                self.shared.tell(event).await;
            }
            Command::DropDraft(key) => match self.shared.ledger.drop_draft(key.name()).await {
                Ok(()) => self.shared.tell(Event::DraftSaved(key)).await,
                Err(error) => tracing::error!(%error, "drop draft"),
            },
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

    fn ask(&mut self, ticket: Ticket, request: Request) {
        let shared = self.shared.clone();
        self.jobs.spawn(async move {
            // Most answers need the time zone and names; only a new folder lacks them.
            if request.is_about_people() && shared.location().name.is_empty() {
                let _ = shared.fetch_location().await.inspect_err(|error| tracing::warn!(%error, "location"));
            }
            let result = ask::answer(&shared, request).await;
            shared.tell(Event::Answer { ticket, result }).await;
        });
    }

    async fn take_report(&mut self, report: JobReport) {
        match report {
            JobReport::Notice(notice) => self.take_notice(notice).await,
            JobReport::OpenTasks(read) => self.open_tasks_read(read).await,
            JobReport::Agenda(read) => self.agenda_read(read).await,
            JobReport::Values(field, values) => {
                self.values.read(&field, values);
                self.tell_values().await;
            }
            JobReport::Ran { ends, news } => self.ran(ends, news).await,
            JobReport::Scanning(done) => self.scanning(done).await,
            JobReport::Scanned(scanned) => self.scanned(scanned).await,
            JobReport::Pulled(result) => self.pulled(result).await,
            JobReport::LookedLate(look, found) => self.looked_late(*look, found).await,
        }
    }

    async fn take_notice(&mut self, notice: Notice) {
        match notice {
            Notice::TasksSearched(contacts) => {
                self.neighbours.changed(&self.shared, &contacts);
                self.prefetch.searched(contacts, Instant::now());
            }
            Notice::BelongingsOf(contact, tasks, appointments) => {
                self.neighbours.changed(&self.shared, [&contact]);
                self.open_tasks.of_contact(&contact, tasks, Instant::now());
                self.agenda.of_contact(&contact, appointments, Instant::now());
            }
            Notice::Changed { upserts, removed } => {
                self.neighbours.changed(&self.shared, upserts.iter().map(|contact| &contact.id));
                self.open_tasks.list.gone(&removed, Instant::now());
                self.agenda.list.gone(&removed, Instant::now());
                self.roster_changed(&upserts, &removed);
                self.reopen_outdated(&upserts).await;
            }
            Notice::Erased => self.open_journal().await,
            Notice::Merging(record) => self.merging(*record).await,
            Notice::MergeRefused(id, phase, obstacle) => self.merge_refused(id, phase, obstacle).await,
            Notice::MergeOver(id, job) => {
                self.merge_over(id, job).await;
                self.load_late_looks().await;
            }
            Notice::CacheLost => {
                self.roster = Roster::default();
                self.roster_due = Some(Instant::now());
                self.pulls.next = Some(Instant::now());
            }
            Notice::Online => {
                self.outbox.online();
                self.shared.hurry.notify_waiters();
                self.open_tasks.list.online();
                self.agenda.list.online();
                self.pulls.next = self.pulls.next.map(|next| next.min(Instant::now()));
            }
        }
    }

    /// The list first, then the edits: nothing on screen returns to an older value in between.
    async fn ran(&mut self, ends: Vec<(EditId, EditEnd)>, AttemptNews { upserts, removed, events }: AttemptNews) {
        let gone = ends.iter().filter(|(_, after)| matches!(after, EditEnd::Gone));
        self.seen.ended_here.extend(gone.map(|(id, _)| *id));
        self.outbox.ran(ends);
        if !upserts.is_empty() || !removed.is_empty() {
            self.roster_changed(&upserts, &removed);
            self.tell_roster_if_due(true).await;
        }
        for event in events {
            self.lists_take_receipt(&event);
            let edited = match &event {
                Event::Edit(EditEvent::Settled { edit, .. }) => Some(edit.contact.clone()),
                _ => None,
            };
            self.shared.tell(event).await;
            self.neighbours.changed(&self.shared, &edited);
        }
        if !self.outbox.is_running() {
            self.load_late_looks().await;
            self.tell_reversible().await;
        }
    }

    async fn remember(&self, shown: String, in_sight: &[ContactId]) {
        let in_sight = serde_json::to_string(in_sight).ok();
        for (key, value) in [(SHOWN, Some(shown)), (IN_SIGHT, in_sight)] {
            if let Err(error) = self.shared.ledger.set_setting(key, value).await {
                tracing::warn!(%error, "cannot save what the screen shows");
            }
        }
    }

    /// Starts the work that may run, if this process leads.
    async fn run_due_edits(&mut self) {
        // Whoever asked for reading alone sends nothing that others have queued, and fails nothing of it either.
        let sends = self.lead.is_some() && !self.shared.access().is_by_choice();
        if !sends || !self.outbox.has_due(Instant::now()) {
            return;
        }
        // Another process may have put an earlier edit of the same contact into the file.
        self.look_into_ledger().await;
        for ids in self.outbox.take_due(Instant::now()) {
            let shared = self.shared.clone();
            let job = async move { attempt_all(&shared, ids).await };
            self.spawn(job, |(ends, news)| JobReport::Ran { ends, news });
        }
    }

    fn ring(&self, ring: &Nudge) {
        if self.lead.is_none() {
            ring.ring(&self.shared.folder.leader_socket());
        }
    }

    /// Waits for running writes; those that take too long are checked against the server at the next start.
    async fn close(mut self) {
        if let Some(job) = self.shown.take() {
            job.abort();
        }
        if let Some(job) = self.compared.take() {
            job.abort();
        }
        self.prefetch.stop();
        self.neighbours.stop();
        // At the next start, a merge continues from the step it reached.
        self.merges.stop();
        let farewell = Instant::now() + FAREWELL;
        while self.outbox.is_running() {
            match tokio::time::timeout_at(farewell, self.reported.recv()).await {
                Ok(Some(JobReport::Ran { ends, news })) => self.ran(ends, news).await,
                Ok(Some(_other)) => {}
                Ok(None) | Err(_) => break,
            }
        }
        self.jobs.abort_all();
        self.shared.tell(Event::Stopped).await;
    }
}

fn gauge(shared: &WorkerShared, limits: &Limits) -> Gauge {
    let left = |until: Instant| until.saturating_duration_since(Instant::now());
    let paused_until = limits.paused_until.map(|until| shared.after(left(until)));
    Gauge {
        remaining: limits.remaining,
        max: limits.max,
        interval_ms: limits.interval.and_then(|interval| interval.as_millis().try_into().ok()),
        daily_remaining: limits.daily_remaining,
        paused_until,
    }
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
    let writes = endpoints::writes(method, path.split('?').next().unwrap_or_default());
    RequestRecord { at, verb, url, path, version, status, millis, tries, trace, sent, received, writes }
}
