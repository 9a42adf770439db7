//! Tasks and appointments of the location by day, with a cursor that is a day and what is under it.
//!
//! The items are rebuilt only when their source has changed, and filtered only when the filter has:
//! there may be twenty thousand. A key costs as much as there are days with something in them.

mod items;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{EditId, Month, Receipt, Target, UserId};
use crate::protocol::LocationAppointments;

use crate::ui::screens::open_tasks::state::filter::{TaskFilter, Whose};
use crate::ui::screens::open_tasks::state::{Around, OpenTasksList};
use crate::ui::state::list_cursor::ListCursor;

pub(crate) use items::{Booked, Item, Key, What};

/// Which half of the screen has the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Part {
    Calendar,
    #[default]
    List,
}

/// What has to be rebuilt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Stale {
    #[default]
    Nothing,
    /// Which are let through.
    Filter,
    All,
}

/// Words that were looked for, and where the cursor was.
pub(crate) type Place = (String, Date, Option<Key>);

/// A day in the list: a heading, and below it what stands on the day, or a line that says that it is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) day: Date,
    /// The line of its heading.
    pub(crate) line: usize,
    /// Which of the listed come below it.
    pub(crate) first: usize,
    pub(crate) count: usize,
}

impl Block {
    fn end(&self) -> usize {
        self.line + 1 + self.count.max(1)
    }
}

/// Tasks and appointments by day.
#[derive(Clone, Debug)]
pub(crate) struct Agenda {
    pub(crate) told: LocationAppointments,
    /// Everything that has a day, in order.
    all: Vec<Item>,
    /// Those that the filter lets through.
    shown: Vec<usize>,
    /// How much of what is shown stands on each day: neither done nor cancelled.
    counts: HashMap<Date, usize>,
    blocks: Vec<Block>,
    pub(crate) day: Date,
    today: Option<Date>,
    /// Which of the shown is under the cursor, where the day has any.
    at: usize,
    key: Option<Key>,
    /// The line under the cursor, and the first that is seen.
    pub(crate) place: ListCursor,
    /// The day was chosen, and nothing on it since: its heading stays at the top, whatever comes above it.
    to_top: bool,
    /// Until somebody has moved, it stands where the day goes on.
    moved: bool,
    pub(crate) part: Part,
    pub(crate) filter: TaskFilter,
    stale: Stale,
    /// Of the overlay and of the tasks.
    stamp: (u64, u64),
}

impl Default for Agenda {
    fn default() -> Self {
        Self {
            told: LocationAppointments::default(),
            all: Vec::new(),
            shown: Vec::new(),
            counts: HashMap::new(),
            blocks: Vec::new(),
            day: Date::ZERO,
            today: None,
            at: 0,
            key: None,
            place: ListCursor::default(),
            to_top: true,
            moved: false,
            part: Part::default(),
            filter: TaskFilter::default(),
            stale: Stale::All,
            stamp: (0, 0),
        }
    }
}

impl Agenda {
    /// Takes in what the worker told.
    pub(crate) fn set(&mut self, told: LocationAppointments) {
        if !Arc::ptr_eq(&told.appointments, &self.told.appointments) {
            self.stale = Stale::All;
        }
        self.told = told;
    }

    /// What it is made from may be another.
    pub(crate) fn changed(&mut self) {
        self.stale = Stale::All;
    }

    /// What one of our edits left on the server replaces the copy, in one step with the edit's leaving the overlay.
    pub(crate) fn receipt(&mut self, by: EditId, receipt: &Receipt) {
        match receipt {
            Receipt::Task(task) if self.key == Some(Key::Task(Target::MadeBy(by))) => {
                self.key = Some(Key::Task(Target::Known(task.id.clone())));
            }
            Receipt::Appointment(one) => {
                if self.key == Some(Key::Appointment(Target::MadeBy(by))) {
                    self.key = Some(Key::Appointment(Target::Known(one.id.clone())));
                }
                let held = Arc::make_mut(&mut self.told.appointments);
                match held.iter_mut().find(|held| held.id == one.id) {
                    Some(held) => *held = Arc::new(one.clone()),
                    None => held.push(Arc::new(one.clone())),
                }
                self.stale = Stale::All;
            }
            Receipt::AppointmentGone(id) => {
                Arc::make_mut(&mut self.told.appointments).retain(|held| held.id != *id);
                self.stale = Stale::All;
            }
            Receipt::ContactGone { id, .. } => {
                Arc::make_mut(&mut self.told.appointments).retain(|held| held.contact != *id);
                self.stale = Stale::All;
            }
            _ => {}
        }
    }

    /// The month that is shown.
    pub(crate) fn month(&self) -> Month {
        Month::of(self.day)
    }

    pub(crate) fn today(&self) -> Date {
        self.today.unwrap_or(self.day)
    }

    /// Lists what has these words in its title or its contact's name.
    pub(crate) fn set_words(&mut self, words: String) {
        if words != self.filter.words() {
            self.filter.set_words(words);
            self.stale = self.stale.max(Stale::Filter);
        }
    }

    /// The words and where the cursor is.
    pub(crate) fn place(&self) -> Place {
        (self.filter.words().to_owned(), self.day, self.key.clone())
    }

    /// Goes back to other words, and to where the cursor was.
    pub(crate) fn restore(&mut self, (words, day, key): Place) {
        self.filter.set_words(words);
        (self.day, self.key, self.stale) = (day, key, self.stale.max(Stale::Filter));
    }

    /// Lists all; the cursor stays where it is.
    pub(crate) fn clear_filter(&mut self) {
        self.filter.clear();
        self.stale = self.stale.max(Stale::Filter);
    }

    /// Lists what is for these.
    pub(crate) fn set_whose(&mut self, whose: Whose) {
        (self.filter.whose, self.stale) = (whose, self.stale.max(Stale::Filter));
    }

    /// The owners of the appointments.
    pub(crate) fn owners(&self) -> impl Iterator<Item = &UserId> {
        self.told.appointments.iter().filter_map(|one| one.assigned_to.as_ref())
    }

    /// How much stands on a day, of what is listed.
    pub(crate) fn count(&self, day: Date) -> usize {
        self.counts.get(&day).copied().unwrap_or(0)
    }

    /// The listed, by their place.
    pub(crate) fn nth(&self, at: usize) -> Option<&Item> {
        self.all.get(*self.shown.get(at)?)
    }

    /// What is under the cursor.
    pub(crate) fn item(&self) -> Option<&Item> {
        self.nth(self.at).filter(|item| item.day == self.day)
    }

    /// Which of the listed is under the cursor.
    pub(crate) fn cursor(&self) -> Option<usize> {
        self.item().map(|_| self.at)
    }

    /// The days from this line on.
    pub(crate) fn blocks_from(&self, line: usize) -> &[Block] {
        &self.blocks[self.blocks.partition_point(|block| block.end() <= line)..]
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.blocks.last().map_or(0, Block::end)
    }

    /// How many tasks and appointments are listed.
    pub(crate) fn listed(&self) -> usize {
        self.shown.len()
    }

    /// How many of them have a day, listed or not.
    pub(crate) fn total(&self) -> usize {
        self.all.len()
    }

    /// How many tasks and appointments are listed in a month.
    pub(crate) fn in_month(&self, month: Month) -> (usize, usize) {
        let (first, last) = (month.first(), month.last());
        let from = self.place_of(first);
        let to = self.shown.partition_point(|at| self.all[*at].day <= last);
        let tasks = (from..to).filter(|at| matches!(self.all[self.shown[*at]].what, What::Task(_))).count();
        (tasks, to - from - tasks)
    }

    /// The first of the listed that stands on this day or later.
    fn place_of(&self, day: Date) -> usize {
        self.shown.partition_point(|at| self.all[*at].day < day)
    }

    /// Chooses a day, and the first that stands on it.
    pub(crate) fn go_to(&mut self, day: Date) {
        (self.day, self.at, self.to_top, self.moved) = (day, self.place_of(day), true, true);
        self.key = self.item().and_then(Item::key);
        self.arrange();
    }

    /// Chooses today, and what comes next on it; where nothing does any more, the first.
    pub(crate) fn go_to_today(&mut self, now: Timestamp) {
        let today = self.today();
        self.go_to(today);
        let is_next = |at: &usize| self.nth(*at).is_some_and(|item| item.timed && item.at >= now);
        let of_today = self.at..self.shown.partition_point(|at| self.all[*at].day <= today);
        if let Some(next) = of_today.clone().find(is_next) {
            self.go(next);
        }
        self.to_top = true;
    }

    /// Chooses what stands at a place of the list, and its day.
    pub(crate) fn go(&mut self, at: usize) {
        let Some(item) = self.nth(at.min(self.shown.len().saturating_sub(1))) else { return };
        let (day, key) = (item.day, item.key());
        (self.at, self.day, self.key, self.moved) = (at.min(self.shown.len() - 1), day, key, true);
        self.to_top = false;
        self.arrange();
    }

    /// Moves by so many of the listed; from a free day to what is next to it.
    pub(crate) fn step(&mut self, by: isize) {
        if let Some(at) = self.cursor() {
            return self.go(at.saturating_add_signed(by));
        }
        let (after, by, down) = (self.place_of(self.day), by.unsigned_abs(), by > 0);
        if down && after < self.shown.len() {
            self.go(after + by.saturating_sub(1));
        } else if !down && after > 0 {
            self.go(after.saturating_sub(by));
        }
    }

    /// Goes to the first or the last that is listed.
    pub(crate) fn end(&mut self, last: bool) {
        self.go(if last { self.shown.len().saturating_sub(1) } else { 0 });
    }

    /// Brings everything in line with what it is made from; the line under the cursor keeps its place on the screen.
    pub(crate) fn settle(&mut self, open_tasks: &OpenTasksList, around: &Around<'_>, height: usize) {
        let today = around.zone.to_datetime(around.now).date();
        if self.today.is_none() {
            self.day = today;
        }
        let new_day = self.today != Some(today);
        self.today = Some(today);
        let stamp = (around.overlay.changes(), open_tasks.version());
        if self.filter.renamed(around) || stamp != self.stamp {
            self.stale = Stale::All;
        }
        if self.stale > Stale::Nothing || new_day {
            let before = ListCursor { at: self.line(), ..self.place };
            if self.stale == Stale::All {
                self.stamp = stamp;
                self.filter.forget();
                self.all = items::all(open_tasks, &self.told.appointments, around);
            }
            if std::mem::take(&mut self.stale) > Stale::Nothing {
                self.filter(around);
                self.find();
            }
            self.arrange();
            self.place = before.carried_to(self.line());
            if !self.moved {
                self.go_to_today(around.now);
                self.moved = false;
            }
        }
        self.scroll(height);
    }

    /// The line under the cursor.
    fn line(&self) -> usize {
        let block = self.blocks.binary_search_by_key(&self.day, |block| block.day).ok().map(|at| self.blocks[at]);
        block.map_or(0, |block| block.line + 1 + self.cursor().map_or(0, |at| at - block.first))
    }

    fn scroll(&mut self, height: usize) {
        let line = self.line();
        self.place.at = line;
        if self.to_top {
            let block = self.blocks.binary_search_by_key(&self.day, |block| block.day);
            self.place.top = block.map_or(line, |at| self.blocks[at].line);
        }
        // The heading of the day's first is seen with it.
        let is_first = self.cursor().is_none_or(|at| at == 0 || self.nth(at - 1).is_none_or(|one| one.day != self.day));
        self.place.reveal(line.saturating_sub(usize::from(is_first)), self.len(), height);
    }

    /// The cursor follows what was under it, to another day too; where that is gone, the day stays.
    fn find(&mut self) {
        let is_here = |at: &usize| self.nth(*at).is_some_and(|item| item.key() == self.key);
        let found = self.key.is_some().then(|| (0..self.shown.len()).find(is_here)).flatten();
        if let Some((at, day)) = found.and_then(|at| Some((at, self.nth(at)?.day))) {
            (self.at, self.day) = (at, day);
        } else {
            let from = self.place_of(self.day);
            let of_day = self.shown[from..].iter().take_while(|at| self.all[**at].day == self.day).count();
            let to = self.at.clamp(from, from + of_day.saturating_sub(1));
            self.at = to;
            self.key = self.item().and_then(Item::key);
        }
    }

    fn filter(&mut self, around: &Around<'_>) {
        self.filter.read(&self.all, |item| item.text(around.roster));
        let is_listed = |at: &usize| {
            let item = &self.all[*at];
            self.filter.admits(item.owner(), Some(*at), || item.text(around.roster))
        };
        self.shown = (0..self.all.len()).filter(is_listed).collect();
        self.counts.clear();
        for item in self.shown.iter().map(|at| &self.all[*at]).filter(|item| item.stands()) {
            *self.counts.entry(item.day).or_default() += 1;
        }
    }

    /// Lays the days out: those with something on them, today, and the chosen one.
    fn arrange(&mut self) {
        self.blocks.clear();
        let mut free: Vec<Date> = self.today.into_iter().chain([self.day]).collect();
        free.sort_unstable();
        free.dedup();
        let mut free = free.into_iter().peekable();
        let mut at = 0;
        let mut line = 0;
        loop {
            let next = self.shown.get(at).map(|at| self.all[*at].day);
            let day = match (next, free.peek().copied()) {
                (Some(next), Some(other)) => next.min(other),
                (Some(day), None) | (None, Some(day)) => day,
                (None, None) => break,
            };
            free.next_if_eq(&day);
            let count = self.shown[at..].partition_point(|at| self.all[*at].day <= day);
            let block = Block { day, line, first: at, count };
            (at, line) = (at + count, block.end());
            self.blocks.push(block);
        }
    }
}
