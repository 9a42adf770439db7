//! A terminal for the program to run in: it answers what programs ask, keeps every byte, and shows the screen.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize};
use rustix::fs::OFlags;
use rustix::process::{Pid, Signal};

/// Longer than anything here may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A frame begins and ends with these: between them a terminal shows what was there before.
const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

/// A screen without its first line: the clock there goes on.
pub(crate) fn below_clock(screen: &str) -> &str {
    screen.split_once('\n').map_or("", |(_clock, rest)| rest)
}

pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    tty: Arc<Tty>,
    /// The modes of the terminal before the program touched them.
    modes: String,
}

/// What the terminal has been told, and its keyboard.
struct Tty {
    state: Mutex<State>,
    changed: Condvar,
    keyboard: Mutex<Box<dyn Write + Send>>,
}

struct State {
    /// The screen as of the last whole frame.
    parser: vt100::Parser,
    raw: Vec<u8>,
    /// So many bytes of `raw` are on the screen; the rest is a frame that is still being written.
    shown: usize,
    /// The program and all that it started have let go of the terminal.
    closed: bool,
}

impl Terminal {
    /// Starts a program in a terminal of this many columns and rows.
    pub(crate) fn start(command: CommandBuilder, (columns, rows): (u16, u16)) -> Self {
        let pair = portable_pty::native_pty_system().openpty(size(columns, rows)).expect("a pseudo-terminal");
        let modes = format!("{:?}", pair.master.get_termios());
        let reader = pair.master.try_clone_reader().expect("a reader");
        let tty = Arc::new(Tty {
            state: Mutex::new(State { parser: parser(columns, rows), raw: Vec::new(), shown: 0, closed: false }),
            changed: Condvar::new(),
            keyboard: Mutex::new(pair.master.take_writer().expect("a writer")),
        });
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let listening = tty.clone();
        std::thread::spawn(move || listening.listen(reader));
        Self { child, master: pair.master, tty, modes }
    }

    /// Presses keys, as the keymap writes them: `j`, `enter`, `ctrl-s`; separated by spaces.
    pub(crate) fn press(&self, keys: &str) {
        for key in keys.split(' ') {
            let bytes: Vec<u8> = match key {
                "enter" => b"\r".to_vec(),
                "esc" => b"\x1b".to_vec(),
                "tab" => b"\t".to_vec(),
                "space" => b" ".to_vec(),
                "down" => b"\x1b[B".to_vec(),
                "shift-tab" => b"\x1b[Z".to_vec(),
                _ => match key.strip_prefix("ctrl-") {
                    Some(letter) => letter.bytes().map(|letter| letter & 0x1f).collect(),
                    None => key.as_bytes().to_vec(),
                },
            };
            self.tty.type_in(&bytes);
        }
    }

    /// Types text into the field that has the focus.
    pub(crate) fn type_text(&self, text: &str) {
        self.type_bytes(text.as_bytes());
    }

    /// Sends bytes as a terminal would.
    pub(crate) fn type_bytes(&self, bytes: &[u8]) {
        self.tty.type_in(bytes);
    }

    /// Waits until the program has read every byte that was typed.
    pub(crate) fn wait_until_read(&self) {
        let name = self.master.tty_name().expect("a pseudo-terminal has a name");
        let flags = i32::try_from(OFlags::NOCTTY.bits()).expect("a small flag");
        let keyboard = OpenOptions::new().read(true).custom_flags(flags).open(name).expect("it opens once more");
        let deadline = Instant::now() + PATIENCE;
        while rustix::io::ioctl_fionread(&keyboard).expect("a count") > 0 {
            assert!(Instant::now() < deadline, "it does not read\n{}", self.screen());
            std::thread::yield_now();
        }
    }

    /// Forgets what is on the screen, as a terminal does that was written over.
    pub(crate) fn wipe(&self) {
        self.tty.lock().parser.process(b"\x1b[2J");
    }

    /// Waits until the screen is so.
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.tty.lock();
        loop {
            let screen = state.parser.screen().contents();
            if is_so(&screen) {
                return screen;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !state.closed, "waited for {what}; closed: {}\n{screen}", state.closed);
            state = self.tty.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until the screen says this.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait(text, |screen| screen.contains(text))
    }

    /// Presses a key that changes what is shown, and waits until it does.
    pub(crate) fn press_and_see(&self, key: &str) -> String {
        let before = self.screen();
        self.press(key);
        self.wait(&format!("{key} to be painted"), |screen| screen != before)
    }

    /// Goes down line by line, then up, until the screen is so: `is_so` says whether the cursor is where it should be.
    pub(crate) fn walk_to(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        for key in ["j", "k"] {
            loop {
                let screen = self.screen();
                if is_so(&screen) {
                    return;
                }
                self.press(key);
                // The first or the last line: nothing moves any more.
                if cursors(&self.answered()) == cursors(&screen) {
                    break;
                }
            }
        }
        panic!("never came to {what}\n{}", self.screen());
    }

    /// The screen once all keys so far are answered: keys are taken in turn, so help opens and closes after them.
    fn answered(&self) -> String {
        let is_help = |screen: &str| screen.contains("type to search");
        self.press("?");
        self.wait("the help", is_help);
        self.press("esc");
        self.wait("the help to close", |screen| !is_help(screen))
    }

    /// Leaves for the editor by `ctrl-e` and waits until the program has the terminal again.
    pub(crate) fn edit_and_return(&self) {
        let entered = || self.written().windows(8).filter(|bytes| bytes == b"\x1b[?1049h").count();
        let before = entered();
        self.press("ctrl-e");
        let deadline = Instant::now() + PATIENCE;
        while entered() == before {
            assert!(Instant::now() < deadline, "the editor does not end\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(10)); // between two looks
        }
    }

    /// Waits until nothing has been painted for more than a second: all answers are in.
    pub(crate) fn wait_until_quiet(&self) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut before = self.written().len();
        loop {
            std::thread::sleep(Duration::from_millis(1300));
            let now = self.written().len();
            if now == before {
                return self.screen();
            }
            assert!(Instant::now() < deadline, "it never rests\n{}", self.screen());
            before = now;
        }
    }

    /// Looks at every frame that is painted while `doing`, and for a while after it.
    pub(crate) fn never(&self, what: &str, is_so: impl Fn(&str) -> bool + Sync, doing: impl FnOnce(), then: Duration) {
        let (over, tty) = (Mutex::new(None::<Instant>), &self.tty);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut state = tty.lock();
                loop {
                    let screen = state.parser.screen().contents();
                    assert!(!is_so(&screen), "{what}\n{screen}");
                    if over.lock().expect("a lock").is_some_and(|at| Instant::now() >= at) {
                        return;
                    }
                    let step = Duration::from_millis(50);
                    state = tty.changed.wait_timeout(state, step).unwrap_or_else(PoisonError::into_inner).0;
                }
            });
            doing();
            *over.lock().expect("a lock") = Some(Instant::now() + then);
        });
    }

    /// Everything on the screen now.
    pub(crate) fn screen(&self) -> String {
        self.tty.lock().parser.screen().contents()
    }

    /// Every byte that the program has written so far.
    pub(crate) fn written(&self) -> Vec<u8> {
        self.tty.lock().raw.clone()
    }

    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.tty.lock().parser = parser(columns, rows);
        self.master.resize(size(columns, rows)).expect("resized");
    }

    pub(crate) fn pid(&self) -> Pid {
        let id = self.child.process_id().expect("it has been started");
        Pid::from_raw(i32::try_from(id).expect("a process id")).expect("not zero")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.pid(), signal).expect("it is there");
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }

    /// Leaves, whatever has not been sent yet, and returns the exit status.
    pub(crate) fn quit(&mut self) -> u32 {
        self.press("q");
        let deadline = Instant::now() + PATIENCE;
        loop {
            if self.child.try_wait().expect("its status").is_some() {
                return self.ended();
            }
            if self.screen().contains("not sent yet") {
                self.press("q");
                return self.ended();
            }
            assert!(Instant::now() < deadline, "it does not end\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5)); // between two looks
        }
    }

    /// Waits for the end, with the last of what was written, and returns the exit status.
    pub(crate) fn ended(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                let mut state = self.tty.lock();
                while !state.closed && Instant::now() < deadline {
                    let step = Duration::from_millis(50);
                    state = self.tty.changed.wait_timeout(state, step).unwrap_or_else(PoisonError::into_inner).0;
                }
                return status.exit_code();
            }
            assert!(Instant::now() < deadline, "it does not end\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The terminal is as it was before the program took it over.
    pub(crate) fn assert_restored(&self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left_over = self.left_over();
            if left_over.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "left behind: {left_over:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn left_over(&self) -> Vec<&'static str> {
        let state = self.tty.lock();
        let screen = state.parser.screen();
        let modes = format!("{:?}", self.master.get_termios());
        let focus = state.raw.windows(8).rfind(|bytes| bytes.starts_with(b"\x1b[?1004")).map(|bytes| bytes[7]);
        [
            (screen.alternate_screen(), "the alternate screen"),
            (screen.hide_cursor(), "a hidden cursor"),
            (screen.bracketed_paste(), "bracketed paste"),
            (focus == Some(b'h'), "focus reports"),
            (modes != self.modes, "raw mode"),
        ]
        .into_iter()
        .filter_map(|(left, what)| left.then_some(what))
        .collect()
    }
}

/// A window that can be closed while the program runs in it.
pub(crate) struct Window {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    output: Box<dyn Read + Send>,
    keyboard: Box<dyn Write + Send>,
}

impl Window {
    pub(crate) fn open(command: CommandBuilder, (columns, rows): (u16, u16)) -> Self {
        let pair = portable_pty::native_pty_system().openpty(size(columns, rows)).expect("a pseudo-terminal");
        let output = pair.master.try_clone_reader().expect("a reader");
        let keyboard = pair.master.take_writer().expect("a writer");
        let child = pair.slave.spawn_command(command).expect("the program starts");
        Self { child, master: pair.master, output, keyboard }
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).expect("it is open");
    }

    /// Reads on until the program writes this.
    pub(crate) fn read_until(&mut self, text: &str) {
        let (mut said, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
        while !said.windows(text.len()).any(|bytes| bytes == text.as_bytes()) {
            let count = self.output.read(&mut buffer).expect("it is open");
            said.extend_from_slice(&buffer[..count]);
        }
    }

    /// Closes the window, and returns the exit status of the program.
    pub(crate) fn close(self) -> u32 {
        let Self { mut child, master, output, keyboard } = self;
        drop((master, output, keyboard));
        child.wait().expect("its status").exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl State {
    /// What a program writes comes in pieces; a screen that is half a frame is one that nobody sees.
    fn show_whole_frames(&mut self) {
        let last = |mark: &[u8]| {
            // A mark may have begun in the piece before.
            let from = self.shown.saturating_sub(mark.len());
            self.raw[from..].windows(mark.len()).rposition(|bytes| bytes == mark).map(|at| from + at)
        };
        let open = last(FRAME_BEGINS).filter(|begin| last(FRAME_ENDS).is_none_or(|end| end < *begin));
        self.show(open.unwrap_or(self.raw.len()));
    }

    fn show(&mut self, until: usize) {
        if let Some(rest) = self.raw.get(self.shown..until) {
            self.parser.process(rest);
            self.shown = until;
        }
    }
}

impl Tty {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn type_in(&self, bytes: &[u8]) {
        let mut keyboard = self.keyboard.lock().unwrap_or_else(PoisonError::into_inner);
        // A program that has ended reads nothing any more; the wait that follows will say so.
        let _ = keyboard.write_all(bytes).and_then(|()| keyboard.flush());
    }

    fn listen(&self, mut reader: Box<dyn Read + Send>) {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            let said = &buffer[..count];
            {
                let mut state = self.lock();
                state.raw.extend_from_slice(said);
                state.show_whole_frames();
            }
            self.changed.notify_all();
            // Which kind of terminal is this? One that knows no more than that.
            if said.windows(3).any(|bytes| bytes == b"\x1b[c") {
                self.type_in(b"\x1b[?62c");
            }
        }
        let mut state = self.lock();
        let all = state.raw.len();
        state.show(all);
        state.closed = true;
        drop(state);
        self.changed.notify_all();
    }
}

/// Where cursors stand, each with what it stands on: other parts of the screen may change meanwhile.
fn cursors(screen: &str) -> Vec<(usize, String)> {
    let of_line = |(at, line): (usize, &str)| {
        let from = line.find('▶')?;
        Some((at, line[from..].split(['┃', '│']).next().unwrap_or_default().to_owned()))
    };
    screen.lines().enumerate().filter_map(of_line).collect()
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn parser(columns: u16, rows: u16) -> vt100::Parser {
    let some = |cells| NonZeroU16::new(cells).expect("a terminal has cells");
    vt100::Parser::new(some(rows), some(columns), 0)
}
