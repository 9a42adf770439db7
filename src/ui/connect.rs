//! The screen that signs in: a private integration token, or an app of the user's own.
//!
//! Pure, as the dashboard is: keys go in, requests come out, and news of them comes back. What is typed into a hidden
//! field leaves as a secret that does not print, and is shown as dots.

mod field;
mod view;

use secrecy::SecretString;

use crate::config::{Key, KeyCode, Theme};
use crate::domain::{Access, LocationId, Named};
use crate::text;

use field::{ConnectField, ConnectFields};

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

/// Something that the screen asks for.
#[derive(Clone, Debug)]
pub enum ConnectRequest {
    /// Try this token; answered by [`ConnectNews::Done`] or [`ConnectNews::Failed`].
    Token(TokenFields),
    /// Begin with this app; answered by [`ConnectNews::Waiting`] or [`ConnectNews::Failed`].
    App(AppFields),
    /// Open the page in the browser again.
    Browse(String),
    Copy(String),
    /// The address that the browser ended on, as somebody pasted it.
    Returned(String),
    Choose(LocationId),
    /// Stop what is running.
    Stop,
    /// Open the account that was signed in to.
    Open,
    /// Back to where the screen was opened from.
    Leave,
    Quit,
}

/// What came of a request.
#[derive(Clone, Debug)]
pub enum ConnectNews {
    /// It did not work: why, and what next.
    Failed(String),
    /// The page waits for the user at this address; `listening` says where the browser is waited for.
    Waiting {
        url: String,
        listening: Option<String>,
    },
    /// Whether a browser took that address.
    Opened(bool),
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
pub struct ConnectDefaults {
    pub location: Option<String>,
    pub server: Option<String>,
    pub client_id: Option<String>,
    pub redirect_uri: Option<String>,
    pub version_id: Option<String>,
    /// The account to sign in to again; `None` for a new one.
    pub again: Option<String>,
    /// That account is one of an app.
    pub by_app: bool,
}

/// The screen.
#[derive(Clone, Debug)]
pub struct Connect {
    theme: Theme,
    again: Option<String>,
    page: ConnectPage,
    token: ConnectFields,
    app: ConnectFields,
    /// What we are waiting for.
    busy: Option<&'static str>,
    failed: Option<String>,
}

#[derive(Clone, Debug)]
enum ConnectPage {
    How {
        cursor: usize,
    },
    Token,
    App,
    Browser {
        url: String,
        listening: Option<String>,
        opened: Option<bool>,
        note: Option<String>,
        field: Box<ConnectField>,
    },
    Locations {
        all: Vec<Named<LocationId>>,
        cursor: usize,
    },
    Done {
        profile: String,
        location: String,
        access: Access,
    },
}

/// The ways in.
const WAYS: [(&str, &str); 2] = [
    ("Private integration token", "recommended: paste once, never expires"),
    ("Your own marketplace app", "OAuth in the browser, for one location or an agency"),
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
    pub fn new(theme: Theme, known: ConnectDefaults) -> Self {
        let ConnectDefaults { location, server, client_id, redirect_uri, version_id, again, by_app } = known;
        let text = |value: Option<String>| value.unwrap_or_default();
        let server = text(server);
        let token = ConnectFields::new(vec![
            ConnectField::hidden("Token", "pit-…"),
            ConnectField::line(
                "Location ID",
                "Settings › Business Profile, or in the web app's address",
                &text(location),
            ),
            ConnectField::line("Server", "optional, HighLevel's by default", &server),
        ]);
        let app = ConnectFields::new(vec![
            ConnectField::line("Client ID", "of your marketplace app", &text(client_id)),
            ConnectField::hidden("Client secret", ""),
            ConnectField::line("Redirect address", "exactly as registered with the app", &text(redirect_uri)),
            ConnectField::line("Version ID", "for private apps only", &text(version_id)),
            ConnectField::toggle("Make changes", "off: ask for read-only scopes", true),
            ConnectField::toggle("As an agency", "also ask for the scopes to list its locations", false),
            ConnectField::line("Server", "optional, HighLevel's by default", &server),
        ]);
        let page = match (&again, by_app) {
            (None, _) => ConnectPage::How { cursor: 0 },
            (Some(_), true) => ConnectPage::App,
            (Some(_), false) => ConnectPage::Token,
        };
        Self { theme, again, page, token, app, busy: None, failed: None }
    }

    /// Takes in what came of a request.
    pub fn tell(&mut self, told: ConnectNews) {
        match told {
            ConnectNews::Note(text) => {
                if let ConnectPage::Browser { note, .. } = &mut self.page {
                    *note = Some(text);
                }
                return;
            }
            ConnectNews::Failed(why) => {
                self.failed = Some(why);
                // A sign-in works once: start over.
                if matches!(self.page, ConnectPage::Browser { .. } | ConnectPage::Locations { .. }) {
                    self.page = ConnectPage::App;
                }
            }
            ConnectNews::Opened(now) => {
                if let ConnectPage::Browser { opened, note, .. } = &mut self.page {
                    if (*opened, now) == (Some(true), true) {
                        *note = Some("Opened again.".to_owned());
                    }
                    *opened = Some(now);
                }
                return;
            }
            ConnectNews::Waiting { url, listening } => {
                let field =
                    Box::new(ConnectField::line("Address", "paste the address of the page you ended up on", ""));
                self.page = ConnectPage::Browser { url, listening, opened: None, note: None, field };
            }
            ConnectNews::Locations(all) => self.page = ConnectPage::Locations { all, cursor: 0 },
            ConnectNews::Done { profile, location, access } => {
                // What was secret is not kept longer than it is needed.
                self.token.forget();
                self.app.forget();
                self.page = ConnectPage::Done { profile, location, access };
            }
        }
        self.busy = None;
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> Option<ConnectRequest> {
        if matches!(key, Key { code: KeyCode::Char('c'), ctrl: true, .. }) {
            return Some(ConnectRequest::Quit);
        }
        if self.busy.is_some() {
            return (key.code == KeyCode::Esc).then(|| {
                self.busy = None;
                ConnectRequest::Stop
            });
        }
        match &mut self.page {
            ConnectPage::How { cursor } => match key.code {
                KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => *cursor = (*cursor + 1) % WAYS.len(),
                KeyCode::Up | KeyCode::Char('k') => *cursor = (*cursor + WAYS.len() - 1) % WAYS.len(),
                KeyCode::Enter | KeyCode::Char(' ') => {
                    self.page = if *cursor == 0 { ConnectPage::Token } else { ConnectPage::App };
                }
                KeyCode::Esc => return Some(ConnectRequest::Leave),
                KeyCode::Char('q') => return Some(ConnectRequest::Quit),
                _ => {}
            },
            ConnectPage::Token => return self.in_fields(key, Self::token_request),
            ConnectPage::App => return self.in_fields(key, Self::app_request),
            ConnectPage::Browser { .. } => return self.in_browser(key),
            ConnectPage::Locations { all, cursor } => match key.code {
                KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => *cursor = (*cursor + 1) % all.len().max(1),
                KeyCode::Up | KeyCode::Char('k') => *cursor = (*cursor + all.len().max(1) - 1) % all.len().max(1),
                KeyCode::Enter => {
                    let chosen = all.get(*cursor).map(|location| location.id.clone());
                    self.busy = Some("Getting the location's token…");
                    return chosen.map(ConnectRequest::Choose);
                }
                KeyCode::Esc => {
                    self.page = ConnectPage::App;
                    return Some(ConnectRequest::Stop);
                }
                _ => {}
            },
            ConnectPage::Done { .. } => match key.code {
                KeyCode::Enter | KeyCode::Char(' ') | KeyCode::Esc => return Some(ConnectRequest::Open),
                KeyCode::Char('q') => return Some(ConnectRequest::Quit),
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
            ConnectPage::Token => self.token.insert(&line),
            ConnectPage::App => self.app.insert(&line),
            ConnectPage::Browser { field, .. } => field.insert(&line),
            ConnectPage::How { .. } | ConnectPage::Locations { .. } | ConnectPage::Done { .. } => {}
        }
    }

    fn in_fields(&mut self, key: Key, request: fn(&mut Self) -> Option<ConnectRequest>) -> Option<ConnectRequest> {
        let fields = if matches!(self.page, ConnectPage::Token) { &mut self.token } else { &mut self.app };
        match key {
            Key { code: KeyCode::Esc, .. } => {
                self.failed = None;
                if self.again.is_some() {
                    return Some(ConnectRequest::Leave);
                }
                self.page = ConnectPage::How { cursor: usize::from(matches!(self.page, ConnectPage::App)) };
            }
            Key { code: KeyCode::Tab, shift: true, .. } | Key { code: KeyCode::Up, .. } => fields.step(false),
            Key { code: KeyCode::Tab | KeyCode::Down, .. } => fields.step(true),
            Key { code: KeyCode::Enter, .. } if !fields.is_last_needed() => fields.step(true),
            Key { code: KeyCode::Enter, .. } | Key { code: KeyCode::Char('s'), ctrl: true, .. } => {
                return request(self);
            }
            key => {
                self.failed = None;
                fields.write(key);
            }
        }
        None
    }

    fn token_request(&mut self) -> Option<ConnectRequest> {
        self.failed = None;
        let fields = &mut self.token;
        fields.need(TOKEN, "enter the token");
        fields.need(LOCATION, "enter the location ID");
        if fields.show_first_error() {
            return None;
        }
        self.busy = Some("Checking what this token can do…");
        Some(ConnectRequest::Token(TokenFields {
            token: self.token.secret(TOKEN),
            location: LocationId::new(self.token.text(LOCATION)),
            server: self.token.some(TOKEN_SERVER),
        }))
    }

    fn app_request(&mut self) -> Option<ConnectRequest> {
        self.failed = None;
        let fields = &mut self.app;
        fields.need(CLIENT, "enter the client ID");
        fields.need(SECRET, "enter the client secret");
        fields.need(REDIRECT, "enter the redirect address");
        if fields.show_first_error() {
            return None;
        }
        self.busy = Some("Starting…");
        Some(ConnectRequest::App(AppFields {
            client_id: self.app.text(CLIENT),
            client_secret: self.app.secret(SECRET),
            redirect_uri: self.app.text(REDIRECT),
            version_id: self.app.some(VERSION),
            writing: self.app.is_on(WRITING),
            agency: self.app.is_on(AGENCY),
            server: self.app.some(APP_SERVER),
        }))
    }

    fn in_browser(&mut self, key: Key) -> Option<ConnectRequest> {
        let ConnectPage::Browser { url, field, .. } = &mut self.page else { return None };
        match key {
            Key { code: KeyCode::Esc, .. } => {
                self.page = ConnectPage::App;
                return Some(ConnectRequest::Stop);
            }
            Key { code: KeyCode::Char('o'), ctrl: true, .. } => return Some(ConnectRequest::Browse(url.clone())),
            Key { code: KeyCode::Char('y'), ctrl: true, .. } => return Some(ConnectRequest::Copy(url.clone())),
            Key { code: KeyCode::Enter, .. } => {
                let pasted = field.text();
                if pasted.is_empty() {
                    field.error = Some("paste the address first".to_owned());
                    return None;
                }
                self.busy = Some("Exchanging the code…");
                return Some(ConnectRequest::Returned(pasted));
            }
            key => field.write(key),
        }
        None
    }
}
