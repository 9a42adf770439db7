//! How other processes tell the leader that there is work.
//!
//! A datagram socket in the location's folder: the leader sleeps until a message arrives, instead of checking the file
//! every second. Where there can be no socket (a path that is too long for one, a file system without sockets), the
//! leader checks the file.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tokio::net::UnixDatagram;

use crate::domain::ContactId;

/// The meaning of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Nudge {
    /// The outbox has new edits.
    Outbox,
    /// A process wants the contacts current.
    Pull,
    /// The server reported that these contacts changed, or one that it did not name.
    ChangeHint(Vec<ContactId>),
}

/// The longest message; a socket takes more.
const LONGEST: usize = 8 * 1024;

/// The leader's end.
#[derive(Debug)]
pub(super) struct LeaderSocket {
    socket: Option<UnixDatagram>,
}

impl LeaderSocket {
    /// Opens the socket. Only the leader may call this, so a socket already at the path is a dead leader's.
    pub(super) fn hang(path: &Path) -> Self {
        let _ = std::fs::remove_file(path);
        let socket = UnixDatagram::bind(path)
            .and_then(|socket| std::fs::set_permissions(path, Permissions::from_mode(0o600)).map(|()| socket));
        if let Err(error) = &socket {
            tracing::debug!(%error, "no bell: looking every second instead");
        }
        Self { socket: socket.ok() }
    }

    /// Whether messages can arrive.
    pub(super) fn is_hung(&self) -> bool {
        self.socket.is_some()
    }

    /// Waits for a message; forever if there is no socket.
    pub(super) async fn rung(&self) -> Nudge {
        let Some(socket) = &self.socket else { return std::future::pending().await };
        let mut bytes = vec![0; LONGEST];
        match socket.recv(&mut bytes).await {
            Ok(length) => Nudge::read(&bytes[..length]),
            Err(error) => {
                tracing::debug!(%error, "bell");
                std::future::pending().await
            }
        }
    }
}

impl Nudge {
    fn read(bytes: &[u8]) -> Self {
        match bytes.split_first() {
            Some((b'p', _)) => Self::Pull,
            Some((b'h', ids)) => {
                let ids = String::from_utf8_lossy(ids);
                Self::ChangeHint(ids.lines().map(ContactId::new).collect())
            }
            _ => Self::Outbox,
        }
    }

    /// The message as bytes; one that would be too long asks for all changes instead.
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Outbox => vec![b'o'],
            Self::Pull => vec![b'p'],
            Self::ChangeHint(ids) => {
                let ids: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
                let bytes = format!("h{}", ids.join("\n")).into_bytes();
                if bytes.len() <= LONGEST { bytes } else { Self::Pull.bytes() }
            }
        }
    }

    /// Wakes the leader, if it has a socket.
    pub(super) fn ring(&self, path: &Path) {
        // A plain socket: one of tokio's would first have to wait until its reactor reports that it is writable.
        let Ok(socket) = std::os::unix::net::UnixDatagram::unbound() else { return };
        if socket.set_nonblocking(true).is_ok() {
            let _ = socket.send_to(&self.bytes(), path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_says_what_it_was_rung_for() {
        let heard = |ids: &[&str]| Nudge::ChangeHint(ids.iter().map(|id| ContactId::new(*id)).collect());
        for ring in [Nudge::Outbox, Nudge::Pull, heard(&["a", "b"]), heard(&[])] {
            assert_eq!(Nudge::read(&ring.bytes()), ring);
        }
        let long = "x".repeat(LONGEST);
        assert_eq!(Nudge::read(&heard(&[&long]).bytes()), Nudge::Pull);
    }
}
