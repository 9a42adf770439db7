//! One snapshot for each state of the screen.

use ghl_tui::config::{Depth, Theme};
use ghl_tui::domain::Access;
use ghl_tui::protocol::{Event, Failure, FailureKind, Headway, SyncState};
use ghl_tui::ui::{Choice, Welcome};
use insta::assert_snapshot;
use jiff::SignedDuration;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

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
    assert_snapshot!("tasks_80x24", stage.screen());
    stage.press("z");
    assert_snapshot!("tasks_zoomed_80x24", stage.screen());
    stage.press("z g n enter");
    assert_snapshot!("reader_80x24", stage.screen());
    stage.press("esc g a");
    assert_snapshot!("appointments_80x24", stage.screen());
    stage.press("g i v");
    assert_snapshot!("all_fields_80x24", stage.screen());
}

#[test]
fn filter() {
    let mut stage = Stage::new(LARGE);
    stage.press("/");
    stage.type_text("ana");
    assert_snapshot!("filter_120x36", stage.screen());
    stage.type_text("zzz");
    assert_snapshot!("filter_nothing_120x36", stage.screen());
}

#[test]
fn composer() {
    let mut stage = Stage::new(LARGE);
    stage.press("a");
    stage.type_text("Prefers mornings");
    stage.press("enter");
    stage.type_text("and SMS");
    assert_snapshot!("composer_120x36", stage.screen());
    stage.resize(SMALL);
    assert_snapshot!("composer_80x24", stage.screen());
}

#[test]
fn help() {
    let mut stage = Stage::new(LARGE);
    stage.press("?");
    assert_snapshot!("help_120x36", stage.screen());
    stage.type_text("note");
    assert_snapshot!("help_searched_120x36", stage.screen());
}

#[test]
fn next_keys() {
    let mut stage = Stage::new(LARGE);
    stage.press("g");
    assert_snapshot!("next_keys_120x36", stage.screen());
}

#[test]
fn offline() {
    let mut stage = Stage::new(LARGE);
    let (at, retry_at) = (Some(noon() - SignedDuration::from_mins(12)), noon() + SignedDuration::from_secs(20));
    let why = "cannot reach the server: Connection refused".to_owned();
    stage.event(Event::Sync(SyncState::Offline { at, retry_at, why }));
    assert_snapshot!("offline_120x36", stage.screen());
    stage.resize(SMALL);
    assert_snapshot!("offline_80x24", stage.screen());
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
    assert_snapshot!("blocked_120x36", stage.screen());
}

#[test]
fn read_only() {
    let mut stage = Stage::new(LARGE);
    stage.event(Event::Access(Access::READ_ONLY));
    stage.press("g t x");
    assert_snapshot!("read_only_120x36", stage.screen());
}

#[test]
fn rejected() {
    for (name, size) in [("rejected_120x36", LARGE), ("rejected_80x24", SMALL)] {
        let mut stage = Stage::new(size);
        stage.press("g t x");
        let (id, edit) = stage.promise();
        stage.reject(
            id,
            edit,
            "completed must be a boolean value, and a much longer explanation than fits on one line",
        );
        assert_snapshot!(name, stage.screen());
    }
}

#[test]
fn listing() {
    let mut stage = Stage::empty(LARGE);
    assert_snapshot!("opening_120x36", stage.screen());
    stage.event(Event::Sync(SyncState::Listing(Headway { done: 1_500, total: 4_812, rate: None })));
    assert_snapshot!("listing_120x36", stage.screen());
    stage.event(Event::Sync(SyncState::Fresh { at: noon() }));
    stage.people(Vec::new());
    assert_snapshot!("empty_120x36", stage.screen());
}

#[test]
fn welcome() {
    let mut terminal = Terminal::new(TestBackend::new(100, 24)).expect("a terminal");
    let mut welcome = Welcome::new(Theme::built_in(false, Depth::True));
    terminal.draw(|frame| welcome.view(frame)).expect("a frame");
    assert_snapshot!("welcome", terminal.backend());
    assert_eq!(welcome.press("c".parse().expect("a key")), Some(Choice::Connect));
    let mut said = Welcome::new(Theme::built_in(false, Depth::True)).saying("Acme: signed out".to_owned());
    terminal.draw(|frame| said.view(frame)).expect("a frame");
    assert!(terminal.backend().to_string().contains("! Acme: signed out"));
    assert_eq!(said.press("j".parse().expect("a key")), None);
    assert_eq!(said.press("enter".parse().expect("a key")), Some(Choice::Connect));
    assert_eq!(said.press("esc".parse().expect("a key")), Some(Choice::Quit));
}
