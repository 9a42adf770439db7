//! Reads the terminal on a thread of its own, which sleeps until there are bytes and has no tick.
//!
//! It reads again only when the last bytes are taken, so a burst waits in the terminal's own queue.

use std::io::{self, PipeReader, PipeWriter, Stdin};
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::decoder::{Decoded, Decoder};

/// A terminal's queue holds no more.
const CHUNK: usize = 4096;

/// The keyboard while the dashboard has the terminal. Nobody reads the terminal once it is dropped.
pub(super) struct Keyboard {
    decoder: Decoder,
    /// When the last bytes came.
    since: Instant,
    bytes: mpsc::Receiver<Vec<u8>>,
    /// The thread, and the pipe whose end it looks out for.
    reading: Option<(PipeWriter, JoinHandle<()>)>,
}

impl Keyboard {
    pub(super) fn open() -> io::Result<Self> {
        let (over, end) = io::pipe()?;
        let (tell, bytes) = mpsc::channel(1);
        let thread = std::thread::Builder::new().name("keyboard".to_owned());
        let thread = thread
            .spawn(move || while read(&io::stdin(), &over).is_some_and(|read| tell.blocking_send(read).is_ok()) {})?;
        Ok(Self { decoder: Decoder::default(), since: Instant::now(), bytes, reading: Some((end, thread)) })
    }

    /// The next thing; `None` if the terminal is gone. Nothing is lost if this is not awaited to its end.
    pub(super) async fn next(&mut self) -> Option<Decoded> {
        loop {
            if let Some(decoded) = self.decoder.pop() {
                return Some(decoded);
            }
            let read = match self.decoder.patience() {
                Some(patience) => timeout_at(self.since + patience, self.bytes.recv()).await,
                None => Ok(self.bytes.recv().await),
            };
            self.since = Instant::now();
            match read {
                Ok(bytes) => self.decoder.feed(&bytes?),
                // It may be the program that is late, not the terminal.
                Err(_elapsed) if is_ready(&io::stdin()) => self.decoder.feed(&self.bytes.recv().await?),
                Err(_elapsed) => self.decoder.give_up(),
            }
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.bytes.close();
        while self.bytes.try_recv().is_ok() {}
        if let Some((end, thread)) = self.reading.take() {
            drop(end);
            let _ = thread.join();
        }
    }
}

/// Waits for bytes; `None` if there will be no more, or nobody wants them.
///
/// Reads only what is there: the terminal stays in blocking mode, which it shares with the shell and with our output.
fn read(tty: &Stdin, over: &PipeReader) -> Option<Vec<u8>> {
    loop {
        let mut waiting = [PollFd::new(over, PollFlags::IN), PollFd::new(tty, PollFlags::IN)];
        match poll(&mut waiting, None) {
            Err(Errno::INTR) => continue,
            Err(_error) => return None,
            Ok(_) if !waiting[0].revents().is_empty() => return None,
            Ok(_) => {}
        }
        let mut chunk = vec![0; CHUNK];
        match rustix::io::read(tty, &mut chunk) {
            Err(Errno::INTR) => {}
            // A terminal that hung up is ready for ever, and has nothing.
            Ok(0) | Err(_) => return None,
            Ok(count) => {
                chunk.truncate(count);
                return Some(chunk);
            }
        }
    }
}

fn is_ready(tty: &Stdin) -> bool {
    poll(&mut [PollFd::new(tty, PollFlags::IN)], Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
}
