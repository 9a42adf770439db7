//! Completes ids and names in a shell, by clap's engine. Must not know where they come from.

use std::any::TypeId;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::sync::Arc;

use clap::{Arg, Command};
use clap_complete::Shell;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{EnvCompleter, Shells};

use super::args::{self, Setting};
use super::line::one_line;
use crate::config::View;
use crate::domain::{ContactField, ContactId, Location};

/// Names the shell, when it asks for completions instead of running a command.
pub const COMPLETION_VARIABLE: &str = "GHL_TUI_COMPLETE";

/// What can be completed; each is asked for only where a word needs it.
pub trait CompletionSource: Send + Sync {
    /// Contacts whose id begins so, or else the name, with their names.
    fn contacts(&self, start: &str) -> Vec<(ContactId, String)>;
    fn location(&self) -> Option<Location>;
    fn views(&self) -> Vec<View>;
}

/// What an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Completable {
    Contact,
    Tag,
    User,
    View,
    /// `FIELD=VALUE`, up to the equals sign.
    Field,
}

/// The script with which a shell asks this program.
pub(super) fn script(shell: Shell, into: &mut Vec<u8>) -> io::Result<()> {
    let shell = shell_of(&shell.to_string()).ok_or_else(|| io::Error::other("this shell has no completions"))?;
    shell.write_registration(COMPLETION_VARIABLE, "ghl-tui", "ghl-tui", "ghl-tui", into)
}

/// What a shell is offered for the words of a command line, in the shell's own form; nothing if it is not known.
pub fn complete(
    shell: &str,
    words: Vec<OsString>,
    folder: Option<&Path>,
    source: Arc<dyn CompletionSource>,
) -> Vec<u8> {
    let mut offered = Vec::new();
    if let Some(known) = shell_of(shell) {
        let mut command = with_completers(args::command(""), &Completer { shell: known.name(), source });
        if words.is_empty() || known.write_complete(&mut command, words, folder, &mut offered).is_err() {
            offered.clear();
        }
    }
    offered
}

fn shell_of(name: &str) -> Option<&'static dyn EnvCompleter> {
    const SHELLS: Shells<'static> = Shells::builtins();
    SHELLS.0.iter().copied().find(|shell| shell.is(name))
}

#[derive(Clone)]
struct Completer {
    shell: &'static str,
    source: Arc<dyn CompletionSource>,
}

/// Gives every argument that takes an id or a name its completer.
fn with_completers(command: Command, completer: &Completer) -> Command {
    let name = command.get_name().to_owned();
    let command = command.mut_subcommands(|sub| with_completers(sub, completer));
    command.mut_args(|arg| match completable(&name, &arg) {
        Some(what) => {
            let completer = completer.clone();
            arg.add(ArgValueCompleter::new(move |word: &OsStr| completer.candidates(what, word)))
        }
        None => arg,
    })
}

fn completable(command: &str, arg: &Arg) -> Option<Completable> {
    let taken = arg.get_value_parser().type_id();
    if taken == TypeId::of::<ContactId>() {
        return Some(Completable::Contact);
    }
    if taken == TypeId::of::<Setting>() {
        return Some(Completable::Field);
    }
    match (command, arg.get_id().as_str()) {
        (_, "owner" | "assign") | ("me", "user") => Some(Completable::User),
        ("create", "tags") | ("tag", "add" | "remove") => Some(Completable::Tag),
        ("apply", "name") => Some(Completable::View),
        _ => None,
    }
}

impl Completer {
    fn candidates(&self, what: Completable, word: &OsStr) -> Vec<CompletionCandidate> {
        let Some(typed) = word.to_str() else { return Vec::new() };
        // Bash gives the word as it was typed.
        let word = if self.shell == "bash" { typed.replace(['\\', '\'', '"'], "") } else { typed.to_owned() };
        let location = || self.source.location();
        let found: Vec<(String, String)> = match what {
            // Their source has looked for the word.
            Completable::Contact => {
                let found = self.source.contacts(&word).into_iter();
                return found.filter_map(|(id, name)| self.candidate(id.as_str(), &name)).collect();
            }
            Completable::Tag => {
                location().map(|at| at.tags).unwrap_or_default().into_iter().map(|tag| (tag, String::new())).collect()
            }
            Completable::User => {
                let users = location().map(|at| at.users).unwrap_or_default().into_iter();
                users.map(|user| (user.id.as_str().to_owned(), user.name)).collect()
            }
            Completable::View => self.source.views().into_iter().map(|view| (view.name, view.filter)).collect(),
            Completable::Field => fields(location().as_ref()),
        };
        let fits = |(value, help): &(String, String)| {
            let (word, help) = (word.to_lowercase(), help.to_lowercase());
            value.to_lowercase().starts_with(&word) || help.split_whitespace().any(|part| part.starts_with(&word))
        };
        found.iter().filter(|one| fits(one)).filter_map(|(value, help)| self.candidate(value, help)).collect()
    }

    /// A value as the shell may insert it; none if that could be more than one word, or no word at all.
    fn candidate(&self, value: &str, help: &str) -> Option<CompletionCandidate> {
        if value.is_empty() || one_line(value) != value {
            return None;
        }
        let is_plain = |c: char| c.is_alphanumeric() || "_@%+=:,./-".contains(c);
        let value = match self.shell {
            "bash" => value.chars().fold(String::new(), |mut word, c| {
                word.extend((!is_plain(c)).then_some('\\'));
                word.push(c);
                word
            }),
            // It inserts the value as it is, and has no such escape.
            "powershell" if !value.chars().all(is_plain) => return None,
            // These quote it.
            _ => value.to_owned(),
        };
        let help = one_line(help);
        Some(CompletionCandidate::new(value).help((!help.is_empty()).then(|| help.into())))
    }
}

fn fields(location: Option<&Location>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = ContactField::ALL
        .iter()
        .map(|field| (format!("{}=", field.name()), field.label().to_owned()))
        .chain([("dnd=".to_owned(), "Do not disturb".to_owned())])
        .collect();
    for field in location.into_iter().flat_map(|location| &location.custom_fields) {
        let key = field.key.as_deref().map(|key| key.strip_prefix("contact.").unwrap_or(key));
        all.push((format!("{}=", key.unwrap_or(&field.name)), field.name.clone()));
    }
    all
}
