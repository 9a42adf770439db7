//! What the screen shows: splits the value into parts, and acts only on those that differ from before.

use tokio::time::Instant;

use crate::domain::{ContactId, CustomFieldId};
use crate::protocol::{Event, InView};
use crate::worker::{custom_values, details, merge};

use crate::worker::coordinator::Coordinator;
use crate::worker::coordinator::report::JobReport;

impl Coordinator {
    /// Takes in what the screen shows now.
    pub(super) fn take_in_view(&mut self, in_view: InView) {
        let before = std::mem::replace(&mut self.in_view, in_view.clone());
        let (now, pace) = (Instant::now(), self.shared.pace);
        if in_view.contact != before.contact {
            self.show(in_view.contact);
        }
        if in_view.prefetch != before.prefetch {
            self.prefetch.look(in_view.prefetch, now, pace.idle);
        }
        if in_view.neighbours != before.neighbours {
            self.neighbours.look(&self.shared, &in_view.neighbours);
        }
        if in_view.comparison != before.comparison
            && let Some(comparison) = in_view.comparison
        {
            self.compare(comparison.contacts);
        }
        self.open_tasks.look(in_view.open_tasks, now);
        if in_view.month != before.month {
            self.agenda.look(in_view.month, now, pace.dwell);
        }
        if in_view.fields != before.fields {
            self.read_values(in_view.fields);
        }
    }

    /// Shows this contact until the cursor moves.
    fn show(&mut self, contact: Option<ContactId>) {
        if let Some(before) = self.shown.take() {
            before.abort();
        }
        let shared = self.shared.clone();
        self.shown = contact.map(|contact| tokio::spawn(async move { details::show(&shared, contact).await }));
    }

    /// Fetches contacts under review. Only the next comparison ends this.
    fn compare(&mut self, contacts: Vec<ContactId>) {
        if let Some(job) = self.compared.take() {
            job.abort();
        }
        let shared = self.shared.clone();
        self.compared = Some(self.jobs.spawn(async move { merge::compare(&shared, contacts).await }));
    }

    fn read_values(&mut self, fields: Vec<CustomFieldId>) {
        for field in self.values.ask(fields) {
            let shared = self.shared.clone();
            let job = async move { (field.clone(), custom_values::read(&shared, field).await) };
            self.spawn(job, |(field, values)| JobReport::Values(field, values));
        }
    }

    pub(super) async fn tell_values(&mut self) {
        if let Some(values) = self.values.news() {
            self.shared.tell(Event::Values(values)).await;
        }
    }
}
