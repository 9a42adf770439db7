//! Effects that come later than their answer: one effect each, and what turns up beside ours is never kept in silence.

use std::time::Duration;

use ghl_tui::domain::{
    AppointmentEdit, AppointmentPatch, CalendarId, ContactEdit, ContactField, ContactId, ContactPatch, Edit, EditId,
    TaskEdit, TaskPatch,
};
use ghl_tui::protocol::{Command, EditEvent, Event, Outcome};
use ghl_tui::worker::Pace;
use serde_json::{Value, json};

use crate::support::{Rig, Server, Setup, note};
use crate::worker::merging::server as quick;

/// The unit of all waits after an unclear answer; 10 s in the program.
const UNIT: Duration = Duration::from_millis(150);

fn setup() -> Setup {
    let pace = Pace { index_lag: UNIT, page: 20, ..Setup::default().pace };
    Setup { write_timeout: UNIT, pace, ..Setup::default() }
}

fn named(first: &str, last: &str) -> ContactPatch {
    let text = |text: &str| Some(text.to_owned());
    let fields = [(ContactField::FirstName, text(first)), (ContactField::LastName, text(last))];
    ContactPatch { fields: fields.into(), ..ContactPatch::default() }
}

fn create(patch: ContactPatch) -> Edit {
    Edit::new(ContactId::of_group(), ContactEdit::Create { patch, replaces: None })
}

fn task(contact: &ContactId) -> Edit {
    let task = TaskPatch {
        title: Some("Call the bank".to_owned()),
        due: "2031-03-05T17:00:00Z".parse().ok(),
        ..TaskPatch::default()
    };
    Edit::new(contact.clone(), TaskEdit::Add { task, replaces: None })
}

async fn booking(server: &Server, contact: &ContactId) -> Edit {
    let calendars = server.read(&format!("/calendars/?locationId={}", server.running.location_id())).await;
    let appointment = AppointmentPatch {
        calendar: calendars["calendars"][0]["id"].as_str().map(CalendarId::new),
        title: Some("Fitting".to_owned()),
        start: "2031-12-01T17:00:00Z".parse().ok(),
        end: "2031-12-01T18:00:00Z".parse().ok(),
        ..AppointmentPatch::default()
    };
    Edit::new(contact.clone(), AppointmentEdit::Add { appointment, replaces: None })
}

impl Server {
    /// How many contacts have this last name.
    async fn called(&self, last: &str) -> usize {
        let body = json!({
            "locationId": self.running.location_id(), "pageLimit": 500,
            "filters": [{ "field": "lastNameLowerCase", "operator": "eq", "value": last.to_lowercase() }],
        });
        self.make("/contacts/search", body).await["contacts"].as_array().map_or(0, Vec::len)
    }

    /// Every effect that was held back comes now.
    async fn catch_up(&self) {
        self.post("/__sandbox/late", Value::Null).await;
    }

    /// How many of a contact's records the edits here made.
    async fn ours(&self, contact: &ContactId, list: &str) -> usize {
        let (field, texts): (_, &[&str]) = match list {
            "notes" => ("body", &["a cut", "a bad", "a gateway", "silence", "said once"]),
            "tasks" => ("title", &["Call the bank"]),
            _ => ("title", &["Fitting"]),
        };
        let held = self.held(contact).await;
        let says = |one: &&Value| one[field].as_str().is_some_and(|held| texts.iter().any(|text| held.contains(text)));
        held[list].as_array().into_iter().flatten().filter(says).count()
    }

    async fn some(&self, count: usize) -> Vec<ContactId> {
        let body = json!({ "locationId": self.running.location_id(), "pageLimit": count });
        let found = self.make("/contacts/search", body).await;
        let id = |one: &Value| ContactId::new(one["id"].as_str().expect("an id"));
        let found: Vec<ContactId> = found["contacts"].as_array().into_iter().flatten().map(id).collect();
        assert_eq!(found.len(), count);
        found
    }
}

impl Rig {
    /// The next edit that asks what shall become of a record that came late.
    async fn offered(&mut self) -> (EditId, Edit, String) {
        self.wait("late record", |event| match event {
            Event::Edit(EditEvent::Settled { id, edit, outcome: Outcome::Rejected { why, .. } }) => {
                Some((*id, edit.clone(), why.why.clone()))
            }
            _ => None,
        })
        .await
    }
}

/// A read-back that ends before the record it looks for makes it a second time.
#[tokio::test]
async fn a_contact_with_only_a_name_is_found_among_many_new_ones() {
    let server = quick(&[]).await;
    server.post("/__sandbox/others", json!({ "add": 150, "change": 10 })).await;
    let mut rig = Rig::start_with(&server, setup()).await;
    server.fault("POST", "*/contacts/", 1, json!({ "drop": "after" })).await;
    let id = rig.apply(create(named("Only", "Aname"))).await;
    rig.confirmed(id).await;
    assert_eq!(server.called("Aname").await, 1);
}

/// The wait follows the answer: a gateway's 504 and a time-out leave the server at work.
#[tokio::test]
async fn an_effect_that_comes_after_its_answer_is_waited_for() {
    let unit = Duration::from_secs(1);
    let server = quick(&[]).await;
    let mut rig = Rig::start_with(&server, Setup { write_timeout: unit, ..setup() }).await;
    let late = 3_600_000;
    let cases = [
        ("silence", json!({ "status": 504, "late_ms": late })),
        ("a gateway's time-out", json!({ "status": 504, "late_ms": late })),
        ("a cut", json!({ "drop": "before", "late_ms": late })),
        ("a bad gateway", json!({ "status": 502, "late_ms": late })),
    ];
    let mut contacts = server.some(3 * cases.len()).await.into_iter();
    let mut sent = Vec::new();
    for (what, action) in cases {
        for kind in ["notes", "tasks", "appointments"] {
            let contact = contacts.next().expect("enough");
            let (path, edit) = match kind {
                "notes" => (format!("*/contacts/{contact}/notes"), note(&contact, what)),
                "tasks" => (format!("*/contacts/{contact}/tasks"), task(&contact)),
                _ => ("*/appointments".to_owned(), booking(&server, &contact).await),
            };
            if what == "silence" {
                server.fault("POST", &path, 1, json!({ "latency_ms": 5_000 })).await;
            }
            server.fault("POST", &path, 1, action.clone()).await;
            let id = rig.apply(edit).await;
            rig.wait("an unclear answer", |event| {
                matches!(event, Event::Edit(EditEvent::Waiting { id: of, .. }) if *of == id).then_some(())
            })
            .await;
            sent.push((format!("{what}: {kind}"), contact, kind, id));
        }
    }
    // Longer than any write is waited for, so that a repeat would be under way.
    tokio::time::sleep(unit.mul_f64(1.2)).await;
    server.catch_up().await;
    for (what, contact, kind, id) in sent {
        rig.confirmed(id).await;
        assert_eq!(server.ours(&contact, kind).await, 1, "{what}");
    }
}

/// What comes even later than that stands beside ours: it is shown, and goes on demand.
#[tokio::test]
async fn a_record_that_turns_up_beside_ours_is_offered_for_removal() {
    let server = quick(&[]).await;
    let contact = server.some(1).await.remove(0);
    let mut rig = Rig::start_with(&server, setup()).await;
    for kind in ["notes", "tasks", "appointments", "contacts"] {
        let (path, edit) = match kind {
            "notes" => ("/notes", note(&contact, "said once")),
            "tasks" => ("/tasks", task(&contact)),
            "appointments" => ("/appointments", booking(&server, &contact).await),
            _ => ("*/contacts/", create(named("Only", "Aname"))),
        };
        let count = async || match kind {
            "contacts" => server.called("Aname").await,
            _ => server.ours(&contact, kind).await,
        };
        server.fault("POST", path, 1, json!({ "drop": "before", "late_ms": 3_600_000 })).await;
        let id = rig.apply(edit).await;
        rig.confirmed(id).await;
        assert_eq!(count().await, 1, "{kind}");
        // Nobody knows that the first request still goes on, and a restart forgets nothing.
        if kind == "notes" {
            let kept = rig.kill().await;
            rig = Rig::start_with(&server, Setup { folder: Some(kept.folder.clone()), ..setup() }).await;
            rig.keep(kept);
        }
        server.catch_up().await;
        assert_eq!(count().await, 2, "{kind}");
        let (offer, edit, why) = rig.offered().await;
        assert!(why.contains("late") && edit.describe().starts_with("Deleted"), "{kind}: {} {why}", edit.describe());
        assert_eq!(count().await, 2, "{kind}: nothing goes without being asked");
        rig.send(Command::Retry(vec![offer])).await;
        let gone = rig.settled(offer).await;
        assert!(matches!(gone, Outcome::Confirmed(_)), "{kind}: {gone:?}");
        assert_eq!(count().await, 1, "{kind}");
    }
}
