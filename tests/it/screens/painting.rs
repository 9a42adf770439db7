//! One snapshot for each state of the screen.

use ghl_tui::config::{Depth, Theme};
use ghl_tui::domain::Access;
use ghl_tui::protocol::{Event, Failure, FailureKind, Headway, SyncState};
use ghl_tui::ui::{Welcome, WelcomeChoice};
use insta::assert_snapshot;
use jiff::SignedDuration;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::frame::album;
use super::stage::{LARGE, SMALL, Stage, noon};

#[test]
fn main() {
    assert_snapshot!("main_120x36", Stage::new(LARGE).screen());
    assert_snapshot!("main_80x24", Stage::new(SMALL).screen());
    assert_snapshot!("main_60x20", Stage::new((60, 20)).screen());
    assert_snapshot!("main_200x50", Stage::new((200, 50)).screen());
    assert_snapshot!("main_30x8", Stage::new((30, 8)).screen());
}

#[test]
fn sections() {
    let mut stage = Stage::new(SMALL);
    stage.press("g t");
    let tasks = stage.pane("[Tasks");
    stage.press("z");
    let zoomed = stage.body();
    stage.press("z g n enter");
    let reader = stage.pane("Kim Park ·");
    stage.press("esc g a");
    let appointments = stage.pane("[Appts");
    stage.press("g i v");
    let all_fields = stage.pane("[Detail");
    assert_snapshot!(
        "sections_80x24",
        album(&[
            ("tasks", tasks),
            ("tasks, zoomed", zoomed),
            ("a note in the reader", reader),
            ("appointments", appointments),
            ("all fields", all_fields)
        ])
    );
}

#[test]
fn filter() {
    let mut stage = Stage::new(LARGE);
    stage.press("/");
    stage.type_text("ana");
    let some = stage.pane("Contacts");
    stage.type_text("zzz");
    let none = format!("{}\n{}", stage.pane("Contacts"), stage.pane("Detail"));
    assert_snapshot!("filter_120x36", album(&[("some are found", some), ("nobody is found", none)]));
}

#[test]
fn composer() {
    let mut stage = Stage::new(LARGE);
    stage.press("a");
    stage.type_text("Prefers mornings");
    stage.press("enter");
    stage.type_text("and SMS");
    let large = stage.pane("Note for");
    stage.resize(SMALL);
    assert_snapshot!("composer", album(&[("120x36", large), ("80x24", stage.pane("Note for"))]));
}

#[test]
fn help() {
    let mut stage = Stage::new(LARGE);
    stage.press("?");
    let all = stage.pane("Keys");
    stage.type_text("note");
    assert_snapshot!("help_120x36", album(&[("all keys", all), ("those about notes", stage.pane("Keys"))]));
}

#[test]
fn next_keys() {
    let mut stage = Stage::new(LARGE);
    stage.press("g");
    assert_snapshot!("next_keys_120x36", stage.pane("g …"));
}

#[test]
fn offline() {
    let mut stage = Stage::new(LARGE);
    let (at, retry_at) = (Some(noon() - SignedDuration::from_mins(12)), noon() + SignedDuration::from_secs(20));
    let why = "cannot reach the server: Connection refused".to_owned();
    stage.event(Event::Sync(SyncState::Offline { at, retry_at, why }));
    let large = stage.header();
    stage.resize(SMALL);
    assert_snapshot!("offline", album(&[("120x36", large), ("80x24", stage.header())]));
}

#[test]
fn blocked() {
    let mut stage = Stage::empty(LARGE);
    let why = Failure {
        kind: FailureKind::Access,
        what: "fetch contacts".to_owned(),
        why: "the token was not accepted: Invalid JWT".to_owned(),
        next: "check GHL_API_KEY".to_owned(),
    };
    stage.event(Event::Sync(SyncState::Blocked { why }));
    assert_snapshot!("blocked_120x36", album(&[("header", stage.header()), ("panes", stage.body())]));
}

#[test]
fn read_only() {
    let mut stage = Stage::new(LARGE);
    stage.event(Event::Access(Access::READ_ONLY));
    stage.press("g t x");
    let (header, tasks, told) = (stage.header(), stage.pane("Tasks"), stage.told());
    assert_snapshot!("read_only_120x36", album(&[("header", header), ("tasks", tasks), ("told", told)]));
}

#[test]
fn rejected() {
    let mut pictures = Vec::new();
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut stage = Stage::new(size);
        stage.press("g t x");
        let (id, edit) = stage.promise();
        stage.reject(
            id,
            edit,
            "completed must be a boolean value, and a much longer explanation than fits on one line",
        );
        pictures.push((name, format!("{}\n{}", stage.header(), stage.body())));
    }
    assert_snapshot!("rejected", album(&pictures));
}

#[test]
fn listing() {
    let mut stage = Stage::empty(LARGE);
    let opening = format!("{}\n{}", stage.header(), stage.body());
    stage.event(Event::Sync(SyncState::Listing(Headway { done: 1_500, total: 4_812, rate: None })));
    let listing = format!("{}\n{}", stage.header(), stage.pane("Contacts"));
    stage.event(Event::Sync(SyncState::Fresh { at: noon() }));
    stage.people(Vec::new());
    let empty = format!("{}\n{}", stage.header(), stage.pane("Contacts"));
    assert_snapshot!(
        "listing_120x36",
        album(&[("nothing is known", opening), ("while they are listed", listing), ("there are none", empty)])
    );
}

#[test]
fn welcome() {
    let mut terminal = Terminal::new(TestBackend::new(100, 24)).expect("a terminal");
    let mut welcome = Welcome::new(Theme::built_in(false, Depth::True));
    terminal.draw(|frame| welcome.view(frame)).expect("a frame");
    assert_snapshot!("welcome", terminal.backend());
    assert_eq!(welcome.press("c".parse().expect("a key")), Some(WelcomeChoice::Connect));
    let mut said = Welcome::new(Theme::built_in(false, Depth::True)).saying("Acme: signed out".to_owned());
    terminal.draw(|frame| said.view(frame)).expect("a frame");
    assert!(terminal.backend().to_string().contains("! Acme: signed out"));
    assert_eq!(said.press("j".parse().expect("a key")), None);
    assert_eq!(said.press("enter".parse().expect("a key")), Some(WelcomeChoice::Connect));
    assert_eq!(said.press("esc".parse().expect("a key")), Some(WelcomeChoice::Quit));
}
