//! The scan for duplicates: started when it is due, reported as it progresses.

use std::sync::Arc;

use tokio::time::Instant;

use crate::protocol::{Duplicates, Event, Scan};
use crate::worker::scan::{self, ScanJob, Scanned};

use crate::worker::coordinator::Coordinator;
use crate::worker::coordinator::report::JobReport;

impl Coordinator {
    /// Starts the next job of the scan for duplicates.
    pub(super) async fn scan(&mut self, now: Instant) {
        match self.scanner.take(now) {
            None => {}
            Some(ScanJob::Full) => {
                let total = self.roster.len();
                self.duplicates.scan = Scan::Running { done: 0, total };
                self.tell_duplicates().await;
                let progress = self.reporter(JobReport::Scanning);
                self.spawn(scan::full(self.shared.clone(), total, progress), JobReport::Scanned);
            }
            Some(ScanJob::Changes(held, changes)) => {
                self.spawn(scan::changes(held, changes), JobReport::Scanned);
            }
        }
    }

    async fn tell_duplicates(&self) {
        self.shared.tell(Event::Duplicates(Arc::new(self.duplicates.clone()))).await;
    }

    pub(super) async fn scanning(&mut self, so_far: usize) {
        if let Scan::Running { done, .. } = &mut self.duplicates.scan {
            *done = so_far;
        }
        self.tell_duplicates().await;
    }

    pub(super) async fn scanned(&mut self, Scanned { held, groups, full }: Scanned) {
        self.scanner.over(held, full, Instant::now());
        match groups {
            Some(groups) => self.duplicates = Duplicates { groups, scan: Scan::Done },
            None => self.duplicates.scan = Scan::Off,
        }
        self.tell_duplicates().await;
    }
}
