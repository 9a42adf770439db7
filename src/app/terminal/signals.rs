//! The signals that concern a program with a terminal.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    End {
        /// The signal, if the user should be told.
        by: Option<&'static str>,
        /// A key of the terminal sends it to everybody in front of it.
        key: bool,
    },
    /// To stop until it is continued.
    Stop,
    Continued,
    Resized,
    Nothing,
}

/// All of them, waited for at once.
#[derive(Debug)]
pub(super) struct Signals(Vec<(Told, Signal)>);

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        use rustix::process::Signal as Known;
        let end = |by| Told::End { by, key: false };
        let all = [
            (Told::Resized, Known::WINCH),
            (Told::Stop, Known::TSTP),
            (Told::Continued, Known::CONT),
            (Told::End { by: None, key: true }, Known::INT),
            (Told::End { by: Some("SIGQUIT"), key: true }, Known::QUIT),
            (end(None), Known::TERM),
            (end(None), Known::HUP),
            (end(Some("SIGUSR1")), Known::USR1),
            // A debug build crashes on it, for the tests.
            #[cfg(not(debug_assertions))]
            (end(Some("SIGUSR2")), Known::USR2),
            (end(Some("SIGABRT")), Known::ABORT),
            (end(Some("SIGALRM")), Known::ALARM),
            (end(Some("SIGVTALRM")), Known::VTALARM),
            (end(Some("SIGPROF")), Known::PROF),
            (end(Some("SIGXCPU")), Known::XCPU),
            // The write that was too much says so itself.
            (Told::Nothing, Known::XFSZ),
        ];
        all.into_iter()
            .map(|(told, known)| Ok((told, signal(SignalKind::from_raw(known.as_raw()))?)))
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// The next signal.
    pub(super) async fn next(&mut self) -> Told {
        poll_fn(|context| {
            let ready =
                self.0.iter_mut().find_map(|(told, signal)| signal.poll_recv(context).is_ready().then_some(*told));
            ready.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}
