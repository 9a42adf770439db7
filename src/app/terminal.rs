//! The terminal: takes it over, paints on it, and gives it back as it was, however the program ends.
//!
//! The only place that names crossterm, which paints and switches modes. It does not read: its event source stops after
//! 1,024 bytes of a burst, and takes late answers and sequences that come in two parts for keys.

mod colours;
mod decoder;
mod keyboard;
mod signals;

use std::collections::VecDeque;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::style::Print;
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};
use rustix::io::Errno;
use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
use rustix::termios::{QueueSelector, tcflush};
use tokio::time::{Instant, timeout_at};

use crate::config::{Key, Theme};

use super::steady::{self, Steady};
pub(super) use colours::depth_name;
use decoder::Decoded;
use keyboard::Keyboard;
use signals::{Signals, Told};

/// An event of the terminal, or a signal that came from it.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Key(Key),
    Paste(String),
    Resized {
        columns: u16,
        rows: u16,
    },
    Focused(bool),
    /// The terminal is gone, or a signal asks to end.
    Closed,
}

/// How long a terminal may take to say which background it has.
const ANSWER_WAIT: Duration = Duration::from_millis(120);
/// Buffer size: a styled frame of 300×100 fits; larger frames are flushed in parts.
const FRAME_BYTES: usize = 1 << 17;

/// Whether the terminal has to be given back; a panic needs to know it without the screen.
static OURS: AtomicBool = AtomicBool::new(false);

/// The terminal while the dashboard has it.
pub(super) struct TerminalScreen {
    terminal: Terminal<Steady<CrosstermBackend<BufWriter<Stdout>>>>,
    /// None while the user's editor has the terminal.
    keyboard: Option<Keyboard>,
    signals: Signals,
    /// What was typed before the first frame.
    early: VecDeque<Decoded>,
    background: Option<[u16; 3]>,
    /// What the terminal shows may not be what was painted last.
    stale: bool,
    /// The program stopped itself, and the signal that goes on with it is still to come.
    stopped: bool,
    gone: bool,
    ended_by: Option<&'static str>,
}

impl TerminalScreen {
    /// Takes the terminal over, and asks it for its background.
    pub(super) async fn open() -> io::Result<Self> {
        // What can fail comes before the terminal is touched.
        let (signals, keyboard) = (Signals::new()?, Keyboard::open()?);
        let out = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        let terminal = Terminal::new(Steady(CrosstermBackend::new(out)))?;
        enter()?;
        let mut screen = Self {
            terminal,
            keyboard: Some(keyboard),
            signals,
            early: VecDeque::new(),
            background: None,
            stale: true,
            stopped: false,
            gone: false,
            ended_by: None,
        };
        screen.ask().await?;
        Ok(screen)
    }

    /// Asks for the background. What a slow terminal answers later is no key: see [`decoder`].
    async fn ask(&mut self) -> io::Result<()> {
        let Some(keyboard) = self.keyboard.as_mut().filter(|_| colours::is_asked()) else { return Ok(()) };
        execute!(io::stdout(), Print(colours::QUESTION))?;
        let deadline = Instant::now() + ANSWER_WAIT;
        while let Ok(Some(decoded)) = timeout_at(deadline, keyboard.next()).await {
            match decoded {
                Decoded::Background(background) => self.background = Some(background),
                Decoded::Attributes => break,
                decoded => self.early.push_back(decoded),
            }
        }
        Ok(())
    }

    /// The theme that fits this terminal.
    pub(super) fn theme(&self) -> Theme {
        colours::theme(self.background)
    }

    pub(super) fn size(&self) -> (u16, u16) {
        self.terminal.size().map_or((80, 24), |size| (size.width, size.height))
    }

    /// Why the program ends, if a signal asked for it that needs an explanation.
    pub(super) fn ended_by(&self) -> Option<&'static str> {
        self.ended_by
    }

    /// Paints a frame, which the terminal shows all at once.
    pub(super) fn draw(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if !OURS.load(Ordering::SeqCst) {
            // Another thread panicked and gave the terminal back.
            return Ok(());
        }
        let painted = self.paint(paint);
        self.unless_gone(painted)
    }

    fn paint(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.terminal.backend_mut().0, BeginSynchronizedUpdate)?;
        if self.stale {
            self.terminal.clear()?;
        }
        self.terminal.draw(|frame| {
            paint(frame);
            steady::guard(frame.buffer_mut());
        })?;
        self.stale = false;
        execute!(self.terminal.backend_mut().0, EndSynchronizedUpdate)
    }

    /// The next frame repaints everything.
    pub(super) fn repaint(&mut self) {
        self.stale = true;
    }

    /// A terminal that is gone is no error: its window was closed, and the next input says so.
    fn unless_gone(&mut self, done: io::Result<()>) -> io::Result<()> {
        let is_gone = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe || is_hang_up(error);
        done.or_else(|error| {
            self.gone |= is_gone(&error);
            if self.gone { Ok(()) } else { Err(error) }
        })
    }

    /// Waits for the next event of the terminal. While the user's editor has it, only the end comes.
    pub(super) async fn next(&mut self) -> Input {
        loop {
            if self.gone {
                return Input::Closed;
            }
            if let Some(input) = self.early.pop_front().and_then(understood) {
                return input;
            }
            let input = tokio::select! {
                biased;
                told = self.signals.next() => self.told(told),
                typed = typed(&mut self.keyboard) => {
                    self.gone |= typed.is_none();
                    typed.and_then(understood)
                }
            };
            if let Some(input) = input {
                return input;
            }
        }
    }

    /// An event of the terminal that is ready now.
    ///
    /// It polls with the waker of the waiting task: with a waker that does nothing the next key would go unnoticed.
    pub(super) async fn ready(&mut self) -> Option<Input> {
        tokio::select! {
            biased;
            input = self.next() => Some(input),
            () = std::future::ready(()) => None,
        }
    }

    /// Does what a signal is about.
    fn told(&mut self, told: Told) -> Option<Input> {
        let is_away = self.keyboard.is_none();
        match told {
            Told::Nothing => None,
            // Ctrl-C and Ctrl-\ belong to whoever has the terminal.
            Told::End { key: true, .. } | Told::Resized | Told::Continued if is_away => None,
            Told::End { by, .. } => {
                self.ended_by = by;
                Some(Input::Closed)
            }
            Told::Stop if is_away => {
                // The editor stops too, and has given the terminal back itself.
                let _ = kill_process(getpid(), Signal::STOP);
                None
            }
            Told::Continued if std::mem::take(&mut self.stopped) => None,
            Told::Resized => Some(self.resized()),
            Told::Stop => {
                let stopped = self.suspend();
                Some(stopped.map_or(Input::Closed, |()| self.resized()))
            }
            // Stopped without being asked, and nobody knows what the terminal has been through.
            Told::Continued => {
                restore();
                Some(enter().map_or(Input::Closed, |()| self.resized()))
            }
        }
    }

    /// The terminal has a size of its own again, and shows anything: also if the size is the same as before.
    fn resized(&mut self) -> Input {
        self.stale = true;
        let (columns, rows) = self.size();
        Input::Resized { columns, rows }
    }

    /// Copies text to the clipboard through the terminal (OSC 52), which also works over ssh.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        let out = &mut self.terminal.backend_mut().0;
        let copied = write!(out, "\x1b]52;c;{}\x07", STANDARD.encode(text)).and_then(|()| Write::flush(out));
        self.unless_gone(copied)
    }

    /// Gives the terminal back for a while, to the user's editor, with all keys that are typed from now on.
    pub(super) fn leave(&mut self) {
        self.keyboard = None;
        self.early.clear();
        restore();
    }

    /// Takes the terminal over again. What was typed and not read was meant for the editor.
    pub(super) fn enter_again(&mut self) -> io::Result<()> {
        let flushed = tcflush(io::stdin(), QueueSelector::IFlush).map_err(io::Error::from);
        let entered = flushed.and_then(|()| self.enter());
        self.unless_gone(entered)
    }

    fn enter(&mut self) -> io::Result<()> {
        enter()?;
        self.keyboard = Some(Keyboard::open()?);
        self.stale = true;
        Ok(())
    }

    /// Gives the terminal back, stops the program until `fg`, and takes the terminal over again.
    ///
    /// Stops the whole process group; otherwise a shell that waits for our parent (`cargo run`) would never get the
    /// terminal.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        self.leave();
        self.stopped = true;
        kill_current_process_group(Signal::STOP)?;
        let entered = self.enter();
        self.unless_gone(entered)
    }
}

impl Drop for TerminalScreen {
    fn drop(&mut self) {
        self.keyboard = None;
        restore();
    }
}

/// What the keyboard says next; nothing while the terminal is someone else's.
async fn typed(keyboard: &mut Option<Keyboard>) -> Option<Decoded> {
    match keyboard {
        Some(keyboard) => keyboard.next().await,
        None => std::future::pending().await,
    }
}

/// The error of a terminal whose other side is closed.
fn is_hang_up(error: &io::Error) -> bool {
    let code = error.raw_os_error();
    [Errno::IO, Errno::NXIO, Errno::NOTTY, Errno::BADF].into_iter().any(|gone| code == Some(gone.raw_os_error()))
}

fn enter() -> io::Result<()> {
    OURS.store(true, Ordering::SeqCst);
    let entered = terminal::enable_raw_mode()
        .and_then(|()| execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange, Hide));
    entered.inspect_err(|_error| restore())
}

/// Gives the terminal back as it was; does nothing if we do not have it.
pub(super) fn restore() {
    if OURS.swap(false, Ordering::SeqCst) {
        give_back();
    }
}

/// Gives the terminal back while another thread may be painting: after the first call no frame begins, and by the
/// second call the running one is over.
pub(super) fn restore_in_panic(meanwhile: impl FnOnce()) {
    let was_ours = OURS.swap(false, Ordering::SeqCst);
    if was_ours {
        give_back();
    }
    meanwhile();
    if was_ours {
        give_back();
    }
}

fn give_back() {
    let mut out = io::stdout();
    let _ = execute!(out, EndSynchronizedUpdate, DisableFocusChange, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = terminal::disable_raw_mode();
}

/// Whether a dashboard can be shown at all.
pub(super) fn is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Whether the terminal says of itself that it can show lines only.
pub(super) fn is_dumb() -> bool {
    std::env::var("TERM").is_ok_and(|term| term == "dumb")
}

fn understood(decoded: Decoded) -> Option<Input> {
    match decoded {
        Decoded::Key(key) => Some(Input::Key(key)),
        Decoded::Paste(text) => Some(Input::Paste(text)),
        Decoded::Focused(focused) => Some(Input::Focused(focused)),
        // Too late: the screen is painted.
        Decoded::Background(_) | Decoded::Attributes => None,
    }
}
