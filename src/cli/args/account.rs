//! Signing in and out, and what looks after it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::domain::{ContactId, LocationId};

use super::values;

/// Sign in to a sub-account and keep it as a profile.
///
/// No token or secret is ever an argument: the shell's history and the list of processes would keep it. They are asked
/// for, or read from a file, from standard input (-), or from `GHL_API_KEY` and `GHL_CLIENT_SECRET`.
#[derive(Clone, Debug, PartialEq, Args)]
#[expect(clippy::struct_excessive_bools, reason = "independent options of a command line")]
pub struct Login {
    /// What the profile is called; else as the location
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The sub-account's id; asked for where it is needed
    #[arg(long, value_name = "ID", value_parser = values::location)]
    pub location: Option<LocationId>,
    /// Read the private integration token from this file, or - for standard input
    #[arg(long, value_name = "FILE|-", conflicts_with = "oauth")]
    pub token_file: Option<PathBuf>,
    /// The server, where it is not HighLevel's
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Sign in with a marketplace app of your own instead of a private integration token
    #[arg(long)]
    pub oauth: bool,
    /// The app's client id
    #[arg(long, value_name = "ID", requires = "oauth")]
    pub client_id: Option<String>,
    /// Read the app's client secret from this file, or - for standard input
    #[arg(long, value_name = "FILE|-", requires = "oauth")]
    pub client_secret_file: Option<PathBuf>,
    /// The redirect address as it is registered with the app
    #[arg(long, value_name = "URL", requires = "oauth")]
    pub redirect_uri: Option<String>,
    /// The app's version id, which private apps need
    #[arg(long, value_name = "ID", requires = "oauth")]
    pub version_id: Option<String>,
    /// Which scopes to ask for
    #[arg(long, value_name = "WHICH", requires = "oauth", default_value = "write")]
    pub scopes: ScopeChoice,
    /// Ask for what an agency needs to choose among its locations
    #[arg(long, requires = "oauth")]
    pub agency: bool,
    /// Do not open a browser
    #[arg(long, requires = "oauth")]
    pub no_browser: bool,
    /// Do not listen for the browser's return; paste the address instead
    #[arg(long, requires = "oauth")]
    pub no_listener: bool,
}

/// Which scopes are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ScopeChoice {
    /// contacts.readonly alone: enough to look around
    Minimal,
    /// Everything that reads
    Read,
    /// Everything that a feature needs
    #[default]
    Write,
}

/// Forget a profile's tokens.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Logout {
    /// The profile; else the one used last
    pub name: Option<String>,
    /// Remove the copy of the contacts too; the outbox and the history stay
    #[arg(long)]
    pub wipe_cache: bool,
    /// Do not ask; needed where standard input is no terminal and edits wait
    #[arg(long)]
    pub yes: bool,
}

/// Listen for webhooks and refresh what they name.
///
/// For those with a marketplace app and a tunnel that brings its webhooks to this machine. Binds 127.0.0.1 only.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Listen {
    /// The port on 127.0.0.1
    #[arg(long, value_name = "P")]
    pub port: u16,
    /// The public key that webhooks are signed with (PEM, Ed25519); else HighLevel's published one
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

/// Erase one contact from this machine: cache, history, drafts.
///
/// The server is not asked. Where it still has the contact, the next change of it brings it back.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Forget {
    #[arg(value_name = "ID", value_parser = values::contact)]
    pub id: ContactId,
    /// Do not ask; needed where standard input is no terminal
    #[arg(long)]
    pub yes: bool,
    /// Say what would be erased, and erase nothing
    #[arg(long)]
    pub dry_run: bool,
}
