//! Merges: carried out step by step, taken back, refused, resumed.

mod done;
mod minded;
mod undone;
mod weather;

use ghl_tui::dedupe::merge::{Choices, Review};
use ghl_tui::domain::{ContactId, Member, MergeId, MergePhase, MergePlan, MergeProgress, MergeRecord, MergeRules};
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

/// One person twice on a server of their own, and a worker there.
async fn couple() -> (Server, Rig, [ContactId; 2]) {
    couple_with(&[], Setup::default()).await
}

async fn couple_with(switches: &[(&str, &str)], setup: Setup) -> (Server, Rig, [ContactId; 2]) {
    let server = server(switches).await;
    let (a, b) = twice(&server, 1).await;
    let rig = Rig::start_with(&server, setup).await;
    (server, rig, [a, b])
}

impl Server {
    /// The next change of a contact is refused for good: a merge stops there.
    async fn refuses_once(&self, contact: &ContactId) {
        let refusal = json!({ "status": 422, "body": { "message": "no" } });
        self.fault("PUT", &format!("*/contacts/{contact}"), 1, refusal).await;
    }

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

    /// Merges two or more by a plan that is made now, up to the end of it.
    pub(crate) async fn merged(&mut self, ids: &[&ContactId], choices: &Choices) -> MergeRecord {
        let plan = self.plan(ids, choices).await;
        let merge = self.merge(vec![plan]).await.expect("it is taken")[0];
        self.ended(merge, MergePhase::Merge).await
    }

    /// [`Rig::merged`], where nothing is in the way.
    pub(crate) async fn merged_well(&mut self, ids: &[&ContactId], choices: &Choices) -> MergeRecord {
        let record = self.merged(ids, choices).await;
        assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
        record
    }

    /// The merge at the end of what a deed sets going.
    pub(crate) async fn steered(&mut self, merge: MergeId, deed: MergeDeed, phase: MergePhase) -> MergeRecord {
        self.steer(merge, deed).await;
        self.ended(merge, phase).await
    }

    /// Takes a merge back, where nothing is in the way.
    pub(crate) async fn unmerged(&mut self, merge: MergeId) -> MergeRecord {
        let record = self.steered(merge, MergeDeed::Undo, MergePhase::Undo).await;
        assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
        record
    }

    /// Why a deed is refused.
    pub(crate) async fn refused_deed(&mut self, merge: MergeId, deed: MergeDeed) -> String {
        self.steer(merge, deed).await;
        self.refused_merge().await
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
