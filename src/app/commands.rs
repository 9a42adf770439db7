//! Commands that are not a conversation with the worker: signing in and out, and the check-up.

mod doctor;
mod listen;
mod login;
mod logout;
mod profiles;

use std::io::{self, Write as _};

use crate::cli::ExitStatus;
use crate::cli::args::Global;
use crate::cli::report::Page;

use super::StartError;

pub(super) use doctor::doctor;
pub(crate) use listen::ListenError;
pub(super) use listen::listen;
pub(super) use login::{REDIRECT, login, scopes};
pub(super) use logout::logout;
pub(super) use profiles::profiles;

/// Prints what a command found.
fn print(
    options: &Global,
    print: impl FnOnce(&mut Page<'_>) -> io::Result<ExitStatus>,
) -> Result<ExitStatus, StartError> {
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let mut page = Page { out: &mut out, err: &mut err, json: options.json, width: super::terminal_width() };
    print(&mut page).map_err(StartError::Print)
}

/// A line for people, beside the results.
fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
