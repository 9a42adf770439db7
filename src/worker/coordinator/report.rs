//! What jobs report to the coordinator.

use crate::domain::{ContactId, CustomFieldId, EditId};
use crate::protocol::Failure;
use crate::worker::agenda::AgendaRead;
use crate::worker::attempt::{AttemptNews, EditEnd};
use crate::worker::notice::Notice;
use crate::worker::open_tasks::TasksRead;
use crate::worker::pull::NextPull;
use crate::worker::scan::Scanned;

use crate::worker::coordinator::Coordinator;

/// A report of a job.
#[derive(Debug)]
pub(super) enum JobReport {
    Notice(Notice),
    /// One attempt at edits is over.
    Ran {
        ends: Vec<(EditId, EditEnd)>,
        news: AttemptNews,
    },
    /// A pull is over.
    Pulled(Result<NextPull, Failure>),
    /// So many contacts have been compared for duplicates.
    Scanning(usize),
    /// The search for duplicates is over.
    Scanned(Scanned),
    /// Open tasks of the location have been read.
    OpenTasks(TasksRead),
    /// Appointments of the location have been read.
    Agenda(AgendaRead),
    /// A custom field has been read from the cache.
    Values(CustomFieldId, Vec<(ContactId, String)>),
}

impl Coordinator {
    /// How a job reports.
    pub(super) fn reporter<T>(&self, report: fn(T) -> JobReport) -> impl Fn(T) + Send + Sync + use<T> {
        let reports = self.reports.clone();
        // Nobody listens any more only at the very end.
        move |told| _ = reports.send(report(told))
    }

    /// Starts a job that reports when it is over.
    pub(super) fn spawn<T: 'static>(
        &mut self,
        job: impl Future<Output = T> + Send + 'static,
        report: fn(T) -> JobReport,
    ) {
        let tell = self.reporter(report);
        self.jobs.spawn(async move { tell(job.await) });
    }
}
