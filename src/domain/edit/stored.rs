//! How the ledger stores an edit: `{"CompleteTask": {"contact": "c1", "task": …}}`, the kind's name and its fields,
//! including the contact. Every ledger since the first has this form, so one reader reads them all.

use serde::de::{Deserializer, Error as _};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Edit, EditKind};
use crate::domain::ContactId;

const CONTACT: &str = "contact";

impl Serialize for Edit {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut form = serde_json::to_value(&self.what).map_err(S::Error::custom)?;
        let kinds = form.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut);
        for fields in kinds.filter_map(Value::as_object_mut) {
            fields.insert(CONTACT.to_owned(), Value::from(self.contact.as_str()));
        }
        form.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Edit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let form = Value::deserialize(from)?;
        let (kind, fields) = form
            .as_object()
            .and_then(|kinds| kinds.iter().next())
            .ok_or_else(|| D::Error::custom("an edit must be an object with the name of its kind"))?;
        let unreadable =
            |why: serde_json::Error| D::Error::custom(format_args!("the edit {kind} cannot be read: {why}"));
        let contact = ContactId::deserialize(&fields[CONTACT]).map_err(unreadable)?;
        let what = EditKind::deserialize(&form).map_err(unreadable)?;
        Ok(Self { contact, what })
    }
}
