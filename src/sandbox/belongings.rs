//! A contact's tasks, notes and appointments. Seeded ones are a function of seed and position, made on demand.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::{
    clock::iso,
    ids::{hash, id},
    people::{chance, hostile, pick},
    world::World,
};

/// In milliseconds: the longest time between making a seeded task and its due date.
const FORTNIGHT: u64 = 14 * 86_400_000;

#[derive(Clone, Debug)]
pub(super) struct TaskRecord {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) assigned_to: Option<String>,
    pub(super) due: i64,
    pub(super) completed: bool,
    /// Not in any answer, but in events.
    pub(super) added: i64,
}

#[derive(Clone, Debug)]
pub(super) struct NoteRecord {
    pub(super) id: String,
    pub(super) body: String,
    pub(super) title: Option<String>,
    pub(super) color: Option<String>,
    pub(super) pinned: bool,
    pub(super) user: Option<String>,
    pub(super) added: i64,
    /// The body is HTML, because the note is seeded; the switch `note-body` decides how answers show it.
    pub(super) rich: bool,
}

#[derive(Clone, Debug)]
pub(super) struct AppointmentRecord {
    pub(super) id: String,
    pub(super) calendar: String,
    pub(super) title: String,
    pub(super) status: String,
    pub(super) user: Option<String>,
    pub(super) notes: String,
    pub(super) address: String,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) added: i64,
    pub(super) updated: i64,
}

/// How an endpoint writes an appointment's times.
#[derive(Clone, Copy)]
pub(super) enum Times {
    /// `2021-07-16 11:00:00`, in the location's zone, without an offset.
    Wall,
    /// `2021-06-23T03:30:00-07:00`.
    Offset,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Belongings {
    pub(super) tasks: Vec<TaskRecord>,
    pub(super) notes: Vec<NoteRecord>,
    pub(super) appointments: Vec<AppointmentRecord>,
    /// Every start of a campaign or workflow, in order: each one sent messages.
    pub(super) started: Vec<String>,
    /// Campaigns and workflows that the contact is in.
    pub(super) running: Vec<String>,
    /// How many things have been created since the start; their ids count on from it.
    pub(super) created: u64,
}

impl TaskRecord {
    /// `id_name` is `id`, or `_id` in one of the listings.
    pub(super) fn json(&self, contact: &str, id_name: &str) -> Value {
        let mut out = Map::new();
        out.insert(id_name.to_owned(), json!(self.id));
        out.insert("title".into(), json!(self.title));
        out.insert("body".into(), json!(self.body));
        if let Some(user) = &self.assigned_to {
            out.insert("assignedTo".into(), json!(user));
        }
        out.insert("dueDate".into(), json!(iso(self.due)));
        out.insert("completed".into(), json!(self.completed));
        out.insert("contactId".into(), json!(contact));
        Value::Object(out)
    }
}

impl NoteRecord {
    pub(super) fn json(&self, contact: &str, plain: bool) -> Value {
        let body = if plain && self.rich { without_tags(&self.body) } else { self.body.clone() };
        let mut out = json!({
            "id": self.id, "body": body, "userId": self.user, "dateAdded": iso(self.added), "contactId": contact,
            "title": self.title, "color": self.color, "pinned": self.pinned,
        });
        if let Some(map) = out.as_object_mut() {
            map.retain(|_, value| !value.is_null());
        }
        out
    }
}

impl AppointmentRecord {
    pub(super) fn json(&self, world: &World, contact: &str, times: Times) -> Value {
        let at = |ms| match times {
            Times::Wall => world.wall(ms),
            Times::Offset => world.offset(ms),
        };
        let mut out = json!({
            "id": self.id, "calendarId": self.calendar, "appointmentStatus": self.status,
            "title": self.title, "assignedUserId": self.user.clone().unwrap_or_default(), "users": self.user.iter().collect::<Vec<_>>(),
            "notes": self.notes, "startTime": at(self.start), "endTime": at(self.end),
            "address": self.address, "locationId": world.location_id, "contactId": contact,
            "groupId": id(world.seed, "group", 0, 0), "assignedResources": [],
            "dateAdded": at(self.added), "dateUpdated": at(self.updated),
        });
        if matches!(times, Times::Wall) {
            // Only the contact's own list repeats it.
            out["status"] = json!(self.status);
        }
        out
    }
}

/// The seeded belongings of the person at `index`; `added` is when that person was added.
pub(super) fn seeded(world: &World, index: u32, added: i64) -> Belongings {
    Belongings {
        tasks: tasks(world, index),
        notes: notes(world, index, added),
        appointments: appointments(world, index, added),
        ..Belongings::default()
    }
}

fn rng(world: &World, purpose: &str, index: u32) -> Rng {
    Rng::with_seed(hash(world.seed, purpose, u64::from(index), 0))
}

pub(super) fn tasks(world: &World, index: u32) -> Vec<TaskRecord> {
    let mut rng = rng(world, "tasks", index);
    let open = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2][rng.usize(..10)] + usize::from(chance(&mut rng, 4));
    let done = [0, 0, 0, 0, 0, 0, 0, 1, 1, 2][rng.usize(..10)];
    let mut out: Vec<TaskRecord> = (0..open + done).map(|n| task(world, index, n, n >= open, &mut rng)).collect();
    if let Some(texts) = hostile(world, index) {
        let mut task = task(world, index, 99, false, &mut rng);
        task.title.clone_from(&texts.task);
        out.push(task);
    }
    out
}

fn task(world: &World, index: u32, n: usize, completed: bool, rng: &mut Rng) -> TaskRecord {
    let (title, body) = pick(rng, &world.texts.tasks);
    let days = match rng.u32(..100) {
        _ if completed => -rng.i64(1..90),
        0..=7 => 0,
        8..=14 => 1,
        15..=39 => -rng.i64(1..=10),
        _ => rng.i64(1..=21),
    };
    let n = u64::try_from(n).unwrap_or(0);
    let assigned_to = chance(rng, 75).then(|| pick(rng, &world.users).id.clone());
    let due = world.local(days, rng.i8(8..18), *pick(rng, &[0, 0, 0, 15, 30, 45]));
    let lead = hash(world.seed, "task added", u64::from(index), n) % FORTNIGHT;
    TaskRecord {
        id: id(world.seed, "task", u64::from(index), n),
        title: title.clone(),
        body: body.clone(),
        assigned_to,
        due,
        completed,
        added: due.min(world.now) - i64::try_from(lead).expect("at most two weeks"),
    }
}

fn notes(world: &World, index: u32, added: i64) -> Vec<NoteRecord> {
    let mut rng = rng(world, "notes", index);
    let count = [0, 0, 0, 1, 1, 1, 2, 2, 3, 6][rng.usize(..10)];
    let mut out: Vec<NoteRecord> = (0..count).map(|n| note(world, index, n, added, &mut rng)).collect();
    if let Some(texts) = hostile(world, index) {
        let mut note = note(world, index, 99, added, &mut rng);
        note.body = if texts.long == "note" {
            format!("<p>{}</p>", "All work and no play. ".repeat(454))
        } else {
            texts.note.clone()
        };
        out.push(note);
    }
    out.sort_by_key(|note| std::cmp::Reverse(note.added));
    out
}

fn note(world: &World, index: u32, n: u64, added: i64, rng: &mut Rng) -> NoteRecord {
    let texts = &world.texts;
    NoteRecord {
        id: id(world.seed, "note", u64::from(index), n),
        body: pick(rng, &texts.notes).clone(),
        title: Some(pick(rng, &texts.note_titles).clone()).filter(|title| !title.is_empty()),
        color: chance(rng, 10).then(|| pick(rng, &["#FFAA00", "#FDE68A", "#A7F3D0"]).to_string()),
        pinned: chance(rng, 5),
        user: chance(rng, 85).then(|| pick(rng, &world.users).id.clone()),
        added: rng.i64(added..=world.now.max(added)),
        rich: true,
    }
}

fn without_tags(html: &str) -> String {
    let mut inside = false;
    let text: String = html
        .chars()
        .filter(|&letter| match letter {
            '<' => {
                inside = true;
                false
            }
            '>' if inside => {
                inside = false;
                false
            }
            _ => !inside,
        })
        .collect();
    text.replace("&nbsp;", " ").replace("&times;", "×").replace("&amp;", "&")
}

pub(super) fn appointments(world: &World, index: u32, added: i64) -> Vec<AppointmentRecord> {
    let mut rng = rng(world, "appointments", index);
    let count = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3][rng.usize(..10)];
    let mut out: Vec<AppointmentRecord> = (0..count).map(|n| appointment(world, index, n, added, &mut rng)).collect();
    out.sort_by_key(|appointment| appointment.start);
    out
}

fn appointment(world: &World, index: u32, n: u64, added: i64, rng: &mut Rng) -> AppointmentRecord {
    let days = if chance(rng, 45) { rng.i64(0..60) } else { -rng.i64(1..400) };
    let start = world.local(days, rng.i8(8..17), *pick(rng, &[0, 15, 30, 45]));
    let coming = ["new", "confirmed", "confirmed", "confirmed", "cancelled"];
    let past = ["showed", "showed", "showed", "noshow", "cancelled", "confirmed", "invalid"];
    let status = *if start > world.now { pick(rng, &coming) } else { pick(rng, &past) };
    let booked = (start - rng.i64(3_600_000..30 * 86_400_000)).min(world.now - 60_000).max(added.min(world.now));
    AppointmentRecord {
        id: id(world.seed, "appointment", u64::from(index), n),
        calendar: pick(rng, &world.calendars).id.clone(),
        title: pick(rng, &world.texts.appointments).clone(),
        status: status.to_owned(),
        user: Some(pick(rng, &world.users).id.clone()),
        notes: pick(rng, &world.texts.appointment_notes).clone(),
        address: world.practice.address.clone(),
        start,
        end: start + *pick(rng, &[30, 30, 45, 60, 90]) * 60_000,
        added: booked,
        updated: booked,
    }
}
