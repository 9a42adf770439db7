//! Profiles: the signed-in accounts, by name. They hold nothing secret; the vault does.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::{CompanyId, LocationId, UserId};

use super::file::{FileError, PrivateFile};
use super::{VaultKey, oauth};

const FILE: &str = "profiles.json";

/// The name of a profile, on the command line and in the list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileName(String);

/// An invalid name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a profile name has 1 to 60 characters, no control characters, and no spaces at its ends")]
pub struct NoName;

impl ProfileName {
    /// The profile name made from a location's name.
    pub fn after(location: &str) -> Option<Self> {
        let name: String = location.chars().filter(|c| !c.is_control()).take(60).collect();
        name.trim().parse().ok()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProfileName {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        let fine = text.trim() == text && (1..=60).contains(&text.chars().count()) && !text.contains(char::is_control);
        if fine { Ok(Self(text.to_owned())) } else { Err(NoName) }
    }
}

impl TryFrom<String> for ProfileName {
    type Error = NoName;

    fn try_from(text: String) -> Result<Self, NoName> {
        text.parse()
    }
}

impl From<ProfileName> for String {
    fn from(name: ProfileName) -> Self {
        name.0
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a profile gets its tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum ProfileKind {
    /// A private integration token: it never changes unless the user changes it.
    Private,
    /// The user's own marketplace app, authorized for this location.
    OAuth { client_id: String, redirect_uri: String },
    /// The app, authorized for the agency, whose token is exchanged for the location's.
    Agency { client_id: String, redirect_uri: String, company: CompanyId },
}

impl ProfileKind {
    /// The kind in words for people.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Private => "private integration token",
            Self::OAuth { .. } => "OAuth",
            Self::Agency { .. } => "OAuth by the agency",
        }
    }
}

/// An account on a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    pub name: ProfileName,
    pub location: LocationId,
    /// The location's name at the sign-in; empty if the token may not read it.
    pub location_name: String,
    /// The server of the sign-in: its tokens go nowhere else.
    pub base_url: String,
    /// Scheme and host of the web app, if not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_host: Option<String>,
    pub kind: ProfileKind,
    /// The user who signed in, if the server named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
}

impl Profile {
    /// The vault's key for its tokens.
    pub fn key(&self) -> VaultKey {
        VaultKey::profile(&self.name)
    }

    /// The vault's key for the agency's tokens, if any: its profiles share them, because a refresh token works only once.
    pub fn agency_key(&self) -> Option<VaultKey> {
        match &self.kind {
            ProfileKind::Agency { client_id, company, .. } => Some(VaultKey::agency(client_id, company)),
            ProfileKind::Private | ProfileKind::OAuth { .. } => None,
        }
    }

    /// The app without its secret.
    pub fn app(&self) -> Option<(&str, &str)> {
        match &self.kind {
            ProfileKind::Private => None,
            ProfileKind::OAuth { client_id, redirect_uri } | ProfileKind::Agency { client_id, redirect_uri, .. } => {
                Some((client_id, redirect_uri))
            }
        }
    }

    /// The app with the secret from the vault.
    pub(super) fn app_with(&self, secret: &secrecy::SecretString) -> Option<oauth::App> {
        let (client_id, redirect_uri) = self.app()?;
        Some(oauth::App {
            client_id: client_id.to_owned(),
            client_secret: secret.clone(),
            redirect_uri: redirect_uri.to_owned(),
        })
    }
}

/// Why profiles cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("there is no profile {0}: see ghl-tui profiles")]
    Unknown(String),
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProfilesFile {
    #[serde(default)]
    profiles: Vec<Profile>,
    /// The profile used last, which the dashboard opens by default.
    #[serde(default)]
    last: Option<ProfileName>,
}

/// The profiles of this user.
#[derive(Clone, Debug)]
pub struct Profiles {
    folder: PathBuf,
    file: PrivateFile,
}

impl Profiles {
    /// The profiles in this folder; nothing is read yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), file: PrivateFile::new(folder, FILE) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All profiles, sorted by name.
    pub fn all(&self) -> Result<Vec<Profile>, ProfileError> {
        Ok(self.document(self.file.read()?)?.profiles)
    }

    /// The profile with this name, or else the one used last.
    pub fn pick(&self, name: Option<&str>) -> Result<Option<Profile>, ProfileError> {
        let ProfilesFile { mut profiles, last } = self.document(self.file.read()?)?;
        let found = if let Some(name) = name {
            let by = |is: fn(&Profile) -> &str| profiles.iter().position(|profile| is(profile) == name);
            // A location's id or name works too.
            let found = by(|profile| profile.name.as_str())
                .or_else(|| by(|profile| profile.location.as_str()))
                .or_else(|| by(|profile| &profile.location_name));
            Some(found.ok_or_else(|| ProfileError::Unknown(name.to_owned()))?)
        } else {
            let used = last.and_then(|last| profiles.iter().position(|profile| profile.name == last));
            used.or((!profiles.is_empty()).then_some(0))
        };
        Ok(found.map(|found| profiles.swap_remove(found)))
    }

    /// Adds a profile, or replaces the one with its name, and makes it the one used last.
    pub fn put(&self, profile: Profile) -> Result<(), ProfileError> {
        self.change(|document| {
            document.profiles.retain(|known| known.name != profile.name);
            document.last = Some(profile.name.clone());
            document.profiles.push(profile);
            document.profiles.sort_by(|one, other| one.name.cmp(&other.name));
        })
    }

    /// Remembers which profile is in use.
    pub fn used(&self, name: &ProfileName) -> Result<(), ProfileError> {
        // Usually nothing changes, and nothing has to be written.
        if self.document(self.file.read()?)?.last.as_ref() == Some(name) {
            return Ok(());
        }
        self.change(|document| document.last = Some(name.clone()))
    }

    pub fn remove(&self, name: &ProfileName) -> Result<(), ProfileError> {
        self.change(|document| {
            document.profiles.retain(|known| known.name != *name);
            if document.last.as_ref() == Some(name) {
                document.last = None;
            }
        })
    }

    /// A name that no other location's profile has: the wanted one, or one with a number at the end.
    pub fn free_name(&self, wanted: &ProfileName, location: &LocationId) -> Result<ProfileName, ProfileError> {
        let all = self.all()?;
        let free = |name: &ProfileName| {
            all.iter().find(|known| known.name == *name).is_none_or(|known| known.location == *location)
        };
        let numbered = (2..).filter_map(|number| format!("{wanted} {number}").parse().ok());
        Ok(std::iter::once(wanted.clone()).chain(numbered).find(free).unwrap_or_else(|| wanted.clone()))
    }

    fn change(&self, change: impl FnOnce(&mut ProfilesFile)) -> Result<(), ProfileError> {
        let changed = self.file.change(|text| {
            let mut document = self.document(text)?;
            change(&mut document);
            let text = serde_json::to_string_pretty(&document).map_err(|why| self.file.garbled(why))?;
            Ok((Some(text), ()))
        });
        Ok(changed?)
    }

    fn document(&self, text: Option<String>) -> Result<ProfilesFile, FileError> {
        match text {
            Some(text) => serde_json::from_str(&text).map_err(|why| self.file.garbled(why)),
            None => Ok(ProfilesFile::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, location: &str) -> Profile {
        Profile {
            name: name.parse().expect("a name"),
            location: LocationId::new(location),
            location_name: format!("{name} Ltd"),
            base_url: "https://services.leadconnectorhq.com".to_owned(),
            web_host: None,
            kind: ProfileKind::Private,
            user: None,
        }
    }

    #[test]
    fn profiles_are_kept_by_name_and_the_last_used_comes_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let profiles = Profiles::in_folder(folder.path());
        assert_eq!(profiles.pick(None).expect("no file is no fault"), None);
        for (name, location) in [("b", "l2"), ("a", "l1"), ("b", "l3")] {
            profiles.put(profile(name, location)).expect("kept");
        }
        let names = |profiles: &Profiles| -> Vec<String> {
            profiles.all().expect("read").iter().map(|one| one.name.to_string()).collect()
        };
        assert_eq!(names(&profiles), ["a", "b"]);
        let picked = |name| profiles.pick(name).expect("read").map(|profile| profile.location.to_string());
        assert_eq!(picked(None).as_deref(), Some("l3"));
        profiles.used(&"a".parse().expect("a name")).expect("noted");
        assert_eq!(picked(None).as_deref(), Some("l1"));
        for name in ["b", "l3", "b Ltd"] {
            assert_eq!(picked(Some(name)).as_deref(), Some("l3"), "{name}");
        }
        let error = profiles.pick(Some("c")).expect_err("unknown");
        assert_eq!(error.to_string(), "there is no profile c: see ghl-tui profiles");
        profiles.remove(&"a".parse().expect("a name")).expect("removed");
        assert_eq!(picked(None).as_deref(), Some("l3"), "any is better than none");
    }

    #[test]
    fn a_name_is_given_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let profiles = Profiles::in_folder(folder.path());
        let acme: ProfileName = "Acme".parse().expect("a name");
        profiles.put(profile("Acme", "l1")).expect("kept");
        let free = |location: &str| profiles.free_name(&acme, &LocationId::new(location)).expect("read").to_string();
        assert_eq!((free("l1").as_str(), free("l2").as_str()), ("Acme", "Acme 2"));
        assert_eq!(ProfileName::after(" A\u{7}cme ").as_ref().map(ProfileName::as_str), Some("Acme"));
        assert_eq!(ProfileName::after("\u{7}"), None);
        assert!(" a".parse::<ProfileName>().is_err());
    }
}
