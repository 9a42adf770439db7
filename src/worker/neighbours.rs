//! Tells of the contacts around the cursor what the cache holds of them, so that going to one shows it at once: when they
//! come near, and again as something of theirs changes.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::domain::ContactId;
use crate::protocol::Event;

use crate::worker::details;
use crate::worker::shared::WorkerShared;

/// So many are told of at once.
const AT_ONCE: usize = 16;

/// Who is around the cursor, and the one task that reads them: what is told last was read last.
#[derive(Debug, Default)]
pub(super) struct NeighbourFeed {
    around: HashSet<ContactId>,
    reader: Option<(mpsc::UnboundedSender<NeighbourWish>, AbortHandle)>,
}

#[derive(Debug)]
enum NeighbourWish {
    /// They have come near: when the cursor rests.
    Near(Vec<ContactId>),
    /// Something of theirs is other than it was.
    Changed(Vec<ContactId>),
}

impl NeighbourFeed {
    /// These are around the cursor now.
    pub(super) fn look(&mut self, shared: &Arc<WorkerShared>, around: &[ContactId]) {
        self.around = around.iter().cloned().collect();
        self.wish(shared, NeighbourWish::Near(around.to_vec()));
    }

    /// Something of these is other than it was; of those that are around is told.
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

    /// Anything may be other than it was.
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
        // It ends with this.
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
                    // The cursor goes on, or what would be read has changed.
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

/// One is read at a time: the contact under the cursor need not wait for all of them.
async fn tell(shared: &WorkerShared, contacts: &[ContactId]) {
    for some in contacts.chunks(AT_ONCE) {
        let mut known = Vec::with_capacity(some.len());
        for contact in some {
            known.extend(details::cached(shared, contact).await.map(Arc::new));
        }
        shared.tell(Event::Neighbours(known)).await;
    }
}
