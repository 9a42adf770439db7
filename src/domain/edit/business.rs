//! Edits of the business that a contact belongs to.

use super::{CountedAs, Edit, EditFamily, EditRow, SentEdit, Writes};
use crate::domain::{BusinessId, Contact, Named, Scope};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BusinessEdit {
    /// Adds the contact to a business, or removes it from one.
    #[serde(rename = "SetBusiness")]
    Set { before: Option<Named<BusinessId>>, after: Option<Named<BusinessId>> },
}

impl EditFamily for BusinessEdit {
    fn row(&self) -> EditRow<'_> {
        let Self::Set { before, after } = self;
        let name = |business: &Option<Named<BusinessId>>| business.as_ref().map(|one| format!("business {}", one.name));
        let (past, verb, object) = match name(after) {
            Some(into) => ("Added to", "add to", into),
            None => ("Removed from", "remove from", name(before).unwrap_or_else(|| "its business".to_owned())),
        };
        EditRow {
            past,
            verb,
            object,
            counted: CountedAs::PerContact,
            writes: Writes::Contact,
            scope: Scope::ContactsWrite,
            once: false,
            listed: false,
        }
    }

    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit> {
        let Self::Set { before, after } = self.clone();
        sent.back(Self::Set { before: after, after: before })
    }

    fn apply(&self, contact: &mut Contact) {
        let Self::Set { after, .. } = self;
        contact.business = after.as_ref().map(|to| to.id.clone());
    }
}
