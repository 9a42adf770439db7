//! The account in environment variables; it outranks any stored one.

use std::ffi::OsString;

use secrecy::SecretString;

use crate::domain::LocationId;

const KEY: &str = "GHL_API_KEY";
const LOCATION: &str = "GHL_LOCATION_ID";
const BASE_URL: &str = "GHL_BASE_URL";
const DEFAULT_BASE_URL: &str = "https://services.leadconnectorhq.com";

/// A complete account: location, server and token.
#[derive(Clone, Debug)]
pub struct EnvironmentProfile {
    pub token: SecretString,
    pub location: LocationId,
    /// The address as given; `http::BaseUrl` decides whether a token may go there.
    pub base_url: String,
}

/// Why the variables are not an account. No error repeats a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    #[error("{0} is set but {1} is not: set both, or neither")]
    Half(&'static str, &'static str),
    #[error("{0} is not valid text: set it again")]
    NotText(&'static str),
}

/// The account, if the variables are set. An empty variable counts as not set.
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
    let base_url = text(BASE_URL)?.unwrap_or_else(|| DEFAULT_BASE_URL.to_owned());
    Ok(Some(EnvironmentProfile { token, location, base_url }))
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
        assert_eq!(profile.base_url, "https://services.leadconnectorhq.com");
        assert!(!format!("{profile:?}").contains("secret\""), "{profile:?}");
    }

    #[test]
    fn nothing_set_is_no_account_and_one_half_is_a_mistake() {
        assert!(matches!(read(&[]), Ok(None)));
        assert!(matches!(read(&[(KEY, ""), (LOCATION, " ")]), Ok(None)));
        // A stored account keeps the host of its sign-in.
        assert!(matches!(read(&[(BASE_URL, "http://evil.example.com")]), Ok(None)));
        assert_eq!(read(&[(KEY, "pit-secret")]).err(), Some(EnvironmentError::Half(KEY, LOCATION)));
        assert_eq!(read(&[(LOCATION, "loc")]).err(), Some(EnvironmentError::Half(LOCATION, KEY)));
    }
}
