//! The address of the API.

use std::fmt;

use url::{Host, Url};

/// The address of an API: https, or http to this machine only (the sandbox).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why requests with a token must not go to an address. Never repeats it: it may contain a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    #[error("this is not an address ({0}): write it like https://services.leadconnectorhq.com")]
    Unreadable(String),
    #[error("the token would be sent unencrypted: use https (http is for this machine only)")]
    Unencrypted,
    #[error("it contains a user name, a query or a fragment: give scheme, host and port only")]
    TooMuch,
}

impl BaseUrl {
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text).map_err(|error| BaseUrlError::Unreadable(error.to_string()))?;
        let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        if !bare || url.fragment().is_some() {
            return Err(BaseUrlError::TooMuch);
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            _ => Err(BaseUrlError::Unencrypted),
        }
    }

    /// Whether the server is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The address of `path`, which starts with a slash and is already percent-encoded.
    ///
    /// A segment `.` or `..` is an id that somebody made up, and never a way to another path: it is sent as a name that
    /// no record has.
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let mut whole = url.path().trim_end_matches('/').to_owned();
        for segment in path.split('/').skip(1) {
            whole.push('/');
            // The URL standard takes encoded dots for dots as well.
            match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
                "." | ".." => whole += &segment.replace('%', "%25").replace('.', "%252E"),
                _ => whole += segment,
            }
        }
        url.set_path(&whole);
        url
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_be_spoken_to_in_the_clear() {
        for (text, fine) in [
            ("https://services.leadconnectorhq.com", true),
            ("http://127.0.0.1:8080", true),
            ("http://localhost:8080/", true),
            ("http://[::1]:8080", true),
            ("http://services.leadconnectorhq.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://192.168.1.1", false),
            ("ftp://127.0.0.1", false),
            ("https://user:secret@example.com", false),
            ("https://example.com/?key=secret", false),
            ("http://localhost.example.com", false),
            ("example.com", false),
            ("not an address", false),
        ] {
            assert_eq!(BaseUrl::parse(text).is_ok(), fine, "{text}");
        }
    }

    #[test]
    fn errors_hide_a_password() {
        let error = BaseUrl::parse("https://user:secret@example.com").expect_err("refused");
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn no_id_leads_to_another_path() {
        let base = BaseUrl::parse("https://example.com/proxy").expect("fine");
        for (path, joined) in [
            ("/contacts/..", "/proxy/contacts/%252E%252E"),
            ("/contacts/./tasks/..", "/proxy/contacts/%252E/tasks/%252E%252E"),
            ("/contacts/%2e%2E/notes", "/proxy/contacts/%252e%252E/notes"),
            ("/contacts/.%2e", "/proxy/contacts/%252E%252e"),
            ("/contacts/...", "/proxy/contacts/..."),
            ("/contacts/", "/proxy/contacts/"),
        ] {
            assert_eq!(base.join(path).path(), joined, "{path}");
        }
    }

    #[test]
    fn a_path_in_the_base_is_kept() {
        let base = BaseUrl::parse("https://example.com/proxy/").expect("fine");
        assert_eq!(base.join("/contacts/a%2Fb").as_str(), "https://example.com/proxy/contacts/a%2Fb");
    }
}
