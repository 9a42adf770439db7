//! The location and its lists on the wire: tags, custom fields, users.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::{BusinessId, CalendarId, CampaignId, CustomField, CustomFieldId, Named, User, UserId, WorkflowId};

use super::{List, filled};

/// A location as the server describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct LocationHead {
    pub name: String,
    pub time_zone: Option<String>,
    pub country: Option<String>,
    /// Whether contacts may share an e-mail or phone.
    pub allow_duplicates: Option<bool>,
}

pub(in crate::api) fn location(body: &[u8]) -> Result<LocationHead, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Settings {
        allow_duplicate_contact: Option<bool>,
    }
    #[derive(Deserialize)]
    struct Inner {
        name: Option<String>,
        timezone: Option<String>,
        country: Option<String>,
        settings: Option<Settings>,
    }
    let inner = field!(body, "location": Inner)?;
    let (time_zone, country) = (filled(inner.timezone), filled(inner.country));
    let allow_duplicates = inner.settings.and_then(|settings| settings.allow_duplicate_contact);
    Ok(LocationHead { name: inner.name.unwrap_or_default(), time_zone, country, allow_duplicates })
}

pub(in crate::api) fn tags(body: &[u8]) -> Result<Vec<String>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Tag {
        name: String,
    }
    Ok(field!(body, "tags": List<Tag>)?.into_iter().map(|tag| tag.name).collect())
}

pub(in crate::api) fn custom_fields(body: &[u8]) -> Result<Vec<CustomField>, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Field {
        id: String,
        name: Option<String>,
        #[serde(rename = "fieldKey")]
        key: Option<String>,
        data_type: Option<String>,
        picklist_options: Option<List<Value>>,
    }
    let fields = field!(body, "customFields": List<Field>)?;
    Ok(fields
        .into_iter()
        .map(|field| CustomField {
            id: CustomFieldId::new(field.id),
            name: field.name.unwrap_or_default(),
            key: field.key,
            data_type: field.data_type,
            options: field
                .picklist_options
                .unwrap_or_default()
                .into_iter()
                .filter_map(|option| option.as_str().map(str::to_owned))
                .collect(),
        })
        .collect())
}

pub(in crate::api) fn users(body: &[u8]) -> Result<Vec<User>, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct WireUser {
        id: String,
        name: Option<String>,
        first_name: Option<String>,
        last_name: Option<String>,
    }
    let users = field!(body, "users": List<WireUser>)?;
    Ok(users
        .into_iter()
        .map(|user| {
            let parts: Vec<String> = [user.first_name, user.last_name].into_iter().filter_map(filled).collect();
            User { id: UserId::new(user.id), name: filled(user.name).unwrap_or_else(|| parts.join(" ")) }
        })
        .collect())
}

macro_rules! named_lists {
    ($($(#[$doc:meta])* $name:ident, $field:literal, $id:ident;)*) => {$(
        $(#[$doc])*
        pub(in crate::api) fn $name(body: &[u8]) -> Result<Vec<Named<$id>>, serde_json::Error> {
            #[derive(Deserialize)]
            struct One {
                id: String,
                name: Option<String>,
            }
            let list = field!(body, $field: List<One>)?.into_iter();
            Ok(list.map(|one| Named { id: $id::new(one.id), name: one.name.unwrap_or_default() }).collect())
        }
    )*};
}

named_lists! {
    businesses, "businesses", BusinessId;
    campaigns, "campaigns", CampaignId;
    workflows, "workflows", WorkflowId;
    calendars, "calendars", CalendarId;
}
