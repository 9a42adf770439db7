//! Standard values: what people type, in the form that the server stores or that can be compared.
//!
//! [`email()`], [`phone()`] and [`country()`] give the form to write, or why there is none. The others give the
//! meaning of a value, what was corrected to find it, and how sure that is. Pure: no I/O, no clock; the same text
//! gives the same answer.

mod address;
mod company;
mod country;
mod date;
mod email;
mod fold;
mod line;
mod mailbox;
mod name;
mod nickname;
mod phone;
mod standard;

pub use address::{Street, place, postal_code, street};
pub use company::company;
pub use country::{Country, countries, country};
pub use date::{Birth, birth};
pub use email::email;
pub use fold::one_slip;
pub use line::{PhoneLine, line};
pub use mailbox::{Mailbox, mailbox};
pub use name::{NameSuffix, PersonName, person_name};
pub use nickname::{Kin, Root, akin, cut_short, form_of, kin, roots, roots_if_misspelt};
pub use phone::{grouped_phone, phone};
pub use standard::{Correction, Corrections, Standard, Sure};

/// Why a value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("not an e-mail address: it needs a name, an @ and a domain with a dot")]
    Email,
    #[error("not a phone number: start with + and the country code")]
    Phone,
    #[error("unknown country: use its name or two-letter code")]
    Country,
}

/// Lower-case letters and digits only: the form in which identifying numbers and codes are compared.
pub fn code(typed: &str) -> String {
    fold::plain(typed).chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}
