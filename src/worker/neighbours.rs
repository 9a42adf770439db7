//! Reports what the cache has for the contacts around the cursor, so that moving to one shows it at once: when they
//! come close, and again when their data changes.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::domain::ContactId;
use crate::protocol::Event;

use crate::worker::details;
use crate::worker::shared::WorkerShared;

/// How many are reported at once.
const AT_ONCE: usize = 16;

/// The contacts around the cursor, and the one task that reads them: the last report was the last read.
#[derive(Debug, Default)]
pub(super) struct NeighbourFeed {
    around: HashSet<ContactId>,
    reader: Option<(mpsc::UnboundedSender<NeighbourWish>, AbortHandle)>,
}

#[derive(Debug)]
enum NeighbourWish {
    /// They came close: report when the cursor rests.
    Near(Vec<ContactId>),
    /// Their data changed.
    Changed(Vec<ContactId>),
}

impl NeighbourFeed {
    /// Sets the contacts around the cursor.
    pub(super) fn look(&mut self, shared: &Arc<WorkerShared>, around: &[ContactId]) {
        self.around = around.iter().cloned().collect();
        self.wish(shared, NeighbourWish::Near(around.to_vec()));
    }

    /// The data of these contacts changed; those around the cursor are reported.
    pub(super) fn changed<'a>(
        &mut self,
        shared: &Arc<WorkerShared>,
        contacts: impl IntoIterator<Item = &'a ContactId>,
    ) {
        let near: Vec<ContactId> =
            contacts.into_iter().filter(|contact| self.around.contains(*contact)).cloned().collect();
        if !near.is_empty() {
            self.wish(shared, NeighbourWish::Changed(near));
        }
    }

    /// Any of them may have changed.
    pub(super) fn all_changed(&mut self, shared: &Arc<WorkerShared>) {
        let around: Vec<ContactId> = self.around.iter().cloned().collect();
        self.changed(shared, &around);
    }

    pub(super) fn stop(&mut self) {
        if let Some((_wishes, task)) = self.reader.take() {
            task.abort();
        }
    }

    fn wish(&mut self, shared: &Arc<WorkerShared>, wish: NeighbourWish) {
        let (wishes, _task) = self.reader.get_or_insert_with(|| {
            let (wishes, asked) = mpsc::unbounded_channel();
            (wishes, tokio::spawn(read(Arc::clone(shared), asked)).abort_handle())
        });
        // This ends the task.
        let _ = wishes.send(wish);
    }
}

async fn read(shared: Arc<WorkerShared>, mut wishes: mpsc::UnboundedReceiver<NeighbourWish>) {
    let mut next = wishes.recv().await;
    while let Some(wish) = next.take() {
        match wish {
            NeighbourWish::Changed(contacts) => tell(&shared, &contacts).await,
            NeighbourWish::Near(contacts) => {
                tokio::select! {
                    () = tokio::time::sleep(shared.pace.dwell) => tell(&shared, &contacts).await,
                    // The cursor moved on, or the data to read has changed.
                    Some(newer) = wishes.recv() => {
                        next = match newer {
                            NeighbourWish::Near(_) => Some(newer),
                            NeighbourWish::Changed(_) => Some(NeighbourWish::Near(contacts)),
                        };
                        continue;
                    }
                }
            }
        }
        next = wishes.recv().await;
    }
}

/// One is read at a time, so that the contact under the cursor need not wait for all of them.
async fn tell(shared: &WorkerShared, contacts: &[ContactId]) {
    for some in contacts.chunks(AT_ONCE) {
        let mut known = Vec::with_capacity(some.len());
        for contact in some {
            known.extend(details::cached(shared, contact).await.map(Arc::new));
        }
        shared.tell(Event::Neighbours(known)).await;
    }
}
