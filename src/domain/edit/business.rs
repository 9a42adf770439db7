//! Edits of the business that a contact belongs to.

use super::{Edit, EditFamily, EditRow, SentEdit};
use crate::domain::{BusinessId, Contact, Entries, Named};
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
        EditRow::of_contact(past, verb, object)
    }

    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit> {
        let Self::Set { before, after } = self.clone();
        sent.back(Self::Set { before: after, after: before })
    }

    fn values(&self) -> [Entries; 2] {
        let Self::Set { before, after } = self;
        let name = |business: &Option<Named<BusinessId>>| business.as_ref().map(|one| one.name.clone());
        [before, after].map(|business| vec![("businessId".to_owned(), name(business).unwrap_or_default())])
    }

    fn apply(&self, contact: &mut Contact) {
        let Self::Set { after, .. } = self;
        contact.business = after.as_ref().map(|to| to.id.clone());
    }
}
