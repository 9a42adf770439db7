//! What stands on a day: a task that is due, an appointment that begins.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::domain::{
    Appointment, AppointmentId, ContactId, Edit, EditId, EditKind, Overlay, PendingState, Shown, Target, TaskId,
    UserId, is_on, start_of,
};
use crate::query::{self, Roster};

use crate::ui::screens::open_tasks::state::{Around, OpenTasksList, Todo};

/// An appointment as it is listed.
#[derive(Clone, Debug)]
pub(crate) struct Booked {
    /// With the pending edits folded over it.
    pub(crate) value: Arc<Appointment>,
    /// How an edit calls it; `None` while the edit that makes it is not promised yet.
    pub(crate) target: Option<Target<AppointmentId>>,
    /// The newest edit that concerns it, and how far it has come.
    pub(crate) edit: Option<EditId>,
    pub(crate) state: Option<PendingState>,
    /// It takes whole days.
    pub(crate) all_day: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    Task(Todo),
    Appointment(Booked),
}

/// What stands on a day.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) day: Date,
    /// What takes whole days comes before what has a time.
    pub(crate) timed: bool,
    pub(crate) at: Timestamp,
    pub(crate) what: What,
}

/// What is under the cursor, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Task(Target<TaskId>),
    Appointment(Target<AppointmentId>),
}

impl Item {
    fn order(&self) -> (Date, bool, Timestamp, bool, &str) {
        let (is_task, id) = match &self.what {
            What::Task(todo) => (true, todo.value.id.as_str()),
            What::Appointment(booked) => (false, booked.value.id.as_str()),
        };
        (self.day, self.timed, self.at, is_task, id)
    }

    pub(crate) fn key(&self) -> Option<Key> {
        match &self.what {
            What::Task(todo) => todo.target.clone().map(Key::Task),
            What::Appointment(booked) => booked.target.clone().map(Key::Appointment),
        }
    }

    pub(crate) fn contact(&self) -> &ContactId {
        match &self.what {
            What::Task(todo) => &todo.value.contact,
            What::Appointment(booked) => &booked.value.contact,
        }
    }

    pub(crate) fn edit(&self) -> Option<EditId> {
        match &self.what {
            What::Task(todo) => todo.edit,
            What::Appointment(booked) => booked.edit,
        }
    }

    pub(crate) fn owner(&self) -> Option<&UserId> {
        match &self.what {
            What::Task(todo) => todo.value.assigned_to.as_ref(),
            What::Appointment(booked) => booked.value.assigned_to.as_ref(),
        }
    }

    /// Whether there is something to be done or somebody to be met.
    pub(crate) fn stands(&self) -> bool {
        match &self.what {
            What::Task(todo) => !todo.value.completed,
            What::Appointment(booked) => is_on(&booked.value.status),
        }
    }

    pub(crate) fn text(&self, roster: &Roster) -> String {
        let name = roster.find(self.contact()).map(|ix| roster.get(ix).name()).unwrap_or_default();
        let title = match &self.what {
            What::Task(todo) => todo.value.title.as_str(),
            What::Appointment(booked) => booked.value.title.as_deref().unwrap_or_default(),
        };
        query::folded(&format!("{title} {name}"))
    }
}

/// Everything that has a day, in order.
pub(crate) fn all(open_tasks: &OpenTasksList, told: &[Arc<Appointment>], around: &Around<'_>) -> Vec<Item> {
    let mut all = Vec::new();
    // Tasks come in order: another day is looked for only where the last one has ended.
    let mut day: Option<(Date, Timestamp, Timestamp)> = None;
    for todo in open_tasks.all(around) {
        let Some(at) = todo.value.due else { continue };
        if day.is_none_or(|(_, from, to)| at < from || to <= at) {
            let date = around.zone.to_datetime(at).date();
            let next = date.checked_add(1.day()).map_or(Timestamp::MAX, |next| start_of(next, around.zone));
            day = Some((date, start_of(date, around.zone), next));
        }
        let Some((day, ..)) = day else { continue };
        all.push(Item { day, timed: true, at, what: What::Task(todo) });
    }
    let booked = booked(told, around.overlay, around.zone);
    all.extend(booked.into_iter().filter_map(|booked| {
        let start = booked.value.start?;
        let (day, at) = (start.wall(around.zone).date(), start.instant(around.zone)?);
        Some(Item { day, timed: !booked.all_day, at, what: What::Appointment(booked) })
    }));
    all.sort_by(|one, other| one.order().cmp(&other.order()));
    all
}

/// The appointments with the pending edits folded over them, and those that are being booked.
fn booked(told: &[Arc<Appointment>], overlay: &Overlay, zone: &TimeZone) -> Vec<Booked> {
    let is_edited = |edit: &Edit| matches!(edit.what, EditKind::Appointment(_)) || edit.deletes_contact();
    let mut edited: HashMap<&ContactId, Vec<Appointment>> = HashMap::new();
    for pending in overlay.iter().filter(|pending| is_edited(&pending.edit)) {
        edited.entry(&pending.edit.contact).or_default();
    }
    let mut all = Vec::with_capacity(told.len());
    for one in told {
        if let Some(of_contact) = edited.get_mut(&one.contact) {
            of_contact.push(Appointment::clone(one));
        } else {
            let (value, target) = (one.clone(), Some(Target::Known(one.id.clone())));
            let all_day = is_all_day(one, zone);
            all.push(Booked { value, target, edit: None, state: None, all_day });
        }
    }
    for (contact, confirmed) in edited {
        if overlay.contact_deleted(contact) {
            continue;
        }
        all.extend(overlay.appointments(contact, &confirmed).into_iter().map(|shown| {
            let Shown { value, target, pending } = shown;
            let all_day = is_all_day(&value, zone);
            let (edit, state) = (pending.and_then(|one| one.id), pending.map(|one| one.progress.state()));
            Booked { value: Arc::new(value), target, edit, state, all_day }
        }));
    }
    all
}

/// Whether it takes whole days: from a midnight of the location to none, another, or the minute before one. A date alone
/// is read as its midnight.
fn is_all_day(one: &Appointment, zone: &TimeZone) -> bool {
    let Some(start) = one.start.map(|start| start.wall(zone)) else { return false };
    let from_midnight = (start.hour(), start.minute()) == (0, 0);
    from_midnight
        && one.end.map(|end| end.wall(zone)).is_none_or(|end| match (end.hour(), end.minute()) {
            (0, 0) => end.date() > start.date(),
            (23, 59) => true,
            _ => false,
        })
}
