//! Clocks that ran ahead and were set right, and clocks that jump: nothing is blocked, nothing is doubled.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ghl_tui::domain::{ContactEdit, ContactField, ContactId, ContactPatch, Edit, EditId};
use ghl_tui::protocol::{EditEvent, Event};
use ghl_tui::worker::{Clock, Pace};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::support::{Rig, Server, Setup, note};
use crate::worker::merging::server as quick;

const SECOND: i64 = 1_000;
const YEARS: i64 = 10 * 365 * 24 * 3_600 * SECOND;

/// A clock that a test sets.
#[derive(Clone, Default)]
struct Watch(Arc<AtomicI64>);

impl Watch {
    fn ahead(ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(ms)))
    }

    fn set(&self, ms: i64) {
        self.0.store(ms, Ordering::Relaxed);
    }

    fn setup(&self) -> Setup {
        let ahead = self.0.clone();
        let tell = move || Timestamp::now() + SignedDuration::from_millis(ahead.load(Ordering::Relaxed));
        let pace = Pace { index_lag: Duration::from_millis(100), ..Setup::default().pace };
        Setup { clock: Clock::of(tell), write_timeout: Duration::from_millis(300), pace, ..Setup::default() }
    }
}

impl Rig {
    async fn waits(&mut self, id: EditId) {
        self.wait("a waiting edit", |event| {
            matches!(event, Event::Edit(EditEvent::Waiting { id: of, .. }) if *of == id).then_some(())
        })
        .await;
    }
}

async fn somebody(server: &Server) -> ContactId {
    let body = json!({ "locationId": server.running.location_id(), "pageLimit": 1 });
    let found = server.make("/contacts/search", body).await;
    ContactId::new(found["contacts"][0]["id"].as_str().expect("somebody"))
}

#[tokio::test]
async fn an_edit_sent_by_a_clock_that_ran_ahead_goes_on_when_it_is_set_right() {
    let server = quick(&[]).await;
    let contact = somebody(&server).await;
    for ahead in [SECOND, 3_600 * SECOND, YEARS] {
        let words = format!("{ahead} ahead");
        let watch = Watch::ahead(ahead);
        let mut rig = Rig::start_with(&server, watch.setup()).await;
        server.fault("POST", "/notes", 1, json!({ "drop": "before" })).await;
        let first = rig.apply(note(&contact, &words)).await;
        let second = rig.apply(note(&contact, &format!("after {words}"))).await;
        rig.waits(first).await;
        let kept = rig.kill().await;
        watch.set(0);
        let setup = Setup { folder: Some(kept.folder.clone()), ..watch.setup() };
        let mut rig = Rig::start_with(&server, setup).await;
        rig.keep(kept);
        rig.confirmed(first).await;
        rig.confirmed(second).await;
        assert_eq!(server.notes_saying(&contact, &words).await, 2, "one each: {words}");
        rig.stop().await;
    }
}

#[tokio::test]
async fn a_clock_that_jumps_neither_blocks_nor_doubles() {
    let server = quick(&[]).await;
    let contact = somebody(&server).await;
    for jump in [-YEARS, -SECOND, SECOND, YEARS] {
        let words = format!("a jump of {jump}");
        let watch = Watch::default();
        let mut rig = Rig::start_with(&server, watch.setup()).await;
        // A write whose effect is unclear for a while, and comes in the end.
        server.fault("POST", "/notes", 1, json!({ "status": 504, "late_ms": 3_600_000 })).await;
        let id = rig.apply(note(&contact, &words)).await;
        rig.waits(id).await;
        watch.set(jump);
        rig.waits(id).await;
        server.post("/__sandbox/late", json!(null)).await;
        rig.confirmed(id).await;
        assert_eq!(server.notes_saying(&contact, &words).await, 1, "{words}");
        // A wait before a request that certainly had no effect.
        server.fault("GET", "/notes", 1, json!({ "status": 503 })).await;
        let words = format!("again, {words}");
        let id = rig.apply(note(&contact, &words)).await;
        rig.waits(id).await;
        watch.set(-jump);
        rig.confirmed(id).await;
        assert_eq!(server.notes_saying(&contact, &words).await, 1, "{words}");
        rig.stop().await;
    }
}

#[tokio::test]
async fn a_contact_is_found_by_the_servers_clock() {
    for ahead in [-YEARS, YEARS] {
        let server = quick(&[]).await;
        let mut rig = Rig::start_with(&server, Watch::ahead(ahead).setup()).await;
        server.fault("POST", "*/contacts/", 1, json!({ "drop": "after" })).await;
        let name = (ContactField::LastName, Some("Aname".to_owned()));
        let patch = ContactPatch { fields: [name].into(), ..ContactPatch::default() };
        let create = ContactEdit::Create { patch, replaces: None };
        let id = rig.apply(Edit::new(ContactId::of_group(), create)).await;
        rig.confirmed(id).await;
        assert_eq!(server.requests("POST", "/contacts/").await.len(), 1, "read back, not repeated: {ahead}");
    }
}

#[tokio::test]
async fn what_was_edited_by_a_clock_that_ran_ahead_is_read_again() {
    let server = quick(&[]).await;
    let contact = somebody(&server).await;
    let watch = Watch::ahead(YEARS);
    let mut rig = Rig::start_with(&server, watch.setup()).await;
    rig.sync().await.expect("the sandbox answers");
    let before = rig.details(&contact).await.notes.len();
    let id = rig.apply(note(&contact, "from the future")).await;
    rig.confirmed(id).await;
    let change =
        ContactPatch { fields: [(ContactField::City, Some("Reno".to_owned()))].into(), ..ContactPatch::default() };
    let edit = ContactEdit::Patch { name: String::new(), before: ContactPatch::default(), after: change };
    let id = rig.apply(Edit::new(contact.clone(), edit)).await;
    let _ = rig.settled(id).await;
    watch.set(0);
    server.make(&format!("/contacts/{contact}/notes"), json!({ "body": "by somebody else" })).await;
    server.write("PUT", &format!("/contacts/{contact}"), json!({ "city": "Elsewhere" })).await;
    rig.show(&contact).await;
    rig.wait("both notes", |event| match event {
        Event::Details(details) => (details.notes.len() == before + 2).then_some(()),
        _ => None,
    })
    .await;
    rig.sync().await.expect("the sandbox answers");
    let held = rig.contacts().await.into_iter().find(|one| one.id == contact).expect("it is there");
    assert_eq!(held.city.as_deref(), Some("Elsewhere"));
}
