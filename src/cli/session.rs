//! A command's conversation with the worker: one question at a time. News of edits and merges is kept until the
//! command asks for it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};

use crate::domain::{Access, Location, LocationId, UserId};
use crate::protocol::{
    Answer, Command, EditEvent, Event, Failure, FailureKind, MergeEvent, Port, Request, SyncState, Ticket,
};

use super::fault::Fault;
use super::output::Output;

pub(super) struct Session {
    port: Port,
    location: Arc<Location>,
    /// Whether the location's name, zone and users have arrived.
    located: bool,
    /// Used while the location's zone is unknown.
    zone: TimeZone,
    fresh_at: Option<Timestamp>,
    offline: bool,
    access: Access,
    me: Option<UserId>,
    news: VecDeque<EditEvent>,
    merges: VecDeque<MergeEvent>,
    stopped: bool,
}

/// News of what the worker does.
pub(super) enum WorkNews {
    Edit(EditEvent),
    Merge(MergeEvent),
}

impl Session {
    pub(super) fn new(port: Port, zone: TimeZone, access: Access) -> Self {
        Self {
            port,
            location: Arc::new(Location::unknown(LocationId::new(""))),
            located: false,
            zone,
            fresh_at: None,
            offline: false,
            access,
            me: None,
            news: VecDeque::new(),
            merges: VecDeque::new(),
            stopped: false,
        }
    }

    /// The location's zone, or the fallback while it is unknown.
    pub(super) fn zone(&self) -> TimeZone {
        if self.location.time_zone.is_some() { self.location.zone() } else { self.zone.clone() }
    }

    /// The location, as far as we know it.
    pub(super) fn location(&self) -> Option<&Location> {
        self.located.then_some(&self.location)
    }

    /// A user's name, or the id if the name is unknown.
    pub(super) fn user(&self, id: &UserId) -> String {
        self.location.user(id).map_or_else(|| id.to_string(), |user| user.name.clone())
    }

    /// When the cache last agreed with the server.
    pub(super) fn fresh_at(&self) -> Option<Timestamp> {
        self.fresh_at
    }

    /// Whether the last attempt to reach the server failed.
    pub(super) fn offline(&self) -> bool {
        self.offline
    }

    /// Whether edits are allowed, as far as we know.
    pub(super) fn access(&self) -> Access {
        self.access
    }

    /// Which of the location's users we are, if known.
    pub(super) fn me(&self) -> Option<&UserId> {
        self.me.as_ref()
    }

    /// Asks a question and waits for the answer.
    pub(super) async fn ask(&mut self, request: Request, output: &mut Output<'_>) -> Result<Answer, Fault> {
        let ticket = self.port.ticket();
        self.send(Command::Ask { ticket, request }).await?;
        loop {
            if let Some((of, result)) = self.hear(output).await?
                && of == ticket
            {
                return result.map_err(Fault::from);
            }
        }
    }

    /// Sends a command that carries a new ticket.
    pub(super) async fn send_with_ticket(&mut self, make: impl FnOnce(Ticket) -> Command) -> Result<Ticket, Fault> {
        let ticket = self.port.ticket();
        self.send(make(ticket)).await?;
        Ok(ticket)
    }

    pub(super) async fn send(&mut self, command: Command) -> Result<(), Fault> {
        if self.port.send(command).await { Ok(()) } else { Err(Fault::worker("it has ended")) }
    }

    /// Waits for the next news of an edit, in order.
    pub(super) async fn edit_news(&mut self, output: &mut Output<'_>) -> Result<EditEvent, Fault> {
        loop {
            if let Some(news) = self.news.pop_front() {
                return Ok(news);
            }
            self.hear(output).await?;
        }
    }

    /// Waits for the next news of a merge, in order. The journal as it was at the start is not news: ask for it.
    pub(super) async fn merge_news(&mut self, output: &mut Output<'_>) -> Result<MergeEvent, Fault> {
        loop {
            if let Some(news) = self.merges.pop_front() {
                return Ok(news);
            }
            self.hear(output).await?;
        }
    }

    /// Waits for the next news of an edit or a merge; those of each in order.
    pub(super) async fn any_news(&mut self, output: &mut Output<'_>) -> Result<WorkNews, Fault> {
        loop {
            if let Some(news) = self.old_news() {
                return Ok(news);
            }
            self.hear(output).await?;
        }
    }

    /// News that nobody has asked for yet.
    pub(super) fn old_news(&mut self) -> Option<WorkNews> {
        let edit = self.news.pop_front().map(WorkNews::Edit);
        edit.or_else(|| self.merges.pop_front().map(WorkNews::Merge))
    }

    /// Drops the news of merges received so far.
    pub(super) fn forget_merge_news(&mut self) {
        self.merges.clear();
    }

    /// Lets time pass while still taking the worker's events, so that it never waits for room.
    pub(super) async fn rest(&mut self, time: Duration, output: &mut Output<'_>) -> Result<(), Fault> {
        let over = tokio::time::sleep(time);
        tokio::pin!(over);
        loop {
            tokio::select! {
                biased;
                () = &mut over => return Ok(()),
                heard = self.hear(output) => {
                    heard?;
                    self.news.clear();
                    self.merges.clear();
                }
            }
        }
    }

    /// Takes in the next event; returns it if it is an answer.
    async fn hear(&mut self, output: &mut Output<'_>) -> Result<Option<(Ticket, Result<Answer, Failure>)>, Fault> {
        match self.event(output).await? {
            Event::Answer { ticket, result } => return Ok(Some((ticket, result))),
            Event::Edit(news) => self.news.push_back(news),
            Event::Merge(MergeEvent::Journal(_)) => {}
            Event::Merge(news) => self.merges.push_back(news),
            _ => {}
        }
        Ok(None)
    }

    /// Puts news back in front of the rest, for a later reader.
    pub(super) fn keep(&mut self, news: Vec<EditEvent>) {
        for news in news.into_iter().rev() {
            self.news.push_front(news);
        }
    }

    async fn event(&mut self, output: &mut Output<'_>) -> Result<Event, Fault> {
        let event = self.port.next().await.ok_or_else(|| Fault::worker("it has ended"))?;
        match &event {
            Event::Location(location) => {
                self.location = Arc::clone(location);
                self.located = true;
            }
            Event::Sync(state) => self.sync(state, output),
            Event::Trouble(failure) if failure.kind == FailureKind::Network => self.offline = true,
            Event::Ledger(failure) => {
                let next = if failure.next.is_empty() { String::new() } else { format!("; {}", failure.next) };
                output.note(&format!("{}: {}{next}", failure.what, failure.why));
            }
            Event::Stopped => {
                self.stopped = true;
                return Err(Fault::worker("it has stopped"));
            }
            Event::Access(access) => self.access = *access,
            Event::Me(me) => self.me.clone_from(me),
            Event::SyncHeld(_)
            | Event::DraftSaved(_)
            | Event::Resumed { .. }
            | Event::Opening { .. }
            | Event::Roster(_)
            | Event::Values(_)
            | Event::Duplicates(_)
            | Event::Details(_)
            | Event::Neighbours(_)
            | Event::Compared(_)
            | Event::Merge(_)
            | Event::Edit(_)
            | Event::Gauge(_)
            | Event::Reversible { .. }
            | Event::Planned { .. }
            | Event::Names { .. }
            | Event::Request(_)
            | Event::Trouble(_)
            | Event::OpenTasks(_)
            | Event::LocationAppointments(_)
            | Event::Answer { .. } => {}
        }
        Ok(event)
    }

    fn sync(&mut self, state: &SyncState, output: &mut Output<'_>) {
        match state {
            SyncState::Cached { at } => self.fresh_at = at.or(self.fresh_at),
            SyncState::Listing(headway) => {
                self.offline = false;
                output.headway(*headway);
            }
            SyncState::Fresh { at } => {
                self.offline = false;
                self.fresh_at = Some(*at);
            }
            SyncState::Offline { at, .. } => {
                self.offline = true;
                self.fresh_at = at.or(self.fresh_at);
            }
            SyncState::Blocked { .. } => {}
        }
    }

    /// Lets the worker finish, running writes included, but waits no longer than `patience`.
    pub(super) async fn finish(&mut self, patience: Duration) {
        let stop = async {
            if !self.stopped && self.port.send(Command::Stop).await {
                while !matches!(self.port.next().await, None | Some(Event::Stopped)) {}
            }
        };
        // A slower write is in the outbox; the next start picks it up.
        let _ = tokio::time::timeout(patience, stop).await;
    }
}
