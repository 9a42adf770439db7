//! Paints the sign-in screen.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::{BorderType, Clear, Widget},
};

use crate::domain::{Access, Scope};
use crate::text;

use crate::ui::connect::field::{ConnectField, ConnectFieldKind, ConnectFields};
use crate::ui::connect::{Connect, ConnectPage, WAYS};
use crate::ui::ink::cells;
use crate::ui::ink::pane::{Titles, boxed};

const WIDTH: u16 = 100;
/// Cells of the labels before the fields.
const LABEL: usize = 18;
/// More dots tell no more.
const DOTS: usize = 40;

/// The lines of a page, and where in them the text cursor belongs: line and cell.
#[derive(Default)]
struct PageLines {
    lines: Vec<Line<'static>>,
    cursor: Option<(usize, usize)>,
}

impl Connect {
    /// Paints one frame.
    pub fn view(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let width = WIDTH.min(area.width);
        let room = usize::from(width).saturating_sub(6);
        let mut page = self.page(room);
        self.state(room, &mut page);
        let height = cells(page.lines.len()).saturating_add(4).min(area.height);
        let area = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
        let buf = frame.buffer_mut();
        Clear.render(area, buf);
        let titles =
            Titles { left: Line::styled(self.title(), self.theme.title.0), below: self.keys(), ..Titles::default() };
        let inner = boxed(BorderType::Thick, self.theme.focus.0, titles, area, buf);
        for (y, line) in (inner.y.saturating_add(1)..inner.bottom()).zip(&page.lines) {
            buf.set_line(inner.x.saturating_add(2), y, line, inner.width.saturating_sub(3));
        }
        if let Some((line, cell)) = page.cursor {
            let x = inner.x.saturating_add(2).saturating_add(cells(cell)).min(inner.right().saturating_sub(1));
            let y = inner.y.saturating_add(1).saturating_add(cells(line)).min(inner.bottom().saturating_sub(1));
            frame.set_cursor_position(Position::new(x, y));
        }
    }

    fn title(&self) -> String {
        let whom = self.again.as_ref().map_or_else(String::new, |again| format!(" to {} again", text::clean(again)));
        match &self.page {
            ConnectPage::How { .. } => "Sign in".to_owned(),
            ConnectPage::Token => format!("Sign in{whom}: private integration token"),
            ConnectPage::App => format!("Sign in{whom}: your own marketplace app"),
            ConnectPage::Browser { .. } => "Sign in: allow the app in the browser".to_owned(),
            ConnectPage::Locations { .. } => "Sign in: which location".to_owned(),
            ConnectPage::Done { .. } => "Signed in".to_owned(),
        }
    }

    fn keys(&self) -> Line<'static> {
        let keys: &[(&str, &str)] = match &self.page {
            _ if self.busy.is_some() => &[("Esc", "stop")],
            ConnectPage::How { .. } => &[("j/k", "move"), ("Enter", "choose"), ("Esc", "back"), ("q", "quit")],
            ConnectPage::Token | ConnectPage::App => {
                &[("Tab", "next"), ("Space", "on/off"), ("Ctrl-S", "sign in"), ("Esc", "back")]
            }
            ConnectPage::Browser { .. } => {
                &[("Enter", "use pasted address"), ("Ctrl-O", "open again"), ("Ctrl-Y", "copy"), ("Esc", "back")]
            }
            ConnectPage::Locations { .. } => &[("j/k", "move"), ("Enter", "choose"), ("Esc", "back")],
            ConnectPage::Done { .. } => &[("Enter", "open the dashboard"), ("q", "quit")],
        };
        let mut spans = vec![Span::raw(" ")];
        for (key, what) in keys.iter().filter(|(key, _)| *key != "Space" || matches!(self.page, ConnectPage::App)) {
            spans.push(Span::styled((*key).to_owned(), self.theme.key.0));
            spans.push(Span::styled(format!(" {what}  "), self.theme.dim.0));
        }
        Line::from(spans)
    }

    fn page(&self, room: usize) -> PageLines {
        let mut page = PageLines::default();
        match &self.page {
            ConnectPage::How { cursor } => self.how(*cursor, &mut page),
            ConnectPage::Token => {
                self.say(
                    "In HighLevel, go to Settings › Private Integrations › Create new, and choose the scopes you want. \
                     The first one is enough to look around.",
                    room,
                    &mut page,
                );
                self.fields(&self.token, room, &mut page);
                page.lines.push(Line::default());
                self.scopes(None, room, &mut page);
            }
            ConnectPage::App => {
                self.say(
                    "Your own app from the HighLevel marketplace. Its portal may refuse an address on this machine: any \
                     https page of yours works, and you paste the address you end up on.",
                    room,
                    &mut page,
                );
                self.fields(&self.app, room, &mut page);
            }
            ConnectPage::Browser { url, listening, opened, note, field } => {
                self.browser(url, listening.as_deref(), *opened, note.as_deref(), field, room, &mut page);
            }
            ConnectPage::Locations { all, cursor } => {
                self.say("The app is installed in these locations of your agency:", room, &mut page);
                for (at, location) in all.iter().enumerate() {
                    let here = at == *cursor;
                    let style = if here { self.theme.title.0 } else { self.theme.text.0 };
                    page.lines.push(Line::from(vec![
                        Span::styled(if here { "▶ " } else { "  " }, self.theme.accent.0),
                        Span::styled(text::cut(&text::clean(&location.name), 44).into_owned(), style),
                        Span::styled(format!("  {}", text::clean(location.id.as_str())), self.theme.dim.0),
                    ]));
                }
            }
            ConnectPage::Done { profile, location, access } => {
                let name = text::clean(location);
                let name = if name.is_empty() { text::clean(profile) } else { name };
                page.lines.push(Line::from(vec![
                    Span::styled("✓ ", self.theme.good.0),
                    Span::styled(name.into_owned(), self.theme.title.0),
                    Span::styled(format!(", saved as profile {}", text::clean(profile)), self.theme.dim.0),
                ]));
                page.lines.push(Line::default());
                self.scopes(Some(*access), room, &mut page);
            }
        }
        page
    }

    fn how(&self, cursor: usize, page: &mut PageLines) {
        page.lines.push(Line::styled("How do you want to sign in to your sub-account?", self.theme.dim.0));
        page.lines.push(Line::default());
        for (at, (name, what)) in WAYS.iter().enumerate() {
            let here = at == cursor;
            let style = if here { self.theme.title.0 } else { self.theme.text.0 };
            page.lines.push(Line::from(vec![
                Span::styled(if here { "▶ " } else { "  " }, self.theme.accent.0),
                Span::styled((*name).to_owned(), style),
            ]));
            page.lines.push(Line::styled(format!("    {what}"), self.theme.dim.0));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of the page")]
    fn browser(
        &self,
        url: &str,
        listening: Option<&str>,
        opened: Option<bool>,
        note: Option<&str>,
        field: &ConnectField,
        room: usize,
        page: &mut PageLines,
    ) {
        let first = match opened {
            Some(true) => {
                "Your browser should be open: choose the location and allow the app. If it did not open, go to"
            }
            Some(false) => "No browser could be started. Open this address in one, choose the location, allow the app:",
            None => "Open this address in a browser, choose the location and allow the app:",
        };
        self.say(first, room, page);
        for part in chunks(url, room) {
            page.lines.push(Line::styled(part, self.theme.accent.0));
        }
        page.lines.push(Line::default());
        let next = match listening {
            Some(at) => format!("Waiting for the browser at {at}. If it cannot get there, paste the address:"),
            None => "Then paste the address of the page you ended up on:".to_owned(),
        };
        self.say(&next, room, page);
        self.entry(field, true, room, page);
        if let Some(note) = note {
            page.lines.push(Line::default());
            for line in text::wrap_words(note, room) {
                page.lines.push(Line::styled(line, self.theme.warn.0));
            }
        }
    }

    /// Quiet words, and an empty line after them.
    fn say(&self, words: &str, room: usize, page: &mut PageLines) {
        page.lines.extend(text::wrap_words(words, room).into_iter().map(|line| Line::styled(line, self.theme.dim.0)));
        page.lines.push(Line::default());
    }

    fn fields(&self, fields: &ConnectFields, room: usize, page: &mut PageLines) {
        for (at, entry) in fields.all.iter().enumerate() {
            self.entry(entry, at == fields.focus && self.busy.is_none(), room, page);
        }
    }

    fn entry(&self, entry: &ConnectField, focused: bool, room: usize, page: &mut PageLines) {
        let theme = &self.theme;
        let label = if focused { theme.title.0 } else { theme.dim.0 };
        let mut spans = vec![Span::styled(text::pad(entry.label, LABEL), label)];
        let width = room.saturating_sub(LABEL);
        let (shown, before) = match &entry.kind {
            ConnectFieldKind::Line(field) => {
                let typed = field.lines().concat();
                let before: String = typed.chars().take(field.cursor().1).collect();
                window(&typed, &before, width)
            }
            ConnectFieldKind::Hidden(field) => {
                let count = field.lines().concat().chars().count().min(DOTS);
                ("•".repeat(count), field.cursor().1.min(DOTS))
            }
            ConnectFieldKind::Toggle(on) => (if *on { "[x]".to_owned() } else { "[ ]".to_owned() }, 1),
        };
        let hint = match &entry.kind {
            ConnectFieldKind::Toggle(_) => Some(format!(" {}", entry.hint)),
            _ => shown.is_empty().then(|| entry.hint.to_owned()),
        };
        spans.push(Span::raw(shown));
        spans
            .extend(hint.map(|hint| Span::styled(text::cut(&hint, width.saturating_sub(1)).into_owned(), theme.dim.0)));
        if focused {
            page.cursor = Some((page.lines.len(), LABEL + before));
        }
        page.lines.push(Line::from(spans));
        if let Some(error) = &entry.error {
            page.lines.push(Line::styled(format!("{}✗ {error}", " ".repeat(LABEL)), theme.bad.0));
        }
    }

    /// What is running, or why it failed.
    fn state(&self, room: usize, page: &mut PageLines) {
        if let Some(busy) = self.busy {
            page.lines.insert(0, Line::default());
            page.lines.insert(0, Line::styled(format!("↻ {busy}"), self.theme.accent.0));
            page.cursor = None;
        } else if let Some(failed) = &self.failed {
            let lines = text::wrap_words(&format!("✗ {}", text::clean(failed)), room);
            let count = lines.len() + 1;
            page.lines.insert(0, Line::default());
            for line in lines.into_iter().rev() {
                page.lines.insert(0, Line::styled(line, self.theme.bad.0));
            }
            page.cursor = page.cursor.map(|(line, cell)| (line + count, cell));
        }
    }

    /// The scopes that features need, the smallest set first, with what each unlocks.
    fn scopes(&self, access: Option<Access>, room: usize, page: &mut PageLines) {
        let theme = &self.theme;
        for (scope, unlocks) in Scope::FEATURES {
            let (mark, style) = match access.map(|access| access.knows(scope)) {
                None => ("  ", theme.text.0),
                Some(Some(true)) => ("✓ ", theme.good.0),
                Some(Some(false)) => ("✗ ", theme.warn.0),
                Some(None) => ("? ", theme.dim.0),
            };
            let name = text::pad(scope.as_str(), 32);
            page.lines.push(Line::from(vec![
                Span::styled(mark, style),
                Span::styled(name, if access.is_some() { theme.text.0 } else { style }),
                Span::styled(text::cut(unlocks, room.saturating_sub(35)).into_owned(), theme.dim.0),
            ]));
        }
    }
}

/// The part of a long line around its cursor, and the cell of the cursor in it.
fn window(typed: &str, before: &str, width: usize) -> (String, usize) {
    let at = text::width(before);
    if text::width(typed) < width {
        return (typed.to_owned(), at);
    }
    // What is left of the cursor is what was typed last.
    let mut tail: Vec<char> = Vec::new();
    let mut used = 0;
    for c in before.chars().rev() {
        let wide = text::width(c.encode_utf8(&mut [0; 4]));
        if used + wide + 1 >= width {
            break;
        }
        tail.push(c);
        used += wide;
    }
    let shown: String = tail.into_iter().rev().collect();
    let rest: String = typed.chars().skip(before.chars().count()).collect();
    let rest = text::cut(&rest, width.saturating_sub(used)).into_owned();
    (shown + &rest, used)
}

/// An address in parts that fit, each of which can be seen whole.
fn chunks(text: &str, room: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(room.max(1)).map(|part| part.iter().collect()).collect()
}
