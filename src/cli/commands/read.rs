//! Reading from the server, and from the cache where there is no network.

use jiff::Timestamp;

use crate::domain::{Overlay, User, ago};
use crate::protocol::{Answer, Request};

use super::Context;
use crate::cli::ExitStatus;
use crate::cli::args::Source;
use crate::cli::fault::Fault;

impl Context<'_, '_> {
    pub(super) async fn ask(&mut self, request: Request) -> Result<Answer, Fault> {
        self.session.ask(request, self.output).await
    }

    /// The edits that are on their way, to be folded over what the server says.
    pub(super) async fn overlay(&mut self) -> Result<Overlay, Fault> {
        match self.ask(Request::Outbox).await? {
            Answer::Outbox(pending) => Ok(Overlay::new(pending)),
            _ => Err(unexpected()),
        }
    }

    /// Has the location's zone, users and fields told, as far as they can be.
    pub(super) async fn locate(&mut self) -> Result<(), Fault> {
        self.ask(Request::Location).await.map(drop)
    }

    /// The location's users, as far as they have been told.
    pub(super) fn users(&self) -> &[User] {
        self.session.location().map(|location| location.users.as_slice()).unwrap_or_default()
    }

    /// Asks the server; with no network the cache, which is said and shows in the status.
    pub(super) async fn ask_or_cache(
        &mut self,
        request: impl Fn(Offline) -> Request,
        offline: bool,
    ) -> Result<(Answer, ExitStatus), Fault> {
        if offline {
            return Ok((self.ask(request(Offline(true))).await?, ExitStatus::Done));
        }
        match self.ask(request(Offline(false))).await {
            Ok(answer) => Ok((answer, ExitStatus::Done)),
            Err(fault) if fault.status == ExitStatus::Network => {
                // What the cache lacks is no news: that the server cannot be reached is.
                let Ok(answer) = self.ask(request(Offline(true))).await else { return Err(fault) };
                self.showing_cache(fault);
                Ok((answer, ExitStatus::Network))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Fetches what has changed; with no network the cache is used, which is said and shows in the status.
    pub(super) async fn sync(&mut self, source: Source) -> Result<ExitStatus, Fault> {
        if source.offline {
            return Ok(ExitStatus::Done);
        }
        match self.ask(Request::Sync { full: false }).await {
            Ok(_synced) => Ok(ExitStatus::Done),
            Err(fault) if fault.status == ExitStatus::Network => {
                let status = fault.status;
                self.showing_cache(fault);
                Ok(status)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Says why the cache is shown, and its age.
    pub(super) fn showing_cache(&mut self, fault: Fault) {
        let next = format!("showing the cache, {}", age(self.session.fresh_at(), self.now));
        self.output.fault(&Fault { next, ..fault });
    }
}

/// Whether a request may only read the cache.
#[derive(Clone, Copy)]
pub(super) struct Offline(pub(super) bool);

fn age(fresh: Option<Timestamp>, now: Timestamp) -> String {
    match fresh {
        Some(at) => format!("last brought up to date {}", ago(at, now)),
        None => "never brought up to date".to_owned(),
    }
}

/// An answer to another question.
pub(super) fn unexpected() -> Fault {
    Fault::worker("it answered another question")
}
