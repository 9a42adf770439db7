//! E-mail addresses as their provider reads them: what looks different and reaches one mailbox is one.
//!
//! Not for writing: an address is stored as it was typed, see [`super::email()`].

use super::fold::{beginning, one_slip};
use super::standard::{Correction, Corrections, Standard, Sure};

/// The mailbox behind an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    pub user: String,
    pub domain: String,
    /// `info@`, `office@`: read by several people.
    pub shared: bool,
    /// The domain gives mailboxes to everybody, so it says nothing about the owner.
    pub public: bool,
}

/// The large public providers; a domain one slip from one of the longer names is a misspelling of it.
const PROVIDERS: &[&str] = &[
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "aol.com",
    "comcast.net",
    "msn.com",
    "live.com",
    "me.com",
    "mac.com",
    "protonmail.com",
    "proton.me",
    "att.net",
    "verizon.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "charter.net",
    "earthlink.net",
    "ymail.com",
    "rocketmail.com",
    "mail.com",
    "email.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "yahoo.co.uk",
    "yahoo.ca",
    "yahoo.fr",
    "yahoo.de",
    "yahoo.es",
    "yahoo.com.au",
    "yahoo.com.br",
    "hotmail.co.uk",
    "hotmail.fr",
    "hotmail.ca",
    "btinternet.com",
    "bigpond.com",
    "optusnet.com.au",
    "live.co.uk",
    "fastmail.com",
    "zoho.com",
    "qq.com",
    "163.com",
    "126.com",
    "yandex.ru",
    "mail.ru",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "libero.it",
    "rogers.com",
    "shaw.ca",
    "sympatico.ca",
    "telus.net",
    "hey.com",
    "t-online.de",
    "juno.com",
    "roadrunner.com",
    "frontier.com",
];
const MENDED: usize = 7;

const SHARED: &[&str] = &[
    "info",
    "office",
    "admin",
    "sales",
    "contact",
    "support",
    "hello",
    "accounts",
    "accounting",
    "billing",
    "help",
    "team",
    "service",
    "services",
    "enquiries",
    "inquiries",
    "reception",
    "mail",
    "email",
    "frontdesk",
    "marketing",
    "hr",
    "jobs",
    "orders",
    "booking",
    "bookings",
    "appointments",
    "webmaster",
    "postmaster",
    "general",
    "customerservice",
];

/// What stands where somebody had no address to give.
const NOBODY: &[&str] = &[
    "none",
    "noemail",
    "nomail",
    "no",
    "na",
    "n/a",
    "nil",
    "null",
    "test",
    "testing",
    "tester",
    "unknown",
    "asdf",
    "qwerty",
    "noreply",
    "donotreply",
    "nobody",
    "fake",
    "example",
    "email",
    "notgiven",
    "declined",
    "refused",
    "xxx",
    "abc",
    "aaa",
    "anonymous",
];
/// Reserved by RFC 2606: no mailbox can exist there.
const RESERVED: &[&str] = &["example.com", "example.org", "example.net", "test", "invalid", "localhost"];

/// The mailbox behind an address; `None` for what has no user or no domain.
pub fn mailbox(typed: &str) -> Option<Standard<Mailbox>> {
    let (text, cut) = beginning(typed);
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let small = text.to_lowercase();
    let (user, domain) = small.rsplit_once('@')?;
    let (user, domain) = (user.trim(), domain.trim().trim_end_matches('.'));
    if user.is_empty()
        || domain.is_empty()
        || user.contains(char::is_whitespace)
        || domain.contains(char::is_whitespace)
    {
        return None;
    }
    let mut changes = Corrections::default();
    changes.add_if(small != typed, Correction::Spelling);
    changes.add_if(cut, Correction::Cut);
    let (domain, mended) = mended(domain);
    changes.add_if(mended, Correction::DomainMended);
    let bare = user.split_once('+').map_or(user, |(bare, _tag)| if bare.is_empty() { user } else { bare });
    changes.add_if(bare != user, Correction::TagOff);
    // Only Google ignores dots.
    let dots = domain == "gmail.com" && bare.contains('.');
    changes.add_if(dots, Correction::DotsOff);
    let bare = if dots { bare.replace('.', "") } else { bare.to_owned() };
    let sure = if placeholder(&bare, domain) {
        Sure::Placeholder
    } else if mended {
        Sure::Likely
    } else {
        Sure::Certain
    };
    let value = Mailbox {
        shared: SHARED.contains(&bare.as_str()),
        public: PROVIDERS.contains(&domain),
        user: bare,
        domain: domain.to_owned(),
    };
    Some(Standard { value, changes, sure })
}

fn mended(domain: &str) -> (&str, bool) {
    match domain {
        "googlemail.com" => return ("gmail.com", false),
        known if PROVIDERS.contains(&known) => return (known, false),
        _ => {}
    }
    let near = |provider: &&&str| {
        provider.find('.').is_some_and(|label| label + 2 >= MENDED) && one_slip(domain.as_bytes(), provider.as_bytes())
    };
    PROVIDERS.iter().find(near).map_or((domain, false), |&provider| (provider, true))
}

fn placeholder(user: &str, domain: &str) -> bool {
    let label = domain.split('.').next().unwrap_or_default();
    RESERVED.contains(&domain)
        || matches!(domain.rsplit('.').next(), Some("invalid" | "test"))
        || (NOBODY.contains(&user) && (NOBODY.contains(&label) || user == label || PROVIDERS.contains(&domain)))
        || (user == label && !PROVIDERS.contains(&domain) && user.len() <= 4)
        || NOBODY.contains(&label) && !PROVIDERS.contains(&domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_is_one_value() {
        for (typed, expected) in [
            ("Ana.Lopez+crm@GMail.com", "analopez@gmail.com"),
            ("analopez@googlemail.com", "analopez@gmail.com"),
            ("ana@gmial.com", "ana@gmail.com"),
            ("ana@gmail.con", "ana@gmail.com"),
            ("ana@yaho.com", "ana@yahoo.com"),
            ("ana.lopez@outlook.com", "ana.lopez@outlook.com"),
            ("ana@email.com", "ana@email.com"),
            ("ana@yahoo.ca", "ana@yahoo.ca"),
        ] {
            let found = mailbox(typed).map(|found| format!("{}@{}", found.value.user, found.value.domain));
            assert_eq!(found.as_deref(), Some(expected), "{typed}");
        }
        for wrong in ["", "ana", "@", "a b@c.d", "ana@"] {
            assert_eq!(mailbox(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn placeholders_are_flagged() {
        for typed in [
            "none@none.com",
            "noemail@noemail.com",
            "x@example.com",
            "na@na.com",
            "noreply@gmail.com",
            "unknown@unknown.com",
        ] {
            assert_eq!(mailbox(typed).map(|found| found.sure), Some(Sure::Placeholder), "{typed}");
        }
        assert_eq!(mailbox("ana@acme.com").map(|found| found.sure), Some(Sure::Certain));
    }
}
