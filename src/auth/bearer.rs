//! The header value that carries a token. Knows nothing of where tokens come from.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

/// A token that does not fit into a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the token has characters that are not allowed in an HTTP header: copy it again, whole and without line breaks"
)]
pub struct UnusableToken;

/// The value of the Authorization header, marked so that nothing prints it.
pub(super) fn header(token: &SecretString) -> Result<HeaderValue, UnusableToken> {
    let mut header =
        HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim())).map_err(|_invalid| UnusableToken)?;
    header.set_sensitive(true);
    Ok(header)
}
