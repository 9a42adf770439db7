//! Standard values: what a person types, as the server stores it or as it can be compared.
//!
//! [`email`], [`phone`] and [`country`] say how a value is written, or why it cannot be. The others say what a
//! value means, beside what was changed to find it and how sure that is. Pure: no I/O, no clock; the same text
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
pub use line::{Line, line};
pub use mailbox::{Mailbox, mailbox};
pub use name::{Generation, PersonName, person_name};
pub use nickname::{Kin, Root, akin, cut_short, form_both_of, form_of, kin, roots, roots_if_misspelt};
pub use phone::phone;
pub use standard::{Change, Changes, Standard, Sure};

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

/// Small letters and digits only: how identifying numbers and other short codes are compared.
pub fn code(typed: &str) -> String {
    fold::plain(typed).chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}
