//! Webhooks: every change in a location is sent to one receiver on this computer, signed as the real service does.
//! It owns the events, their signatures and their way out; it must not know what an endpoint does.

mod courier;
mod event;
mod signer;

use thiserror::Error;
use url::{Host, Url};

pub(super) use self::{
    courier::{Courier, ROOM},
    event::{EventKind, EventSubject, WebhookEvent},
};

/// The address is not an HTTP address of this computer.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("webhooks are sent to this computer only: `{0}` is no http or https address of 127.0.0.1, [::1] or localhost")]
pub struct ReceiverError(String);

/// The address, if events may be sent there: the sandbox's made-up events must not reach anybody else.
pub(super) fn receiver(url: Url) -> Result<Url, ReceiverError> {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if here && matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(ReceiverError(url.into())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_computer_is_told_anything() {
        for (text, fine) in [
            ("http://127.0.0.1:9000/events", true),
            ("https://localhost/", true),
            ("http://[::1]:80/x?y=z", true),
            ("http://127.9.8.7/", true),
            ("http://example.com/", false),
            ("http://localhost.example.com/", false),
            ("http://127.0.0.1.example.com/", false),
            ("http://127.0.0.1@example.com/", false),
            ("http://0.0.0.0:9000/", false),
            ("http://192.168.0.2/", false),
            ("ftp://127.0.0.1/", false),
            ("file:///tmp/x", false),
        ] {
            let told = receiver(text.parse().expect("an address"));
            assert_eq!(told.is_ok(), fine, "{text}");
            if let Err(error) = told {
                assert!(error.to_string().contains("this computer only"), "{error}");
            }
        }
    }
}
