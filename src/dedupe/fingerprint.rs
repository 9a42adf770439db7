//! One number for the fields that identify a contact. While it stays the same, decisions about the contact hold.

use crate::domain::{Contact, print};
use crate::normalise::{birth, line, mailbox, person_name};

/// Changes when an identifying field changes its meaning; another spelling of the same value makes no difference.
pub fn fingerprint(contact: &Contact) -> u64 {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let name = person_name(&text(&contact.first_name), &text(&contact.last_name)).value;
    let country = text(&contact.country);
    let email = |text: &String| {
        mailbox(text)
            .map_or_else(|| text.to_lowercase(), |found| format!("{}@{}", found.value.user, found.value.domain))
    };
    let phone =
        |text: &String| line(text, &country).map_or_else(|| text.clone(), |found| found.value.national.to_string());
    let born = contact.date_of_birth.as_deref().and_then(birth).map(|found| format!("{:?}", found.value));
    let mut parts = vec![name.first, name.middle, name.last, born.unwrap_or_default()];
    let mut emails: Vec<String> = contact.email.iter().chain(&contact.additional_emails).map(email).collect();
    let mut phones: Vec<String> = contact.phone.iter().chain(&contact.additional_phones).map(phone).collect();
    emails.sort_unstable();
    phones.sort_unstable();
    parts.extend(emails);
    parts.push(String::new());
    parts.extend(phones);
    parts.push(text(&contact.address1).to_lowercase());
    parts.push(text(&contact.company).to_lowercase());
    print(parts.iter().map(String::as_str))
}
