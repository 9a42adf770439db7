//! The screen that signs in: a private integration token, or an app of the user's own.
//!
//! Pure, as the dashboard is: keys go in, wishes come out, and what came of a wish is told. What is typed into a hidden
//! field leaves as a secret that does not print, and is shown as dots.

mod field;
mod view;

use secrecy::SecretString;

use crate::config::{Key, KeyCode, Theme};
use crate::domain::{Access, LocationId, Named};
use crate::text;

use field::{Entry, Fields};

/// What a private integration token is tried with.
#[derive(Clone, Debug)]
pub struct TokenFields {
    pub token: SecretString,
    pub location: LocationId,
    pub server: Option<String>,
}

/// What an app of the user's own is tried with.
#[derive(Clone, Debug)]
pub struct AppFields {
    pub client_id: String,
    pub client_secret: SecretString,
    pub redirect_uri: String,
    pub version_id: Option<String>,
    /// Ask for writing scopes too.
    pub writing: bool,
    /// Ask for what an agency needs.
    pub agency: bool,
    pub server: Option<String>,
}

/// Something that the screen wants done.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Try this token; answered by [`Told::Done`] or [`Told::Failed`].
    Token(TokenFields),
    /// Begin with this app; answered by [`Told::Waiting`] or [`Told::Failed`].
    App(AppFields),
    /// Open the page in the browser again.
    Browse(String),
    Copy(String),
    /// The address that the browser ended on, as somebody pasted it.
    Returned(String),
    Choose(LocationId),
    /// Give up what is under way.
    Stop,
    /// Open the account that was signed in to.
    Open,
    /// Back to where the screen was opened from.
    Leave,
    Quit,
}

/// What came of a wish.
#[derive(Clone, Debug)]
pub enum Told {
    /// It did not work: why, and what next.
    Failed(String),
    /// The page waits for the user at this address; `listening` says where the browser is waited for.
    Waiting {
        url: String,
        listening: Option<String>,
        opened: bool,
    },
    /// Something to be known while the page is waited for.
    Note(String),
    /// The agency has these locations.
    Locations(Vec<Named<LocationId>>),
    Done {
        profile: String,
        location: String,
        access: Access,
    },
}

/// What the fields hold before anything is typed.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub location: Option<String>,
    pub server: Option<String>,
    pub client_id: Option<String>,
    pub redirect_uri: Option<String>,
    pub version_id: Option<String>,
    /// The account that is signed in to again; a new one where there is none.
    pub again: Option<String>,
    /// That account is one of an app.
    pub by_app: bool,
}

/// The screen.
#[derive(Clone, Debug)]
pub struct Connect {
    theme: Theme,
    again: Option<String>,
    page: Page,
    token: Fields,
    app: Fields,
    /// What is waited for, while something is.
    busy: Option<&'static str>,
    failed: Option<String>,
}

#[derive(Clone, Debug)]
enum Page {
    How { cursor: usize },
    Token,
    App,
    Browser { url: String, listening: Option<String>, opened: bool, note: Option<String>, entry: Box<Entry> },
    Locations { all: Vec<Named<LocationId>>, cursor: usize },
    Done { profile: String, location: String, access: Access },
}

/// The ways in.
const WAYS: [(&str, &str); 2] = [
    ("Private integration token", "the natural way for a terminal: copied once, does not run out"),
    ("Your own marketplace app", "OAuth: by the browser, for one location or for those of an agency"),
];

const TOKEN: usize = 0;
const LOCATION: usize = 1;
const TOKEN_SERVER: usize = 2;

const CLIENT: usize = 0;
const SECRET: usize = 1;
const REDIRECT: usize = 2;
const VERSION: usize = 3;
const WRITING: usize = 4;
const AGENCY: usize = 5;
const APP_SERVER: usize = 6;

impl Connect {
    pub fn new(theme: Theme, known: Known) -> Self {
        let Known { location, server, client_id, redirect_uri, version_id, again, by_app } = known;
        let text = |value: Option<String>| value.unwrap_or_default();
        let server = text(server);
        let token = Fields::new(vec![
            Entry::hidden("Token", "pit-…"),
            Entry::line("Location id", "Settings › Business Profile, or in the web app's address", &text(location)),
            Entry::line("Server", "HighLevel's, unless you say otherwise", &server),
        ]);
        let app = Fields::new(vec![
            Entry::line("Client id", "of your marketplace app", &text(client_id)),
            Entry::hidden("Client secret", ""),
            Entry::line("Redirect address", "as it is registered with the app, to the letter", &text(redirect_uri)),
            Entry::line("Version id", "private apps need it", &text(version_id)),
            Entry::toggle("Make changes", "off: ask for reading scopes only", true),
            Entry::toggle("As an agency", "ask for what choosing among its locations needs", false),
            Entry::line("Server", "HighLevel's, unless you say otherwise", &server),
        ]);
        let page = match (&again, by_app) {
            (None, _) => Page::How { cursor: 0 },
            (Some(_), true) => Page::App,
            (Some(_), false) => Page::Token,
        };
        Self { theme, again, page, token, app, busy: None, failed: None }
    }

    /// Takes in what came of a wish.
    pub fn tell(&mut self, told: Told) {
        match told {
            Told::Note(text) => {
                if let Page::Browser { note, .. } = &mut self.page {
                    *note = Some(text);
                }
                return;
            }
            Told::Failed(why) => {
                self.failed = Some(why);
                // A sign-in is good once: it begins anew.
                if matches!(self.page, Page::Browser { .. } | Page::Locations { .. }) {
                    self.page = Page::App;
                }
            }
            Told::Waiting { url, listening, opened } => {
                let entry = Box::new(Entry::line("Address", "paste the address of the page you ended on", ""));
                self.page = Page::Browser { url, listening, opened, note: None, entry };
            }
            Told::Locations(all) => self.page = Page::Locations { all, cursor: 0 },
            Told::Done { profile, location, access } => {
                // What was secret is not kept longer than it is needed.
                self.token.forget();
                self.app.forget();
                self.page = Page::Done { profile, location, access };
            }
        }
        self.busy = None;
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> Option<Wish> {
        if matches!(key, Key { code: KeyCode::Char('c'), ctrl: true, .. }) {
            return Some(Wish::Quit);
        }
        if self.busy.is_some() {
            return (key.code == KeyCode::Esc).then(|| {
                self.busy = None;
                Wish::Stop
            });
        }
        match &mut self.page {
            Page::How { cursor } => match key.code {
                KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => *cursor = (*cursor + 1) % WAYS.len(),
                KeyCode::Up | KeyCode::Char('k') => *cursor = (*cursor + WAYS.len() - 1) % WAYS.len(),
                KeyCode::Enter | KeyCode::Char(' ') => {
                    self.page = if *cursor == 0 { Page::Token } else { Page::App };
                }
                KeyCode::Esc => return Some(Wish::Leave),
                KeyCode::Char('q') => return Some(Wish::Quit),
                _ => {}
            },
            Page::Token => return self.in_fields(key, Self::token_wish),
            Page::App => return self.in_fields(key, Self::app_wish),
            Page::Browser { .. } => return self.in_browser(key),
            Page::Locations { all, cursor } => match key.code {
                KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => *cursor = (*cursor + 1) % all.len().max(1),
                KeyCode::Up | KeyCode::Char('k') => *cursor = (*cursor + all.len().max(1) - 1) % all.len().max(1),
                KeyCode::Enter => {
                    let chosen = all.get(*cursor).map(|location| location.id.clone());
                    self.busy = Some("Getting the location's token…");
                    return chosen.map(Wish::Choose);
                }
                KeyCode::Esc => {
                    self.page = Page::App;
                    return Some(Wish::Stop);
                }
                _ => {}
            },
            Page::Done { .. } => match key.code {
                KeyCode::Enter | KeyCode::Char(' ') | KeyCode::Esc => return Some(Wish::Open),
                KeyCode::Char('q') => return Some(Wish::Quit),
                _ => {}
            },
        }
        None
    }

    /// Pasted text goes into the field that has the focus.
    pub fn paste(&mut self, pasted: &str) {
        if self.busy.is_some() {
            return;
        }
        let line = text::clean(pasted).trim().to_owned();
        match &mut self.page {
            Page::Token => self.token.insert(&line),
            Page::App => self.app.insert(&line),
            Page::Browser { entry, .. } => entry.insert(&line),
            Page::How { .. } | Page::Locations { .. } | Page::Done { .. } => {}
        }
    }

    fn in_fields(&mut self, key: Key, wish: fn(&mut Self) -> Option<Wish>) -> Option<Wish> {
        let fields = if matches!(self.page, Page::Token) { &mut self.token } else { &mut self.app };
        match key {
            Key { code: KeyCode::Esc, .. } => {
                self.failed = None;
                if self.again.is_some() {
                    return Some(Wish::Leave);
                }
                self.page = Page::How { cursor: usize::from(matches!(self.page, Page::App)) };
            }
            Key { code: KeyCode::Tab, shift: true, .. } | Key { code: KeyCode::Up, .. } => fields.step(false),
            Key { code: KeyCode::Tab | KeyCode::Down, .. } => fields.step(true),
            Key { code: KeyCode::Enter, .. } if !fields.is_last_needed() => fields.step(true),
            Key { code: KeyCode::Enter, .. } | Key { code: KeyCode::Char('s'), ctrl: true, .. } => return wish(self),
            key => {
                self.failed = None;
                fields.write(key);
            }
        }
        None
    }

    fn token_wish(&mut self) -> Option<Wish> {
        self.failed = None;
        let fields = &mut self.token;
        fields.need(TOKEN, "the token is needed");
        fields.need(LOCATION, "the location's id is needed");
        if fields.show_first_error() {
            return None;
        }
        self.busy = Some("Asking the server what this token may do…");
        Some(Wish::Token(TokenFields {
            token: self.token.secret(TOKEN),
            location: LocationId::new(self.token.text(LOCATION)),
            server: self.token.some(TOKEN_SERVER),
        }))
    }

    fn app_wish(&mut self) -> Option<Wish> {
        self.failed = None;
        let fields = &mut self.app;
        fields.need(CLIENT, "the client id is needed");
        fields.need(SECRET, "the client secret is needed");
        fields.need(REDIRECT, "the redirect address is needed");
        if fields.show_first_error() {
            return None;
        }
        self.busy = Some("Beginning…");
        Some(Wish::App(AppFields {
            client_id: self.app.text(CLIENT),
            client_secret: self.app.secret(SECRET),
            redirect_uri: self.app.text(REDIRECT),
            version_id: self.app.some(VERSION),
            writing: self.app.is_on(WRITING),
            agency: self.app.is_on(AGENCY),
            server: self.app.some(APP_SERVER),
        }))
    }

    fn in_browser(&mut self, key: Key) -> Option<Wish> {
        let Page::Browser { url, entry, .. } = &mut self.page else { return None };
        match key {
            Key { code: KeyCode::Esc, .. } => {
                self.page = Page::App;
                return Some(Wish::Stop);
            }
            Key { code: KeyCode::Char('o'), ctrl: true, .. } => return Some(Wish::Browse(url.clone())),
            Key { code: KeyCode::Char('y'), ctrl: true, .. } => return Some(Wish::Copy(url.clone())),
            Key { code: KeyCode::Enter, .. } => {
                let pasted = entry.text();
                if pasted.is_empty() {
                    entry.error = Some("paste the address first".to_owned());
                    return None;
                }
                self.busy = Some("Exchanging the code…");
                return Some(Wish::Returned(pasted));
            }
            key => entry.write(key),
        }
        None
    }
}
