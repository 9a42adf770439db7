//! The two ends of the channel between a front end and the worker, bounded both ways.

use tokio::sync::mpsc;

use super::{Command, Event, Ticket};

/// How many commands can wait. When it is full, a key is refused before anything is painted.
pub const COMMANDS: usize = 256;
/// How many events can wait before the worker pauses for room.
pub const EVENTS: usize = 1024;

/// The front end's end.
#[derive(Debug)]
pub struct Port {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<Event>,
    next_ticket: u64,
}

/// The worker's end.
#[derive(Debug)]
pub struct WorkerEnd {
    pub commands: mpsc::Receiver<Command>,
    pub events: mpsc::Sender<Event>,
}

/// A connected pair.
pub fn channel() -> (Port, WorkerEnd) {
    let (commands, command_end) = mpsc::channel(COMMANDS);
    let (events, event_end) = mpsc::channel(EVENTS);
    (Port { commands, events: event_end, next_ticket: 0 }, WorkerEnd { commands: command_end, events })
}

impl Port {
    /// Sends without waiting; gives the command back when the queue is full or the worker is gone.
    pub fn try_send(&self, command: Command) -> Result<(), Box<Command>> {
        self.commands.try_send(command).map_err(|error| Box::new(error.into_inner()))
    }

    /// Sends, waiting for room; `false` when the worker is gone.
    pub async fn send(&self, command: Command) -> bool {
        self.commands.send(command).await.is_ok()
    }

    /// The next event; `None` when the worker is gone.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// An event that has already arrived.
    pub fn ready(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// A ticket that this port has not used yet.
    pub fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }
}
