//! The exit statuses of commands. The numbers are a contract.

use std::process::ExitCode;

use crate::protocol::FailureKind;

/// How a command ended; later variants are worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    #[default]
    Done,
    /// No network: reads came from the cache, writes are queued.
    Network,
    NotFound,
    /// The server understood and refused.
    Rejected,
    /// Not signed in, or the token lacks a scope.
    Access,
    Failed,
    /// Wrong usage that clap cannot detect.
    Usage,
    Interrupted,
}

impl ExitStatus {
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Access => 3,
            Self::NotFound => 4,
            Self::Rejected => 5,
            Self::Network => 6,
            Self::Interrupted => 130,
        }
    }

    /// Remembers the worst of several.
    pub fn worsen(&mut self, other: Self) {
        *self = (*self).max(other);
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

impl From<FailureKind> for ExitStatus {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Access => Self::Access,
            FailureKind::NotFound => Self::NotFound,
            FailureKind::Rejected => Self::Rejected,
            FailureKind::Network => Self::Network,
            FailureKind::Local | FailureKind::Garbled => Self::Failed,
        }
    }
}
