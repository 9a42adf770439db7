//! Reading from the server, or from the cache if there is no network.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::{Contact, ContactId, Hours, Overlay, User, ago};
use crate::protocol::{Answer, Request};

use super::Invocation;
use crate::cli::ExitStatus;
use crate::cli::args::Source;
use crate::cli::fault::Fault;
use crate::cli::json::stamp;

/// Contacts per question.
const PAGE: u32 = 500;

impl Invocation<'_, '_> {
    pub(super) async fn ask(&mut self, request: Request) -> Result<Answer, Fault> {
        self.session.ask(request, self.output).await
    }

    /// The queued edits, to apply on top of the server's data.
    pub(super) async fn overlay(&mut self) -> Result<Overlay, Fault> {
        Ok(Overlay::new(only!(self.ask(Request::Outbox).await?, Outbox)))
    }

    /// The next of the cached contacts; `None` after the last.
    pub(super) async fn page(&mut self, after: &mut Option<ContactId>) -> Result<Option<Vec<Contact>>, Fault> {
        let page = only!(self.ask(Request::Contacts { after: after.take(), limit: PAGE }).await?, Contacts);
        *after = page.last().map(|contact| contact.id.clone());
        Ok(Some(page).filter(|page| !page.is_empty()))
    }

    /// Fetches the location's zone, users and fields, as far as possible.
    pub(super) async fn locate(&mut self) -> Result<(), Fault> {
        self.ask(Request::Location).await.map(drop)
    }

    /// The location's users, as far as we know them.
    pub(super) fn users(&self) -> &[User] {
        self.session.location().map(|location| location.users.as_slice()).unwrap_or_default()
    }

    /// How times of day are written.
    pub(super) fn hours(&self) -> Hours {
        let country = || self.session.location().and_then(|location| location.country.as_deref());
        self.hours.unwrap_or_else(|| Hours::of_country(country()))
    }

    /// A moment in a table: as people write it on a terminal, elsewhere so that it sorts.
    pub(super) fn when(&self, at: Timestamp) -> String {
        let zone = self.session.zone();
        match self.output.width {
            Some(_) => self.hours().day_and_time(zone.to_datetime(at)),
            None => stamp(at, &zone),
        }
    }

    /// The names of contacts in the local copy; whoever is not in it has none. With `fetch`, changes are fetched first
    /// if a name is missing.
    pub(super) async fn names(&mut self, contacts: &[ContactId], fetch: bool) -> HashMap<ContactId, String> {
        let mut names = HashMap::new();
        for fetched in [false, true] {
            for id in contacts {
                let known = names.contains_key(id);
                if !known
                    && let Ok(Answer::Contact(contact)) =
                        self.ask(Request::Contact { id: id.clone(), offline: true }).await
                {
                    let name = contact.name();
                    names.insert(id.clone(), if name.is_empty() { id.to_string() } else { name });
                }
            }
            let complete = contacts.iter().all(|id| names.contains_key(id));
            if fetched || complete || !fetch || self.ask(Request::Sync { full: false }).await.is_err() {
                break;
            }
        }
        names
    }

    /// Asks the server, or the cache if there is no network; says so, and reflects it in the exit status.
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
                // That the server cannot be reached matters more than what the cache lacks.
                let Ok(answer) = self.ask(request(Offline(true))).await else { return Err(fault) };
                self.showing_cache(fault);
                Ok((answer, ExitStatus::Network))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Fetches changes first. If there is no network the cache is used; says so, and reflects it in the exit status.
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

    /// Says why the cache is shown and how old it is.
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
        Some(at) => format!("last synced {}", ago(at, now)),
        None => "never synced".to_owned(),
    }
}

/// The worker answered a different question.
pub(super) fn unexpected() -> Fault {
    Fault::worker("it answered a different question")
}
