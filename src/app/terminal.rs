//! The terminal: takes it over, paints on it, and gives it back as it was, however the program ends.
//!
//! The only place that names crossterm.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange, Event, EventStream,
    KeyCode as Code, KeyEvent, KeyEventKind, KeyModifiers,
};
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{execute, queue};
use futures_util::StreamExt;
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};

use crate::config::{Depth, Key, KeyCode, Theme};

use super::steady::{self, Steady};

/// An event of the terminal.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Key(Key),
    Paste(String),
    Resized {
        columns: u16,
        rows: u16,
    },
    Focused(bool),
    /// The terminal is gone.
    Closed,
}

/// The terminal while the dashboard has it.
pub(super) struct TerminalScreen {
    terminal: Terminal<Steady<CrosstermBackend<BufWriter<Stdout>>>>,
    input: Option<EventStream>,
}

/// Whether the terminal has to be given back; a panic needs to know it without the screen.
static OURS: AtomicBool = AtomicBool::new(false);

/// Buffer size: a styled frame of 300×100 fits; larger frames are flushed in parts.
const FRAME_BYTES: usize = 1 << 17;

impl TerminalScreen {
    /// Takes the terminal over.
    pub(super) fn open() -> io::Result<Self> {
        enter()?;
        let out = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        let terminal = Terminal::new(Steady(CrosstermBackend::new(out)));
        let terminal = terminal.inspect_err(|_error| restore())?;
        Ok(Self { terminal, input: Some(EventStream::new()) })
    }

    pub(super) fn size(&self) -> (u16, u16) {
        self.terminal.size().map_or((80, 24), |size| (size.width, size.height))
    }

    /// Paints a frame, which the terminal shows all at once.
    pub(super) fn draw(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if !OURS.load(Ordering::SeqCst) {
            // Another thread panicked and gave the terminal back.
            return Ok(());
        }
        queue!(self.terminal.backend_mut().0, BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| {
            paint(frame);
            steady::guard(frame.buffer_mut());
        })?;
        execute!(self.terminal.backend_mut().0, EndSynchronizedUpdate)
    }

    /// Waits for the next event of the terminal.
    pub(super) async fn next(&mut self) -> Input {
        let Some(input) = &mut self.input else { return Input::Closed };
        loop {
            match input.next().await {
                Some(Ok(event)) => {
                    if let Some(input) = understood(event) {
                        return input;
                    }
                }
                Some(Err(_)) | None => return Input::Closed,
            }
        }
    }

    /// An event of the terminal that is ready now.
    ///
    /// It polls with the waker of the waiting task: the stream keeps the first waker it gets until it has woken it, and
    /// with a waker that does nothing the next key would go unnoticed.
    pub(super) async fn ready(&mut self) -> Option<Input> {
        tokio::select! {
            biased;
            input = self.next() => Some(input),
            () = std::future::ready(()) => None,
        }
    }

    /// Copies text to the clipboard through the terminal (OSC 52), which also works over ssh.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        let out = &mut self.terminal.backend_mut().0;
        write!(out, "\x1b]52;c;{}\x07", STANDARD.encode(text))?;
        Write::flush(out)
    }

    /// Gives the terminal back for a while, to the user's editor.
    pub(super) fn leave(&mut self) {
        // The stream's thread would steal keys from the editor.
        self.input = None;
        restore();
    }

    /// Takes the terminal over again; the next frame repaints everything.
    pub(super) fn enter_again(&mut self) -> io::Result<()> {
        enter()?;
        self.input = Some(EventStream::new());
        self.terminal.clear()
    }

    /// Gives the terminal back, stops the program until `fg`, and takes the terminal over again.
    ///
    /// Stops the whole process group; otherwise a shell that waits for our parent (`cargo run`) would never get the
    /// terminal.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        self.leave();
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
        self.enter_again()
    }
}

impl Drop for TerminalScreen {
    fn drop(&mut self) {
        self.input = None;
        restore();
    }
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

/// The theme that fits this terminal. Call it before opening the screen: the answer arrives as input.
pub(super) fn theme() -> Theme {
    let depth = depth(|name| std::env::var(name).ok());
    Theme::built_in(is_light(), depth)
}

/// The number of colours, in words.
pub(super) fn depth_name() -> &'static str {
    match depth(|name| std::env::var(name).ok()) {
        Depth::None => "no colours",
        Depth::Sixteen => "16 colours",
        Depth::Indexed => "256 colours",
        Depth::True => "16 million colours",
    }
}

/// The colour depth according to the environment.
fn depth(variable: impl Fn(&str) -> Option<String>) -> Depth {
    let holds =
        |name: &str, words: &[&str]| variable(name).is_some_and(|value| words.iter().any(|word| value.contains(word)));
    if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        Depth::None
    } else if holds("COLORTERM", &["truecolor", "24bit"]) || holds("TERM", &["direct"]) {
        Depth::True
    } else if holds("TERM", &["256color", "kitty", "alacritty", "ghostty", "wezterm"]) {
        Depth::Indexed
    } else {
        Depth::Sixteen
    }
}

/// Whether the background is light; dark if the terminal does not answer quickly.
fn is_light() -> bool {
    use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};
    let mut options = QueryOptions::default();
    options.timeout = Duration::from_millis(120);
    matches!(theme_mode(options), Ok(ThemeMode::Light))
}

fn understood(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => key_of(key).map(Input::Key),
        Event::Key(_) | Event::Mouse(_) => None,
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Resize(columns, rows) => Some(Input::Resized { columns, rows }),
        Event::FocusGained => Some(Input::Focused(true)),
        Event::FocusLost => Some(Input::Focused(false)),
    }
}

fn key_of(event: KeyEvent) -> Option<Key> {
    let code = match event.code {
        Code::Char(c) => KeyCode::Char(c),
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Esc,
        Code::Tab | Code::BackTab => KeyCode::Tab,
        Code::Backspace => KeyCode::Backspace,
        Code::Delete => KeyCode::Delete,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::F(n) => KeyCode::F(n),
        _ => return None,
    };
    let held = |modifier| event.modifiers.contains(modifier);
    // The character itself shows whether shift was held.
    let shift = match event.code {
        Code::BackTab => true,
        Code::Char(_) => false,
        _ => held(KeyModifiers::SHIFT),
    };
    Some(Key { code, ctrl: held(KeyModifiers::CONTROL), alt: held(KeyModifiers::ALT), shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_what_the_environment_says() {
        for (variables, expected) in [
            (vec![("NO_COLOR", "1"), ("COLORTERM", "truecolor")], Depth::None),
            (vec![("NO_COLOR", ""), ("COLORTERM", "truecolor")], Depth::True),
            (vec![("TERM", "xterm-256color")], Depth::Indexed),
            (vec![("TERM", "xterm")], Depth::Sixteen),
            (vec![], Depth::Sixteen),
        ] {
            let lookup =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(depth(lookup), expected, "{variables:?}");
        }
    }

    #[test]
    fn keys_arrive_as_the_keymap_writes_them() {
        let key = |code, modifiers| key_of(KeyEvent::new(code, modifiers)).expect("a key");
        assert_eq!(key(Code::Char('G'), KeyModifiers::SHIFT), Key::char('G'));
        assert_eq!(key(Code::BackTab, KeyModifiers::SHIFT), "shift-tab".parse().expect("a key"));
        assert_eq!(key(Code::Char('d'), KeyModifiers::CONTROL), "ctrl-d".parse().expect("a key"));
    }
}
