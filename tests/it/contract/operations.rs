//! Every operation, called once by its type against the sandbox.

use std::collections::BTreeSet;

use ghl_tui::api::{Endpoint, Operation, endpoints as api};
use ghl_tui::domain::{
    AppointmentId, AppointmentPatch, AppointmentStatus, BusinessId, CalendarId, CampaignId, CompanyId, Contact,
    ContactField, ContactId, ContactPatch, LocationId, NoteId, NotePatch, TaskId, TaskPatch, UserId, WorkflowId,
};
use ghl_tui::sandbox::{self, SandboxOptions, Switches};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::description::{Description, folder};

/// Properties of answers that no schema names: of which operations (a part of the name), and why all the same.
const UNNAMED: &[(&str, &str, &str)] = &[
    ("", "traceId", "almost every answer carries one"),
    ("/contacts", "additionalEmails", "every live contact carries them; issue 262 asks to write them"),
    ("/contacts", "additionalPhones", "the same"),
    ("/contacts", "followers", "the answer schemas of full contacts forgot them; the older listing has them"),
];

/// Answers whose schema is known to be wrong, and why.
const MISDESCRIBED: &[(&str, &str)] = &[
    ("GET /contacts/", "names a third of what every client reads, and forgets `meta`, which the same file defines"),
    ("POST /locations/{}/tasks/search", "a list of lists of nothing, where its own example is a list of tasks"),
    ("POST /contacts/bulk/tags/update/add", "results as texts, where its own words say objects for each contact"),
    ("POST /contacts/bulk/tags/update/remove", "the same"),
];

/// Bodies whose schema is known to be wrong, and why.
const BODIES: &[(&str, &str)] =
    &[("POST /contacts/search", "an object without properties; a page that the description links to has them")];

struct Stage {
    running: sandbox::Running,
    client: reqwest::Client,
    description: Option<Description>,
    called: BTreeSet<String>,
    breaches: Vec<String>,
}

impl Stage {
    /// Calls an operation, holds both sides against the description, and reads the answer as the client would.
    async fn call<E: Endpoint>(&mut self, endpoint: &E) -> E::Reply {
        let call = endpoint.call();
        let (method, name) = (E::METHOD.as_str(), format!("{} {}", E::METHOD.as_str(), E::PATH));
        let query: Vec<(String, String)> =
            call.query.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let url = format!("{}{}", self.running.base_url(), call.path);
        let mut request = self.client.request(method.parse().expect("a method"), url).query(&query);
        request = request.bearer_auth(self.running.token()).header("Version", E::VERSION);
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status().as_u16(), answer.bytes().await.expect("a body"));
        let body: Value = serde_json::from_slice(&text).unwrap_or(Value::Null);
        assert!((200..300).contains(&status), "{name}: {status} {body}");
        if let Some(description) = &self.description {
            match description.find(method, &call.path) {
                Some(described) => {
                    let body_sent = call.body.as_ref().filter(|_| !BODIES.iter().any(|(of, _why)| *of == name));
                    let mut wrong = described.request(&query, E::VERSION, body_sent);
                    if !MISDESCRIBED.iter().any(|(of, _why)| *of == name) {
                        wrong.extend(described.answer(status, &named(&name, body.clone())));
                    }
                    let scopes = described.scopes();
                    if !scopes.is_empty() && !scopes.iter().any(|scope| scope == E::SCOPE.as_str()) {
                        wrong.push(format!("scope {} is none of {scopes:?}", E::SCOPE));
                    }
                    self.breaches.extend(wrong.into_iter().map(|wrong| format!("{name}: {wrong}")));
                }
                None if UNDESCRIBED.contains(&E::PATH) => {}
                None => self.breaches.push(format!("{name}: not described")),
            }
        }
        self.called.insert(name);
        endpoint.parse(&text).unwrap_or_else(|error| panic!("{} {}: {error}: {body}", method, E::PATH))
    }
}

fn line(operation: &Operation) -> String {
    format!("{} {}", operation.method.as_str(), operation.path)
}

/// No description of these is at hand.
const UNDESCRIBED: &[&str] = &["/campaigns/", "/workflows/", "/opportunities/search", "/conversations/search"];

/// An answer without what no schema names.
fn named(operation: &str, mut body: Value) -> Value {
    for (of, property, _why) in UNNAMED {
        if operation.contains(of) {
            remove(&mut body, property);
        }
    }
    body
}

fn remove(value: &mut Value, property: &str) {
    match value {
        Value::Object(map) => {
            map.remove(property);
            map.values_mut().for_each(|inner| remove(inner, property));
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| remove(inner, property)),
        _ => {}
    }
}

fn patch(fields: &[(ContactField, &str)]) -> ContactPatch {
    let fields = fields.iter().map(|(field, value)| (*field, Some((*value).to_owned()))).collect();
    ContactPatch { fields, ..ContactPatch::default() }
}

async fn stage() -> Stage {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut switches = Switches::default();
    switches.set("index-lag", "0s").expect("a switch");
    let options = SandboxOptions {
        contacts: 200,
        switches,
        rate_limit: "off".parse().expect("a limit"),
        ..SandboxOptions::default()
    };
    let description = folder().map(|folder| Description::read(&folder));
    if description.is_none() {
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"contract: GHL_OPENAPI_DIR is not set, so nothing was held against the official description\n",
        );
    }
    Stage {
        running: sandbox::start(options).await.expect("a free port"),
        client: reqwest::Client::builder().no_proxy().build().expect("a client"),
        description,
        called: BTreeSet::new(),
        breaches: Vec::new(),
    }
}

#[tokio::test]
async fn requests_and_answers_keep_to_the_official_description() {
    let mut stage = stage().await;
    let location = LocationId::new(stage.running.location_id());
    let contact = contacts(&mut stage, &location).await;
    tasks(&mut stage, &location, &contact).await;
    notes(&mut stage, &contact).await;
    appointments(&mut stage, &location, &contact).await;
    sets(&mut stage, &location, &contact).await;
    business(&mut stage, &location, &contact).await;
    automation(&mut stage, &location, &contact).await;
    around(&mut stage, &location, &contact).await;
    stage.call(&api::DeleteContact { contact }).await;

    // Signing in has a test of its own.
    let known: BTreeSet<String> = api::all().iter().filter(|one| !one.path.starts_with("/oauth/")).map(line).collect();
    assert_eq!(stage.called, known, "every operation was called");
    assert!(stage.breaches.is_empty(), "{}", stage.breaches.join("\n"));
}

/// The test of the test: what the description forbids is seen.
#[test]
fn breaches_are_caught() {
    let Some(folder) = folder() else { return };
    let description = Description::read(&folder);
    let create = description.find("POST", "/contacts/").expect("described");
    let version = "2021-07-28";
    for (body, words) in [
        (json!({ "locationId": "l", "firstName": "A", "nickname": "B" }), "nickname"),
        (json!({ "firstName": "A" }), "locationId"),
        (json!({ "locationId": "l", "tags": "vip" }), "tags"),
    ] {
        let wrong = create.request(&[], version, Some(&body)).join("; ");
        assert!(wrong.contains(words), "{body}: {wrong}");
    }
    assert_eq!(create.request(&[], version, Some(&json!({ "locationId": "l", "firstName": null }))), [""; 0]);
    assert!(create.request(&[], "2019-01-01", Some(&json!({ "locationId": "l" }))).join("").contains("Version"));
    let task = description.find("GET", "/contacts/c/tasks/t").expect("described");
    assert!(!task.answer(200, &json!({ "task": { "id": "t", "completed": "yes" } })).is_empty());
    assert!(!task.answer(200, &json!({ "task": { "id": "t", "colour": "red" } })).is_empty());
    assert!(!task.answer(418, &json!({})).is_empty());
    let events = description.find("GET", "/calendars/events").expect("described");
    assert!(events.request(&[], "2021-04-15", None).join("; ").contains("startTime is required"));
    let duplicate = description.find("GET", "/contacts/search/duplicate").expect("described");
    let phone = ("phone".to_owned(), "+1".to_owned());
    assert!(duplicate.request(&[phone], version, None).join("; ").contains("phone is not described"));
}

async fn contacts(stage: &mut Stage, location: &LocationId) -> ContactId {
    let search = |updated_since| api::SearchContacts {
        location: location.clone(),
        page_limit: 20,
        search_after: None,
        updated_since,
        newest_first: false,
        added: api::TimeSpan::default(),
    };
    let (rows, total) = stage.call(&search(None)).await;
    assert_eq!((rows.len(), total), (20, 200));
    stage.call(&search(Some(Timestamp::now() - SignedDuration::from_hours(24 * 90)))).await;
    let (newest, _) = stage.call(&api::SearchContacts { newest_first: true, ..search(None) }).await;
    let changes: Vec<_> = newest.iter().map(|row| row.contact.value.updated).collect();
    assert!(changes.is_sorted_by(|newer, older| newer >= older), "{changes:?}");
    let next = api::SearchContacts { search_after: rows[19].search_after.clone(), ..search(None) };
    stage.call(&next).await;

    let list = |after| api::ListContacts { location: location.clone(), limit: 50, query: None, after };
    let first = stage.call(&list(None)).await;
    let second = stage.call(&list(first.next)).await;
    assert_ne!(first.contacts[0].value.id, second.contacts[0].value.id);

    let mut new = patch(&[
        (ContactField::FirstName, "Ana"),
        (ContactField::LastName, "Contract"),
        (ContactField::Email, "ana.contract@example.com"),
        (ContactField::Phone, "+1 888-888-8888"),
        (ContactField::CompanyName, "Contract Co"),
        (ContactField::Address1, "1 Main St"),
        (ContactField::City, "Oakland"),
        (ContactField::State, "CA"),
        (ContactField::PostalCode, "94612"),
        (ContactField::Country, "US"),
        (ContactField::Website, "https://example.com"),
        (ContactField::TimeZone, "America/Los_Angeles"),
        (ContactField::DateOfBirth, "1990-05-17"),
        (ContactField::Source, "contract"),
    ]);
    new.tags = vec!["contract".to_owned()];
    new.dnd = Some(false);
    new.channels.insert("SMS".to_owned(), true);
    let made = stage.call(&api::CreateContact { location: location.clone(), patch: new }).await.value;
    assert_eq!(made.phone.as_deref(), Some("+18888888888"));

    let found = api::FindDuplicate { location: location.clone(), email: made.email.clone(), phone: None };
    assert_eq!(stage.call(&found).await.map(|found| found.value.id), Some(made.id.clone()));
    let by_phone = api::FindDuplicate { location: location.clone(), email: None, phone: made.phone.clone() };
    assert!(stage.call(&by_phone).await.is_some());
    let nobody =
        api::FindDuplicate { location: location.clone(), email: Some("nobody@example.com".into()), phone: None };
    assert!(stage.call(&nobody).await.is_none());

    let upsert = patch(&[(ContactField::Email, "ana.contract@example.com"), (ContactField::City, "Alameda")]);
    let (is_new, upserted) = stage.call(&api::UpsertContact { location: location.clone(), patch: upsert }).await;
    assert!(!is_new && upserted.value.id == made.id);

    let mut update = patch(&[(ContactField::City, "Berkeley"), (ContactField::CompanyName, "is left out")]);
    update.fields.insert(ContactField::Website, None);
    let fields = stage.call(&api::GetCustomFields { location: location.clone() }).await;
    let text = fields.iter().find(|field| field.data_type.as_deref() == Some("TEXT")).expect("a text field");
    update.custom.insert(text.id.clone(), json!("A-17"));
    let updated = stage.call(&api::UpdateContact { contact: made.id.clone(), patch: update }).await.value;
    assert_eq!((updated.city.as_deref(), updated.website), (Some("Berkeley"), None));
    let held: Contact = stage.call(&api::GetContact { contact: made.id.clone() }).await.value;
    assert_eq!(held.company.as_deref(), Some("Contract Co"));
    assert_eq!(held.tags, ["contract"]);
    assert_eq!(held.custom.iter().find(|one| one.id == text.id).map(|one| one.value.clone()), Some(json!("A-17")));
    made.id
}

async fn tasks(stage: &mut Stage, location: &LocationId, contact: &ContactId) {
    let due = Timestamp::now() + SignedDuration::from_hours(30);
    let new = TaskPatch {
        title: Some("Call back".to_owned()),
        body: Some("about the quote".to_owned()),
        due: Some(due),
        completed: Some(false),
        assigned_to: None,
    };
    let task = stage.call(&api::CreateTask { contact: contact.clone(), task: new }).await.value;
    assert_eq!(task.due.map(Timestamp::as_second), Some(due.as_second()));
    let id: TaskId = task.id.clone();
    let patch = TaskPatch { title: Some("Call again".to_owned()), ..TaskPatch::default() };
    stage.call(&api::UpdateTask { contact: contact.clone(), task: id.clone(), patch }).await;
    stage.call(&api::CompleteTask { contact: contact.clone(), task: id.clone(), completed: true }).await;
    let held = stage.call(&api::GetTask { contact: contact.clone(), task: id.clone() }).await.value;
    assert_eq!((held.title.as_str(), held.completed), ("Call again", true));
    assert_eq!(stage.call(&api::GetTasks { contact: contact.clone() }).await.len(), 1);
    let search = api::SearchTasks {
        location: location.clone(),
        contacts: vec![contact.clone()],
        completed: Some(true),
        assigned_to: None,
        limit: 25,
        skip: 0,
    };
    assert_eq!(stage.call(&search).await[0].value.id, id);
    stage.call(&api::DeleteTask { contact: contact.clone(), task: id }).await;
}

async fn notes(stage: &mut Stage, contact: &ContactId) {
    let body = |body: &str| NotePatch { body: Some(body.to_owned()), ..NotePatch::default() };
    let note = stage.call(&api::CreateNote { contact: contact.clone(), note: body("first") }).await.value;
    let id: NoteId = note.id;
    let patch = NotePatch { pinned: Some(true), title: Some("T".to_owned()), ..body("second") };
    stage.call(&api::UpdateNote { contact: contact.clone(), note: id.clone(), patch }).await;
    let held = stage.call(&api::GetNote { contact: contact.clone(), note: id.clone() }).await.value;
    assert_eq!((held.body.as_str(), held.pinned), ("second", true));
    assert_eq!(stage.call(&api::GetNotes { contact: contact.clone() }).await.len(), 1);
    stage.call(&api::DeleteNote { contact: contact.clone(), note: id }).await;
}

async fn appointments(stage: &mut Stage, location: &LocationId, contact: &ContactId) {
    let calendars = stage.call(&api::GetCalendars { location: location.clone() }).await;
    let calendar: CalendarId = calendars[0].id.clone();
    let start = Timestamp::now() + SignedDuration::from_hours(48);
    let new = AppointmentPatch {
        calendar: Some(calendar.clone()),
        title: Some("Consult".to_owned()),
        start: Some(start),
        end: Some(start + SignedDuration::from_mins(45)),
        status: Some(AppointmentStatus::Confirmed),
        notify: Some(false),
        anyway: true,
        ..AppointmentPatch::default()
    };
    let create = api::CreateAppointment { location: location.clone(), contact: contact.clone(), appointment: new };
    let id: AppointmentId = stage.call(&create).await.value.id;
    let patch = AppointmentPatch { status: Some(AppointmentStatus::NoShow), ..AppointmentPatch::default() };
    stage.call(&api::UpdateAppointment { appointment: id.clone(), patch }).await;
    let held = stage.call(&api::GetAppointment { appointment: id.clone() }).await.value;
    assert_eq!((held.status, &held.contact), (AppointmentStatus::NoShow, contact));
    assert_eq!(stage.call(&api::GetAppointments { contact: contact.clone() }).await.len(), 1);
    let (from, to) = (start - SignedDuration::from_hours(1), start + SignedDuration::from_hours(1));
    let events = stage.call(&api::GetEvents { location: location.clone(), calendar, from, to }).await;
    assert!(events.iter().any(|event| event.value.id == id));
    let notes = api::GetAppointmentNotes { appointment: id.clone(), contact: contact.clone(), limit: 20, offset: 0 };
    stage.call(&notes).await;
    stage.call(&api::DeleteEvent { appointment: id }).await;
}

async fn sets(stage: &mut Stage, location: &LocationId, contact: &ContactId) {
    let tags = |tag: &str| vec![tag.to_owned()];
    assert_eq!(stage.call(&api::AddTags { contact: contact.clone(), tags: tags("VIP") }).await, ["contract", "vip"]);
    assert_eq!(stage.call(&api::RemoveTags { contact: contact.clone(), tags: tags("vip") }).await, ["contract"]);
    let (location, contacts) = (location.clone(), vec![contact.clone(), ContactId::new("nobody")]);
    let add = api::AddTagsToMany { location: location.clone(), contacts: contacts.clone(), tags: tags("bulk") };
    let results = stage.call(&add).await;
    assert_eq!((results[0].refused.is_some(), results[1].refused.is_some()), (false, true));
    stage.call(&api::RemoveTagsFromMany { location: location.clone(), contacts, tags: tags("bulk") }).await;
    let users = stage.call(&api::GetUsers { location }).await;
    let user: UserId = users[0].id.clone();
    let followers = stage.call(&api::AddFollowers { contact: contact.clone(), users: vec![user.clone()] }).await;
    assert_eq!(followers, std::slice::from_ref(&user));
    assert_eq!(stage.call(&api::RemoveFollowers { contact: contact.clone(), users: vec![user] }).await, []);
}

async fn business(stage: &mut Stage, location: &LocationId, contact: &ContactId) {
    let all = stage.call(&api::GetBusinesses { location: location.clone(), limit: 10, skip: 0 }).await;
    let business: BusinessId = all[0].id.clone();
    let (location, contacts) = (location.clone(), vec![contact.clone()]);
    let assign = |business| api::AssignBusiness { location: location.clone(), contacts: contacts.clone(), business };
    assert_eq!(stage.call(&assign(Some(business.clone()))).await, contacts);
    let members = api::GetBusinessContacts { location: location.clone(), business, limit: 100, skip: 0 };
    assert!(stage.call(&members).await.0.iter().any(|member| member.value.id == *contact));
    stage.call(&assign(None)).await;
    assert!(!stage.call(&members).await.0.iter().any(|member| member.value.id == *contact));
}

async fn automation(stage: &mut Stage, location: &LocationId, contact: &ContactId) {
    let campaigns = stage.call(&api::GetCampaigns { location: location.clone() }).await;
    let campaign: CampaignId = campaigns[0].id.clone();
    stage.call(&api::StartCampaign { contact: contact.clone(), campaign: campaign.clone() }).await;
    stage.call(&api::StopCampaign { contact: contact.clone(), campaign }).await;
    stage.call(&api::StopCampaigns { contact: contact.clone() }).await;
    let workflows = stage.call(&api::GetWorkflows { location: location.clone() }).await;
    let workflow: WorkflowId = workflows[0].id.clone();
    stage.call(&api::StartWorkflow { contact: contact.clone(), workflow: workflow.clone() }).await;
    stage.call(&api::StopWorkflow { contact: contact.clone(), workflow }).await;
}

async fn around(stage: &mut Stage, location: &LocationId, contact: &ContactId) {
    stage.call(&api::GetLocation { location: location.clone() }).await;
    stage.call(&api::GetTags { location: location.clone() }).await;
    stage.call(&api::CountOpportunities { location: location.clone(), contact: contact.clone() }).await;
    stage.call(&api::CountConversations { location: location.clone(), contact: contact.clone() }).await;
    let url = format!("{}/locations/{location}", stage.running.base_url());
    let request = stage.client.get(url).bearer_auth(stage.running.token()).header("Version", "2021-07-28");
    let held: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    let company = CompanyId::new(held["location"]["companyId"].as_str().expect("a company"));
    let search = api::SearchUsers { company, location: location.clone(), limit: 10, skip: 0 };
    assert!(!stage.call(&search).await.is_empty());
}
