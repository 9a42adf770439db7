//! What a start without an account shows: Demo, Connect, Quit. No network, no file.

use crate::ui::ink::pane::{Titles, boxed};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{BorderType, Clear, Widget},
};

use crate::config::{Key, KeyCode, Theme};
use crate::text;

/// What was chosen on the welcome screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WelcomeChoice {
    Demo,
    Connect,
    Quit,
}

/// The screen: which line the cursor is on, and what is said above it.
#[derive(Clone, Debug)]
pub struct Welcome {
    theme: Theme,
    cursor: usize,
    said: Option<String>,
}

const ITEMS: [(WelcomeChoice, char, &str, &str); 3] = [
    (WelcomeChoice::Demo, 'd', "Demo", "1,500 made-up contacts; nothing leaves this machine"),
    (WelcomeChoice::Connect, 'c', "Connect", "sign in to your own sub-account"),
    (WelcomeChoice::Quit, 'q', "Quit", ""),
];

impl Welcome {
    pub fn new(theme: Theme) -> Self {
        Self { theme, cursor: 0, said: None }
    }

    /// With something the user should know, such as why an account could not be opened.
    #[must_use]
    pub fn saying(self, said: String) -> Self {
        Self { said: Some(said), ..self }
    }

    /// Takes a key; tells the choice when it is one.
    pub fn press(&mut self, key: Key) -> Option<WelcomeChoice> {
        match key.code {
            KeyCode::Char('c' | 'd') if key.ctrl => return Some(WelcomeChoice::Quit),
            KeyCode::Esc => return Some(WelcomeChoice::Quit),
            KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => self.cursor = (self.cursor + 1) % ITEMS.len(),
            KeyCode::Up | KeyCode::Char('k') => self.cursor = (self.cursor + ITEMS.len() - 1) % ITEMS.len(),
            KeyCode::Enter | KeyCode::Char(' ') => return Some(self.choose(self.cursor)),
            KeyCode::Char(typed) => {
                return ITEMS.iter().position(|(_, key, ..)| *key == typed).map(|at| self.choose(at));
            }
            _ => {}
        }
        None
    }

    fn choose(&mut self, at: usize) -> WelcomeChoice {
        self.cursor = at;
        ITEMS[at].0
    }

    pub fn view(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let width = 82.min(area.width);
        let lines = self.menu(usize::from(width).saturating_sub(6));
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4).min(area.height);
        let area = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
        let buf = frame.buffer_mut();
        Clear.render(area, buf);
        let titles = Titles { left: Line::styled("ghl-tui", self.theme.title.0), ..Titles::default() };
        let inner = boxed(BorderType::Thick, self.theme.focus.0, titles, area, buf);
        for (y, line) in (inner.y.saturating_add(1)..inner.bottom()).zip(&lines) {
            buf.set_line(inner.x.saturating_add(2), y, line, inner.width.saturating_sub(2));
        }
    }

    fn menu(&self, room: usize) -> Vec<Line<'static>> {
        let theme = &self.theme;
        let mut lines = Vec::new();
        if let Some(said) = &self.said {
            let said = text::wrap_words(&format!("! {}", text::clean(said)), room);
            lines.extend(said.into_iter().map(|line| Line::styled(line, theme.warn.0)));
            lines.push(Line::default());
        }
        lines.extend([Line::styled("Your HighLevel contacts, fast.", theme.dim.0), Line::default()]);
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
}
