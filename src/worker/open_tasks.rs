//! The open tasks of the whole location: what is known of them, and the job that reads them all.
//!
//! They are read while they are on screen. The search has no order, no date and no total, so each page overlaps the
//! previous one by a task. If it does not, tasks have moved in the meantime, and the skipped ones are on an earlier
//! page.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::api::{ApiError, Urgency, endpoints::SearchTasks};
use crate::domain::{ContactId, Receipt, Task, TaskId};
use crate::protocol::OpenTasks;

use crate::worker::location_list::{ListedRecord, LocationList, pause_after};
use crate::worker::shared::WorkerShared;

/// Tasks per page; the server may return fewer.
const PAGE: u32 = 100;
/// How often a read goes back because tasks moved; after that it continues as well as it can.
const RETREATS: u32 = 20;
/// If tasks moved and there are no more pages than this, all are read once more.
const FEW: usize = 20;
/// If the last read took no more pages than this, a change that the server reports brings the next one forward.
const LIGHT: usize = 5;

/// What a read reports.
#[derive(Debug)]
pub(super) enum TasksRead {
    /// More tasks, and the total so far.
    Page(Vec<Task>, usize),
    Over(Box<AllRead>),
}

/// How a read ended.
#[derive(Debug)]
pub(super) struct AllRead {
    asked_at: Timestamp,
    /// All open tasks, and how many pages they took.
    result: Result<(HashSet<TaskId>, usize), ApiError>,
}

impl ListedRecord for Task {
    type Id = TaskId;
    /// All at once.
    type Part = ();
    const READ: &str = "read the open tasks";

    fn id(&self) -> &TaskId {
        &self.id
    }

    fn contact(&self) -> &ContactId {
        &self.contact
    }

    fn left_by(receipt: &Receipt) -> Option<(TaskId, Option<Self>)> {
        match receipt {
            Receipt::Task(task) => Some((task.id.clone(), (!task.completed).then(|| Self::clone(task)))),
            Receipt::TaskGone { id, .. } => Some((id.clone(), None)),
            _ => None,
        }
    }
}

/// The known open tasks of the location, and when to read more.
#[derive(Default)]
pub(super) struct OpenTaskReader {
    pub(super) list: LocationList<Task>,
    fetched_at: Option<Timestamp>,
}

impl OpenTaskReader {
    /// Takes in the cache's data.
    pub(super) fn load(&mut self, tasks: Vec<Task>, fetched_at: Option<Timestamp>) {
        self.list.load(tasks);
        self.fetched_at = fetched_at;
    }

    /// Sets whether they are on screen.
    pub(super) fn look(&mut self, looked_at: bool, now: Instant) {
        self.list.look(if looked_at { vec![()] } else { Vec::new() }, now);
    }

    /// Whether to start a read now; it counts as started from here on. `lag` is how old the search may be.
    pub(super) fn begin(&mut self, focused: bool, now: Instant, lag: Duration) -> bool {
        let begins = self.list.begin(focused, now, lag).is_some();
        if begins {
            self.progress(0, now);
        }
        begins
    }

    fn progress(&mut self, done: usize, now: Instant) {
        let before = self.fetched_at.map(|_| self.list.known.len());
        self.list.progress(done, before, now);
    }

    /// All that is known.
    pub(super) fn all(&mut self) -> OpenTasks {
        OpenTasks { tasks: self.list.tell(), fetched_at: self.fetched_at, reading: self.list.reading.clone() }
    }

    /// Takes in a page of a read.
    pub(super) fn page(&mut self, tasks: Vec<Task>, done: usize, now: Instant) {
        self.list.found(tasks.into_iter().filter(|task| !task.completed));
        self.progress(done, now);
    }

    /// A read ended; if it completed, returns the time it is current as of.
    pub(super) fn over(&mut self, over: AllRead, now: Instant) -> Option<Timestamp> {
        let (there, pages) = self.list.ended((), over.result, now)?;
        self.list.remove_missing(&there, |_| true, now);
        self.list.completed((), true, pages <= LIGHT, pause_after(pages), now);
        self.fetched_at = Some(over.asked_at);
        self.fetched_at
    }

    /// The tasks of a contact were fetched on their own: these are all of them.
    pub(super) fn of_contact(&mut self, contact: &ContactId, tasks: Vec<Task>, now: Instant) {
        let open: HashMap<TaskId, Task> =
            tasks.into_iter().filter(|task| !task.completed).map(|task| (task.id.clone(), task)).collect();
        let list = &mut self.list;
        let before = list.known.values().filter(|task| task.contact == *contact).map(|task| task.id.clone());
        list.changed.extend(open.keys().cloned().chain(before).map(|id| (id, now)));
        list.remove(|task| task.contact == *contact && !open.contains_key(&task.id), now);
        list.fetched(open.into_values(), now);
    }
}

/// Reads all open tasks, and reports them as they arrive.
pub(super) async fn read(shared: Arc<WorkerShared>, tell: impl Fn(TasksRead) + Sync) {
    let asked_at = shared.now();
    let mut result = pass(&shared, &tell).await;
    if let Ok(Pass { moved: true, pages, .. }) = result
        && pages <= FEW
    {
        result = pass(&shared, &tell).await;
    }
    let result = result.map(|pass| (pass.there, pass.pages));
    tell(TasksRead::Over(Box::new(AllRead { asked_at, result })));
}

/// All of them, each once.
struct Pass {
    there: HashSet<TaskId>,
    pages: usize,
    /// Somebody has added or completed tasks in the meantime.
    moved: bool,
}

async fn pass(shared: &WorkerShared, tell: &(impl Fn(TasksRead) + Sync)) -> Result<Pass, ApiError> {
    let mut walk = OverlapWalk::default();
    let mut pass = Pass { there: HashSet::new(), pages: 0, moved: false };
    loop {
        let search = SearchTasks {
            location: shared.client.location().clone(),
            contacts: Vec::new(),
            completed: Some(false),
            assigned_to: None,
            limit: PAGE,
            skip: walk.skip,
        };
        // An error in the middle is worth a few retries; at the start, the next read is the retry.
        let page = match shared.call(&search, Urgency::Background).await {
            Err(ApiError::Retry { .. }) if pass.pages > 0 => shared.read_for(&search, Urgency::Background).await?,
            other => other?,
        };
        let page: Vec<Task> = page.into_iter().map(|task| task.value).collect();
        pass.pages += 1;
        let ids: Vec<&TaskId> = page.iter().map(|task| &task.id).collect();
        let new = ids.iter().filter(|id| !pass.there.contains(**id)).count();
        let goes_on = walk.step(&ids, new);
        pass.there.extend(page.iter().map(|task| task.id.clone()));
        tell(TasksRead::Page(page, pass.there.len()));
        if !goes_on {
            pass.moved = walk.retreats > 0;
            return Ok(pass);
        }
    }
}

/// Where the next page begins.
#[derive(Debug, Default)]
struct OverlapWalk {
    skip: u32,
    /// The task that the next page must begin with.
    last: Option<TaskId>,
    /// How many tasks the previous page had.
    len: u32,
    retreats: u32,
}

impl OverlapWalk {
    /// Takes in a page with this many new tasks; returns whether there may be more.
    fn step(&mut self, page: &[&TaskId], new: usize) -> bool {
        let len = u32::try_from(page.len()).unwrap_or(PAGE);
        let moved = self.last.as_ref().is_some_and(|last| page.first() != Some(&last));
        if moved && self.retreats < RETREATS {
            self.retreats += 1;
            self.skip = self.skip.saturating_sub(self.len.max(2) - 1);
            self.last = None;
            return true;
        }
        // Nothing, or only the task that ended the previous page.
        if len == 0 || (self.last.is_some() && len == 1) {
            return false;
        }
        if self.retreats >= RETREATS {
            // The order is not stable here: continue until nothing is new.
            (self.skip, self.last) = (self.skip + len, None);
            return new > 0;
        }
        // A page of one cannot both overlap and advance.
        self.last = (len > 1).then(|| page[page.len() - 1].clone());
        (self.skip, self.len) = (self.skip + len.max(2) - 1, len);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Scope;
    use crate::protocol::Reading;

    fn id(number: u32) -> TaskId {
        TaskId::new(format!("t{number:05}"))
    }

    /// Walks a list that `change` may change between two pages; returns what it has seen, and in how many pages.
    fn walked(
        mut list: Vec<u32>,
        limit: usize,
        change: impl Fn(u32, &mut Vec<u32>),
    ) -> (HashSet<TaskId>, u32, OverlapWalk) {
        let (mut walk, mut there, mut pages) = (OverlapWalk::default(), HashSet::new(), 0);
        loop {
            let skip = walk.skip as usize;
            let page: Vec<TaskId> = list.iter().skip(skip).take(limit).map(|number| id(*number)).collect();
            let ids: Vec<&TaskId> = page.iter().collect();
            let new = ids.iter().filter(|id| !there.contains(**id)).count();
            let goes_on = walk.step(&ids, new);
            there.extend(page);
            pages += 1;
            assert!(pages < 2_000, "it never ends");
            if !goes_on {
                return (there, pages, walk);
            }
            change(pages, &mut list);
        }
    }

    #[test]
    fn every_task_is_seen_whatever_the_server_honours() {
        for count in [0, 1, 2, 24, 25, 26, 99, 100, 101, 1_000] {
            for limit in [1, 2, 25, 100, 500] {
                let (there, _, walk) = walked((0..count).collect(), limit, |_, _| {});
                assert_eq!((there.len(), walk.retreats), (count as usize, 0), "{count} by {limit}");
            }
        }
    }

    #[test]
    fn tasks_that_move_while_they_are_read_are_not_passed_over() {
        // Somebody completes tasks that were already read: the rest moves up.
        let (there, _, walk) = walked((0..1_000).collect(), 100, |page, list| {
            if page == 5 {
                list.drain(10..40);
            }
        });
        assert_eq!(there.len(), 1_000);
        assert_eq!(walk.retreats, 1);
        // Somebody adds some at the front.
        let (there, _, walk) = walked((0..1_000).collect(), 100, |page, list| {
            if page == 5 {
                list.splice(0..0, 2_000..2_030);
            }
        });
        assert_eq!((0..1_000).filter(|number| !there.contains(&id(*number))).count(), 0);
        assert_eq!(walk.retreats, 1, "so all are read once more");
        // The last ones disappear.
        let (_, _, walk) = walked((0..250).collect(), 100, |page, list| {
            if page == 2 {
                list.truncate(150);
            }
        });
        assert!(walk.retreats > 0);
    }

    #[test]
    fn a_server_without_any_order_is_left_in_the_end() {
        let (there, pages, _) =
            walked((0..1_000).collect(), 100, |page, list| list.rotate_left(page as usize * 37 % 1_000));
        assert!(there.len() > 500 && pages < 200, "{} in {pages}", there.len());
    }

    fn task(number: u32) -> Task {
        Task {
            id: id(number),
            contact: ContactId::new(format!("c{}", number % 3)),
            title: "Call".to_owned(),
            body: None,
            due: None,
            completed: false,
            assigned_to: None,
        }
    }

    fn known(open_tasks: &mut OpenTaskReader) -> Vec<u32> {
        let number = |task: &Arc<Task>| task.id.as_str()[1..].parse().expect("a number");
        open_tasks.all().tasks.iter().map(number).collect()
    }

    fn over(there: impl IntoIterator<Item = u32>) -> AllRead {
        AllRead { asked_at: Timestamp::UNIX_EPOCH, result: Ok((there.into_iter().map(id).collect(), 1)) }
    }

    #[test]
    fn a_reading_never_brings_back_what_an_edit_has_changed_meanwhile() {
        let now = Instant::now();
        let lag = Duration::from_secs(30);
        let mut open_tasks = OpenTaskReader::default();
        assert_eq!(open_tasks.list.due(true), None, "nobody looks");
        open_tasks.look(true, now);
        assert!(!open_tasks.begin(false, now, lag), "nor does anybody without the focus");
        assert!(open_tasks.begin(true, now, lag));
        // It is completed after the page was read, and reported before the page arrives.
        open_tasks.list.receipt(&Receipt::Task(Task { completed: true, ..task(2) }), now);
        open_tasks.page((0..4).map(task).collect(), 4, now);
        assert_eq!(known(&mut open_tasks), [0, 1, 3]);
        // Another is created after its page was read.
        open_tasks.list.receipt(&Receipt::Task(task(9)), now);
        assert!(open_tasks.over(over(0..4), now).is_some());
        assert_eq!(known(&mut open_tasks), [0, 1, 3, 9]);
        // The next read no longer trusts it, once the search must have caught up.
        let later = now + Duration::from_secs(61);
        assert!(!open_tasks.begin(true, now + Duration::from_secs(59), lag), "not before a minute has passed");
        assert!(open_tasks.begin(true, later, lag));
        open_tasks.page(vec![task(0)], 1, later);
        assert!(open_tasks.over(over([0]), later).is_some());
        assert_eq!(known(&mut open_tasks), [0]);
    }

    #[test]
    fn what_the_server_tells_brings_the_next_reading_forward_where_it_costs_little() {
        let now = Instant::now();
        for (pages, soon) in [(1, true), (200, false)] {
            let mut open_tasks = OpenTaskReader::default();
            open_tasks.look(true, now);
            assert!(open_tasks.begin(true, now, Duration::ZERO));
            open_tasks.over(AllRead { asked_at: Timestamp::UNIX_EPOCH, result: Ok((HashSet::new(), pages)) }, now);
            open_tasks.all();
            let pause = pause_after(pages);
            assert_eq!(open_tasks.list.due(true), Some(now + pause));
            open_tasks.list.hear((), now);
            assert_eq!(open_tasks.list.due(true), Some(now + if soon { Duration::from_secs(5) } else { pause }));
        }
    }

    #[test]
    fn what_is_told_of_a_contact_replaces_its_tasks() {
        let now = Instant::now();
        let mut open_tasks = OpenTaskReader::default();
        open_tasks.load((0..6).map(task).collect(), None);
        open_tasks.of_contact(&ContactId::new("c1"), vec![task(4), task(7), Task { completed: true, ..task(1) }], now);
        assert_eq!(known(&mut open_tasks), [0, 2, 3, 4, 5, 7]);
        open_tasks.list.gone(&[ContactId::new("c0")], now);
        assert_eq!(known(&mut open_tasks), [2, 4, 5, 7]);
    }

    #[test]
    fn without_the_scope_it_says_so_and_keeps_what_it_has() {
        let now = Instant::now();
        let mut open_tasks = OpenTaskReader::default();
        open_tasks.load(vec![task(1)], None);
        open_tasks.look(true, now);
        assert!(open_tasks.begin(true, now, Duration::ZERO));
        let scope = Scope::LocationTasksReadonly;
        let refused = AllRead { asked_at: Timestamp::UNIX_EPOCH, result: Err(ApiError::MissingScope { scope }) };
        assert_eq!(open_tasks.over(refused, now), None);
        assert_eq!(open_tasks.all().reading, Reading::Missing(scope));
        assert_eq!(known(&mut open_tasks), [1]);
        assert!(open_tasks.list.due(true).is_some_and(|due| due > now + pause_after(1)));
    }
}
