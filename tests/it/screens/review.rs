//! The review of duplicates: keys in, screen and commands out.

mod bulk;
mod choosing;
mod journal;
mod looking;
mod set_aside;
mod walks;

use std::sync::Arc;

use ghl_tui::dedupe::Reason;
use ghl_tui::domain::{
    Appointment, AppointmentId, AppointmentStatus, AppointmentTime, Contact, ContactId, CustomFieldId, CustomValue,
    Dnd, GroupId, Member, MergeId, MergePhase, MergePlan, MergeProgress, MergeRecord, Note, NoteId, Task, TaskId,
    UserId,
};
use ghl_tui::protocol::{
    Command, Compared, DuplicateGroup, DuplicatePair, Duplicates, Event, MergeEvent, Scan, Stays, Ticket,
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::stage::{Stage, noon, people, somebody};

fn id(id: &str) -> ContactId {
    ContactId::new(id)
}

pub(super) fn pair(a: usize, b: usize, score: f64, reasons: &[(&str, f64)]) -> DuplicatePair {
    let reasons = reasons.iter().map(|(words, bits)| Reason { words: (*words).to_owned(), bits: *bits }).collect();
    DuplicatePair { a, b, score, reasons }
}

pub(super) fn group(members: &[&str], score: f64, pairs: Vec<DuplicatePair>) -> Arc<DuplicateGroup> {
    let members = members.iter().map(|member| id(member)).collect();
    Arc::new(DuplicateGroup { members, score, pairs })
}

pub(super) fn found(groups: Vec<Arc<DuplicateGroup>>) -> Event {
    Event::Duplicates(Arc::new(Duplicates { groups, scan: Scan::Done }))
}

/// Ana, who is in the list three times; the third is somebody's idea of a joke.
fn anas() -> Vec<Contact> {
    let second = Contact {
        email: Some("ANA.Lopez@Example.com".to_owned()),
        phone: Some("+14155550143".to_owned()),
        company: Some("Lopez Orthodontics".to_owned()),
        city: Some("Alameda".to_owned()),
        tags: vec!["web".to_owned(), "import".to_owned()],
        owner: Some(UserId::new("u2")),
        website: Some("https://lopez.example.com".to_owned()),
        source: Some("Facebook form".to_owned()),
        dnd: Dnd { all: false, channels: Some(vec![("SMS".to_owned(), false), ("Email".to_owned(), true)]) },
        custom: vec![CustomValue { id: CustomFieldId::new("f1"), value: "Aetna".into() }],
        updated: Some(noon() - SignedDuration::from_hours(30)),
        added: Some(noon() - SignedDuration::from_hours(24 * 90)),
        ..somebody("c8", "Ana", "Lopez")
    };
    let third =
        Contact { phone: Some("+14155550142".to_owned()), ..somebody("c9", "\u{1b}[31mAna\u{202e} M.\u{7}", "LÓPEZ") };
    vec![second, third]
}

fn everybody() -> Vec<Contact> {
    people().into_iter().chain(anas()).collect()
}

/// What a contact has: Ana a lot, her double less.
fn member(contact: &Contact) -> Member {
    let note = |name: &str, body: &str, hours: i64| Note {
        id: NoteId::new(name),
        contact: contact.id.clone(),
        title: None,
        body: body.to_owned(),
        author: Some(UserId::new("u1")),
        added: Some(noon() - SignedDuration::from_hours(hours)),
        pinned: false,
    };
    let task = |name: &str, title: &str, completed: bool, hours: i64| Task {
        id: TaskId::new(name),
        contact: contact.id.clone(),
        title: title.to_owned(),
        body: None,
        due: Some(noon() + SignedDuration::from_hours(hours)),
        completed,
        assigned_to: None,
    };
    let appointment = |name: &str, start: &str| Appointment {
        id: AppointmentId::new(name),
        contact: contact.id.clone(),
        calendar: None,
        title: Some("Consult".to_owned()),
        start: Some(AppointmentTime::Wall(start.parse().expect("a wall time"))),
        end: None,
        status: AppointmentStatus::Confirmed,
        assigned_to: None,
        address: None,
    };
    let nothing = Member { contact: contact.clone(), tasks: Vec::new(), notes: Vec::new(), appointments: Vec::new() };
    match contact.id.as_str() {
        "c1" => Member {
            tasks: vec![task("t1", "Call back", false, -49), task("t2", "Recall", true, -90)],
            notes: vec![note("n1", "Prefers SMS", 50), note("n2", "Left voicemail", 220)],
            appointments: vec![appointment("a1", "2026-11-27T10:00")],
            ..nothing
        },
        "c8" => Member {
            tasks: vec![task("t8", "Send quote", false, 18)],
            notes: vec![note("n8", "Wants a quote", 20), note("n9", "Came by", 500)],
            appointments: vec![appointment("a8", "2026-12-01T09:00"), appointment("a9", "2026-10-12T16:00")],
            ..nothing
        },
        _ => nothing,
    }
}

fn compared(members: &[&str], fresh: bool) -> Compared {
    let all = everybody();
    let of = |name: &&str| all.iter().find(|contact| contact.id.as_str() == *name).map(member).expect("somebody");
    Compared {
        members: members.iter().map(of).collect(),
        fetched_at: fresh.then(noon),
        stays: members.iter().map(|_| Stays { conversations: Some(2), opportunities: None }).collect(),
        failure: None,
    }
}

const REASONS: [(&str, f64); 6] = [
    ("same e-mail", 9.2),
    ("Ana is short for Ana María", 3.4),
    ("added by the same source", 1.1),
    ("phones differ in one digit", 0.6),
    ("cities differ", -0.8),
    ("same state", 0.1),
];

fn duo() -> Arc<DuplicateGroup> {
    group(&["c1", "c8"], 0.99, vec![pair(0, 1, 0.999_9, &REASONS)])
}

fn trio() -> Arc<DuplicateGroup> {
    let third = pair(1, 2, 0.72, &[("same phone", 4.0), ("different first names, same household?", -2.5)]);
    group(&["c1", "c8", "c9"], 0.84, vec![pair(0, 1, 0.999_9, &REASONS), third])
}

fn others() -> Arc<DuplicateGroup> {
    group(&["c3", "c5"], 0.97, vec![pair(0, 1, 0.97, &[("same name", 7.0)])])
}

/// The review of Ana and her double, fetched; one more group behind it.
fn reviewing(size: (u16, u16)) -> Stage {
    let mut stage = opened(size, vec![duo(), others()]);
    stage.event(Event::Compared(Arc::new(compared(&["c1", "c8"], true))));
    stage
}

/// The review of all three.
fn reviewing_three(size: (u16, u16)) -> Stage {
    let mut stage = opened(size, vec![trio(), others()]);
    stage.event(Event::Compared(Arc::new(compared(&["c1", "c8", "c9"], true))));
    stage
}

/// The screen of duplicates, nothing fetched.
fn opened(size: (u16, u16), groups: Vec<Arc<DuplicateGroup>>) -> Stage {
    let mut stage = Stage::new(size);
    stage.people(everybody());
    stage.event(found(groups));
    stage.press("4");
    stage
}

/// The merges that were just asked for, with their ticket.
#[track_caller]
fn merged(stage: &mut Stage) -> (Ticket, Vec<MergePlan>) {
    let is_merge = |command: &Command| matches!(command, Command::Merge { .. });
    let Some(at) = stage.sent.iter().rposition(is_merge) else { panic!("no merge was asked for\n{}", stage.screen()) };
    match stage.sent.remove(at) {
        Command::Merge { ticket, plans } => (ticket, plans),
        other => panic!("{other:?}"),
    }
}

fn record(number: i64, batch: u128, plan: MergePlan, progress: MergeProgress) -> MergeRecord {
    let left = plan.losers.iter().map(|loser| (loser.clone(), Some(noon()))).collect();
    MergeRecord {
        id: MergeId(Uuid::from_u128(u128::try_from(number).expect("a small number"))),
        number,
        batch: GroupId(Uuid::from_u128(batch)),
        plan,
        phase: MergePhase::Merge,
        progress,
        done: 3,
        steps: 11,
        made_at: noon(),
        ended_at: None,
        left,
        purged_at: None,
        remade: Vec::new(),
        wiped: false,
    }
}

fn changed(stage: &mut Stage, record: &MergeRecord) {
    stage.event(Event::Merge(MergeEvent::Changed(record.clone())));
}

/// Merges Ana, and what the journal says of it.
fn merging(stage: &mut Stage, number: i64) -> MergeRecord {
    stage.press("M y");
    let (ticket, mut plans) = merged(stage);
    let record = record(number, 100, plans.remove(0), MergeProgress::Queued);
    stage.event(Event::Merge(MergeEvent::Queued { ticket: Some(ticket), merges: vec![record.clone()] }));
    record
}

fn with(record: &MergeRecord, progress: MergeProgress) -> MergeRecord {
    MergeRecord { progress, ..record.clone() }
}
