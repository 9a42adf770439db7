//! Reading answers: nothing panics, nothing wrong becomes a default, and nothing is lost on the way to the disk.

use ghl_tui::api::{Endpoint, endpoints as api};
use ghl_tui::domain::{
    AppointmentId, BusinessId, CalendarId, CompanyId, ContactId, ContactPatch, LocationId, NoteId, NotePatch, TaskId,
    TaskPatch,
};
use ghl_tui::store::{Cache, Folder, Incoming, RawRecord};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

type Parser = (&'static str, Box<dyn Fn(&[u8]) -> bool>);

fn parser<E: Endpoint + 'static>(name: &'static str, endpoint: E) -> Parser {
    (name, Box::new(move |body| endpoint.parse(body).is_ok()))
}

/// Everything that reads an answer; each says whether it could.
fn parsers() -> Vec<Parser> {
    let (contact, location) = (ContactId::new("c"), LocationId::new("l"));
    let (task, note, event) = (TaskId::new("t"), NoteId::new("n"), AppointmentId::new("e"));
    let at = Timestamp::UNIX_EPOCH;
    vec![
        parser(
            "page",
            api::SearchContacts {
                location: location.clone(),
                page_limit: 1,
                search_after: None,
                updated_since: None,
                newest_first: false,
                added: api::TimeSpan::default(),
            },
        ),
        parser("duplicate", api::FindDuplicate { location: location.clone(), email: None, phone: None }),
        parser("entries", api::ListContacts { location: location.clone(), limit: 1, query: None, after: None }),
        parser("upserted", api::UpsertContact { location: location.clone(), patch: ContactPatch::default() }),
        parser("contact", api::GetContact { contact: contact.clone() }),
        parser("tasks", api::GetTasks { contact: contact.clone() }),
        parser("task", api::GetTask { contact: contact.clone(), task }),
        parser("new task", api::CreateTask { contact: contact.clone(), task: TaskPatch::default() }),
        parser(
            "location tasks",
            api::SearchTasks {
                location: location.clone(),
                contacts: Vec::new(),
                completed: None,
                assigned_to: None,
                limit: 1,
                skip: 0,
            },
        ),
        parser("notes", api::GetNotes { contact: contact.clone() }),
        parser("note", api::GetNote { contact: contact.clone(), note }),
        parser("new note", api::CreateNote { contact: contact.clone(), note: NotePatch::default() }),
        parser("appointments", api::GetAppointments { contact: contact.clone() }),
        parser(
            "events",
            api::GetEvents { location: location.clone(), calendar: CalendarId::new("k"), from: at, to: at },
        ),
        parser("event", api::GetAppointment { appointment: event.clone() }),
        parser(
            "appointment notes",
            api::GetAppointmentNotes { appointment: event, contact: contact.clone(), limit: 1, offset: 0 },
        ),
        parser("tags", api::AddTags { contact: contact.clone(), tags: vec![] }),
        parser("bulk tags", api::AddTagsToMany { location: location.clone(), contacts: vec![], tags: vec![] }),
        parser("followers", api::AddFollowers { contact: contact.clone(), users: vec![] }),
        parser("businesses", api::GetBusinesses { location: location.clone(), limit: 1, skip: 0 }),
        parser(
            "members",
            api::GetBusinessContacts { location: location.clone(), business: BusinessId::new("b"), limit: 1, skip: 0 },
        ),
        parser("assigned", api::AssignBusiness { location: location.clone(), contacts: vec![], business: None }),
        parser("campaigns", api::GetCampaigns { location: location.clone() }),
        parser("workflows", api::GetWorkflows { location: location.clone() }),
        parser("calendars", api::GetCalendars { location: location.clone() }),
        parser("opportunities", api::CountOpportunities { location: location.clone(), contact }),
        parser("location", api::GetLocation { location: location.clone() }),
        parser("location tags", api::GetTags { location: location.clone() }),
        parser("custom fields", api::GetCustomFields { location: location.clone() }),
        parser("users", api::SearchUsers { company: CompanyId::new("a"), location, limit: 1, skip: 0 }),
    ]
}

/// One answer with something of everything, which every parser can read its part of.
fn everything() -> Value {
    let contact = json!({
        "id": "c", "locationId": "l", "firstName": "Ana", "lastName": "López", "firstNameLowerCase": "ana",
        "companyName": "Co", "email": "a@example.com", "phone": "+14155550142", "additionalEmails": ["b@example.com"],
        "additionalPhones": [{"phone": "+14155550143"}], "address1": "1 Main St", "city": "Oakland", "state": "CA",
        "postalCode": "94612", "country": "US", "website": "https://example.com", "timezone": "America/Los_Angeles",
        "dateOfBirth": "1990-05-17T00:00:00.000Z", "source": "web", "assignedTo": "u", "tags": ["vip"],
        "followers": ["u"], "dnd": false, "dndSettings": {"SMS": {"status": "active"}},
        "customFields": [{"id": "f", "value": ["x", "y"]}], "dateAdded": "2026-01-02T03:04:05.678Z",
        "dateUpdated": 1_770_000_000_000_i64, "searchAfter": [1, "c"], "unknown": {"deep": [1.50, null]},
    });
    let task = json!({
        "id": "t", "title": "Call", "body": "b", "assignedTo": "u", "dueDate": "2026-01-02T03:04:05.678Z",
        "completed": true, "contactId": "c",
    });
    let note = json!({"id": "n", "body": "<p>b</p>", "userId": "u", "dateAdded": "2026-01-02T03:04:05Z", "contactId": "c",
        "title": "T", "pinned": true});
    let event = json!({"id": "e", "title": "Consult", "calendarId": "k", "contactId": "c", "appointmentStatus": "new",
        "startTime": "2026-01-02 11:00:00", "endTime": "2026-01-02T12:00:00-08:00", "assignedUserId": "u"});
    json!({
        "contact": contact, "contacts": [contact], "total": 1, "count": 1, "new": true,
        "meta": {"total": 1, "startAfter": 1, "startAfterId": "c"},
        "task": task, "tasks": [task], "note": note, "notes": [note], "hasMore": false, "event": event, "events": [event],
        "followers": ["u"], "responses": [{"contactId": "c", "type": "success", "message": "ok"}], "ids": ["c"],
        "businesses": [{"id": "b", "name": "B"}], "campaigns": [{"id": "b", "name": "B"}],
        "workflows": [{"id": "b", "name": "B"}], "calendars": [{"id": "b", "name": "B"}],
        "location": {"name": "L", "timezone": "UTC"}, "users": [{"id": "u", "name": "U"}],
        "customFields": [{"id": "f", "name": "F", "fieldKey": "contact.f", "dataType": "TEXT", "picklistOptions": ["x"]}],
    })
}

/// The same with `tags` as the endpoint that reads them has it.
fn answer_for(name: &str) -> Value {
    let mut all = everything();
    all["tags"] = if name == "location tags" { json!([{"id": "t", "name": "vip"}]) } else { json!(["vip"]) };
    all
}

#[test]
fn every_parser_reads_a_good_answer() {
    for (name, reads) in parsers() {
        assert!(reads(answer_for(name).to_string().as_bytes()), "{name}");
    }
}

/// A value of each JSON type but the one that stands there.
fn of_other_types(value: &Value) -> Vec<Value> {
    let all = [json!("text"), json!(7.5), json!(true), json!({"a": 1}), json!([1])];
    let kind = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    };
    all.into_iter().filter(|other| kind(other) != kind(value)).collect()
}

#[test]
fn a_wrong_type_is_an_error_and_never_a_default() {
    let reads = |name: &str| parsers().into_iter().find(|(known, _)| *known == name).expect("a parser").1;
    // Dates may be numbers, and what the user defined may be anything.
    let free = ["unknown", "locationId", "searchAfter", "calendarId", "dndSettings"];
    let dates = ["dateAdded", "dateUpdated", "dueDate"];
    for (parser, record) in [("contact", "contact"), ("task", "task"), ("note", "note"), ("event", "event")] {
        let good = everything();
        for (field, value) in good[record].as_object().expect("a record") {
            if free.contains(&field.as_str()) {
                continue;
            }
            for wrong in of_other_types(value) {
                if dates.contains(&field.as_str()) && wrong.is_number() {
                    continue;
                }
                let mut bad = good.clone();
                bad[record][field] = wrong.clone();
                assert!(!reads(parser)(bad.to_string().as_bytes()), "{record}.{field} = {wrong} was read");
            }
        }
    }
}

/// Where no number can stand for a date either: a fraction.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let bytes = everything().to_string().into_bytes();
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    prop::collection::vec(edit, 1..12).prop_map(move |edits| {
        let mut bytes = bytes.clone();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for (_name, reads) in parsers() {
            let _read = reads(&bytes);
        }
    }

    #[test]
    fn mutated_answers_never_panic(bytes in mutated()) {
        for (_name, reads) in parsers() {
            let _read = reads(&bytes);
        }
    }
}

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => ".{0,24}".prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!("")),
        1 => Just(json!("\u{1b}[31m\u{202e}😀é\u{0301}")),
    ]
}

fn time() -> impl Strategy<Value = Value> {
    (0..4_000_000_000_000_i64).prop_map(|ms| json!(Timestamp::from_millisecond(ms).expect("in range").to_string()))
}

fn custom() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        text(),
        any::<i32>().prop_map(Value::from),
        prop::collection::vec("[a-z]{1,6}", 0..3).prop_map(Value::from),
        Just(json!({"file": {"url": "https://example.com/f"}})),
    ];
    (value, 0..99_u8).prop_map(|(value, id)| json!({"id": format!("f{id}"), "value": value}))
}

/// A contact as the server may answer it, with fields that nobody knows.
fn contact() -> impl Strategy<Value = Map<String, Value>> {
    const TEXTS: [&str; 14] = [
        "firstName",
        "lastName",
        "companyName",
        "email",
        "phone",
        "address1",
        "city",
        "state",
        "postalCode",
        "country",
        "website",
        "timezone",
        "source",
        "assignedTo",
    ];
    let texts = prop::collection::vec(prop::option::of(text()), TEXTS.len());
    let lists = (prop::collection::vec(".{0,12}", 0..4), prop::collection::vec("[a-zA-Z0-9]{20}", 0..2));
    let rest = (prop::collection::vec(custom(), 0..3), any::<bool>(), time(), time(), text());
    (texts, lists, rest).prop_map(|(texts, (tags, followers), (custom, dnd, added, updated, unknown))| {
        let known = TEXTS.iter().zip(texts).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
        let mut all: Map<String, Value> = known.collect();
        all.insert("id".into(), json!("c"));
        all.insert("tags".into(), json!(tags));
        all.insert("followers".into(), json!(followers));
        all.insert("customFields".into(), json!(custom));
        all.insert("dnd".into(), json!(dnd));
        all.insert("dateAdded".into(), added);
        all.insert("dateUpdated".into(), updated);
        all.insert("nobodyKnows".into(), json!({"this": unknown, "number": 1.50}));
        all
    })
}

/// A record of one of the kinds that belong to a contact.
fn belonging(
    texts: &'static [&'static str],
    times: &'static [&'static str],
) -> impl Strategy<Value = Map<String, Value>> {
    let values = prop::collection::vec(prop::option::of(text()), texts.len());
    let moments = prop::collection::vec(prop::option::of(time()), times.len());
    (values, moments, any::<bool>(), text()).prop_map(move |(values, moments, flag, unknown)| {
        let known = texts.iter().zip(values).chain(times.iter().zip(moments));
        let mut all: Map<String, Value> =
            known.filter_map(|(name, value)| Some(((*name).to_owned(), value?))).collect();
        all.insert("id".into(), json!("x"));
        all.insert("contactId".into(), json!("c"));
        all.insert("completed".into(), json!(flag));
        all.insert("pinned".into(), json!(flag));
        all.insert("nobodyKnows".into(), unknown);
        all
    })
}

/// A cache on the disk, and its file for those who do not believe it.
struct Disk {
    runtime: Runtime,
    cache: Cache,
    folder: TempDir,
}

impl Disk {
    fn new() -> Self {
        let (runtime, folder) = (Runtime::new().expect("a runtime"), TempDir::new().expect("a folder"));
        let cache = Cache::open(&Folder::open(folder.path()).expect("it opens")).expect("it opens");
        Self { runtime, cache, folder }
    }

    fn raw(&self, sql: &str) -> String {
        let file = rusqlite::Connection::open(self.folder.path().join("cache.db")).expect("it opens");
        file.query_row(sql, [], |row| row.get(0)).expect("one row")
    }
}

#[test]
fn what_the_server_says_comes_back_from_the_disk_unchanged() {
    let disk = Disk::new();
    let config = ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() };
    let task = belonging(&["title", "body", "assignedTo"], &["dueDate"]);
    let note = belonging(&["title", "body", "userId"], &["dateAdded"]);
    let event = belonging(&["title", "appointmentStatus", "assignedUserId", "address"], &["startTime", "endTime"]);
    proptest!(config, |(contact in contact(), task in task, note in note, event in event)| {
        let id = ContactId::new("c");
        // As the server lays it out, spaces included.
        let sent = serde_json::to_string_pretty(&contact).expect("JSON");
        let body = format!("{{\"contact\":{sent},\"traceId\":\"t\"}}");
        let got = api::GetContact { contact: id.clone() }.parse(body.as_bytes()).expect("it is well formed");
        prop_assert_eq!(got.raw.get(), sent.as_str());
        let incoming = Incoming { contact: got.value.clone(), raw: got.raw.get().to_owned(), plain_names: true };
        disk.runtime.block_on(disk.cache.take_full(incoming)).expect("stored");
        let held = disk.runtime.block_on(disk.cache.contact(id.clone())).expect("read").expect("there");
        prop_assert_eq!(&held.contact, &got.value);
        prop_assert_eq!(disk.raw("SELECT raw FROM contacts WHERE id = 'c'"), sent);

        let listed = |name: &str, one: &Map<String, Value>| json!({ name: [one] }).to_string();
        let tasks = api::GetTasks { contact: id.clone() }.parse(listed("tasks", &task).as_bytes()).expect("tasks");
        let notes = api::GetNotes { contact: id.clone() }.parse(listed("notes", &note).as_bytes()).expect("notes");
        let events = api::GetAppointments { contact: id.clone() };
        let events = events.parse(listed("events", &event).as_bytes()).expect("appointments");
        let (raw_task, raw_note, raw_event) =
            (tasks[0].raw.get().to_owned(), notes[0].raw.get().to_owned(), events[0].raw.get().to_owned());
        let record = |raw: &str| raw.to_owned();
        let taken = disk.cache.take_details(
            id.clone(),
            vec![RawRecord { value: tasks[0].value.clone(), raw: record(&raw_task) }],
            vec![RawRecord { value: notes[0].value.clone(), raw: record(&raw_note) }],
            vec![RawRecord { value: events[0].value.clone(), raw: record(&raw_event) }],
            Timestamp::now(),
        );
        prop_assert!(disk.runtime.block_on(taken).expect("stored"));
        let held = disk.runtime.block_on(disk.cache.details(id)).expect("read");
        prop_assert_eq!(&held.tasks[0], &tasks[0].value);
        prop_assert_eq!(&held.notes[0], &notes[0].value);
        prop_assert_eq!(&held.appointments[0], &events[0].value);
        for (kind, raw) in [("task", raw_task), ("note", raw_note), ("appointment", raw_event)] {
            prop_assert_eq!(disk.raw(&format!("SELECT raw FROM records WHERE kind = '{kind}'")), raw);
        }
    });
}
