//! The configuration file: settings for every profile, in TOML.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::{Hours, Keep, MergeRules};

/// The contents of the file; everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigFile {
    /// Scheme and host of the web app, for agencies with their own host.
    pub web_host: Option<String>,
    /// The server for new sign-ins.
    pub server: Option<String>,
    /// The marketplace that authorizes the user's own app.
    pub marketplace: Option<String>,
    /// How times of day are written: `"24h"` or `"12h"`; as the location's country does if it is left out.
    pub time: Option<Hours>,
    /// Whether to look for duplicates in the background; on by default.
    pub find_duplicates: Option<bool>,
    #[serde(default)]
    pub oauth: OAuthDefaults,
    /// What a merge keeps by default.
    #[serde(default)]
    pub merge: MergeRules,
}

/// Answers that a sign-in by OAuth would otherwise ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OAuthDefaults {
    pub client_id: Option<String>,
    pub redirect_uri: Option<String>,
    pub version_id: Option<String>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {}: {source}", .path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the configuration {} has an error: {why}", .path.display())]
    Garbled { path: PathBuf, why: String },
}

impl ConfigFile {
    /// Reads the given file, or else the usual one if it exists.
    pub fn read(named: Option<&Path>, usual: &Path) -> Result<Self, ConfigError> {
        let path = named.unwrap_or(usual);
        let text = match read_regular(path) {
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?,
        };
        Self::parse(&text).map_err(|why| ConfigError::Garbled { path: path.to_owned(), why })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: Self = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        for (name, host) in [("web-host", &file.web_host), ("marketplace", &file.marketplace)] {
            if let Some(host) = host {
                origin(host).ok_or_else(|| format!("{name} must look like https://app.example.com, not {host}"))?;
            }
        }
        file.check_merge()?;
        Ok(file)
    }

    /// Rejects values that fit the types but make no sense.
    fn check_merge(&self) -> Result<(), String> {
        let MergeRules { bulk_score, bulk_members, keep, set_aside_tag, .. } = &self.merge;
        if !(0.0..=1.0).contains(bulk_score) {
            return Err(format!("bulk-score under [merge] must be from 0 to 1, such as 0.98, not {bulk_score}"));
        }
        if *bulk_members < 2 {
            return Err(format!("bulk-members under [merge] must be at least 2, not {bulk_members}"));
        }
        if matches!(keep, Keep::Field(name) if name.trim().is_empty()) {
            return Err("keep under [merge] must name the custom field, such as { field = \"Kept values\" }".to_owned());
        }
        // It is looked up in a list of tags later; several tags in one would never be found.
        if set_aside_tag.contains(',') {
            return Err(format!("set-aside-tag under [merge] must be one tag, not {set_aside_tag}"));
        }
        Ok(())
    }
}

/// The text of a regular file. A FIFO or a device might never end.
pub(super) fn read_regular(path: &Path) -> std::io::Result<String> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is not a regular file"));
    }
    std::fs::read_to_string(path)
}

/// Scheme, host and port without a trailing slash; https only, except on this machine.
pub fn origin(text: &str) -> Option<String> {
    let url = url::Url::parse(text.trim()).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let fine = bare && (url.scheme() == "https" || (url.scheme() == "http" && here));
    fine.then(|| url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{NameRule, SurvivorRule, ValueRule};

    #[test]
    fn everything_may_be_left_out_and_nothing_may_be_misspelt() {
        assert_eq!(ConfigFile::parse(""), Ok(ConfigFile::default()));
        let file = ConfigFile::parse(
            "web-host = \"https://app.acme.example\"\n[oauth]\nclient-id = \"abc\"\nredirect-uri = \"https://x.example/cb\"\n",
        )
        .expect("fine");
        assert_eq!(file.web_host.as_deref(), Some("https://app.acme.example"));
        assert_eq!(file.oauth.client_id.as_deref(), Some("abc"));
        for (text, said) in [
            ("webhost = \"https://x.example\"", "webhost"),
            ("web-host = \"http://x.example\"", "web-host must look like"),
            ("web-host = \"https://x.example/path\"", "web-host must look like"),
            ("server = 3", "server"),
        ] {
            let error = ConfigFile::parse(text).expect_err(text);
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn merging_can_be_ruled_as_a_whole_or_in_part() {
        let text = "[merge]\nsurvivor = [\"oldest\", \"most-complete\"]\nname = \"survivor\"\naddress = \"survivor\"\n\
                    value = \"newest\"\nkeep = { field = \"Kept values\" }\nset-aside-tag = \"\"\n\
                    set-aside-silent = true\nwipe-after-days = 30\nbulk-score = 1\nbulk-members = 3\n";
        let rules = MergeRules {
            survivor: vec![SurvivorRule::Oldest, SurvivorRule::MostComplete],
            name: NameRule::Survivor,
            address: ValueRule::Survivor,
            value: ValueRule::Newest,
            keep: Keep::Field("Kept values".into()),
            set_aside_tag: String::new(),
            set_aside_silent: true,
            wipe_after_days: 30,
            bulk_score: 1.0,
            bulk_members: 3,
        };
        assert_eq!(ConfigFile::parse(text).expect("fine").merge, rules);
        let rules = MergeRules { keep: Keep::Nowhere, ..MergeRules::default() };
        assert_eq!(ConfigFile::parse("[merge]\nkeep = \"nowhere\"").expect("fine").merge, rules);
        assert_eq!(ConfigFile::parse("").expect("fine").merge, MergeRules::default());
    }

    #[test]
    fn what_nobody_can_mean_about_merging_is_said() {
        for (text, said) in [
            ("survivor = [\"biggest\"]", "most-complete"),
            ("name = \"shortest\"", "longest"),
            ("address = \"oldest\"", "newest"),
            ("keep = \"somewhere\"", "nowhere"),
            ("keep = { field = \" \" }", "must name the custom field"),
            ("keep = { note = 1 }", "keep"),
            ("set-aside-tag = \"a,b\"", "must be one tag"),
            ("wipe-after-days = -1", "wipe-after-days"),
            ("bulk-score = 98", "from 0 to 1"),
            ("bulk-score = nan", "from 0 to 1"),
            ("bulk-members = 1", "at least 2"),
            ("bulk-size = 3", "bulk-size"),
        ] {
            let error = ConfigFile::parse(&format!("[merge]\n{text}\n")).expect_err(text);
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_no_regular_file_is_refused_and_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let fifo = folder.path().join("config.toml");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs");
        assert!(made.success());
        for path in [&*fifo, Path::new("/dev/zero"), folder.path()] {
            for named in [Some(path), None] {
                let (answer, read) = std::sync::mpsc::channel();
                let (named, usual) = (named.map(Path::to_owned), path.to_owned());
                std::thread::spawn(move || {
                    let refused = ConfigFile::read(named.as_deref(), &usual).expect_err("no file");
                    let _ = answer.send(refused.to_string());
                });
                // Without a limit: a test that hangs is one that read it.
                let error = read.recv().expect("it waits for nobody");
                assert!(error.contains("not a regular file"), "{error}");
            }
        }
    }

    #[test]
    fn only_a_named_file_must_be_there() {
        let missing = Path::new("/no/such/config.toml");
        assert!(ConfigFile::read(None, missing).is_ok());
        let error = ConfigFile::read(Some(missing), missing).expect_err("it was asked for").to_string();
        assert!(error.contains("/no/such/config.toml"), "{error}");
    }
}
