//! A filter context for tests: a Tuesday afternoon in Los Angeles, three users.

use std::sync::LazyLock;

use jiff::tz::TimeZone;

use crate::domain::{CustomField, CustomFieldId, User, UserId};

use super::FilterContext;

static ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("America/Los_Angeles").expect("a zone"));
static USERS: LazyLock<Vec<User>> = LazyLock::new(|| {
    let user = |id: &str, name: &str| User { id: UserId::new(id), name: name.to_owned() };
    vec![user("u1", "Kim Park"), user("u2", "Dr. Osei"), user("u3", "Kim Lee")]
});
static FIELDS: LazyLock<Vec<CustomField>> = LazyLock::new(|| {
    vec![CustomField {
        id: CustomFieldId::new("f1"),
        name: "Insurance provider".to_owned(),
        key: Some("contact.insurance".to_owned()),
        data_type: Some("TEXT".to_owned()),
        options: Vec::new(),
    }]
});
static ME: LazyLock<UserId> = LazyLock::new(|| UserId::new("u1"));

pub(super) fn context() -> FilterContext<'static> {
    let now = "2026-11-24T14:30:00-08:00".parse().expect("a time");
    FilterContext { now, zone: &ZONE, users: &USERS, me: Some(&ME), custom_fields: &FIELDS }
}
