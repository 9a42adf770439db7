//! Standard values: what a person types, as the server stores it, or why it cannot be.
//!
//! Pure: no I/O, no clock; the same text gives the same answer.

mod country;
mod email;
mod phone;

pub use country::{Country, countries, country};
pub use email::email;
pub use phone::phone;

/// Why a value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("not an e-mail address: it needs a name, an @ and a domain with a dot")]
    Email,
    #[error("not a phone number: give it with + and the country's code")]
    Phone,
    #[error("no country has this code or name")]
    Country,
}
