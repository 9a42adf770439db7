//! The open tasks of the whole location as they are listed: by day, late ones first, with a cursor and marks.
//!
//! The cursor is held by task, and the line under it keeps its place on the screen when others come and go. The lines
//! are rebuilt only when their source has changed: there may be twenty thousand.

pub(crate) mod filter;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::domain::{
    ContactId, EditId, EditKind, Overlay, PendingState, Receipt, Shown, Target, Task, TaskEdit, TaskId, UserId,
    start_of,
};
use crate::protocol::{OpenTasks, Reading};
use crate::query::{self, Roster};
use crate::text;

use crate::ui::screens::open_tasks::state::filter::{TaskFilter, Whose};
use crate::ui::state::list_cursor::ListCursor;

/// What a heading says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    Late,
    /// Today or later.
    On(Date),
    Never,
}

/// A line of the list.
#[derive(Clone, Debug)]
pub(crate) enum Line {
    /// And how many tasks stand below it.
    Day(Day, usize),
    Task(Todo),
}

/// A task as it is listed.
#[derive(Clone, Debug)]
pub(crate) struct Todo {
    /// With the pending edits folded over it.
    pub(crate) value: Arc<Task>,
    /// How an edit calls it; `None` while the edit that makes it is not promised yet.
    pub(crate) target: Option<Target<TaskId>>,
    /// The newest edit that concerns it, and how far it has come.
    pub(crate) edit: Option<EditId>,
    pub(crate) state: Option<PendingState>,
}

/// A task to make an edit of.
pub(crate) type Meant = (Target<TaskId>, Arc<Task>);

/// What the lines depend on beside the tasks.
pub(crate) struct Around<'a> {
    pub(crate) now: Timestamp,
    pub(crate) zone: &'a TimeZone,
    pub(crate) overlay: &'a Overlay,
    /// Contacts that merges have set aside: their tasks were copied to others.
    pub(crate) aside: &'a Arc<HashSet<ContactId>>,
    pub(crate) roster: &'a Arc<Roster>,
}

/// The open tasks of the location.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenTasksList {
    /// What was told last: the same need not be sorted again.
    told: Arc<Vec<Arc<Task>>>,
    /// By what is due first; those without a date last.
    sorted: Vec<Arc<Task>>,
    pub(crate) fetched_at: Option<Timestamp>,
    pub(crate) reading: Reading,
    pub(crate) lines: Vec<Line>,
    /// The place among the lines of each task.
    places: Vec<usize>,
    /// All that are open, and how many of these are late, whatever is listed.
    pub(crate) open: usize,
    pub(crate) late: usize,
    pub(crate) filter: TaskFilter,
    key: Option<Target<TaskId>>,
    /// Which task is under the cursor.
    at: usize,
    /// Its line, and the first that is seen.
    pub(crate) place: ListCursor,
    marked: HashSet<TaskId>,
    anchor: Option<TaskId>,
    dirty: bool,
    /// Grows with every change of the tasks.
    version: u64,
    /// Of the overlay, and the minute: what is late grows.
    stamp: (u64, i64),
}

impl OpenTasksList {
    /// Takes in what the worker told.
    pub(crate) fn set(&mut self, told: OpenTasks) {
        let OpenTasks { tasks, fetched_at, reading } = told;
        (self.fetched_at, self.reading) = (fetched_at, reading);
        if !Arc::ptr_eq(&tasks, &self.told) {
            self.sorted.clone_from(&tasks);
            self.sorted.sort_by(|one, other| order(one).cmp(&order(other)));
            self.told = tasks;
            self.changed();
            if !self.marked.is_empty() {
                let there: HashSet<&TaskId> = self.sorted.iter().map(|task| &task.id).collect();
                self.marked.retain(|id| there.contains(id));
            }
        }
    }

    /// What the lines are made from may be another.
    pub(crate) fn changed(&mut self) {
        self.dirty = true;
        self.filter.forget();
        self.version += 1;
    }

    /// Another one says that the tasks may be others.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The open tasks, with our edits that are on their way.
    pub(crate) fn tasks(&self, overlay: &Overlay) -> impl Iterator<Item = Arc<Task>> {
        let held = self.sorted.iter().map(|task| folded(overlay, task));
        held.chain(added(overlay)).map(|todo| todo.value).filter(|task| !task.completed)
    }

    /// All that are open, whatever is listed, with the pending edits folded over them; first the known ones by what is
    /// due first, then those that are being added.
    pub(crate) fn all<'a>(&'a self, around: &'a Around<'a>) -> impl Iterator<Item = Todo> + 'a {
        self.sorted.iter().filter_map(|task| seen(task, around)).chain(added(around.overlay))
    }

    /// What one of our edits left on the server replaces the copy, in one step with the edit's leaving the overlay.
    pub(crate) fn receipt(&mut self, by: EditId, receipt: &Receipt) {
        match receipt {
            Receipt::Task(task) => {
                if self.key == Some(Target::MadeBy(by)) {
                    self.key = Some(Target::Known(task.id.clone()));
                }
                self.sorted.retain(|held| held.id != task.id);
                if task.completed {
                    self.marked.remove(&task.id);
                } else {
                    let at = self.sorted.partition_point(|held| order(held) < order(task));
                    self.sorted.insert(at, Arc::new(Task::clone(task)));
                }
            }
            Receipt::TaskGone { id, .. } => self.sorted.retain(|held| held.id != *id),
            Receipt::ContactGone { id, .. } => self.sorted.retain(|held| held.contact != *id),
            _ => return,
        }
        self.changed();
    }

    /// Lists what has these words in its title or its contact's name.
    pub(crate) fn set_words(&mut self, words: String) {
        if words != self.filter.words() {
            self.filter.set_words(words);
            self.start_over();
        }
    }

    /// The words and the task under the cursor.
    pub(crate) fn place(&self) -> (String, Option<Target<TaskId>>) {
        (self.filter.words().to_owned(), self.key.clone())
    }

    /// Goes back to other words, and to the task that was under the cursor.
    pub(crate) fn restore(&mut self, (words, key): (String, Option<Target<TaskId>>)) {
        self.filter.set_words(words);
        (self.key, self.dirty) = (key, true);
    }

    /// Lists all tasks; the cursor stays with its own.
    pub(crate) fn clear_filter(&mut self) {
        self.filter.clear();
        self.dirty = true;
    }

    /// Lists the tasks of these.
    pub(crate) fn set_whose(&mut self, whose: Whose) {
        self.filter.whose = whose;
        self.start_over();
    }

    fn start_over(&mut self) {
        (self.key, self.at, self.dirty) = (None, 0, true);
    }

    /// How many tasks are listed.
    pub(crate) fn listed(&self) -> usize {
        self.places.len()
    }

    /// Which of the listed tasks is under the cursor.
    pub(crate) fn cursor(&self) -> usize {
        self.at
    }

    /// The task under the cursor.
    pub(crate) fn task(&self) -> Option<&Todo> {
        self.nth(self.at)
    }

    fn nth(&self, at: usize) -> Option<&Todo> {
        match self.lines.get(*self.places.get(at)?) {
            Some(Line::Task(task)) => Some(task),
            _ => None,
        }
    }

    /// Puts the cursor on a task, or on the last where there are fewer.
    pub(crate) fn go(&mut self, at: usize) {
        self.at = at.min(self.places.len().saturating_sub(1));
        self.place.at = self.places.get(self.at).copied().unwrap_or(0);
        self.key = self.task().and_then(|task| task.target.clone());
    }

    /// The owners of the tasks.
    pub(crate) fn owners(&self) -> impl Iterator<Item = &UserId> {
        self.sorted.iter().filter_map(|task| task.assigned_to.as_ref())
    }

    pub(crate) fn marks(&self) -> usize {
        self.marked.len()
    }

    pub(crate) fn is_marked(&self, task: &Todo) -> bool {
        !self.marked.is_empty() && matches!(&task.target, Some(Target::Known(id)) if self.marked.contains(id))
    }

    pub(crate) fn clear_marks(&mut self) {
        self.marked.clear();
        self.anchor = None;
    }

    /// Marks the task under the cursor, or takes its mark away.
    pub(crate) fn toggle_mark(&mut self) {
        let Some(Target::Known(id)) = self.task().and_then(|task| task.target.clone()) else { return };
        if !self.marked.remove(&id) {
            self.marked.insert(id.clone());
        }
        self.anchor = Some(id);
    }

    /// Marks from the last mark to the cursor.
    pub(crate) fn mark_range(&mut self) {
        let is_anchor = |at: &usize| {
            let target = self.nth(*at).and_then(|task| task.target.as_ref());
            matches!((target, &self.anchor), (Some(Target::Known(id)), Some(anchor)) if id == anchor)
        };
        let from = (0..self.places.len()).find(is_anchor).unwrap_or(self.at);
        self.mark_between(from.min(self.at), from.max(self.at));
        if let Some(Target::Known(id)) = self.task().and_then(|task| task.target.clone()) {
            self.anchor = Some(id);
        }
    }

    /// Marks all that are listed.
    pub(crate) fn mark_all(&mut self) {
        self.mark_between(0, self.places.len().saturating_sub(1));
    }

    fn mark_between(&mut self, from: usize, to: usize) {
        let known = |task: &Todo| match &task.target {
            Some(Target::Known(id)) => Some(id.clone()),
            _ => None,
        };
        let ids: Vec<TaskId> = (from..=to).filter_map(|at| known(self.nth(at)?)).collect();
        self.marked.extend(ids);
    }

    /// The tasks that an edit is about: the marked ones, listed or not, else the one under the cursor.
    pub(crate) fn meant(&self, overlay: &Overlay) -> Vec<Meant> {
        if self.marked.is_empty() {
            let here = self.task();
            return here.and_then(|task| Some((task.target.clone()?, task.value.clone()))).into_iter().collect();
        }
        let marked = self.sorted.iter().filter(|task| self.marked.contains(&task.id));
        let fold = |task: &Arc<Task>| (Target::Known(task.id.clone()), folded(overlay, task).value);
        marked.map(fold).collect()
    }

    /// Rebuilds the lines when something has changed; the line under the cursor keeps its place on the screen.
    pub(crate) fn settle(&mut self, around: &Around<'_>, height: usize) {
        let stamp = (around.overlay.changes(), around.now.as_second().div_euclid(60));
        if self.filter.renamed(around) || self.dirty || stamp != self.stamp {
            let before = self.place;
            self.make(around);
            (self.dirty, self.stamp) = (false, stamp);
            let is_here = |at: &usize| self.nth(*at).is_some_and(|task| task.target == self.key);
            let found = self.key.is_some().then(|| (0..self.places.len()).find(is_here)).flatten();
            self.go(found.unwrap_or(self.at));
            self.place = before.carried_to(self.place.at);
        }
        // The heading of the first task is seen with it.
        self.place.reveal(if self.at > 0 { self.place.at } else { 0 }, self.lines.len(), height);
    }

    fn make(&mut self, around: &Around<'_>) {
        self.filter.read(&self.sorted, |task| text_of(task, around.roster));
        let mut tasks: Vec<Todo> = Vec::with_capacity(self.sorted.len());
        let (mut open, mut late, mut moved) = (0, 0, false);
        let known = self.sorted.iter().enumerate().filter_map(|(at, task)| Some((Some(at), seen(task, around)?)));
        let new = added(around.overlay).into_iter().map(|todo| (None, todo));
        for (at, todo) in known.chain(new) {
            let (task, is_open) = (&todo.value, !todo.value.completed);
            open += usize::from(is_open);
            late += usize::from(is_open && is_late(task, around.now));
            if self.filter.admits(task.assigned_to.as_ref(), at, || text_of(task, around.roster)) {
                moved |= at.is_none_or(|at| task.due != self.sorted[at].due);
                tasks.push(todo);
            }
        }
        if moved {
            tasks.sort_by(|one, other| order(&one.value).cmp(&order(&other.value)));
        }
        (self.open, self.late) = (open, late);
        self.lay_out(tasks, around);
    }

    /// Puts a heading above the tasks of each day.
    fn lay_out(&mut self, tasks: Vec<Todo>, around: &Around<'_>) {
        (self.lines, self.places) = (Vec::with_capacity(tasks.len() + 64), Vec::with_capacity(tasks.len()));
        let (mut day, mut heading, mut ends) = (None, 0, Timestamp::MIN);
        for todo in tasks {
            let of = match todo.value.due {
                None => Day::Never,
                Some(at) if at < around.now => Day::Late,
                // Tasks stand in order: a new day is looked for only where the last one has ended.
                Some(at) => match day {
                    Some(Day::On(date)) if at < ends => Day::On(date),
                    _ => {
                        let date = around.zone.to_datetime(at).date();
                        ends = date.checked_add(1.day()).map_or(Timestamp::MAX, |next| start_of(next, around.zone));
                        Day::On(date)
                    }
                },
            };
            if day != Some(of) {
                heading = self.lines.len();
                self.lines.push(Line::Day(of, 0));
                day = Some(of);
            }
            if let Some(Line::Day(_, count)) = self.lines.get_mut(heading) {
                *count += 1;
            }
            self.places.push(self.lines.len());
            self.lines.push(Line::Task(todo));
        }
    }
}

/// By what is due first; those without a date last.
fn order(task: &Task) -> (i64, &TaskId) {
    (task.due.map_or(i64::MAX, Timestamp::as_second), &task.id)
}

fn is_late(task: &Task, now: Timestamp) -> bool {
    task.due.is_some_and(|at| at < now)
}

fn text_of(task: &Task, roster: &Roster) -> String {
    let name = roster.find(&task.contact).map(|ix| roster.get(ix).name()).unwrap_or_default();
    query::folded(&format!("{} {name}", task.title))
}

/// A task as it is seen; `None` where it is being deleted, or its contact was set aside.
fn seen(task: &Arc<Task>, around: &Around<'_>) -> Option<Todo> {
    if around.aside.contains(&task.contact) {
        return None;
    }
    let target = Target::Known(task.id.clone());
    if around.overlay.of(&task.contact).next().is_none() {
        return Some(Todo { value: task.clone(), target: Some(target), edit: None, state: None });
    }
    let gone = around.overlay.contact_deleted(&task.contact) || around.overlay.task_deleted(&task.contact, &target);
    (!gone).then(|| folded(around.overlay, task))
}

/// A task with the pending edits folded over it.
fn folded(overlay: &Overlay, task: &Arc<Task>) -> Todo {
    let (value, pending) = overlay.task(task);
    let value = if value == **task { task.clone() } else { Arc::new(value) };
    let (edit, state) = (pending.and_then(|one| one.id), pending.map(|one| one.progress.state()));
    Todo { value, target: Some(Target::Known(task.id.clone())), edit, state }
}

/// Tasks that are being added.
fn added(overlay: &Overlay) -> Vec<Todo> {
    let mut contacts: Vec<&ContactId> = Vec::new();
    for pending in overlay.iter().filter(|pending| matches!(pending.edit.what, EditKind::Task(TaskEdit::Add { .. }))) {
        if !contacts.contains(&&pending.edit.contact) {
            contacts.push(&pending.edit.contact);
        }
    }
    let todo = |shown: Shown<'_, Task, TaskId>| Todo {
        value: Arc::new(shown.value),
        target: shown.target,
        edit: shown.pending.and_then(|one| one.id),
        state: shown.pending.map(|one| one.progress.state()),
    };
    contacts.into_iter().flat_map(|contact| overlay.added_tasks(contact)).map(todo).collect()
}

/// How a sentence calls them: `“Call back”` or `12 tasks`.
pub(crate) fn called(tasks: &[Meant]) -> String {
    match tasks {
        [(_, task)] => format!("“{}”", text::cut(&text::clean(&task.title), 40)),
        many => format!("{} tasks", many.len()),
    }
}
