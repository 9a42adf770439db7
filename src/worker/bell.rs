//! How a process that does not lead tells the leader that there is work.
//!
//! A datagram socket in the location's folder: the leader sleeps until it is rung, instead of looking into
//! the file every second. Where it cannot be had (a path longer than a socket's name may be, a file system
//! without sockets) the leader looks.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tokio::net::UnixDatagram;

/// What a ring means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ring {
    /// There is something new in the outbox.
    Outbox,
    /// Somebody wants the contacts fresh.
    Pull,
}

/// The leader's end.
#[derive(Debug)]
pub(super) struct Bell {
    socket: Option<UnixDatagram>,
}

impl Bell {
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
    pub(super) async fn rung(&self) -> Ring {
        let Some(socket) = &self.socket else { return std::future::pending().await };
        let mut byte = [0; 1];
        match socket.recv(&mut byte).await {
            Ok(1) if byte[0] == Ring::Pull.byte() => Ring::Pull,
            Ok(_) => Ring::Outbox,
            Err(error) => {
                tracing::debug!(%error, "bell");
                std::future::pending().await
            }
        }
    }
}

impl Ring {
    fn byte(self) -> u8 {
        match self {
            Self::Outbox => b'o',
            Self::Pull => b'p',
        }
    }

    /// Rings the leader's bell, if it has one.
    pub(super) fn ring(self, path: &Path) {
        // A plain socket: tokio's would first have to hear from its reactor that it may write.
        let Ok(socket) = std::os::unix::net::UnixDatagram::unbound() else { return };
        if socket.set_nonblocking(true).is_ok() {
            let _ = socket.send_to(&[self.byte()], path);
        }
    }
}
