//! The account that environment variables name; it outranks any stored one.

use std::ffi::OsString;

use secrecy::SecretString;
use url::{Host, Url};

use crate::domain::LocationId;

const KEY: &str = "GHL_API_KEY";
const LOCATION: &str = "GHL_LOCATION_ID";
const BASE_URL: &str = "GHL_BASE_URL";
const DEFAULT_BASE_URL: &str = "https://services.leadconnectorhq.com";

/// An account by itself: who, where, and how to get in.
#[derive(Clone, Debug)]
pub struct EnvironmentProfile {
    pub token: SecretString,
    pub location: LocationId,
    /// Https, or http to this machine.
    pub base_url: Url,
}

/// Variables that make no account. No error repeats a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    #[error("{0} is set but {1} is not: set both, or neither")]
    Half(&'static str, &'static str),
    #[error("{0} is not text: set it again")]
    NotText(&'static str),
    #[error("{BASE_URL} is no address ({why}): write it as {DEFAULT_BASE_URL}")]
    NoAddress { why: String },
    #[error("{BASE_URL} would send the token unencrypted: use https (http is for this machine only)")]
    Unencrypted,
    #[error("{BASE_URL} holds a user name, a query or a fragment: give scheme, host and port only")]
    TooMuch,
}

/// The account, if the variables name one. An empty variable counts as not set.
pub fn profile(variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<EnvironmentProfile>, EnvironmentError> {
    let text = |name: &'static str| {
        let value = variable(name).map(OsString::into_string).transpose();
        let value = value.map_err(|_not_text| EnvironmentError::NotText(name))?;
        Ok(value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()))
    };
    let (token, location) = match (text(KEY)?, text(LOCATION)?) {
        (Some(token), Some(location)) => (SecretString::from(token), LocationId::new(location)),
        (Some(_token), None) => return Err(EnvironmentError::Half(KEY, LOCATION)),
        (None, Some(_location)) => return Err(EnvironmentError::Half(LOCATION, KEY)),
        (None, None) => return Ok(None),
    };
    let base_url = address(text(BASE_URL)?.as_deref().unwrap_or(DEFAULT_BASE_URL))?;
    Ok(Some(EnvironmentProfile { token, location, base_url }))
}

fn address(text: &str) -> Result<Url, EnvironmentError> {
    let url = Url::parse(text).map_err(|error| EnvironmentError::NoAddress { why: error.to_string() })?;
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !bare || url.fragment().is_some() {
        return Err(EnvironmentError::TooMuch);
    }
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        "http" => Err(EnvironmentError::Unencrypted),
        other => Err(EnvironmentError::NoAddress { why: format!("{other} is not https") }),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<EnvironmentProfile>, EnvironmentError> {
        profile(|name| {
            variables.iter().find(|(known, _value)| *known == name).map(|(_known, value)| OsString::from(value))
        })
    }

    #[test]
    fn key_and_location_make_an_account() {
        let profile = read(&[(KEY, " pit-secret\n"), (LOCATION, "loc")]).expect("fine").expect("an account");
        assert_eq!(profile.token.expose_secret(), "pit-secret");
        assert_eq!(profile.location, LocationId::new("loc"));
        assert_eq!(profile.base_url.as_str(), "https://services.leadconnectorhq.com/");
        assert!(!format!("{profile:?}").contains("secret\""), "{profile:?}");
    }

    #[test]
    fn nothing_set_is_no_account_and_one_half_is_a_mistake() {
        assert!(matches!(read(&[]), Ok(None)));
        assert!(matches!(read(&[(KEY, ""), (LOCATION, " ")]), Ok(None)));
        // A stored account keeps the host it signed in to.
        assert!(matches!(read(&[(BASE_URL, "http://evil.example.com")]), Ok(None)));
        assert_eq!(read(&[(KEY, "pit-secret")]).err(), Some(EnvironmentError::Half(KEY, LOCATION)));
        assert_eq!(read(&[(LOCATION, "loc")]).err(), Some(EnvironmentError::Half(LOCATION, KEY)));
    }

    #[test]
    fn the_token_goes_nowhere_in_the_clear() {
        for (text, fine) in [
            ("https://example.com", true),
            ("http://127.0.0.1:8080", true),
            ("http://localhost:8080", true),
            ("http://[::1]:8080", true),
            ("http://example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://localhost.example.com", false),
            ("ftp://127.0.0.1", false),
            ("https://user:secret@example.com", false),
            ("example.com", false),
        ] {
            let read = read(&[(KEY, "pit-secret"), (LOCATION, "loc"), (BASE_URL, text)]);
            assert_eq!(read.is_ok(), fine, "{text}");
            if let Err(error) = read {
                assert!(!error.to_string().contains("secret"), "{error}");
            }
        }
    }
}
