//! Turns the bytes of a terminal into keys, pastes and answers.
//!
//! Pure: it knows neither the terminal nor the clock. It looks at every byte once, so a burst or a large paste costs
//! linear time, and it may be given any part of a sequence at a time. What is not a key never acts as one: an answer
//! that comes late, a sequence that nobody knows, a mouse that another program left switched on.
//!
//! Sequences: ECMA-48 for their shape, xterm's "ctlseqs" for their meaning, rxvt, the Linux console, and the kitty
//! keyboard protocol for `CSI u`.

use std::collections::VecDeque;
use std::time::Duration;

use crate::config::{Key, KeyCode};

/// A lone ESC is the key Esc if nothing follows for so long.
const ESC_WAIT: Duration = Duration::from_millis(30);
/// What would go on with a sequence after ESC was taken for a key is dropped if it comes within this time.
const LATE_WAIT: Duration = Duration::from_millis(200);
/// The rest of a sequence may come so late; after that it is dropped.
const REST_WAIT: Duration = Duration::from_secs(1);
/// A sequence is longer than this only if it is none of ours.
const LONGEST: usize = 64;
const PASTE_END: &[u8] = b"\x1b[201~";

/// A whole thing that a terminal has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    Key(Key),
    Paste(String),
    Focused(bool),
    /// The background, red, green and blue from 0 to 1, in 1/65535.
    Background([u16; 3]),
    /// The terminal says what it is: it has answered all that was asked before.
    Attributes,
}

/// Where in a sequence the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ground,
    /// Inside a character of several bytes, of which so many are missing.
    Character(usize),
    Escape,
    /// After ESC ESC, which older terminals send for Alt.
    TwoEscapes,
    Csi,
    Ss3,
    /// Inside an answer that ends with BEL or ST, after this introducer.
    Answer(u8),
    AnswerEscape,
    /// `ESC [ [` of the Linux console.
    Console,
    /// Bytes of a mouse report that are still to come.
    Mouse(usize),
    Paste,
}

/// Bytes in, things out.
#[derive(Debug)]
pub(super) struct Decoder {
    state: State,
    alt: bool,
    /// An ESC was taken for a key, perhaps too early.
    late: bool,
    /// The sequence is the rest of such an ESC, and no key.
    muted: bool,
    /// The bytes of the sequence, the character or the paste that has begun.
    held: Vec<u8>,
    decoded: VecDeque<Decoded>,
}

impl Default for Decoder {
    fn default() -> Self {
        let (held, decoded) = (Vec::new(), VecDeque::new());
        Self { state: State::Ground, alt: false, late: false, muted: false, held, decoded }
    }
}

impl Decoder {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.push(byte);
        }
    }

    /// The next whole thing.
    pub(super) fn pop(&mut self) -> Option<Decoded> {
        self.decoded.pop_front()
    }

    /// How long to wait for the rest of what has begun, counted from the last byte.
    pub(super) fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Ground if self.late => Some(LATE_WAIT),
            // A paste has an end, and the rest of it must not act as keys.
            State::Ground | State::Paste => None,
            State::Escape | State::TwoEscapes => Some(ESC_WAIT),
            _ => Some(REST_WAIT),
        }
    }

    /// The rest did not come: ESC was a key, and so was Alt with an introducer. Everything else is dropped.
    pub(super) fn give_up(&mut self) {
        match self.state {
            State::Escape => self.key(Key::plain(KeyCode::Esc)),
            State::TwoEscapes => {
                self.alt = false;
                self.key(Key::plain(KeyCode::Esc));
                self.key(Key::plain(KeyCode::Esc));
            }
            State::Csi if self.held.is_empty() => self.alt_char(b'['),
            State::Ss3 if self.held.is_empty() => self.alt_char(b'O'),
            State::Answer(introducer) if self.held.is_empty() => self.alt_char(introducer),
            _ => {}
        }
        self.late = matches!(self.state, State::Escape | State::TwoEscapes);
        self.rest();
    }

    fn rest(&mut self) {
        (self.state, self.alt, self.muted) = (State::Ground, false, false);
        self.held.clear();
    }

    fn key(&mut self, key: Key) {
        if !self.muted {
            self.decoded.push_back(Decoded::Key(Key { alt: key.alt || self.alt, ..key }));
        }
    }

    fn alt_char(&mut self, byte: u8) {
        self.key(Key { alt: true, ..Key::char(char::from(byte)) });
    }

    fn hold(&mut self, byte: u8) {
        if self.held.len() < LONGEST {
            self.held.push(byte);
        }
    }

    fn begin(&mut self, state: State) {
        self.held.clear();
        self.state = state;
    }

    fn push(&mut self, byte: u8) {
        match self.state {
            State::Ground => self.ground(byte),
            State::Character(missing) => self.character(byte, missing),
            State::Escape => self.escape(byte),
            State::TwoEscapes => self.two_escapes(byte),
            State::Csi => self.csi(byte),
            State::Ss3 => self.ss3(byte),
            State::Answer(introducer) => self.answer(byte, introducer),
            State::AnswerEscape if byte == b'\\' => self.answered(),
            State::AnswerEscape => {
                self.begin(State::Escape);
                self.escape(byte);
            }
            State::Console => {
                if let (b'A'..=b'E', true) = (byte, self.held.is_empty()) {
                    self.key(Key::plain(KeyCode::F(byte - b'A' + 1)));
                }
                self.rest();
            }
            State::Mouse(1) => self.rest(),
            State::Mouse(missing) => self.state = State::Mouse(missing - 1),
            State::Paste => self.pasted(byte),
        }
    }

    fn ground(&mut self, byte: u8) {
        if std::mem::take(&mut self.late) && matches!(byte, b'[' | b'O') {
            self.muted = true;
            return self.escape(byte);
        }
        match byte {
            0x1b => return self.begin(State::Escape),
            // The control characters of eight bits are those of ESC and a letter.
            0x80..=0x9f => {
                self.begin(State::Escape);
                match byte - 0x40 {
                    introducer @ (b'[' | b'O' | b']' | b'P' | b'X' | b'^' | b'_') => self.escape(introducer),
                    _ => self.rest(),
                }
                return;
            }
            0xc2..=0xdf => return self.begin_character(byte, 1),
            0xe0..=0xef => return self.begin_character(byte, 2),
            0xf0..=0xf4 => return self.begin_character(byte, 3),
            0xa0..=0xff => {}
            _ => self.key(control_or_char(byte)),
        }
        self.rest();
    }

    fn begin_character(&mut self, byte: u8, missing: usize) {
        self.begin(State::Character(missing));
        self.hold(byte);
    }

    fn character(&mut self, byte: u8, missing: usize) {
        if !(0x80..=0xbf).contains(&byte) {
            self.rest();
            return self.ground(byte);
        }
        self.hold(byte);
        self.state = State::Character(missing - 1);
        if missing == 1 {
            if let Some(c) = str::from_utf8(&self.held).ok().and_then(|text| text.chars().next()) {
                self.key(Key::char(c));
            }
            self.rest();
        }
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            0x1b => self.state = State::TwoEscapes,
            b'[' => self.begin(State::Csi),
            b'O' => self.begin(State::Ss3),
            b']' | b'P' | b'X' | b'^' | b'_' => self.begin(State::Answer(byte)),
            _ => {
                self.alt = true;
                self.ground(byte);
            }
        }
    }

    fn two_escapes(&mut self, byte: u8) {
        match byte {
            b'[' | b'O' => {
                self.alt = true;
                self.escape(byte);
            }
            // The first of them was a key.
            _ => {
                self.key(Key::plain(KeyCode::Esc));
                self.state = State::Escape;
                self.escape(byte);
            }
        }
    }

    /// A byte that ends a sequence without being part of it.
    fn broken_off(&mut self, byte: u8) {
        self.rest();
        // CAN and SUB only cancel.
        if !matches!(byte, 0x18 | 0x1a) {
            self.ground(byte);
        }
    }

    fn csi(&mut self, byte: u8) {
        match byte {
            b'[' if self.held.is_empty() => self.begin(State::Console),
            b'M' if self.held.is_empty() => self.begin(State::Mouse(3)),
            // rxvt ends with it what was pressed with Shift; elsewhere something follows.
            b'$' if !self.held.is_empty() && self.held.iter().all(u8::is_ascii_digit) => self.finish_csi(byte),
            0x20..=0x3f => self.hold(byte),
            0x40..=0x7e => self.finish_csi(byte),
            _ => self.broken_off(byte),
        }
    }

    fn finish_csi(&mut self, last: u8) {
        if self.held == b"200" && last == b'~' {
            return self.begin(State::Paste);
        }
        let found = match (self.held.first(), last) {
            _ if self.held.len() == LONGEST => None,
            (None, b'I' | b'O') => Some(Decoded::Focused(last == b'I')),
            (Some(b'?'), b'c') => Some(Decoded::Attributes),
            (Some(b'<'..=b'?'), _) => None,
            _ => csi_key(&self.held, last).map(Decoded::Key),
        };
        match found {
            Some(Decoded::Key(key)) => self.key(key),
            Some(other) => self.decoded.push_back(other),
            None => {}
        }
        self.rest();
    }

    fn ss3(&mut self, byte: u8) {
        match byte {
            b'0'..=b'9' | b';' => self.hold(byte),
            0x20..=0x7e => {
                let modifiers = str::from_utf8(&self.held).ok().and_then(|held| held.rsplit(';').next()?.parse().ok());
                if let Some(key) = ss3_key(byte) {
                    self.key(with(key, modifiers.unwrap_or(1)));
                }
                self.rest();
            }
            _ => self.broken_off(byte),
        }
    }

    fn answer(&mut self, byte: u8, introducer: u8) {
        let is_first = self.held.is_empty();
        match byte {
            0x07 | 0x9c => self.answered(),
            0x1b => self.state = State::AnswerEscape,
            0x00..=0x1f => self.broken_off(byte),
            // No terminal begins an answer so: Alt and a character, and then this.
            _ if is_first && !begins_answer(introducer, byte) => {
                self.alt_char(introducer);
                self.broken_off(byte);
            }
            _ => self.hold(byte),
        }
    }

    fn answered(&mut self) {
        self.decoded.extend(background(&self.held).map(Decoded::Background));
        self.rest();
    }

    fn pasted(&mut self, byte: u8) {
        self.held.push(byte);
        if byte == b'~' && self.held.ends_with(PASTE_END) {
            self.held.truncate(self.held.len() - PASTE_END.len());
            let text = String::from_utf8_lossy(&self.held).into_owned();
            self.decoded.push_back(Decoded::Paste(text));
            self.rest();
            // A large paste leaves no large buffer.
            self.held.shrink_to(LONGEST);
        }
    }
}

/// A key of one byte.
fn control_or_char(byte: u8) -> Key {
    let code = match byte {
        b'\r' => KeyCode::Enter,
        b'\t' => KeyCode::Tab,
        0x7f => KeyCode::Backspace,
        0x00 => return Key { ctrl: true, ..Key::char(' ') },
        0x01..=0x1a => return Key { ctrl: true, ..Key::char(char::from(byte - 1 + b'a')) },
        0x1b..=0x1f => return Key { ctrl: true, ..Key::char(char::from(byte + 0x40)) },
        _ => KeyCode::Char(char::from(byte)),
    };
    Key::plain(code)
}

fn begins_answer(introducer: u8, byte: u8) -> bool {
    match introducer {
        b']' => byte.is_ascii_digit(),
        b'P' => byte.is_ascii_digit() || b">!+$|".contains(&byte),
        b'_' => byte == b'G',
        _ => false,
    }
}

/// A key with the modifiers of a sequence: 1, and 1 for Shift, 2 for Alt, 4 for Ctrl; some send 8 for Alt.
fn with(key: Key, modifiers: u32) -> Key {
    let held = modifiers.saturating_sub(1);
    let shift = held & 1 != 0;
    // The character itself shows whether shift was held.
    let (code, shift) = match key.code {
        KeyCode::Char(c) if shift && held & 4 == 0 => (KeyCode::Char(c.to_ascii_uppercase()), false),
        KeyCode::Char(_) => (key.code, false),
        code => (code, shift),
    };
    Key { code, shift: key.shift || shift, alt: key.alt || held & 0b1010 != 0, ctrl: key.ctrl || held & 4 != 0 }
}

fn arrow(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => return None,
    })
}

/// The key of `ESC O` and a letter: arrows, the first function keys, the keypad.
fn ss3_key(last: u8) -> Option<Key> {
    match last {
        b'a'..=b'd' => arrow(last.to_ascii_uppercase()).map(|code| Key { ctrl: true, ..Key::plain(code) }),
        b'M' => Some(Key::plain(KeyCode::Enter)),
        b'j'..=b'y' => Some(Key::char(char::from(last - 0x40))),
        _ => arrow(last).map(Key::plain),
    }
}

/// The key of `CSI`, these parameters and this last byte.
fn csi_key(held: &[u8], last: u8) -> Option<Key> {
    let held = str::from_utf8(held).ok()?;
    let mut numbers = [0_u32; 3];
    let mut kind = 1;
    for (at, part) in held.split(';').enumerate() {
        let mut parts = part.split(':');
        let number = parts.next().unwrap_or_default();
        let number = if number.is_empty() { 1 } else { number.parse().ok()? };
        *numbers.get_mut(at)? = number;
        if let (1, Some(said)) = (at, parts.next()) {
            kind = said.parse().ok()?;
        }
    }
    // Of the keyboards that report it, a key let go is none.
    if kind == 3 {
        return None;
    }
    let [first, second, third] = numbers;
    match last {
        b'~' if first == 27 => char_key(third).map(|key| with(key, second)),
        b'~' => numbered(first).map(|key| with(key, second)),
        b'^' => numbered(first).map(|key| Key { ctrl: true, ..key }),
        b'$' => numbered(first).map(|key| Key { shift: true, ..key }),
        b'@' => numbered(first).map(|key| Key { ctrl: true, shift: true, ..key }),
        b'u' => char_key(first).map(|key| with(key, second)),
        b'Z' => Some(Key { shift: true, ..Key::plain(KeyCode::Tab) }),
        b'a'..=b'd' if held.is_empty() => {
            arrow(last.to_ascii_uppercase()).map(|code| Key { shift: true, ..Key::plain(code) })
        }
        // Two numbers that do not begin with 1 are a position.
        _ if first == 1 && third == 0 => arrow(last).map(|code| with(Key::plain(code), second)),
        _ => None,
    }
}

/// The key of a code point, as `CSI u` and xterm's modifyOtherKeys name it.
fn char_key(code: u32) -> Option<Key> {
    match code {
        27 => Some(Key::plain(KeyCode::Esc)),
        8 => Some(Key::plain(KeyCode::Backspace)),
        // What Unicode leaves to private use is keys that we do not know.
        0xe000..=0xf8ff => None,
        9 | 13 | 127 => u8::try_from(code).ok().map(control_or_char),
        _ => char::from_u32(code).filter(|c| !c.is_control()).map(Key::char),
    }
}

fn numbered(number: u32) -> Option<Key> {
    let function = |n: u32| u8::try_from(n).ok().map(KeyCode::F);
    let code = match number {
        1 | 7 => KeyCode::Home,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => function(number - 10)?,
        17..=21 => function(number - 11)?,
        23 | 24 => function(number - 12)?,
        _ => return None,
    };
    Some(Key::plain(code))
}

/// The colour of an answer to `OSC 11`: `11;rgb:1e1e/1e1e/1e1e`, with one to four digits each, or `11;#1e1e1e`.
fn background(answer: &[u8]) -> Option<[u16; 3]> {
    let said = str::from_utf8(answer).ok()?.strip_prefix("11;")?;
    let digits: Vec<&str> = match said.strip_prefix('#') {
        Some(all) if all.is_ascii() && all.len().is_multiple_of(3) => {
            let one = all.len() / 3;
            (0..3).map(|at| &all[at * one..][..one]).collect()
        }
        _ => said.strip_prefix("rgba:").or_else(|| said.strip_prefix("rgb:"))?.split('/').take(3).collect(),
    };
    let scaled = |digits: &str| {
        let most = 16_u32.checked_pow(u32::try_from(digits.len()).ok()?)?.checked_sub(1).filter(|most| *most > 0)?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        u16::try_from(u64::from(value) * 65_535 / u64::from(most)).ok()
    };
    let [red, green, blue] = digits[..] else { return None };
    Some([scaled(red)?, scaled(green)?, scaled(blue)?])
}

#[cfg(test)]
mod tests;
