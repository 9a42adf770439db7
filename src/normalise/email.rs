//! E-mail addresses.

use std::str::FromStr;

use email_address::EmailAddress;

use super::Unusable;

/// An address as it is stored: without blanks around it, in lower case.
///
/// Stricter than RFC 5321: a domain without a dot and a quoted name are refused, for no contact is reached there.
pub fn email(typed: &str) -> Result<String, Unusable> {
    let address = EmailAddress::from_str(typed.trim()).map_err(|_why| Unusable::Email)?;
    let dotted = address.domain().split_once('.').is_some_and(|(name, rest)| !name.is_empty() && !rest.is_empty());
    if !dotted || address.local_part().starts_with('"') {
        return Err(Unusable::Email);
    }
    Ok(address.as_str().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_reached_is_an_address() {
        assert_eq!(email(" Ana.Lopez@Example.com ").as_deref(), Ok("ana.lopez@example.com"));
        for wrong in ["", "ana", "ana@", "@example.com", "ana@localhost", "a b@example.com", "\"a b\"@example.com"] {
            assert_eq!(email(wrong), Err(Unusable::Email), "{wrong}");
        }
    }
}
