//! `ghl-tui api`: every operation of the list, from the command line.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::home::Home;
use crate::sandbox::Sandbox;

/// A user of the command, and the operations used so far.
struct Caller<'a> {
    home: &'a Home,
    called: BTreeSet<(String, String)>,
}

impl Caller<'_> {
    /// Calls an operation by its line in the list, with ids in the place of the braces.
    fn call(&mut self, verb: &str, operation: &str, ids: &[&str], query: &str, body: Option<&Value>) -> Value {
        let mut ids = ids.iter();
        let path: Vec<&str> = operation
            .split('/')
            .map(|part| if part == "{}" { ids.next().expect("enough ids") } else { part })
            .collect();
        let address = format!("{}{query}", path.join("/"));
        let data = body.map(Value::to_string);
        let mut arguments = vec!["--json", "api", verb, &address];
        if let Some(data) = &data {
            arguments.extend(["--data", data]);
        }
        let ran = self.home.run(&arguments);
        let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{verb} {address} {data:?}: {out}{err}");
        self.called.insert((verb.to_owned(), operation.to_owned()));
        serde_json::from_str(&out).unwrap_or(Value::Null)
    }
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

#[test]
fn every_operation_is_reachable() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let location = sandbox.location.as_str();
    let here = format!("?locationId={location}");
    let mut api = Caller { home: &home, called: BTreeSet::new() };

    let new = json!({ "locationId": location, "firstName": "Ana", "email": "ana.api@example.com" });
    let contact = id(&api.call("POST", "/contacts/", &[], "", Some(&new))["contact"]);
    let contact = contact.as_str();
    api.call("POST", "/contacts/upsert", &[], "", Some(&new));
    api.call("POST", "/contacts/search", &[], "", Some(&json!({ "locationId": location, "pageLimit": 1 })));
    api.call("GET", "/contacts/", &[], &here, None);
    let found =
        api.call("GET", "/contacts/search/duplicate", &[], &format!("{here}&email=ana.api%40example.com"), None);
    assert_eq!(found["contact"]["id"], contact);
    api.call("GET", "/contacts/{}", &[contact], "", None);
    api.call("PUT", "/contacts/{}", &[contact], "", Some(&json!({ "city": "Oakland" })));

    let task = json!({ "title": "Call", "dueDate": "2027-01-02T10:00:00Z", "completed": false });
    let task = id(&api.call("POST", "/contacts/{}/tasks", &[contact], "", Some(&task))["task"]);
    let of_task = [contact, task.as_str()];
    api.call("GET", "/contacts/{}/tasks", &[contact], "", None);
    api.call("GET", "/contacts/{}/tasks/{}", &of_task, "", None);
    api.call("PUT", "/contacts/{}/tasks/{}", &of_task, "", Some(&json!({ "title": "Call again" })));
    api.call("PUT", "/contacts/{}/tasks/{}/completed", &of_task, "", Some(&json!({ "completed": true })));
    api.call("POST", "/locations/{}/tasks/search", &[location], "", Some(&json!({ "limit": 5 })));
    api.call("DELETE", "/contacts/{}/tasks/{}", &of_task, "", None);

    let note = id(&api.call("POST", "/contacts/{}/notes", &[contact], "", Some(&json!({ "body": "b" })))["note"]);
    let of_note = [contact, note.as_str()];
    api.call("GET", "/contacts/{}/notes", &[contact], "", None);
    api.call("GET", "/contacts/{}/notes/{}", &of_note, "", None);
    api.call("PUT", "/contacts/{}/notes/{}", &of_note, "", Some(&json!({ "body": "c" })));
    api.call("DELETE", "/contacts/{}/notes/{}", &of_note, "", None);

    let calendar = id(&api.call("GET", "/calendars/", &[], &here, None)["calendars"][0]);
    let booking = json!({
        "calendarId": calendar, "locationId": location, "contactId": contact, "startTime": "2027-01-02T10:00:00Z",
    });
    let event = id(&api.call("POST", "/calendars/events/appointments", &[], "", Some(&booking)));
    let window = format!("{here}&calendarId={calendar}&startTime=1798000000000&endTime=1800000000000");
    api.call("GET", "/calendars/events", &[], &window, None);
    let event = [event.as_str()];
    api.call("GET", "/calendars/events/appointments/{}", &event, "", None);
    api.call("PUT", "/calendars/events/appointments/{}", &event, "", Some(&json!({ "title": "Consult" })));
    api.call("GET", "/calendars/appointments/{}/notes", &event, "?limit=10&offset=0", None);
    api.call("GET", "/contacts/{}/appointments", &[contact], "", None);
    api.call("DELETE", "/calendars/events/{}", &event, "", None);

    let user = id(&api.call("GET", "/users/", &[], &here, None)["users"][0]);
    for (list, value) in [("tags", "vip"), ("followers", user.as_str())] {
        let operation = format!("/contacts/{{}}/{list}");
        api.call("POST", &operation, &[contact], "", Some(&json!({ list: [value] })));
        api.call("DELETE", &operation, &[contact], "", Some(&json!({ list: [value] })));
    }
    let many = json!({ "contacts": [contact], "tags": ["bulk"], "locationId": location });
    api.call("POST", "/contacts/bulk/tags/update/add", &[], "", Some(&many));
    api.call("POST", "/contacts/bulk/tags/update/remove", &[], "", Some(&many));

    let business = id(&api.call("GET", "/businesses/", &[], &here, None)["businesses"][0]);
    let assign = json!({ "locationId": location, "ids": [contact], "businessId": business });
    api.call("POST", "/contacts/bulk/business", &[], "", Some(&assign));
    let members = api.call("GET", "/contacts/business/{}", &[&business], &format!("{here}&limit=100"), None);
    assert!(members["contacts"].as_array().expect("a list").iter().any(|member| member["id"] == contact));

    let campaign = id(&api.call("GET", "/campaigns/", &[], &here, None)["campaigns"][0]);
    api.call("POST", "/contacts/{}/campaigns/{}", &[contact, &campaign], "", Some(&json!({})));
    api.call("DELETE", "/contacts/{}/campaigns/{}", &[contact, &campaign], "", None);
    api.call("DELETE", "/contacts/{}/campaigns/removeAll", &[contact], "", None);
    let workflow = id(&api.call("GET", "/workflows/", &[], &here, None)["workflows"][0]);
    api.call("POST", "/contacts/{}/workflow/{}", &[contact, &workflow], "", Some(&json!({})));
    api.call("DELETE", "/contacts/{}/workflow/{}", &[contact, &workflow], "", None);

    api.call("GET", "/opportunities/search", &[], &format!("?location_id={location}&contact_id={contact}"), None);
    api.call("GET", "/conversations/search", &[], &format!("{here}&contactId={contact}"), None);
    let held = api.call("GET", "/locations/{}", &[location], "", None);
    api.call("GET", "/locations/{}/tags", &[location], "", None);
    api.call("GET", "/locations/{}/customFields", &[location], "", None);
    let company = held["location"]["companyId"].as_str().expect("a company");
    api.call("GET", "/users/search", &[], &format!("{here}&companyId={company}"), None);
    api.call("DELETE", "/contacts/{}", &[contact], "", None);
    let gone = home.run(&["api", "GET", &format!("/contacts/{contact}")]);
    assert_eq!(gone.status.code(), Some(4), "{}", String::from_utf8_lossy(&gone.stderr));

    let sign_in = json!({
        "client_id": "sandbox-app-client", "client_secret": "sandbox-app-secret", "grant_type": "authorization_code",
        "code": sandbox.code_for(company), "redirect_uri": "https://example.com/back",
    });
    let tokens = api.call("POST", "/oauth/token", &[], "", Some(&sign_in));
    let agency = Home::on(&sandbox).with("GHL_API_KEY", tokens["access_token"].as_str().expect("a token"));
    let mut by_agency = Caller { home: &agency, called: BTreeSet::new() };
    let wanted = json!({ "companyId": company, "locationId": location });
    by_agency.call("POST", "/oauth/locationToken", &[], "", Some(&wanted));
    by_agency.call("GET", "/oauth/installedLocations", &[], &format!("?companyId={company}&appId=app"), None);
    api.called.extend(by_agency.called);

    let listed = home.run(&["api", "--list", "--json"]);
    let line = |line: &str| -> (String, String) {
        let row: Value = serde_json::from_str(line).expect("an object a line");
        (row["method"].as_str().expect("a method").to_owned(), row["path"].as_str().expect("a path").to_owned())
    };
    let listed: BTreeSet<_> = String::from_utf8_lossy(&listed.stdout).lines().map(line).collect();
    assert_eq!(api.called, listed, "every operation of the list was called");
}

#[test]
fn read_only_lets_reading_through_and_nothing_else() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox);
    let contact = format!("/contacts/{}", target.contact);
    let body = json!({ "locationId": sandbox.location, "pageLimit": 1 }).to_string();
    let code = |arguments: &[&str]| home.run(arguments).status.code();
    assert_eq!(code(&["--read-only", "api", "GET", &contact]), Some(0));
    assert_eq!(code(&["--read-only", "api", "POST", "/contacts/search", "--data", &body]), Some(0));
    for (verb, path) in
        [("DELETE", contact.as_str()), ("PUT", &contact), ("GET", "/unknown/path"), ("POST", "/contacts/")]
    {
        assert_eq!(code(&["--read-only", "api", verb, path, "--data", "{}"]), Some(3), "{verb} {path}");
    }
    assert_eq!(sandbox.writes(), Vec::<String>::new());
    let missing = home.with("GHL_API_KEY", &sandbox.read_only_token);
    assert_eq!(missing.run(&["api", "DELETE", &contact]).status.code(), Some(3));
}

#[test]
fn the_list_needs_no_account() {
    let ran = Home::new().run(&["api", "--list"]);
    assert!(ran.status.success());
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(said.contains("/contacts/{}/tasks/{}/completed") && said.contains("contacts.write"), "{said}");
}
