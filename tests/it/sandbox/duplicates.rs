//! Contacts that share an address: refused, merged by upsert, or allowed, as the location is set.

use super::*;

/// Two people, one with the e-mail, the other with the phone.
async fn two(stage: &Stage) -> (String, String) {
    let location = stage.running.location_id();
    let mut ids = Vec::new();
    for body in [
        json!({"locationId": location, "firstName": "By", "lastName": "Mail", "email": "one@example.com"}),
        json!({"locationId": location, "firstName": "By", "lastName": "Phone", "phone": "+14155550777"}),
    ] {
        let (status, made) = stage.call(Method::POST, "/contacts/", Some(body)).await;
        assert_eq!(status, 201, "{made}");
        ids.push(made["contact"]["id"].as_str().expect("an id").to_owned());
    }
    (ids.remove(0), ids.remove(0))
}

async fn with_switches(pairs: &[(&str, &str)]) -> Stage {
    let mut options = quick();
    for (name, value) in pairs {
        options.switches.set(name, value).expect("a known switch");
    }
    stage(options).await
}

#[tokio::test]
async fn a_second_contact_with_the_address_is_refused_and_told_whose_it_is() {
    let stage = with_switches(&[]).await;
    let (by_mail, by_phone) = two(&stage).await;
    let location = stage.running.location_id();
    for (body, owner, field) in [
        (json!({"locationId": location, "firstName": "C", "email": "ONE@example.com"}), &by_mail, "email"),
        (json!({"locationId": location, "firstName": "C", "phone": "(415) 555-0777"}), &by_phone, "phone"),
    ] {
        let (status, refused) = stage.call(Method::POST, "/contacts/", Some(body)).await;
        assert_eq!(status, 400, "{refused}");
        assert_eq!(refused["message"], "This location does not allow duplicated contacts.");
        assert_eq!((&refused["meta"]["contactId"], &refused["meta"]["matchingField"]), (&json!(owner), &json!(field)));
    }
    // An update may not take it either; what was there before may stay.
    let path = format!("/contacts/{by_phone}");
    let (status, refused) = stage.call(Method::PUT, &path, Some(json!({"email": "one@example.com"}))).await;
    assert_eq!((status, &refused["meta"]["contactId"]), (400, &json!(by_mail)));
    assert_eq!(stage.call(Method::PUT, &path, Some(json!({"city": "Reno"}))).await.0, 200);
    // Once its owner is gone the address is free.
    assert_eq!(stage.call(Method::DELETE, &format!("/contacts/{by_mail}"), None).await.0, 200);
    assert_eq!(stage.call(Method::PUT, &path, Some(json!({"email": "one@example.com"}))).await.0, 200);
}

#[tokio::test]
async fn an_upsert_follows_the_order_and_drops_the_other_field() {
    for (order, wins, kept) in [
        ("email,phone", "mail", ("one@example.com", Value::Null)),
        ("phone,email", "phone", ("", json!("+14155550777"))),
        ("email", "mail", ("one@example.com", Value::Null)),
        ("phone", "phone", ("", json!("+14155550777"))),
    ] {
        let stage = with_switches(&[("duplicate-order", order)]).await;
        let (by_mail, by_phone) = two(&stage).await;
        let body = json!({
            "locationId": stage.running.location_id(), "email": "one@example.com", "phone": "+14155550777", "city": "Reno",
        });
        let (status, answer) = stage.call(Method::POST, "/contacts/upsert", Some(body)).await;
        assert_eq!((status, &answer["new"]), (200, &json!(false)), "{order}: {answer}");
        let winner = if wins == "mail" { &by_mail } else { &by_phone };
        assert_eq!(answer["contact"]["id"], json!(winner), "{order}");
        assert_eq!(answer["contact"]["city"], "Reno", "{order}");
        if order.contains(',') {
            let email = answer["contact"]["email"].as_str().unwrap_or_default();
            assert_eq!(
                (email, answer["contact"]["phone"].clone()),
                kept,
                "{order}: the other field is dropped in silence"
            );
        }
    }
}

/// As reported of the real one: the address moves up, and what stood there is gone.
#[tokio::test]
async fn an_upsert_of_an_additional_address_loses_the_primary_one() {
    let stage = with_switches(&[]).await;
    let (rows, _) = walk(&stage, 300, json!({})).await;
    let both = |row: &&Value| row["email"].is_string() && row["additionalEmails"][0].is_string();
    let owner = rows.iter().find(both).expect("somebody has a second address");
    let (id, second) = (owner["id"].clone(), owner["additionalEmails"][0].clone());
    assert_ne!(owner["email"], second);
    let body = json!({"locationId": stage.running.location_id(), "email": second});
    let (_, answer) = stage.call(Method::POST, "/contacts/upsert", Some(body)).await;
    assert_eq!((&answer["new"], &answer["contact"]["id"]), (&json!(false), &id));
    assert_eq!(answer["contact"]["email"], second);
    let held = stage.get(&format!("/contacts/{}", id.as_str().expect("an id"))).await;
    assert!(!held.to_string().contains(owner["email"].as_str().expect("text")), "the old primary address is nowhere");
}

#[tokio::test]
async fn only_the_configured_fields_tell_contacts_apart() {
    let stage = with_switches(&[("duplicate-order", "email")]).await;
    let (_, by_phone) = two(&stage).await;
    let location = stage.running.location_id();
    let body = json!({"locationId": location, "firstName": "C", "phone": "+14155550777"});
    assert_eq!(stage.call(Method::POST, "/contacts/", Some(body)).await.0, 201, "phones may be shared");
    let found = stage.get(&format!("/contacts/search/duplicate?locationId={location}&number=%2B14155550777")).await;
    assert_eq!(found["contact"], Value::Null, "a phone is no identifier here");
    assert!(stage.is_there(&by_phone).await);
}

#[tokio::test]
async fn where_duplicates_are_allowed_a_repeat_makes_a_second_one() {
    let stage = with_switches(&[("allow-duplicates", "on")]).await;
    let location = stage.running.location_id();
    let body = json!({"locationId": location, "firstName": "Twin", "email": "twin@example.com"});
    let mut ids = Vec::new();
    for _ in 0..2 {
        let (status, made) = stage.call(Method::POST, "/contacts/", Some(body.clone())).await;
        assert_eq!(status, 201);
        ids.push(made["contact"]["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
    let mut fresh = body;
    fresh["createNewIfDuplicateAllowed"] = json!(true);
    let (_, made) = stage.call(Method::POST, "/contacts/upsert", Some(fresh)).await;
    assert_eq!(made["new"], true);
    assert_eq!(
        stage.get(&format!("/locations/{location}")).await["location"]["settings"]["allowDuplicateContact"],
        true
    );
}

#[tokio::test]
async fn a_refused_create_may_have_made_the_contact_all_the_same() {
    let stage = with_switches(&[("create-422-creates", "on")]).await;
    let location = stage.running.location_id();
    let body = json!({"locationId": location, "firstName": "Ghost", "email": "ghost@example.com"});
    assert_eq!(stage.call(Method::POST, "/contacts/", Some(body)).await.0, 422);
    let found = stage.get(&format!("/contacts/search/duplicate?locationId={location}&email=ghost%40example.com")).await;
    assert_eq!(found["contact"]["firstName"], "Ghost");
}

impl Stage {
    /// Whether the contact still exists.
    async fn is_there(&self, id: &str) -> bool {
        self.call(Method::GET, &format!("/contacts/{id}"), None).await.0 == 200
    }
}
