//! What the screen looks at: one value is taken apart, and only what differs from the one before is acted on.

use tokio::time::Instant;

use crate::domain::{ContactId, CustomFieldId};
use crate::protocol::{Event, Look};
use crate::worker::{details, merge, values};

use crate::worker::desk::Desk;

impl Desk {
    /// Takes in what the screen looks at now.
    pub(super) fn look(&mut self, look: Look) {
        let before = std::mem::replace(&mut self.look, look.clone());
        let (now, pace) = (Instant::now(), self.shared.pace);
        if look.contact != before.contact {
            self.show(look.contact);
        }
        if look.prefetch != before.prefetch {
            self.ahead.look(look.prefetch, now, pace.idle);
        }
        if look.neighbours != before.neighbours {
            self.peek.look(&self.shared, &look.neighbours);
        }
        if look.comparison != before.comparison
            && let Some(comparison) = look.comparison
        {
            self.compare(comparison.contacts);
        }
        self.backlog.look(look.open_tasks);
        if look.month != before.month {
            self.agenda.look(look.month, now, pace.dwell);
        }
        if look.fields != before.fields {
            self.read_values(look.fields);
        }
    }

    /// Shows this contact until the cursor moves on.
    fn show(&mut self, contact: Option<ContactId>) {
        if let Some(before) = self.shown.take() {
            before.abort();
        }
        let shared = self.shared.clone();
        self.shown = contact.map(|contact| tokio::spawn(async move { details::show(&shared, contact).await }));
    }

    /// Fetches contacts under review. Nobody ends it but the next comparison.
    fn compare(&mut self, contacts: Vec<ContactId>) {
        if let Some(job) = self.compared.take() {
            job.abort();
        }
        let shared = self.shared.clone();
        self.compared = Some(self.jobs.spawn(async move { merge::compare(&shared, contacts).await }));
    }

    fn read_values(&mut self, fields: Vec<CustomFieldId>) {
        for field in self.values.ask(fields) {
            self.jobs.spawn(values::read(self.shared.clone(), field));
        }
    }

    pub(super) async fn tell_values(&mut self) {
        if let Some(values) = self.values.news() {
            self.shared.tell(Event::Values(values)).await;
        }
    }
}
