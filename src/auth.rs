//! Tokens: who we are to the server.
//!
//! A secret leaves this module only as a header value marked sensitive; it is never printed, logged or
//! stored in SQLite.

pub mod oauth;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// Hands out the bearer token.
#[derive(Clone, Debug)]
pub struct TokenBroker {
    bearer: HeaderValue,
}

/// A token that no header can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token holds characters that no HTTP header can carry: copy it again, whole and without line breaks")]
pub struct UnusableToken;

impl TokenBroker {
    /// A private integration token: it does not expire and cannot be refreshed.
    pub fn fixed(token: &SecretString) -> Result<Self, UnusableToken> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim()))
            .map_err(|_invalid| UnusableToken)?;
        bearer.set_sensitive(true);
        Ok(Self { bearer })
    }

    /// The value of the Authorization header.
    pub fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_printed() {
        let broker = TokenBroker::fixed(&SecretString::from("pit-very-secret")).expect("a fine token");
        assert!(!format!("{broker:?}").contains("very-secret"));
        assert!(TokenBroker::fixed(&SecretString::from("two\nlines")).is_err());
    }
}
