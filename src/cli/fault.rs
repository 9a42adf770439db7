//! Why a command failed: what, why, what next, and the exit status.

use crate::protocol::{Failure, FailureKind, Refused};

use super::ExitStatus;

/// A command's failure in words for people. The text may hold raw server text; clean it before printing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub(super) struct Fault {
    pub(super) status: ExitStatus,
    pub(super) what: String,
    pub(super) why: String,
    /// May be empty.
    pub(super) next: String,
    /// A later try may go better: what runs for days goes on.
    pub(super) passes: bool,
}

impl Fault {
    pub(super) fn new(status: ExitStatus, what: &str, why: impl Into<String>, next: &str) -> Self {
        Self { status, what: what.to_owned(), why: why.into(), next: next.to_owned(), passes: false }
    }

    /// The worker ended or gave an answer of the wrong kind: a bug in this program.
    pub(super) fn worker(why: &str) -> Self {
        Self::new(ExitStatus::Failed, "talk to the worker", why, "run it again with --verbose and read the log file")
    }

    /// An edit that the worker refused: nothing was stored.
    pub(super) fn refused(what: &str, why: Refused) -> Self {
        match why {
            Refused::ReadOnly(access, why) => {
                let next = if access.is_by_choice() {
                    "leave out --read-only"
                } else {
                    "sign in with a token that has this scope"
                };
                Self::new(ExitStatus::Access, what, why, next)
            }
            Refused::NotSaved(failure) => Self::from(failure),
            Refused::NothingToReverse | Refused::Irreversible(_) => {
                Self::new(ExitStatus::Failed, what, "nothing to undo", "")
            }
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        let passes = failure.kind != FailureKind::Access;
        Self { status: failure.kind.into(), what: failure.what, why: failure.why, next: failure.next, passes }
    }
}
