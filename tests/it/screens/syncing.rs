//! How far a sync has come, and pausing it.

use ghl_tui::protocol::{Command, Event, Headway, SyncState};
use jiff::SignedDuration;

use super::stage::{LARGE, SMALL, Stage, noon};

const NARROW: (u16, u16) = (50, 20);

const UNDER_WAY: Headway = Headway { done: 37_500, total: 100_000, rate: Some(4_870) };

/// The first line of the screen.
fn header(stage: &Stage) -> String {
    stage.screen().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_listing_says_how_far_how_fast_and_how_long() {
    let mut stage = Stage::new(LARGE);
    stage.event(Event::Sync(SyncState::Listing(UNDER_WAY)));
    let said = header(&stage);
    assert!(said.contains("37,500/100,000 · 4,870/s · 13s left"), "{said}");
    stage.resize(SMALL);
    let said = header(&stage);
    assert!(said.contains("37,500/100,000 · 4,870/s · 13s left"), "{said}");
    stage.resize(NARROW);
    let said = header(&stage);
    assert!(said.contains("37,500/100,000 · 13s"), "{said}");
    // Nothing is claimed where nothing is known, nor where nothing comes.
    for rate in [None, Some(0)] {
        stage.event(Event::Sync(SyncState::Listing(Headway { rate, ..UNDER_WAY })));
        let said = header(&stage);
        assert!(said.contains("37,500/100,000") && !said.contains("13s"), "{said}");
    }
    let slow = Headway { rate: Some(10), ..UNDER_WAY };
    stage.event(Event::Sync(SyncState::Listing(slow)));
    assert!(header(&stage).contains("1h 45m"), "{}", header(&stage));
}

#[test]
fn a_pause_is_asked_for_shown_and_ended_by_the_same_key() {
    for (size, said) in
        [(LARGE, "‖ sync paused at 37,500/100,000 · H resumes"), (NARROW, "‖ paused 37,500/100,000 · H")]
    {
        let mut stage = Stage::new(size);
        stage.event(Event::Sync(SyncState::Listing(UNDER_WAY)));
        stage.press("H");
        assert_eq!(stage.sent.pop(), Some(Command::HoldSync(true)));
        assert!(!header(&stage).contains("paused"), "it is not paused before the worker says so");
        stage.event(Event::SyncHeld(true));
        assert!(header(&stage).contains(said), "{}", header(&stage));
        // On every screen, and what a refresh does then is told.
        for screen in ["2", "3", "4", "5", "6", "1"] {
            stage.press(screen);
            assert!(header(&stage).contains("· H"), "{screen}: {}", header(&stage));
        }
        stage.press("r");
        stage.assert_says("Refreshing this contact");
        stage.press("2 H");
        assert_eq!(stage.sent.pop(), Some(Command::HoldSync(false)));
        stage.event(Event::SyncHeld(false));
        assert!(header(&stage).contains("37,500/100,000 · "), "{}", header(&stage));
    }
}

#[test]
fn paused_between_two_syncs_it_says_how_old_the_data_is() {
    let mut stage = Stage::new(LARGE);
    stage.event(Event::SyncHeld(true));
    stage.pass(SignedDuration::from_mins(7));
    assert!(header(&stage).contains("sync paused · data 7m old · H resumes"), "{}", header(&stage));
    // A retry would not leave: no countdown promises one.
    let (at, retry_at) = (Some(noon()), stage.now + SignedDuration::from_secs(20));
    stage.event(Event::Sync(SyncState::Offline { at, retry_at, why: "no route".to_owned() }));
    assert!(!header(&stage).contains("retry in"), "{}", header(&stage));
}
