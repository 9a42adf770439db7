//! What a start without an account shows: Demo, Connect, Quit. No network, no file.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{BorderType, Clear, Widget},
};

use crate::config::{Key, KeyCode, Theme};

use super::view::{Titles, boxed};

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Demo,
    Quit,
}

/// The screen: which line the cursor is on, and whether it tells how to connect.
#[derive(Clone, Debug)]
pub struct Welcome {
    theme: Theme,
    cursor: usize,
    page: Page,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Menu,
    Connect,
}

#[derive(Clone, Copy)]
enum Item {
    Demo,
    Connect,
    Quit,
}

const ITEMS: [(Item, char, &str, &str); 3] = [
    (Item::Demo, 'd', "Demo", "look around on 1,500 made-up contacts; nothing leaves this machine"),
    (Item::Connect, 'c', "Connect", "how to use it with your own sub-account"),
    (Item::Quit, 'q', "Quit", ""),
];

const CONNECT: [&str; 12] = [
    "In HighLevel: Settings › Private Integrations › Create new.",
    "Give it contacts.readonly, and contacts.write to make changes.",
    "locations.readonly, users.readonly and the tags, custom fields",
    "and tasks scopes add names and the task list.",
    "",
    "Then start ghl-tui with these variables set:",
    "",
    "  GHL_API_KEY      the token, pit-…",
    "  GHL_LOCATION_ID  the sub-account's id",
    "  GHL_BASE_URL     only for another server than HighLevel's",
    "",
    "Add --read-only to be sure that nothing is changed.",
];

impl Welcome {
    pub fn new(theme: Theme) -> Self {
        Self { theme, cursor: 0, page: Page::Menu }
    }

    /// Takes a key; tells the choice when it is one.
    pub fn press(&mut self, key: Key) -> Option<Choice> {
        let quits = matches!(key, Key { code: KeyCode::Char('c' | 'd'), ctrl: true, .. });
        match (self.page, key.code) {
            _ if quits => return Some(Choice::Quit),
            (Page::Connect, KeyCode::Char('q')) | (Page::Menu, KeyCode::Esc) => return Some(Choice::Quit),
            (Page::Connect, _) => self.page = Page::Menu,
            (Page::Menu, KeyCode::Down | KeyCode::Tab | KeyCode::Char('j')) => {
                self.cursor = (self.cursor + 1) % ITEMS.len();
            }
            (Page::Menu, KeyCode::Up | KeyCode::Char('k')) => {
                self.cursor = (self.cursor + ITEMS.len() - 1) % ITEMS.len();
            }
            (Page::Menu, KeyCode::Enter | KeyCode::Char(' ')) => return self.choose(self.cursor),
            (Page::Menu, KeyCode::Char(typed)) => {
                return ITEMS.iter().position(|(_, key, ..)| *key == typed).and_then(|at| self.choose(at));
            }
            (Page::Menu, _) => {}
        }
        None
    }

    fn choose(&mut self, at: usize) -> Option<Choice> {
        self.cursor = at;
        match ITEMS[at].0 {
            Item::Demo => Some(Choice::Demo),
            Item::Connect => {
                self.page = Page::Connect;
                None
            }
            Item::Quit => Some(Choice::Quit),
        }
    }

    pub fn view(&self, frame: &mut Frame<'_>) {
        let (title, lines) = match self.page {
            Page::Menu => ("ghl-tui", self.menu()),
            Page::Connect => ("Connect", self.connect()),
        };
        let area = frame.area();
        let (width, height) = (82.min(area.width), u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4));
        let height = height.min(area.height);
        let area = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
        let buf = frame.buffer_mut();
        Clear.render(area, buf);
        let titles = Titles { left: Line::styled(title, self.theme.title.0), ..Titles::default() };
        let inner = boxed(BorderType::Thick, self.theme.focus.0, titles, area, buf);
        for (y, line) in (inner.y.saturating_add(1)..inner.bottom()).zip(&lines) {
            buf.set_line(inner.x.saturating_add(2), y, line, inner.width.saturating_sub(2));
        }
    }

    fn menu(&self) -> Vec<Line<'static>> {
        let theme = &self.theme;
        let mut lines = vec![Line::styled("Contacts of a HighLevel sub-account, fast.", theme.dim.0), Line::default()];
        for (at, (_item, key, name, what)) in ITEMS.iter().enumerate() {
            let here = at == self.cursor;
            let style = if here { theme.title.0 } else { theme.text.0 };
            lines.push(Line::from(vec![
                Span::styled(if here { "▶ " } else { "  " }, theme.accent.0),
                Span::styled(format!("{key}  "), theme.key.0),
                Span::styled(format!("{name:<9}"), style),
                Span::styled(*what, theme.dim.0),
            ]));
        }
        lines.push(Line::default());
        lines.push(Line::styled("j/k move  Enter choose", theme.dim.0));
        lines
    }

    fn connect(&self) -> Vec<Line<'static>> {
        let mut lines: Vec<Line<'static>> = CONNECT.iter().map(|line| Line::raw(*line)).collect();
        lines.push(Line::default());
        lines.push(Line::styled("any key goes back  q quit", self.theme.dim.0));
        lines
    }
}
