//! The screen that signs in, and the list of accounts.

use ghl_tui::config::{Depth, Theme};
use ghl_tui::domain::{Access, EditKind, LocationId, Named, NoteEdit, Scope, UserId};
use ghl_tui::protocol::{Command, Event};
use ghl_tui::ui::{AccountRow, Connect, ConnectDefaults, ConnectNews, ConnectRequest, Effect, Msg};
use insta::assert_snapshot;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use secrecy::ExposeSecret;

use super::frame::{self, album};
use super::stage::{LARGE, SMALL, Stage};

struct Screen {
    page: Connect,
    size: (u16, u16),
}

impl Screen {
    fn new(size: (u16, u16), known: ConnectDefaults) -> Self {
        Self { page: Connect::new(Theme::built_in(false, Depth::True), known), size }
    }

    /// Presses keys; the wish of the last one.
    fn press(&mut self, keys: &str) -> Option<ConnectRequest> {
        keys.split(' ').fold(None, |_, key| self.page.press(key.parse().expect("a key")))
    }

    fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            assert!(self.page.press(ghl_tui::config::Key::char(c)).is_none());
        }
    }

    fn buffer(&self) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).expect("a terminal");
        terminal.draw(|frame| self.page.view(frame)).expect("a frame");
        terminal.backend().buffer().clone()
    }

    fn screen(&self) -> String {
        frame::whole(&self.buffer())
    }

    /// The page that is shown, without the empty room around it.
    fn page(&self) -> String {
        frame::framed(&self.buffer(), "").unwrap_or_else(|| panic!("no page is shown\n{}", self.screen()))
    }

    #[track_caller]
    fn assert_says(&self, words: &str) {
        let screen = self.screen();
        assert!(screen.contains(words), "it does not say {words:?}\n{screen}");
    }
}

fn granted() -> Access {
    Access::READ_WRITE.of_token(["contacts.readonly", "contacts.write", "locations.readonly", "users.readonly"])
}

#[test]
fn a_token_is_typed_unseen_and_tried() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut screen = Screen::new(size, ConnectDefaults::default());
        let how = screen.page();
        assert!(screen.press("enter").is_none());
        let token = screen.page();
        assert!(screen.press("ctrl-s").is_none(), "nothing is typed yet");
        screen.assert_says("✗ enter the token");
        screen.type_text("pit-");
        screen.page.paste(" 0123\n");
        assert!(screen.press("enter").is_none(), "the location is missing");
        screen.type_text("loc1");
        assert!(!screen.screen().contains("0123") && screen.screen().contains("•••••"), "{}", screen.screen());
        let Some(ConnectRequest::Token(fields)) = screen.press("enter") else {
            panic!("nothing is tried\n{}", screen.screen())
        };
        assert_eq!((fields.token.expose_secret(), fields.location.as_str()), ("pit-0123", "loc1"));
        assert_eq!(fields.server, None);
        assert!(!format!("{fields:?} {:?}", screen.page).contains("0123"), "a secret is printed");
        screen.assert_says("Checking what this token");
        screen.type_text("ignored while it is asked");
        screen.page.tell(ConnectNews::Failed("the token was not accepted: Invalid JWT".to_owned()));
        let failed = screen.page();
        assert!(matches!(screen.press("ctrl-s"), Some(ConnectRequest::Token(_))), "what was typed is still there");
        let (profile, location) = ("Acme Dental".to_owned(), "Acme Dental".to_owned());
        screen.page.tell(ConnectNews::Done { profile, location, access: granted() });
        let pages = [("how", how), ("token", token), ("failed", failed), ("done", screen.page())];
        assert_snapshot!(format!("connect_by_token_{name}"), album(&pages));
        assert!(matches!(screen.press("enter"), Some(ConnectRequest::Open)));
        assert!(!format!("{:?}", screen.page).contains("0123"));
    }
}

#[test]
fn an_app_is_walked_through() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let known = ConnectDefaults {
            client_id: Some("abc-1".to_owned()),
            redirect_uri: Some("http://127.0.0.1:8571/callback".to_owned()),
            ..ConnectDefaults::default()
        };
        let mut screen = Screen::new(size, known);
        assert!(screen.press("j enter").is_none());
        screen.type_text("app-secret");
        let app = screen.page();
        let Some(ConnectRequest::App(fields)) = screen.press("tab tab tab space tab space ctrl-s") else {
            panic!("no begin")
        };
        assert_eq!(fields.client_secret.expose_secret(), "app-secret");
        assert_eq!((fields.writing, fields.agency), (false, true));
        let url = "https://marketplace.gohighlevel.com/v2/oauth/chooselocation?response_type=code&client_id=abc-1&\
                   redirect_uri=http%3A%2F%2F127.0.0.1%3A8571%2Fcallback&scope=contacts.readonly+locations.readonly&\
                   state=fB0sX1"
            .to_owned();
        let listening = Some("http://127.0.0.1:8571/callback".to_owned());
        screen.page.tell(ConnectNews::Waiting { url: url.clone(), listening });
        screen.page.tell(ConnectNews::Opened(false));
        assert!(screen.page().contains("No browser could be started"), "{}", screen.page());
        screen.page.tell(ConnectNews::Opened(true));
        screen.page.tell(ConnectNews::Note("Somebody came back without the check word.".to_owned()));
        let browser = screen.page();
        assert!(matches!(screen.press("ctrl-o"), Some(ConnectRequest::Browse(open)) if open == url));
        assert!(matches!(screen.press("ctrl-y"), Some(ConnectRequest::Copy(copied)) if copied == url));
        assert!(screen.press("enter").is_none(), "nothing is pasted");
        screen.page.paste("https://example.com/cb?code=c1&state=s1\n");
        assert!(matches!(screen.press("enter"), Some(ConnectRequest::Returned(text)) if text.ends_with("state=s1")));
        let named = |id: &str, name: &str| Named { id: LocationId::new(id), name: name.to_owned() };
        screen.page.tell(ConnectNews::Locations(vec![named("l1", "Acme Dental"), named("l2", "Acme\u{1b}[31m Spa")]));
        let pages = [("app", app), ("browser", browser), ("locations", screen.page())];
        assert_snapshot!(format!("connect_by_app_{name}"), album(&pages));
        assert!(matches!(screen.press("j enter"), Some(ConnectRequest::Choose(id)) if id.as_str() == "l2"));
        assert!(matches!(screen.press("esc"), Some(ConnectRequest::Stop)), "it can be given up");
        assert!(matches!(screen.press("esc"), Some(ConnectRequest::Stop)));
        screen.assert_says("Client secret");
        // Back, step by step.
        assert!(screen.press("esc").is_none());
        assert!(matches!(screen.press("esc"), Some(ConnectRequest::Leave)));
    }
}

#[test]
fn signing_in_again_begins_at_the_fields() {
    let known = ConnectDefaults {
        location: Some("loc1".to_owned()),
        server: Some("https://services.example.com".to_owned()),
        again: Some("Acme".to_owned()),
        ..ConnectDefaults::default()
    };
    let mut screen = Screen::new(LARGE, known);
    screen.assert_says("Sign in to Acme again");
    screen.type_text("pit-new");
    let Some(ConnectRequest::Token(fields)) = screen.press("enter") else {
        panic!("it is tried at once\n{}", screen.screen())
    };
    assert_eq!((fields.location.as_str(), fields.server.as_deref()), ("loc1", Some("https://services.example.com")));
    screen.page.tell(ConnectNews::Failed("no".to_owned()));
    assert!(matches!(screen.press("esc"), Some(ConnectRequest::Leave)));
}

#[test]
fn no_size_breaks_the_screen() {
    for size in [(1, 1), (20, 5), (40, 10), (60, 15), (300, 100)] {
        let mut screen = Screen::new(size, ConnectDefaults::default());
        screen.screen();
        screen.press("enter");
        screen.type_text(&"x".repeat(400));
        screen.screen();
        screen.press("esc j enter");
        screen.screen();
        let url = format!("https://example.com/{}", "y".repeat(3_000));
        screen.page.tell(ConnectNews::Waiting { url, listening: None });
        screen.page.paste(&"山".repeat(500));
        screen.screen();
    }
}

fn with_accounts(size: (u16, u16)) -> Stage {
    let row = |label: &str, location: &str, open: bool, kept: bool| AccountRow {
        label: label.to_owned(),
        location: location.to_owned(),
        open,
        kept,
    };
    Stage::with_accounts(
        size,
        vec![
            row("environment", "loc9", false, false),
            row("Acme", "Acme Dental", true, true),
            row("Spa", "Harbour\u{202e} Spa", false, true),
        ],
    )
}

#[test]
fn accounts_are_listed_and_chosen() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut stage = with_accounts(size);
        stage.press("L");
        assert_snapshot!(format!("accounts_{name}"), stage.pane("Open an account"));
        stage.type_text("spa");
        stage.press("enter");
        assert_eq!(stage.asked.pop(), Some(Effect::Switch("Spa".to_owned())));
    }
    let mut stage = with_accounts(LARGE);
    stage.press("L");
    stage.type_text("acme");
    stage.press("enter");
    stage.assert_says("This account is already open");
    assert_eq!(stage.asked.pop(), None);
    stage.press("L");
    stage.type_text("another");
    stage.press("enter");
    assert_eq!(stage.asked.pop(), Some(Effect::Connect(None)));
    stage.press("L");
    stage.type_text("again");
    stage.press("enter");
    assert_eq!(stage.asked.pop(), Some(Effect::Connect(Some("Acme".to_owned()))));
    // From the other screens as well.
    stage.press("5 L");
    stage.assert_says("Open an account");
}

#[test]
fn who_we_are_is_said_once_and_shown_as_me() {
    let mut stage = Stage::new(LARGE);
    stage.assert_says("Kim Park");
    stage.press("m i");
    stage.assert_says("Which user are you");
    stage.type_text("kim");
    stage.press("enter");
    assert_eq!(stage.sent.pop(), Some(Command::IAm(Some(UserId::new("u1")))));
    stage.event(Event::Me(Some(UserId::new("u1"))));
    assert!(!stage.screen().contains("Kim Park"), "{}", stage.screen());
    stage.line("Owner    me");
    // A note of ours bears our name.
    stage.press("a");
    stage.type_text("hello");
    stage.press("ctrl-s");
    let (_ticket, edit) = stage.applied();
    let EditKind::Note(NoteEdit::Add { note, .. }) = edit.what else { panic!("{edit:?}") };
    assert_eq!(note.author, Some(UserId::new("u1")));
}

#[test]
fn missing_scopes_are_counted_and_said_beside_what_they_disable() {
    let reading = ["contacts.readonly", "contacts.write", "locations.readonly", "users.readonly"];
    let access = Access::READ_WRITE.of_token(reading);
    let headers = [("120x36", LARGE), ("80x24", SMALL)].map(|(name, size)| {
        let mut stage = Stage::new(size);
        stage.event(Event::Access(access));
        (name, stage.header())
    });
    assert_snapshot!("scopes_missing", album(&headers));
    let mut stage = Stage::new(LARGE);
    stage.event(Event::Access(access));
    stage.assert_says("rw −9 scopes");
    for (keys, scope) in [
        ("m b", Scope::BusinessesReadonly),
        ("m w", Scope::WorkflowsReadonly),
        ("m W", Scope::WorkflowsReadonly),
        ("m c", Scope::CampaignsReadonly),
        ("g a n", Scope::EventsWrite),
    ] {
        stage.press(keys);
        stage.assert_says(scope.as_str());
        assert_eq!(stage.sent, [], "{keys}");
        stage.press("esc");
    }
    stage.event(Event::Access(access.having(Scope::EventsWrite)));
    stage.press("g a n");
    stage.assert_says(Scope::CalendarsReadonly.as_str());
    // Granted meanwhile: nothing is in the way any more.
    stage.event(Event::Access(access.having(Scope::BusinessesReadonly)));
    stage.press("g c m b");
    assert!(matches!(stage.sent.pop(), Some(Command::Names(_))), "{}", stage.screen());
    stage.take(Msg::Wake);
}
