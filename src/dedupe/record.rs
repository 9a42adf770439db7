//! The values of a contact that the duplicate finder reads.

use crate::domain::Contact;

/// One contact as typed; an empty text is a missing value.
#[derive(Clone, Copy, Debug, Default)]
pub struct DedupeRecord<'a> {
    pub id: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
    /// The full name; it fills in what the two fields above leave open.
    pub name: &'a str,
    pub email: &'a str,
    pub more_emails: &'a [String],
    pub phone: &'a str,
    pub more_phones: &'a [String],
    /// House number, if it is not part of `address1`.
    pub street_number: &'a str,
    pub address1: &'a str,
    /// A second line: district, house name.
    pub address2: &'a str,
    pub city: &'a str,
    pub state: &'a str,
    pub postal_code: &'a str,
    pub country: &'a str,
    pub date_of_birth: &'a str,
    pub company: &'a str,
    /// A customer number or another identifying custom field.
    pub number: &'a str,
    pub gender: &'a str,
    pub occupation: &'a str,
}

impl<'a> DedupeRecord<'a> {
    /// A contact of the location. Custom fields are left out: none is known to identify a person.
    pub fn of(contact: &'a Contact) -> Self {
        let text = |field: &'a Option<String>| field.as_deref().unwrap_or_default();
        Self {
            id: contact.id.as_str(),
            first_name: text(&contact.first_name),
            last_name: text(&contact.last_name),
            email: text(&contact.email),
            more_emails: &contact.additional_emails,
            phone: text(&contact.phone),
            more_phones: &contact.additional_phones,
            address1: text(&contact.address1),
            city: text(&contact.city),
            state: text(&contact.state),
            postal_code: text(&contact.postal_code),
            country: text(&contact.country),
            date_of_birth: text(&contact.date_of_birth),
            company: text(&contact.company),
            ..Self::default()
        }
    }
}
