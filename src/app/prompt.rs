//! Asking on the terminal: lines, and secrets that the terminal does not show.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;
use tokio::sync::mpsc;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PromptError {
    #[error("{what} is missing, and stdin is not a terminal: {instead}")]
    Nobody { what: &'static str, instead: &'static str },
    #[error("no input for {0}")]
    Nothing(&'static str),
    #[error("cannot read {0}: {1}")]
    Unreadable(String, #[source] io::Error),
    #[error("interrupted")]
    Interrupted,
}

/// Typed lines, read on a detached thread: the program may end in the middle of a line.
pub(super) struct Lines {
    read: mpsc::UnboundedReceiver<io::Result<String>>,
}

impl Lines {
    pub(super) fn new() -> Self {
        let (tell, read) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines() {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Self { read }
    }

    /// The next line; `None` at the end of the input.
    pub(super) async fn next(&mut self) -> Option<String> {
        self.read.recv().await?.ok()
    }

    /// Asks for a line.
    pub(super) async fn ask(&mut self, question: &str, what: &'static str) -> Result<String, PromptError> {
        let mut err = io::stderr();
        let _ = write!(err, "{question}: ").and_then(|()| err.flush());
        let line = tokio::select! {
            line = self.next() => line,
            () = super::interrupted() => return Err(PromptError::Interrupted),
        };
        let line = line.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
        line.ok_or(PromptError::Nothing(what))
    }

    /// Asks for a secret without showing it.
    pub(super) async fn ask_hidden(&mut self, question: &str, what: &'static str) -> Result<SecretString, PromptError> {
        let quiet = Quiet::new();
        let answer = self.ask(question, what).await;
        drop(quiet);
        let _ = writeln!(io::stderr());
        answer.map(SecretString::from)
    }
}

/// Hides typing on the terminal until dropped.
struct Quiet {
    before: Option<Termios>,
}

impl Quiet {
    fn new() -> Self {
        let before = tcgetattr(io::stdin()).ok();
        if let Some(before) = &before {
            let mut quiet = before.clone();
            quiet.local_modes.remove(LocalModes::ECHO);
            let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &quiet);
        }
        Self { before }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

/// Whether stdin is a terminal, so that the user can be asked.
pub(super) fn somebody() -> bool {
    io::stdin().is_terminal()
}

/// A secret from a file, or from standard input if the file is `-`.
pub(super) fn secret_from(path: &Path, what: &'static str) -> Result<SecretString, PromptError> {
    /// Longer than any token.
    const LONGEST: u64 = 64 * 1024;
    let unreadable = |error| PromptError::Unreadable(path.display().to_string(), error);
    let mut text = String::new();
    if path == Path::new("-") {
        io::stdin().lock().take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    } else {
        let file = fs::File::open(path).map_err(unreadable)?;
        file.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    }
    let secret = text.trim();
    if secret.is_empty() { Err(PromptError::Nothing(what)) } else { Ok(SecretString::from(secret.to_owned())) }
}

/// A secret from the environment; an empty variable counts as not set.
pub(super) fn secret_of(variable: &str) -> Option<SecretString> {
    let value = std::env::var(variable).ok()?.trim().to_owned();
    (!value.is_empty()).then(|| SecretString::from(value))
}
