//! The vault: the only place that stores tokens and client secrets.
//!
//! It is a file that only its owner may read, or the desktop's keyring if there is one and the feature `keyring` is
//! built in; callers need not know which. Every call may block on a disk or a desktop, so make it on a thread that may
//! block.

#[cfg(feature = "keyring")]
mod keyring;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::domain::CompanyId;

use super::file::{FileError, PrivateFile};

const FILE: &str = "vault.json";

/// The key of an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VaultKey(String);

impl VaultKey {
    pub(super) fn profile(name: &impl std::fmt::Display) -> Self {
        Self(format!("profile {name}"))
    }

    /// The key of an agency's tokens for one app: all its locations share them.
    pub(super) fn agency(client_id: &str, company: &CompanyId) -> Self {
        Self(format!("agency {company} {client_id}"))
    }

    /// The key as part of a file's name; different keys give different names.
    pub(super) fn file_name(&self) -> String {
        crate::config::paths::safe_name(&self.0)
    }
}

/// The token that signs requests, and the means to renew it.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub access: SecretString,
    /// `None`: it does not expire.
    pub expires_at: Option<Timestamp>,
    /// Works only once.
    pub refresh: Option<SecretString>,
    /// The secret of the user's own app.
    pub client_secret: Option<SecretString>,
    /// The scopes that the server named; `None` if it did not.
    pub scopes: Option<Vec<String>>,
    /// Grows with every change of the entry.
    pub generation: u64,
}

impl Credentials {
    /// A private integration token.
    pub fn private(token: SecretString) -> Self {
        Self { access: token, expires_at: None, refresh: None, client_secret: None, scopes: None, generation: 0 }
    }

    /// The tokens from a sign-in with the user's own app.
    pub fn of_tokens(tokens: super::oauth::OAuthTokens, client_secret: Option<SecretString>) -> Self {
        let super::oauth::OAuthTokens { access, refresh, expires_at, scopes, .. } = tokens;
        Self { access, expires_at: Some(expires_at), refresh, client_secret, scopes: Some(scopes), generation: 0 }
    }
}

/// The stored form; it lives only while it is read or written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    generation: u64,
}

impl From<&Credentials> for Written {
    fn from(held: &Credentials) -> Self {
        let plain = |secret: &SecretString| secret.expose_secret().to_owned();
        Self {
            access_token: plain(&held.access),
            expires_at: held.expires_at,
            refresh_token: held.refresh.as_ref().map(plain),
            client_secret: held.client_secret.as_ref().map(plain),
            scopes: held.scopes.clone(),
            generation: held.generation,
        }
    }
}

impl From<Written> for Credentials {
    fn from(written: Written) -> Self {
        let Written { access_token, expires_at, refresh_token, client_secret, scopes, generation } = written;
        let (refresh, client_secret) = (refresh_token.map(SecretString::from), client_secret.map(SecretString::from));
        Self { access: access_token.into(), expires_at, refresh, client_secret, scopes, generation }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct VaultFile {
    #[serde(default)]
    entries: BTreeMap<String, Written>,
}

/// Why the vault cannot be used. Never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the desktop's keyring failed: {0}; unlock it, or start without DBUS_SESSION_BUS_ADDRESS to use a file")]
    Keyring(String),
}

/// The vault of a data folder; cheap to clone.
#[derive(Clone, Debug)]
pub struct Vault {
    folder: PathBuf,
    file: PrivateFile,
    #[cfg(feature = "keyring")]
    keyring: Option<keyring::Keyring>,
}

impl Vault {
    /// Opens the vault in this folder; nothing is read yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            file: PrivateFile::new(folder, FILE),
            #[cfg(feature = "keyring")]
            keyring: keyring::Keyring::find(folder),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the secrets are, in words for people.
    pub fn describe(&self) -> String {
        #[cfg(feature = "keyring")]
        if self.keyring.is_some() {
            return "the desktop's keyring".to_owned();
        }
        self.folder.join(FILE).display().to_string()
    }

    /// Makes the file private if others could read it, and says so.
    pub fn mend(&self) -> Result<Option<String>, VaultError> {
        let said = "others could read the vault until now; it is now private. Anyone who read it has your tokens: \
                    make new ones, then sign in again";
        Ok(self.file.mend()?.then(|| said.to_owned()))
    }

    pub fn get(&self, key: &VaultKey) -> Result<Option<Credentials>, VaultError> {
        #[cfg(feature = "keyring")]
        if let Some(keyring) = &self.keyring
            && let Some(written) = keyring.get(key)?
        {
            return Ok(Some(written.into()));
        }
        let mut document = self.document(self.file.read()?)?;
        Ok(document.entries.remove(&key.0).map(Credentials::from))
    }

    /// Writes an entry and flushes it to the disk; returns it with its new generation.
    pub fn put(&self, key: &VaultKey, held: Credentials) -> Result<Credentials, VaultError> {
        #[cfg(feature = "keyring")]
        if let Some(keyring) = &self.keyring {
            return keyring.put(key, held);
        }
        let written = self.file.change(|text| {
            let mut document = self.document(text)?;
            let before = document.entries.get(&key.0).map_or(0, |entry| entry.generation);
            let held = Credentials { generation: before + 1, ..held };
            document.entries.insert(key.0.clone(), Written::from(&held));
            Ok((Some(self.text(&document)?), held))
        });
        Ok(written?)
    }

    /// Removes an entry, if it exists.
    pub fn remove(&self, key: &VaultKey) -> Result<(), VaultError> {
        #[cfg(feature = "keyring")]
        if let Some(keyring) = &self.keyring {
            keyring.remove(key)?;
        }
        let removed = self.file.change(|text| {
            let mut document = self.document(text)?;
            let text = document.entries.remove(&key.0).map(|_gone| self.text(&document)).transpose()?;
            Ok((text, ()))
        });
        Ok(removed?)
    }

    fn document(&self, text: Option<String>) -> Result<VaultFile, FileError> {
        // The parser's own message would quote the bad text, which may be part of a token.
        match text {
            Some(text) => serde_json::from_str(&text).map_err(|error| self.file.garbled(without_words(&error))),
            None => Ok(VaultFile::default()),
        }
    }

    fn text(&self, document: &VaultFile) -> Result<String, FileError> {
        serde_json::to_string_pretty(document).map_err(|error| self.file.garbled(without_words(&error)))
    }
}

/// Where the text is damaged, without quoting it.
fn without_words(error: &serde_json::Error) -> serde_json::Error {
    serde::de::Error::custom(format_args!("at line {}, column {}", error.line(), error.column()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn what_is_put_in_comes_out_with_a_newer_generation() {
        let folder = tempfile::tempdir().expect("a folder");
        let vault = Vault::in_folder(folder.path());
        let key = VaultKey::profile(&"Acme");
        assert!(vault.get(&key).expect("no file is no fault").is_none());
        for generation in 1..=2 {
            let held = Credentials {
                refresh: Some(token("refresh-1")),
                client_secret: Some(token("secret-1")),
                expires_at: Some(Timestamp::UNIX_EPOCH),
                scopes: Some(vec!["contacts.readonly".to_owned()]),
                ..Credentials::private(token("access-1"))
            };
            assert_eq!(vault.put(&key, held).expect("kept").generation, generation);
        }
        let held = vault.get(&key).expect("read").expect("it is there");
        assert_eq!(held.access.expose_secret(), "access-1");
        assert_eq!(held.refresh.as_ref().map(ExposeSecret::expose_secret), Some("refresh-1"));
        assert_eq!((held.generation, held.expires_at), (2, Some(Timestamp::UNIX_EPOCH)));
        for secret in ["access-1", "refresh-1", "secret-1"] {
            assert!(!format!("{held:?} {vault:?}").contains(secret));
        }
        vault.remove(&key).expect("removed");
        assert!(vault.get(&key).expect("read").is_none());
        vault.remove(&key).expect("twice is no fault");
        assert!(!std::fs::read_to_string(folder.path().join(FILE)).expect("there").contains("access-1"));
    }

    #[test]
    fn a_damaged_vault_is_told_without_what_it_holds() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), r#"{"entries": {"a": "pit-secret"}}"#).expect("written");
        let vault = Vault::in_folder(folder.path());
        let error = vault.get(&VaultKey("a".to_owned())).expect_err("damaged").to_string();
        assert!(error.contains("vault.json") && error.contains("line 1") && !error.contains("secret"), "{error}");
        assert!(
            vault.put(&VaultKey("a".to_owned()), Credentials::private(token("new"))).is_err(),
            "it is not overwritten"
        );
    }
}
