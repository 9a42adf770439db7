//! Merges: carried out step by step, taken back, refused, resumed.

use std::time::Duration;

use ghl_tui::dedupe::merge::{Choices, Pick, Review};
use ghl_tui::domain::{
    ContactField, ContactId, Member, MergeField, MergeId, MergePhase, MergePlan, MergeProgress, MergeRecord,
    MergeRules, Obstacle,
};
use ghl_tui::protocol::{Answer, Command, Event, Failure, MergeDeed, MergeEvent, Request};
use ghl_tui::sandbox::{SandboxOptions, Switches};
use serde_json::{Value, json};

use crate::support::{Rig, Server, Setup};

/// A server whose search shows at once what was written, unless a switch says otherwise.
pub(crate) async fn server(switches: &[(&str, &str)]) -> Server {
    let mut options = SandboxOptions { contacts: 12, ..SandboxOptions::default() };
    options.switches = Switches::default();
    for (name, value) in [("index-lag", "0s")].iter().chain(switches) {
        options.switches.set(name, value).expect("a known switch");
    }
    // Wide, so that nothing waits for the pace.
    options.rate_limit = "100000/250ms".parse().expect("a limit");
    Server::start_with(options).await
}

async fn contact(server: &Server, mut body: Value) -> ContactId {
    body["locationId"] = json!(server.running.location_id());
    let made = server.make("/contacts/", body).await;
    ContactId::new(made["contact"]["id"].as_str().expect("an id"))
}

/// One person twice: `a` has more, `b` has the e-mail, the better name, notes and tasks.
pub(crate) async fn twice(server: &Server, n: usize) -> (ContactId, ContactId) {
    let user = server.user().await;
    let a = contact(
        server,
        json!({
            "firstName": "Ana M.", "lastName": format!("López{n}"), "phone": format!("+1415555{n:04}"), "city": "Oakland",
            "address1": "1 Main St", "postalCode": "94607", "website": "https://lopez.example", "tags": ["vip", "web"],
            "source": "Facebook form",
        }),
    )
    .await;
    let b = contact(
        server,
        json!({
            "firstName": "Ana María", "lastName": format!("López{n}"), "email": format!("ana{n}@post.example"),
            "phone": format!("+1628555{n:04}"), "companyName": "Lopez Ortho", "tags": ["web", "import"],
            "dndSettings": { "SMS": { "status": "active" } },
        }),
    )
    .await;
    for body in ["<p>Prefers <b>SMS</b> after 5pm</p>", "Left voicemail"] {
        server.make(&format!("/contacts/{b}/notes"), json!({ "body": body, "userId": user, "pinned": true })).await;
    }
    server.make(&format!("/contacts/{a}/notes"), json!({ "body": "A note of its own" })).await;
    for (title, completed) in [("Call back", false), ("Confirm insurance", true)] {
        let task = json!({
            "title": title, "body": "as agreed", "dueDate": "2031-03-05T17:00:00Z", "completed": completed,
            "assignedTo": user,
        });
        server.make(&format!("/contacts/{b}/tasks"), task).await;
    }
    (a, b)
}

impl Server {
    /// Somebody who works in the location.
    async fn user(&self) -> String {
        let location = self.running.location_id();
        let users = self.read(&format!("/users/?locationId={location}")).await;
        users["users"][0]["id"].as_str().expect("somebody works there").to_owned()
    }
}

impl Rig {
    pub(crate) async fn members(&mut self, ids: &[&ContactId]) -> Vec<Member> {
        let ids = ids.iter().map(|id| (*id).clone()).collect();
        match self.ask(Request::Members(ids)).await {
            Ok(Answer::Members(members)) => members,
            other => panic!("{other:?}"),
        }
    }

    /// A plan by the rules and these choices.
    pub(crate) async fn plan(&mut self, ids: &[&ContactId], choices: &Choices) -> MergePlan {
        let members = self.members(ids).await;
        let rules = MergeRules::default();
        Review::of(&members, choices, &rules).plan(&members, choices, &rules, None).expect("two members")
    }

    pub(crate) async fn merge(&mut self, plans: Vec<MergePlan>) -> Result<Vec<MergeId>, Failure> {
        let ticket = self.port.ticket();
        self.send(Command::Merge { ticket, plans }).await;
        self.wait("promised merge", |event| match event {
            Event::Merge(MergeEvent::Queued { ticket: of, merges }) if *of == Some(ticket) => {
                Some(Ok(merges.iter().map(|merge| merge.id).collect()))
            }
            Event::Merge(MergeEvent::Refused { ticket: of, why, .. }) if *of == ticket => Some(Err(why.clone())),
            _ => None,
        })
        .await
    }

    pub(crate) async fn steer(&mut self, merge: MergeId, deed: MergeDeed) {
        let ticket = self.port.ticket();
        self.send(Command::Merges { ticket, merges: vec![merge], deed }).await;
    }

    /// The merge once it has ended in this phase.
    pub(crate) async fn ended(&mut self, merge: MergeId, phase: MergePhase) -> MergeRecord {
        self.wait("end of the merge", |event| match event {
            Event::Merge(MergeEvent::Changed(record))
                if record.id == merge && record.phase == phase && !record.progress.is_live() =>
            {
                Some(record.clone())
            }
            _ => None,
        })
        .await
    }

    pub(crate) async fn refused_merge(&mut self) -> String {
        self.wait("refusal", |event| match event {
            Event::Merge(MergeEvent::Refused { why, .. }) => Some(format!("{}: {}", why.what, why.why)),
            _ => None,
        })
        .await
    }
}

/// What the server holds, without what every write changes.
pub(crate) async fn held(server: &Server, contact: &ContactId) -> Value {
    let mut held = server.held(contact).await;
    if let Some(contact) = held["contact"].as_object_mut() {
        contact.remove("dateUpdated");
        contact.remove("lastActivity");
    }
    held
}

fn texts(list: &Value, field: &str) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|one| one[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_merge_keeps_everything_and_its_undo_leaves_no_trace() {
    let server = server(&[]).await;
    let (a, b) = twice(&server, 1).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let mut rig = Rig::start(&server).await;
    let mut choices = Choices::default();
    choices.picked.insert(MergeField::Field(ContactField::City), Pick::Typed("Alameda".to_owned()));
    choices.picked.insert(MergeField::Field(ContactField::Phone), Pick::From(a.clone()));
    let plan = rig.plan(&[&a, &b], &choices).await;
    assert_eq!(plan.survivor, a, "the most complete");
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert!(record.is_set_aside());

    let (survivor, loser) = (held(&server, &a).await, held(&server, &b).await);
    let contact = &survivor["contact"];
    assert_eq!(contact["firstName"], "Ana María");
    assert_eq!(contact["city"], "Alameda");
    assert_eq!(contact["email"], "ana1@post.example");
    assert_eq!(contact["phone"], "+14155550001");
    assert_eq!(contact["tags"], json!(["vip", "web", "import"]));
    assert_eq!(contact["dndSettings"]["SMS"]["status"], "active", "the strictest");
    let notes = texts(&survivor["notes"], "body");
    assert_eq!(notes.len(), 4, "{notes:?}");
    assert!(notes.iter().any(|body| body.starts_with("<p>[from Ana María López1") && body.contains("<b>SMS</b>")));
    assert!(notes.iter().any(|body| body.starts_with("[from Ana María López1") && body.ends_with("\nLeft voicemail")));
    assert!(notes.iter().any(|body| body.contains("phone: +16285550001") && body.contains("company: Lopez Ortho")));
    let tasks = survivor["tasks"].as_array().expect("tasks");
    assert_eq!(tasks.len(), 2);
    let call = tasks.iter().find(|task| task["title"] == "Call back").expect("it was copied");
    assert_eq!((&call["completed"], &call["dueDate"]), (&json!(false), &json!("2031-03-05T17:00:00.000Z")));
    assert!(call["body"].as_str().is_some_and(|body| body.starts_with("as agreed\n[from Ana María")), "{call}");
    assert!(tasks.iter().any(|task| task["title"] == "Confirm insurance" && task["completed"] == true));
    assert_eq!(loser["contact"]["tags"], json!(["web", "import", "merged-duplicate"]));
    assert_eq!(loser["contact"]["email"], Value::Null, "given to the survivor");
    assert!(
        texts(&loser["notes"], "body").iter().any(|body| body.contains(&format!("[merged into Ana M. López1 ({a})")))
    );

    rig.steer(merge, MergeDeed::Undo).await;
    let record = rig.ended(merge, MergePhase::Undo).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    let mut after = (held(&server, &a).await, held(&server, &b).await);
    // A channel that was never spoken of is now spoken of as free.
    if let Some(contact) = after.0["contact"].as_object_mut() {
        assert_eq!(contact.remove("dndSettings"), Some(json!({ "SMS": { "status": "inactive" } })));
    }
    assert_eq!(after, before);
    rig.stop().await;
}

/// Each obstacle has its words, and nothing was written before it was met.
#[tokio::test]
async fn what_changed_since_the_review_is_named_and_nothing_is_written() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    for (n, spoil, said) in [
        (1, json!({ "city": "Reno" }), "has changed since the review: city"),
        (2, json!({ "tags": ["vip", "late"] }), "has changed since the review: tags"),
        (3, Value::Null, "is no longer there"),
    ] {
        let (a, b) = twice(&server, n).await;
        let plan = rig.plan(&[&a, &b], &Choices::default()).await;
        if spoil.is_null() {
            server.write("DELETE", &format!("/contacts/{b}"), Value::Null).await;
        } else {
            server.write("PUT", &format!("/contacts/{b}"), spoil).await;
        }
        let before = held(&server, &a).await;
        let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
        let record = rig.ended(merge, MergePhase::Merge).await;
        let MergeProgress::Refused(obstacle) = &record.progress else { panic!("{record:?}") };
        assert!(obstacle.to_string().contains(said), "{obstacle}");
        assert_eq!(held(&server, &a).await, before);
        // Its members are free again.
        if n < 3 {
            let plan = rig.plan(&[&a, &b], &Choices::default()).await;
            let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
            assert_eq!(rig.ended(merge, MergePhase::Merge).await.progress, MergeProgress::Done);
        }
    }
}

#[tokio::test]
async fn members_of_another_merge_are_refused_by_its_number() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let (c, _) = twice(&server, 2).await;
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    // The survivor's PUT is refused for good: the merge stops there.
    server.fault("PUT", &format!("*/contacts/{a}"), 1, json!({ "status": 422, "body": { "message": "no" } })).await;
    let merge = rig.merge(vec![plan.clone()]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert!(matches!(&record.progress, MergeProgress::Stopped(Obstacle::Refused { .. })), "{record:?}");
    let mixed = rig.plan(&[&a, &c], &Choices::default()).await;
    let why = rig.merge(vec![mixed]).await.expect_err("a is in a merge");
    assert!(why.why.contains("is in merge #1") && why.why.contains("not done: stopped"), "{why:?}");
    let why = rig.merge(vec![plan]).await.expect_err("they are in a merge");
    assert!(why.why.contains("they are in merge #1 already: stopped"), "{why:?}");
    // It goes on where it stopped.
    rig.steer(merge, MergeDeed::Resume).await;
    assert_eq!(rig.ended(merge, MergePhase::Merge).await.progress, MergeProgress::Done);
    assert_eq!(server.notes_saying(&a, "Left voicemail").await, 1, "copied once");
    let again = rig.plan(&[&c, &b], &Choices::default()).await;
    let why = rig.merge(vec![again]).await.expect_err("b is set aside");
    assert!(why.why.contains("was set aside by merge #1"), "{why:?}");
}

/// The survivor takes the loser's address whatever the location allows, or the merge stops where it is said.
#[tokio::test]
async fn the_address_goes_over_under_every_value_of_the_switches() {
    for clears in ["on", "off", "never"] {
        for allow in ["on", "off"] {
            for order in ["email,phone", "phone,email", "email", "phone"] {
                let what = format!("null-clears={clears} allow-duplicates={allow} duplicate-order={order}");
                let switches = [("null-clears", clears), ("allow-duplicates", allow), ("duplicate-order", order)];
                address(&what, &switches, clears == "never").await;
            }
        }
    }
}

async fn address(what: &str, switches: &[(&str, &str)], kept: bool) {
    let server = server(switches).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    if !kept {
        assert_eq!(record.progress, MergeProgress::Done, "{what}");
        assert_eq!(held(&server, &a).await["contact"]["email"], "ana1@post.example", "{what}");
        rig.steer(merge, MergeDeed::Undo).await;
        let record = rig.ended(merge, MergePhase::Undo).await;
        assert_eq!(record.progress, MergeProgress::Done, "{what}: {record:?}");
        assert_eq!(held(&server, &b).await, before.1, "{what}");
        return;
    }
    assert!(
        matches!(&record.progress, MergeProgress::Stopped(Obstacle::Address { contact, .. }) if *contact == b),
        "{what}: {record:?}"
    );
    assert_eq!(held(&server, &a).await["contact"]["email"], before.0["contact"]["email"], "{what}");
    // Leave it with the loser: the survivor goes without, and has it in a note.
    rig.steer(merge, MergeDeed::LeaveAddress).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{what}: {record:?}");
    let (survivor, loser) = (held(&server, &a).await, held(&server, &b).await);
    assert_eq!(survivor["contact"]["email"], Value::Null, "{what}");
    assert_eq!(loser["contact"]["email"], "ana1@post.example", "{what}");
    assert_eq!(server.notes_saying(&a, "e-mail: ana1@post.example").await, 1, "{what}");
    assert_eq!(server.notes_saying(&a, "Left voicemail").await, 1, "{what}: copied once");
}

#[tokio::test]
async fn the_loser_may_go_first_and_comes_back_under_another_id() {
    let server = server(&[("null-clears", "never")]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.ended(merge, MergePhase::Merge).await;
    rig.steer(merge, MergeDeed::DeleteFirst).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(record.word(), "purged");
    assert_eq!(held(&server, &a).await["contact"]["email"], "ana1@post.example");
    assert_eq!(held(&server, &b).await["contact"], Value::Null, "deleted");
    // Under this switch the survivor can never give the address up again, so the switch goes.
    server.post("/__sandbox/switches", json!({ "null-clears": "on" })).await;
    rig.steer(merge, MergeDeed::Undo).await;
    let record = rig.ended(merge, MergePhase::Undo).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    let [(old, new)] = record.remade.as_slice() else { panic!("{record:?}") };
    assert_eq!(*old, b);
    let (survivor, loser) = (held(&server, &a).await, held(&server, new).await);
    assert_eq!(survivor["notes"], before.0["notes"]);
    assert_eq!(survivor["contact"]["email"], before.0["contact"]["email"]);
    for field in ["firstName", "lastName", "email", "phone", "companyName", "tags"] {
        assert_eq!(loser["contact"][field], before.1["contact"][field], "{field}");
    }
    let bodies = texts(&loser["notes"], "body");
    assert!(bodies.iter().any(|body| body.ends_with("Left voicemail")) && bodies.len() == 2, "{bodies:?}");
    assert_eq!(loser["tasks"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_purge_is_for_ever_unless_the_loser_has_moved_on() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.ended(merge, MergePhase::Merge).await;
    server.make(&format!("/contacts/{b}/notes"), json!({ "body": "she wrote again" })).await;
    rig.steer(merge, MergeDeed::Purge).await;
    let why = rig.refused_merge().await;
    assert!(why.contains("Ana María López1 has a new note"), "{why}");
    assert_ne!(held(&server, &b).await["contact"], Value::Null);
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert!(record.is_set_aside(), "as it was: {record:?}");
    let note = held(&server, &b).await["notes"].as_array().and_then(|notes| {
        notes
            .iter()
            .find(|note| note["body"] == "she wrote again")
            .and_then(|note| note["id"].as_str().map(str::to_owned))
    });
    server.write("DELETE", &format!("/contacts/{b}/notes/{}", note.expect("it is there")), Value::Null).await;
    rig.steer(merge, MergeDeed::Purge).await;
    let record = rig.ended(merge, MergePhase::Purge).await;
    assert_eq!((record.word(), &record.progress), ("purged", &MergeProgress::Done));
    assert_eq!(held(&server, &b).await["contact"], Value::Null);
    // And back again, anew.
    rig.steer(merge, MergeDeed::Undo).await;
    let record = rig.ended(merge, MergePhase::Undo).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(record.remade.len(), 1);
}

#[tokio::test]
async fn an_undo_is_refused_where_somebody_has_gone_on() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.ended(merge, MergePhase::Merge).await;
    server.write("PUT", &format!("/contacts/{a}"), json!({ "firstName": "Anna" })).await;
    let tasks = held(&server, &a).await["tasks"].clone();
    let copy = texts(&tasks, "id").remove(0);
    server.write("PUT", &format!("/contacts/{a}/tasks/{copy}"), json!({ "title": "Call back on Monday" })).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    rig.steer(merge, MergeDeed::Undo).await;
    let why = rig.refused_merge().await;
    assert!(why.contains("firstName is now \"Anna\"") && why.contains("Call back on Monday"), "{why}");
    assert_eq!((held(&server, &a).await, held(&server, &b).await), before, "nothing was written");
}

#[tokio::test]
async fn merges_are_taken_back_in_any_order_as_far_as_they_are_independent() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let (c, d) = twice(&server, 2).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let plans = [rig.plan(&[&a, &b], &Choices::default()).await, rig.plan(&[&c, &d], &Choices::default()).await];
    let first = rig.merge(vec![plans[0].clone()]).await.expect("it is taken")[0];
    rig.ended(first, MergePhase::Merge).await;
    let second = rig.merge(vec![plans[1].clone()]).await.expect("it is taken")[0];
    rig.ended(second, MergePhase::Merge).await;
    // The first survivor is merged further.
    let choices = Choices { survivor: Some(c.clone()), ..Choices::default() };
    let third = rig.plan(&[&a, &c], &choices).await;
    let third = rig.merge(vec![third]).await.expect("it is taken")[0];
    rig.ended(third, MergePhase::Merge).await;
    rig.steer(first, MergeDeed::Undo).await;
    let why = rig.refused_merge().await;
    assert!(why.contains("merge #3 was built on it"), "{why}");
    for merge in [third, first] {
        rig.steer(merge, MergeDeed::Undo).await;
        let record = rig.ended(merge, MergePhase::Undo).await;
        assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    }
    assert_eq!(held(&server, &b).await, before.1);
    assert_eq!(texts(&held(&server, &a).await["notes"], "id"), texts(&before.0["notes"], "id"));
}

/// `u` takes back merges like everything else, the newest first.
#[tokio::test]
async fn undo_takes_back_a_batch_of_merges_at_once() {
    let server = server(&[]).await;
    let mut rig = Rig::start_with(
        &server,
        Setup { pace: ghl_tui::worker::Pace { scan: false, ..Setup::default().pace }, ..Setup::default() },
    )
    .await;
    let mut plans = Vec::new();
    let mut before = Vec::new();
    for n in 1..=3 {
        let (a, b) = twice(&server, n).await;
        before.push((b.clone(), held(&server, &b).await));
        plans.push(rig.plan(&[&a, &b], &Choices::default()).await);
    }
    let merges = rig.merge(plans).await.expect("they are taken");
    let mut open: std::collections::BTreeSet<MergeId> = merges.iter().copied().collect();
    while !open.is_empty() {
        let done = rig.wait("end of a merge", |event| match event {
            Event::Merge(MergeEvent::Changed(record)) if record.is_set_aside() => Some(record.id),
            _ => None,
        });
        open.remove(&done.await);
    }
    let _ = rig.undo().await.expect("it can be taken back");
    let mut open: std::collections::BTreeSet<MergeId> = merges.into_iter().collect();
    while !open.is_empty() {
        let done = rig.wait("end of an undo", |event| match event {
            Event::Merge(MergeEvent::Changed(record)) if record.word() == "undone" => Some(record.id),
            _ => None,
        });
        open.remove(&done.await);
    }
    for (contact, was) in before {
        assert_eq!(held(&server, &contact).await, was);
    }
}

/// One stops in the middle, the others are done; the report is exact, and that one can go on or be taken back.
#[tokio::test]
async fn of_forty_one_merges_one_stops_and_the_others_are_done() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (mut plans, mut pairs) = (Vec::new(), Vec::new());
    for n in 1..=41 {
        let (a, b) = twice(&server, n).await;
        plans.push(rig.plan(&[&a, &b], &Choices::default()).await);
        pairs.push((a, b));
    }
    let unlucky = pairs[17].clone();
    let refusal = json!({ "status": 422, "body": { "message": ["city must be shorter"] } });
    server.fault("PUT", &format!("*/contacts/{}", unlucky.0), 1, refusal).await;
    let merges = rig.merge(plans).await.expect("they are taken");
    let mut ended = std::collections::BTreeMap::new();
    while ended.len() < merges.len() {
        let (id, progress) = rig
            .wait("end of a merge", |event| match event {
                Event::Merge(MergeEvent::Changed(record)) if !record.progress.is_live() => {
                    Some((record.id, record.progress.clone()))
                }
                _ => None,
            })
            .await;
        ended.insert(id, progress);
    }
    let stopped: Vec<_> = ended.iter().filter(|(_, progress)| **progress != MergeProgress::Done).collect();
    let [(id, MergeProgress::Stopped(obstacle))] = stopped.as_slice() else { panic!("{stopped:?}") };
    assert_eq!(**id, merges[17]);
    assert!(obstacle.to_string().contains("city must be shorter"), "{obstacle}");
    for (at, (a, b)) in pairs.iter().enumerate() {
        let tags = held(&server, b).await["contact"]["tags"].clone();
        let aside = tags.as_array().is_some_and(|tags| tags.iter().any(|tag| tag == "merged-duplicate"));
        assert_eq!(aside, at != 17, "{at}");
        assert_eq!(server.notes_saying(a, "Left voicemail").await, 1, "{at}");
    }
    let merge = merges[17];
    rig.steer(merge, MergeDeed::Undo).await;
    assert_eq!(rig.ended(merge, MergePhase::Undo).await.progress, MergeProgress::Done);
    assert_eq!(server.notes_saying(&unlucky.0, "Left voicemail").await, 0);
}

/// Whatever happens to the requests, everything is there once in the end.
#[tokio::test]
async fn mixed_faults_lose_nothing_and_double_nothing() {
    let server = server(&[("access-lifetime", "86399s")]).await;
    let mut rig =
        Rig::start_with(&server, Setup { write_timeout: Duration::from_millis(300), ..Setup::default() }).await;
    let (mut plans, mut pairs) = (Vec::new(), Vec::new());
    for n in 1..=4 {
        let (a, b) = twice(&server, n).await;
        pairs.push((a.clone(), b.clone(), held(&server, &a).await, held(&server, &b).await));
        plans.push(rig.plan(&[&a, &b], &Choices::default()).await);
    }
    let rules = json!({ "rules": [
        { "share": 0.03, "times": 0, "action": { "status": 429, "headers": { "retry-after": "0" } } },
        { "share": 0.04, "times": 0, "action": { "drop": "after" } },
        { "share": 0.02, "times": 0, "action": { "drop": "before" } },
        { "share": 0.02, "times": 0, "action": { "status": 503, "after": true } },
        { "share": 0.02, "times": 0, "action": { "garbage": "html" } },
    ]});
    server.post("/__sandbox/faults", rules.clone()).await;
    let merges = rig.merge(plans).await.expect("they are taken");
    for phase in [MergePhase::Merge, MergePhase::Undo] {
        let mut open: std::collections::BTreeSet<MergeId> = merges.iter().copied().collect();
        if phase == MergePhase::Undo {
            for merge in &merges {
                rig.steer(*merge, MergeDeed::Undo).await;
            }
        }
        while !open.is_empty() {
            let record = rig
                .wait("end of a merge", |event| match event {
                    Event::Merge(MergeEvent::Changed(record))
                        if record.phase == phase && !record.progress.is_live() =>
                    {
                        Some(record.clone())
                    }
                    _ => None,
                })
                .await;
            assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
            open.remove(&record.id);
        }
        for (a, b, was_a, was_b) in &pairs {
            let (now_a, now_b) = (held(&server, a).await, held(&server, b).await);
            if phase == MergePhase::Merge {
                for words in ["Left voicemail", "Prefers <b>SMS</b>", "[kept from"] {
                    assert_eq!(server.notes_saying(a, words).await, 1, "{words}");
                }
                assert_eq!(server.notes_saying(b, "[merged into").await, 1);
                assert_eq!(now_a["tasks"].as_array().map(Vec::len), Some(2));
                assert_eq!(now_b["notes"].as_array().map(Vec::len), Some(3));
                assert_eq!(now_b["tasks"], was_b["tasks"]);
            } else {
                assert_eq!(now_b, *was_b);
                assert_eq!((&now_a["notes"], &now_a["tasks"]), (&was_a["notes"], &was_a["tasks"]));
                assert_eq!(now_a["contact"]["email"], was_a["contact"]["email"]);
            }
        }
    }
}

/// Killed at any moment, with requests still on their way: the next process goes on where it was.
#[tokio::test]
async fn a_merge_survives_kills_at_any_moment() {
    let server = server(&[]).await;
    let mut random = fastrand::Rng::with_seed(7);
    let setup = || Setup { write_timeout: Duration::from_millis(150), ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup()).await;
    let (a, b) = twice(&server, 1).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    server
        .post(
            "/__sandbox/faults",
            json!({ "rules": [
                { "times": 0, "action": { "latency_ms": 2, "jitter_ms": 25 } },
            ]}),
        )
        .await;
    for round in 0..2 {
        let plan = rig.plan(&[&a, &b], &Choices::default()).await;
        let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
        for phase in [MergePhase::Merge, MergePhase::Undo] {
            if phase == MergePhase::Undo {
                rig.steer(merge, MergeDeed::Undo).await;
            }
            loop {
                let pause = Duration::from_micros(random.u64(5_000..350_000));
                let over = tokio::time::timeout(pause, rig.ended(merge, phase)).await;
                if let Ok(record) = over {
                    assert_eq!(record.progress, MergeProgress::Done, "round {round}: {record:?}");
                    break;
                }
                let kept = rig.kill().await;
                rig = Rig::start_with(&server, Setup { folder: Some(kept.folder.clone()), ..setup() }).await;
                rig.keep(kept);
                // It may have ended before the kill was felt.
                let journal = rig
                    .wait("the journal", |event| match event {
                        Event::Merge(MergeEvent::Journal(records)) => Some(records.clone()),
                        _ => None,
                    })
                    .await;
                let record = journal.into_iter().find(|record| record.id == merge).expect("it was promised");
                if record.phase == phase && record.progress == MergeProgress::Done {
                    break;
                }
            }
            if phase == MergePhase::Merge {
                for words in ["Left voicemail", "Prefers <b>SMS</b>", "[kept from"] {
                    assert_eq!(server.notes_saying(&a, words).await, 1, "round {round}: {words}");
                }
                assert_eq!(held(&server, &a).await["tasks"].as_array().map(Vec::len), Some(2), "round {round}");
                assert_eq!(server.notes_saying(&b, "[merged into").await, 1, "round {round}");
            }
        }
        assert_eq!(held(&server, &b).await, before.1, "round {round}");
        let now = held(&server, &a).await;
        assert_eq!((&now["notes"], &now["tasks"]), (&before.0["notes"], &before.0["tasks"]), "round {round}");
    }
}

#[tokio::test]
async fn a_full_disk_leaves_a_merge_where_it_was() {
    let server = server(&[]).await;
    let (a, b) = twice(&server, 1).await;
    server.make(&format!("/contacts/{b}/notes"), json!({ "body": "long ".repeat(40_000) })).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let tuning = ghl_tui::store::Tuning { ledger_max_pages: Some(60) };
    let mut rig = Rig::start_with(&server, Setup { tuning, ..Setup::default() }).await;
    let choices = Choices { survivor: Some(a.clone()), ..Choices::default() };
    let plan = rig.plan(&[&a, &b], &choices).await;
    let merge = rig.merge(vec![plan]).await.expect("the plan fits")[0];
    let trouble = rig
        .wait("trouble", |event| match event {
            Event::Trouble(failure) => Some(failure.clone()),
            _ => None,
        })
        .await;
    assert!(trouble.why.contains("full") && !trouble.next.is_empty(), "{trouble:?}");
    assert_eq!((held(&server, &a).await, held(&server, &b).await), before, "nothing without its pre-image");
    // With room it goes on by itself.
    let kept = rig.stop().await;
    let mut rig = Rig::start_with(&server, kept.setup()).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(server.notes_saying(&a, "long long").await, 1);
}

#[tokio::test]
async fn who_has_edited_the_survivor_or_deleted_the_loser_meanwhile_is_minded() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    // It stops before the survivor is written, and somebody edits it meanwhile.
    server.fault("PUT", &format!("*/contacts/{b}"), 1, json!({ "status": 422, "body": { "message": "no" } })).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert!(matches!(record.progress, MergeProgress::Stopped(Obstacle::Address { .. })), "{record:?}");
    server.write("PUT", &format!("/contacts/{a}"), json!({ "firstName": "Anita" })).await;
    rig.steer(merge, MergeDeed::Undo).await;
    let record = rig.ended(merge, MergePhase::Undo).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(held(&server, &a).await["contact"]["firstName"], "Anita", "somebody else's edit stays");
    assert_eq!(server.notes_saying(&a, "Left voicemail").await, 0);

    // The loser goes while the copies are written: nothing of it is lost.
    let (c, d) = twice(&server, 2).await;
    let plan = rig.plan(&[&c, &d], &Choices::default()).await;
    server.fault("PUT", &format!("*/contacts/{d}"), 1, json!({ "status": 422, "body": { "message": "no" } })).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.ended(merge, MergePhase::Merge).await;
    server.write("DELETE", &format!("/contacts/{d}"), Value::Null).await;
    rig.steer(merge, MergeDeed::Resume).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    let survivor = held(&server, &c).await;
    assert_eq!(survivor["contact"]["email"], "ana2@post.example");
    assert_eq!(survivor["tasks"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn an_edit_of_the_survivor_in_the_middle_stops_the_merge_before_it_is_overwritten() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    server.fault("PUT", &format!("*/contacts/{b}"), 1, json!({ "status": 422, "body": { "message": "no" } })).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.ended(merge, MergePhase::Merge).await;
    server.write("PUT", &format!("/contacts/{a}"), json!({ "firstName": "Anita" })).await;
    // Resumed by a new process: nobody has seen what is new.
    let kept = rig.stop().await;
    let mut rig = Rig::start_with(&server, kept.setup()).await;
    rig.steer(merge, MergeDeed::Resume).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert!(
        matches!(&record.progress, MergeProgress::Stopped(Obstacle::Changed { fields, .. }) if fields == &["firstName"]),
        "{record:?}"
    );
    assert_eq!(held(&server, &a).await["contact"]["firstName"], "Anita");
    // Now it was seen.
    rig.steer(merge, MergeDeed::Resume).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(held(&server, &a).await["contact"]["firstName"], "Ana María");
}

/// A coming appointment of the loser, in the first calendar.
async fn book(server: &Server, contact: &ContactId) -> Value {
    let location = server.running.location_id();
    let calendars = server.read(&format!("/calendars/?locationId={location}")).await;
    let calendar = calendars["calendars"][0]["id"].clone();
    let body = json!({
        "calendarId": calendar, "locationId": location, "contactId": contact, "title": "Consult",
        "startTime": "2031-03-05T17:00:00Z", "endTime": "2031-03-05T17:30:00Z",
        "ignoreFreeSlotValidation": true, "ignoreDateRange": true,
    });
    server.make("/calendars/events/appointments", body).await
}

fn booked(held: &Value) -> Vec<(String, String)> {
    let all = held["appointments"].as_array().cloned().unwrap_or_default();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    all.iter()
        .filter(|one| text(one, "title") == "Consult")
        .map(|one| (text(one, "startTime"), text(one, "calendarId")))
        .collect()
}

#[tokio::test]
async fn a_coming_appointment_stays_or_is_made_anew_and_is_never_lost() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    book(&server, &b).await;
    let there = booked(&held(&server, &b).await);
    assert_eq!(there.len(), 1);
    // Nobody agreed to move it: deleting the loser is refused, setting it aside is not.
    let mine = Choices { survivor: Some(a.clone()), ..Choices::default() };
    let plan = rig.plan(&[&a, &b], &Choices { delete: true, ..mine.clone() }).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert!(
        matches!(&record.progress, MergeProgress::Refused(Obstacle::Appointment { title, .. }) if title == "Consult"),
        "{record:?}"
    );
    let plan = rig.plan(&[&a, &b], &mine).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    assert_eq!(rig.ended(merge, MergePhase::Merge).await.progress, MergeProgress::Done);
    assert_eq!(booked(&held(&server, &b).await), there);
    rig.steer(merge, MergeDeed::Purge).await;
    let why = rig.refused_merge().await;
    assert!(why.contains("has a coming appointment: Consult"), "{why}");
    rig.ended(merge, MergePhase::Merge).await;
    rig.steer(merge, MergeDeed::Undo).await;
    assert_eq!(rig.ended(merge, MergePhase::Undo).await.progress, MergeProgress::Done);
    // Agreed: it is the survivor's, in the same calendar at the same time, and goes back with the undo.
    let plan = rig.plan(&[&a, &b], &Choices { move_appointments: true, delete: true, ..mine }).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(booked(&held(&server, &a).await), there);
    rig.steer(merge, MergeDeed::Undo).await;
    let record = rig.ended(merge, MergePhase::Undo).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(booked(&held(&server, &a).await), []);
    assert_eq!(booked(&held(&server, &record.remade[0].1).await), there);
}

/// Without the scope nothing is moved, and the words say which one is missing.
#[tokio::test]
async fn a_missing_scope_is_named_before_anything_is_written() {
    let server = server(&[]).await;
    let (a, b) = twice(&server, 1).await;
    book(&server, &b).await;
    let scopes = json!({ "scopes": ["contacts.readonly", "contacts.write", "locations.readonly", "users.readonly"] });
    let token = server.ask("/__sandbox/tokens", scopes).await["token"].as_str().expect("a token").to_owned();
    let mut rig = Rig::start_with(&server, Setup { token: Some(token), ..Setup::default() }).await;
    let choices = Choices { survivor: Some(a.clone()), move_appointments: true, ..Choices::default() };
    let plan = rig.plan(&[&a, &b], &choices).await;
    let before = held(&server, &a).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    let MergeProgress::Refused(obstacle) = &record.progress else { panic!("{record:?}") };
    assert!(obstacle.to_string().starts_with("the token lacks the scope calendars/events"), "{obstacle}");
    assert_eq!(held(&server, &a).await, before);
    let read_only = json!({ "scopes": ["contacts.readonly"] });
    let token = server.ask("/__sandbox/tokens", read_only).await["token"].as_str().expect("a token").to_owned();
    let mut rig = Rig::start_with(&server, Setup { token: Some(token), ..Setup::default() }).await;
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    let merge = rig.merge(vec![plan]).await.expect("not known yet")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    let MergeProgress::Stopped(obstacle) = &record.progress else { panic!("{record:?}") };
    assert_eq!(obstacle.to_string(), "the token lacks the scope contacts.write");
    let plan = rig.plan(&[&b, &a], &Choices::default()).await;
    let why = rig.merge(vec![plan]).await.expect_err("now it is known");
    assert!(why.why.contains("contacts.write"), "{why:?}");
}

#[tokio::test]
async fn pre_images_are_wiped_when_their_time_is_over() {
    let server = server(&[]).await;
    let (a, b) = twice(&server, 1).await;
    let rules = MergeRules { wipe_after_days: 0, ..MergeRules::default() };
    let mut rig = Rig::start_with(&server, Setup { merge_rules: rules.clone(), ..Setup::default() }).await;
    let plan = rig.plan(&[&a, &b], &Choices { delete: true, ..Choices::default() }).await;
    let loser = plan.losers[0].clone();
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.word(), "purged", "{record:?}");
    let kept = rig.stop().await;
    let holds = |words: &str| {
        std::fs::read(kept.folder.join("ledger.db"))
            .is_ok_and(|file| file.windows(words.len()).any(|w| w == words.as_bytes()))
    };
    assert!(holds("Left voicemail"), "an undo needs it");
    let mut rig = Rig::start_with(&server, Setup { merge_rules: rules, ..kept.setup() }).await;
    let journal = |event: &Event| match event {
        Event::Merge(MergeEvent::Journal(records)) => Some(records.clone()),
        _ => None,
    };
    rig.wait("the journal", journal).await;
    let Ok(Answer::Merges(records)) = rig.ask(Request::Merges).await else { panic!("no journal") };
    assert!(records[0].wiped && records[0].plan.losers == [loser]);
    rig.steer(merge, MergeDeed::Undo).await;
    let why = rig.refused_merge().await;
    assert!(why.contains("has been wiped"), "{why}");
    rig.stop().await;
    assert!(!holds("Left voicemail"), "nothing of it is left in the file");
}

#[tokio::test]
async fn a_merge_waits_for_a_token_that_works() {
    let server = server(&[]).await;
    let (a, b) = twice(&server, 1).await;
    let mut rig = Rig::start(&server).await;
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    server.post("/__sandbox/trouble", json!({ "tokens": "refused" })).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.wait("a merge that waits", |event| match event {
        Event::Merge(MergeEvent::Changed(record)) => {
            matches!(record.progress, MergeProgress::Waiting { .. }).then_some(())
        }
        _ => None,
    })
    .await;
    server.post("/__sandbox/trouble", json!({ "tokens": "accepted" })).await;
    rig.steer(merge, MergeDeed::Resume).await;
    assert_eq!(rig.ended(merge, MergePhase::Merge).await.progress, MergeProgress::Done);
}

#[tokio::test]
async fn a_batch_is_paused_and_goes_on() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let mut plans = Vec::new();
    for n in 1..=6 {
        let (a, b) = twice(&server, n).await;
        plans.push(rig.plan(&[&a, &b], &Choices::default()).await);
    }
    server.fault("", "/contacts/", 0, json!({ "latency_ms": 20 })).await;
    let merges = rig.merge(plans).await.expect("they are taken");
    let ticket = rig.port.ticket();
    rig.send(Command::Merges { ticket, merges: merges.clone(), deed: MergeDeed::Pause }).await;
    let mut paused = std::collections::BTreeSet::new();
    while paused.len() < merges.len() {
        let id = rig.wait("a pause", |event| match event {
            Event::Merge(MergeEvent::Changed(record)) if record.progress == MergeProgress::Paused => Some(record.id),
            _ => None,
        });
        paused.insert(id.await);
    }
    let before = server.requests("POST", "/notes").await.len();
    rig.sync().await.expect("other work goes on");
    assert_eq!(server.requests("POST", "/notes").await.len(), before, "nothing is written meanwhile");
    let ticket = rig.port.ticket();
    rig.send(Command::Merges { ticket, merges: merges.clone(), deed: MergeDeed::Resume }).await;
    let mut done = std::collections::BTreeSet::new();
    while done.len() < merges.len() {
        let id = rig.wait("an end", |event| match event {
            Event::Merge(MergeEvent::Changed(record)) if record.is_set_aside() => Some(record.id),
            _ => None,
        });
        done.insert(id.await);
    }
}

/// Two processes on one folder: what one says while the other works is done.
#[tokio::test]
async fn an_undo_from_another_process_stops_the_merge_where_it_is() {
    let server = server(&[]).await;
    let mut random = fastrand::Rng::with_seed(3);
    let mut leader = Rig::start(&server).await;
    let mut other = Rig::start_with(&server, Setup { folder: Some(leader.folder.clone()), ..Setup::default() }).await;
    for n in 1..=6 {
        let (a, b) = twice(&server, n).await;
        let before = (held(&server, &a).await, held(&server, &b).await);
        let plan = leader.plan(&[&a, &b], &Choices { delete: true, ..Choices::default() }).await;
        server.fault("", "/contacts/", 0, json!({ "latency_ms": 5, "jitter_ms": 10 })).await;
        let merge = leader.merge(vec![plan]).await.expect("it is taken")[0];
        tokio::time::sleep(Duration::from_millis(random.u64(0..400))).await;
        other.steer(merge, MergeDeed::Undo).await;
        let record = other.ended(merge, MergePhase::Undo).await;
        assert_eq!(record.progress, MergeProgress::Done, "{n}: {record:?}");
        let (survivor, loser) = (held(&server, &a).await, held(&server, &b).await);
        assert_eq!((&survivor["notes"], &survivor["tasks"]), (&before.0["notes"], &before.0["tasks"]), "{n}");
        assert_eq!(survivor["contact"]["email"], before.0["contact"]["email"], "{n}");
        match record.remade.as_slice() {
            [] => assert_eq!(loser, before.1, "{n}"),
            [(_, new)] => {
                let loser = held(&server, new).await;
                assert_eq!(loser["contact"]["email"], before.1["contact"]["email"], "{n}");
                assert_eq!(loser["tasks"].as_array().map(Vec::len), Some(2), "{n}");
            }
            more => panic!("{n}: {more:?}"),
        }
    }
}

/// The user has seen one obstacle; that is no leave to pass over the next.
#[tokio::test]
async fn what_came_to_the_loser_since_is_never_deleted_with_it() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let mine = Choices { survivor: Some(a.clone()), delete: true, ..Choices::default() };
    let plan = rig.plan(&[&a, &b], &mine).await;
    server.fault("PUT", &format!("*/contacts/{b}"), 1, json!({ "status": 422, "body": { "message": "no" } })).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.ended(merge, MergePhase::Merge).await;
    server.write("PUT", &format!("/contacts/{a}"), json!({ "firstName": "Anita" })).await;
    server.make(&format!("/contacts/{b}/notes"), json!({ "body": "she called again" })).await;
    rig.steer(merge, MergeDeed::Resume).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert!(matches!(&record.progress, MergeProgress::Stopped(Obstacle::Changed { .. })), "{record:?}");
    rig.steer(merge, MergeDeed::Resume).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    let MergeProgress::Stopped(Obstacle::MovedOn(news)) = &record.progress else { panic!("{record:?}") };
    assert!(news.iter().any(|words| words.contains("has a new note")), "{news:?}");
    assert_eq!(server.notes_saying(&b, "she called again").await, 1);
}

#[tokio::test]
async fn an_address_that_somebody_has_changed_is_not_emptied() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let plan = rig.plan(&[&a, &b], &Choices { survivor: Some(a.clone()), ..Choices::default() }).await;
    server.fault("PUT", &format!("*/contacts/{b}"), 1, json!({ "status": 422, "body": { "message": "no" } })).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.ended(merge, MergePhase::Merge).await;
    server.write("PUT", &format!("/contacts/{b}"), json!({ "email": "new@post.example" })).await;
    rig.steer(merge, MergeDeed::Resume).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert!(
        matches!(&record.progress, MergeProgress::Stopped(Obstacle::Changed { fields, .. }) if fields == &["email"]),
        "{record:?}"
    );
    assert_eq!(held(&server, &b).await["contact"]["email"], "new@post.example");
}

#[tokio::test]
async fn a_purge_wants_the_survivor_and_the_newer_words() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let plan = rig.plan(&[&a, &b], &Choices { survivor: Some(a.clone()), ..Choices::default() }).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.ended(merge, MergePhase::Merge).await;
    let tasks = held(&server, &b).await["tasks"].clone();
    let task = texts(&tasks, "id").remove(0);
    server.write("PUT", &format!("/contacts/{b}/tasks/{task}"), json!({ "title": "Call on Monday" })).await;
    rig.steer(merge, MergeDeed::Purge).await;
    let why = rig.refused_merge().await;
    assert!(why.contains("Call on Monday"), "{why}");
    rig.ended(merge, MergePhase::Merge).await;
    server.write("DELETE", &format!("/contacts/{a}"), Value::Null).await;
    rig.steer(merge, MergeDeed::Purge).await;
    let why = rig.refused_merge().await;
    assert!(why.contains("no longer there"), "{why}");
    assert_ne!(held(&server, &b).await["contact"], Value::Null);
    rig.ended(merge, MergePhase::Merge).await;
    // Without the survivor the loser comes back all the same, with the address that it gave up.
    rig.steer(merge, MergeDeed::Undo).await;
    let record = rig.ended(merge, MergePhase::Undo).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(held(&server, &b).await["contact"]["email"], "ana1@post.example");
}

#[tokio::test]
async fn who_is_forgotten_is_in_no_journal_any_more() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (a, b) = twice(&server, 1).await;
    let (c, d) = twice(&server, 2).await;
    for (one, other) in [(&a, &b), (&c, &d)] {
        let plan = rig.plan(&[one, other], &Choices::default()).await;
        let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
        rig.ended(merge, MergePhase::Merge).await;
    }
    let Ok(Answer::Traces(held)) = rig.ask(Request::Traces(b.clone())).await else { panic!("no traces") };
    assert_eq!((held.merges, held.waiting), (1, 0));
    rig.ask(Request::Forget(b)).await.expect("erased");
    let Ok(Answer::Merges(left)) = rig.ask(Request::Merges).await else { panic!("no journal") };
    assert_eq!(left.iter().map(|record| record.number).collect::<Vec<_>>(), [2], "the other one stays");
    // What comes later is seen by everybody: numbers of change never fall.
    let later = twice(&server, 3).await;
    let plan = rig.plan(&[&later.0, &later.1], &Choices::default()).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    assert_eq!(rig.ended(merge, MergePhase::Merge).await.progress, MergeProgress::Done);
    let kept = rig.stop().await;
    let file = std::fs::read(kept.folder.join("ledger.db")).expect("a ledger");
    assert!(!file.windows(14).any(|words| words == b"+16285550001\",".as_slice()), "nothing of it is left");
}

/// The second try, without the author, is noted like the first: its lost answer doubles nothing.
#[tokio::test]
async fn a_note_whose_author_is_refused_is_written_once_without() {
    let server = server(&[]).await;
    let (a, b) = twice(&server, 1).await;
    let setup = Setup { write_timeout: Duration::from_millis(200), ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup).await;
    let plan = rig.plan(&[&a, &b], &Choices { survivor: Some(a.clone()), ..Choices::default() }).await;
    let path = format!("*/contacts/{a}/notes");
    server.fault("POST", &path, 1, json!({ "status": 422, "body": { "message": "no such user" } })).await;
    server.fault("POST", &path, 1, json!({ "drop": "after" })).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    let notes = held(&server, &a).await["notes"].clone();
    assert_eq!(notes.as_array().map(Vec::len), Some(4), "its own, two copies, what is kept: {notes}");
    let copies = notes
        .as_array()
        .into_iter()
        .flatten()
        .filter(|note| note["body"].as_str().is_some_and(|body| body.contains("[from Ana")));
    assert_eq!(copies.filter(|note| note["userId"].is_null()).count(), 1, "{notes}");
}
