//! What jobs report to the coordinator.

use crate::domain::{ContactId, CustomFieldId, EditId};
use crate::protocol::Failure;
use crate::store::LateLook;
use crate::worker::agenda::AgendaRead;
use crate::worker::attempt::{AttemptNews, EditEnd};
use crate::worker::notice::Notice;
use crate::worker::open_tasks::TasksRead;
use crate::worker::pull::NextPull;
use crate::worker::scan::Scanned;

use crate::worker::coordinator::Coordinator;
use crate::worker::coordinator::late::LateCopies;

/// A report of a job.
#[derive(Debug)]
pub(super) enum JobReport {
    Notice(Notice),
    /// One attempt at edits has ended.
    Ran {
        ends: Vec<(EditId, EditEnd)>,
        news: AttemptNews,
    },
    /// Records that turned up late were looked for.
    LookedLate(Box<LateLook>, LateCopies),
    /// A pull has ended.
    Pulled(Result<NextPull, Failure>),
    /// How many contacts have been compared for duplicates.
    Scanning(usize),
    /// The scan for duplicates has ended.
    Scanned(Scanned),
    /// Open tasks of the location were read.
    OpenTasks(TasksRead),
    /// Appointments of the location were read.
    Agenda(AgendaRead),
    /// A custom field was read from the cache.
    Values(CustomFieldId, Vec<(ContactId, String)>),
}

impl Coordinator {
    /// How a job reports.
    pub(super) fn reporter<T>(&self, report: fn(T) -> JobReport) -> impl Fn(T) + Send + Sync + use<T> {
        let reports = self.reports.clone();
        // The receiver is gone only at the very end.
        move |told| _ = reports.send(report(told))
    }

    /// Starts a job that reports when it ends.
    pub(super) fn spawn<T: 'static>(
        &mut self,
        job: impl Future<Output = T> + Send + 'static,
        report: fn(T) -> JobReport,
    ) {
        let tell = self.reporter(report);
        self.jobs.spawn(async move { tell(job.await) });
    }
}
