//! Values of custom fields: from the cache, and as contacts change.

use ghl_tui::domain::{ContactEdit, ContactId, ContactPatch, CustomFieldId, Edit};
use ghl_tui::protocol::Event;
use ghl_tui::query::{ContactRow, Facts, FilterContext, Query, Roster, Sort, listed};
use ghl_tui::worker::Pace;
use jiff::{Timestamp, tz::TimeZone};

use crate::support::{Rig, Server, Setup};

#[tokio::test]
async fn contacts_are_found_by_a_custom_field_also_after_it_changed() {
    let server = Server::start().await;
    let pace = Pace { background: true, scan: false, ..Setup::default().pace };
    let mut rig = Rig::start_with(&server, Setup { pace, ..Setup::default() }).await;
    let location = rig
        .wait("the location", |event| match event {
            Event::Location(location) if !location.custom_fields.is_empty() => Some(location.clone()),
            _ => None,
        })
        .await;
    rig.sync().await.expect("the sandbox answers");
    let contacts = rig.contacts().await;
    let field = location.custom_fields.iter().find(|field| field.data_type.as_deref() == Some("TEXT"));
    let field = field.expect("the sandbox has one").clone();
    rig.look(|look| look.fields = vec![field.id.clone()]).await;
    let roster = Roster::from_rows(contacts.iter().map(ContactRow::from));
    let slug: String = field.name.to_lowercase().split(' ').collect::<Vec<_>>().join("-");
    let found = |facts: &Facts, value: &str| -> Vec<ContactId> {
        let zone = TimeZone::UTC;
        let custom_fields = &location.custom_fields;
        let around = FilterContext { now: Timestamp::now(), zone: &zone, users: &[], me: None, custom_fields };
        let query = Query::parse(&format!("cf.{slug}:{value}"), &around);
        assert_eq!(query.errors(), [], "{slug}");
        let rows = listed(&roster, &query, facts, Sort::default(), &[], &|| false).expect("not cancelled").rows;
        rows.into_iter().map(|ix| roster.get(ix).id().clone()).collect()
    };
    let told = |event: &Event| match event {
        Event::Values(custom) => Some(Facts { custom: custom.clone(), ..Facts::default() }),
        _ => None,
    };
    let facts = rig.wait("the values", told).await;
    assert_eq!(found(&facts, "zzyzx"), []);
    let id = contacts[3].id.clone();
    let patch = |value: &str| ContactPatch {
        custom: [(CustomFieldId::clone(&field.id), value.into())].into(),
        ..ContactPatch::default()
    };
    let (before, after) = (patch(""), patch("Zzyzx Road"));
    let edit =
        Edit::new(id.clone(), ContactEdit::Patch { name: String::new(), before: before.current(&contacts[3]), after });
    rig.apply(edit).await;
    let facts =
        rig.wait("the changed value", |event| told(event).filter(|facts| !found(facts, "zzyzx").is_empty())).await;
    assert_eq!(found(&facts, "zzyzx"), [id]);
}
