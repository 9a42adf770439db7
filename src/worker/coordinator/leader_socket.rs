//! How a process that does not lead tells the leader that there is work.
//!
//! A datagram socket in the location's folder: the leader sleeps until it is rung, instead of looking into
//! the file every second. Where it cannot be had (a path longer than a socket's name may be, a file system
//! without sockets) the leader looks.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tokio::net::UnixDatagram;

use crate::domain::ContactId;

/// What a ring means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Nudge {
    /// There is something new in the outbox.
    Outbox,
    /// Somebody wants the contacts fresh.
    Pull,
    /// The server told that these have changed, or that somebody has whom it did not name.
    ChangeHint(Vec<ContactId>),
}

/// The longest ring; a socket takes more.
const LONGEST: usize = 8 * 1024;

/// The leader's end.
#[derive(Debug)]
pub(super) struct LeaderSocket {
    socket: Option<UnixDatagram>,
}

impl LeaderSocket {
    /// Hangs the bell; only the leader may, so what is found at the path is a dead leader's.
    pub(super) fn hang(path: &Path) -> Self {
        let _ = std::fs::remove_file(path);
        let socket = UnixDatagram::bind(path)
            .and_then(|socket| std::fs::set_permissions(path, Permissions::from_mode(0o600)).map(|()| socket));
        if let Err(error) = &socket {
            tracing::debug!(%error, "no bell: looking every second instead");
        }
        Self { socket: socket.ok() }
    }

    /// Whether rings arrive.
    pub(super) fn is_hung(&self) -> bool {
        self.socket.is_some()
    }

    /// Waits for a ring; for ever where there is no socket.
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

    /// As it is sent; what would be too long asks for all that is new.
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

    /// Rings the leader's bell, if it has one.
    pub(super) fn ring(&self, path: &Path) {
        // A plain socket: tokio's would first have to hear from its reactor that it may write.
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
