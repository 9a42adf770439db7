//! Looks for records that turn up late beside the ones that count, and offers to remove them.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use crate::api::ApiError;
use crate::domain::{Edit, GroupId};
use crate::protocol::{EditEvent, Event, Failure, FailureKind, Outcome};
use crate::store::LateLook;
use crate::worker::attempt::copies;
use crate::worker::shared::new_edit_id;

use crate::worker::coordinator::Coordinator;
use crate::worker::coordinator::report::JobReport;

/// When to look after a write was settled, in write time-outs: 30, 60 and 120 s.
const LOOKS: [u32; 3] = [3, 6, 12];
const WHY: &str = "this copy turned up late: the server carried out a request after all that had been repeated \
                   meanwhile; retry removes the copy, discard keeps it";

/// What a look found, each with the edit that removes it.
pub(super) type LateCopies = Result<Vec<(String, Edit)>, ApiError>;

#[derive(Debug, Default)]
pub(super) struct LateLooks {
    looks: Vec<LateLook>,
    /// When each is due, by number.
    due: HashMap<i64, Instant>,
    running: bool,
}

impl Coordinator {
    /// Takes in what is still to be looked for, after a write was settled.
    pub(super) async fn load_late_looks(&mut self) {
        match self.shared.ledger.late_looks().await {
            Ok(looks) => self.late.looks = looks,
            Err(error) => tracing::error!(%error, "late looks"),
        }
        let (now, shared) = (Instant::now(), &self.shared);
        for look in &self.late.looks {
            self.late.due.entry(look.number).or_insert_with(|| {
                let passed = Duration::try_from(shared.now().duration_since(look.since)).unwrap_or_default();
                now + wait(shared.client.write_timeout(), look.looks).saturating_sub(passed)
            });
        }
    }

    /// The next look and when it is due: not while another edit may be creating such a record.
    fn next_late(&self) -> Option<(&LateLook, Instant)> {
        if self.late.running || self.lead.is_none() || self.late.looks.is_empty() {
            return None;
        }
        let free = self.late.looks.iter().filter(|look| !self.outbox.creates_like(&look.edit));
        free.filter_map(|look| Some((look, *self.late.due.get(&look.number)?))).min_by_key(|(_, due)| *due)
    }

    pub(super) fn late_due(&self) -> Option<Instant> {
        self.next_late().map(|(_, due)| due)
    }

    /// Looks when it is time.
    pub(super) fn look_late(&mut self, now: Instant) {
        let Some((look, _)) = self.next_late().filter(|(_, due)| *due <= now) else { return };
        let (look, shared) = (look.clone(), self.shared.clone());
        self.late.running = true;
        let job = async move { (copies(&shared, &look).await, look) };
        self.spawn(job, |(found, look)| JobReport::LookedLate(Box::new(look), found));
    }

    /// What was found becomes a failed edit: the user decides.
    pub(super) async fn looked_late(&mut self, look: LateLook, found: LateCopies) {
        self.late.running = false;
        let unit = self.shared.client.write_timeout();
        let found = match found {
            Ok(found) => found,
            // The contact is gone, and so are its records.
            Err(ApiError::NotFound { .. }) => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "look for a late record");
                self.late.due.insert(look.number, Instant::now() + wait(unit, 0));
                return;
            }
        };
        let again = LOOKS.get(look.looks as usize + 1).is_some();
        let found = found.into_iter().map(|(record, edit)| (new_edit_id(), record, edit)).collect();
        let (group, at) = (GroupId(Uuid::now_v7()), self.shared.now());
        match self.shared.ledger.looked(&look, found, again, group, WHY.to_owned(), at).await {
            Ok(rows) => {
                self.late.due.insert(look.number, Instant::now() + wait(unit, look.looks + 1) - wait(unit, look.looks));
                let failed: Vec<_> = rows.iter().map(|row| (row.id, row.edit.clone())).collect();
                if !rows.is_empty() {
                    self.queued(None, rows).await;
                }
                for (id, edit) in failed {
                    let (kind, what) = (FailureKind::Rejected, edit.intent());
                    let why = Failure { kind, what, why: WHY.to_owned(), next: String::new() };
                    let outcome = Outcome::Rejected { why, existing: None };
                    self.shared.tell(Event::Edit(EditEvent::Settled { id, edit, outcome })).await;
                }
            }
            Err(error) => {
                tracing::error!(%error, "record a look for late records");
                self.late.due.insert(look.number, Instant::now() + wait(unit, 0));
            }
        }
        self.load_late_looks().await;
    }
}

/// How long after the write was settled a look is due.
fn wait(unit: Duration, looks: u32) -> Duration {
    unit * LOOKS.get(looks as usize).or(LOOKS.last()).copied().unwrap_or_default()
}
