//! The last line of defence: masks everything that looks like a token in text that should have none.
//!
//! It masks too much rather than too little: a masked word in a log costs nothing.

use std::borrow::Cow;

const MASK: &str = "[masked]";
/// The values of these names are secret, whatever they look like.
const NAMES: [&str; 6] = ["bearer", "access_token", "refresh_token", "client_secret", "api_key", "id_token"];
/// `pit-` and a UUID; shorter ones are words.
const SHORTEST: usize = 12;

/// The text with tokens masked: private integration tokens, JWTs, and values after `Bearer` and similar names.
pub fn redacted(text: &str) -> Cow<'_, str> {
    let mut safe = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some((start, end)) = word(text, at) {
        at = end;
        let found = text[start..end].to_ascii_lowercase();
        let secret = if NAMES.iter().any(|name| found.ends_with(name)) {
            named(text, end)
        } else {
            let begins = ["pit-", "eyj"].iter().filter_map(|mark| found.find(mark)).min();
            begins.map(|begins| (start + begins, end)).filter(|(from, to)| to - from >= SHORTEST)
        };
        if let Some((from, to)) = secret {
            safe.push_str(&text[kept..from]);
            safe.push_str(MASK);
            (kept, at) = (to, to);
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(&text[kept..]);
    Cow::Owned(safe)
}

/// The next run of characters that can be part of a token.
fn word(text: &str, from: usize) -> Option<(usize, usize)> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let start = from + text[from..].find(part)?;
    let length = text[start..].find(|c| !part(c)).unwrap_or(text.len() - start);
    Some((start, start + length))
}

/// The value after a name: past the signs in between, up to a blank, quote or separator.
fn named(text: &str, end: usize) -> Option<(usize, usize)> {
    let rest = &text[end..];
    let from = end + rest.find(|c: char| !matches!(c, ' ' | ':' | '=' | '"' | '\'' | '\\' | '(' | '\t'))?;
    let length =
        text[from..].find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '&' | ',' | '}' | ')' | '\\'));
    let to = length.map_or(text.len(), |length| from + length);
    (to > from).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tokens_are_masked_and_the_rest_stays() {
        for (text, safe) in [
            ("completed 3 tasks of pit stop", "completed 3 tasks of pit stop"),
            ("token pit-0123abcd-4567-89ef-0123-456789abcdef.", "token [masked]"),
            ("(PIT-0123abcd-4567-89ef-0123-456789abcdef) gone", "([masked]) gone"),
            ("jwt=eyJhbGciOiJI.eyJzdWIi.S_ig-9, next", "jwt=[masked], next"),
            ("Authorization: Bearer a/b+c== end", "Authorization: Bearer [masked] end"),
            (r#"{"authorization":"bearer\": \"x1"}"#, r#"{"authorization":"bearer\": \"[masked]"}"#),
            ("?access_token=abc&x=1", "?access_token=[masked]&x=1"),
            (r#"{"refresh_token": "r3", "expires": 5}"#, r#"{"refresh_token": "[masked]", "expires": 5}"#),
            ("Bearer one Bearer two", "Bearer [masked] Bearer [masked]"),
            ("grüße Bearer", "grüße Bearer"),
        ] {
            assert_eq!(redacted(text), safe);
        }
    }

    proptest! {
        #[test]
        fn no_token_survives_anywhere(before in any::<String>(), after in any::<String>()) {
            let token = "pit-0123abcd-4567-89ef-0123-456789abcdef";
            let text = format!("{before}{token} {after}");
            prop_assert!(!redacted(&text).contains("4567-89ef-0123"));
        }
    }
}
