//! Commands that do not talk to the worker: signing in and out, and the check-up.

mod doctor;
mod listen;
mod login;
mod logout;
mod profiles;

use std::io::{self, Write as _};

use crate::cli::args::{Global, Reference};
use crate::cli::report::Report;
use crate::cli::{self, ExitStatus};
use crate::sandbox::CONTROL_HELP;

use super::AppError;

pub(super) use doctor::doctor;
pub(crate) use listen::ListenError;
pub(super) use listen::listen;
pub(super) use login::{REDIRECT, login, scopes};
pub(super) use logout::logout;
pub(super) use profiles::profiles;

/// Prints the findings of a command.
fn print(
    options: &Global,
    print: impl FnOnce(&mut Report<'_>) -> io::Result<ExitStatus>,
) -> Result<ExitStatus, AppError> {
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let mut page = Report { out: &mut out, err: &mut err, json: options.json, width: super::terminal_width() };
    print(&mut page).map_err(AppError::Print)
}

/// Prints what the program says about itself.
pub(super) fn reference(options: &Global, asked: &Reference) -> Result<ExitStatus, AppError> {
    print(options, |page| cli::print_reference(page, asked, CONTROL_HELP))
}

/// Prints a line for people on stderr.
fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
