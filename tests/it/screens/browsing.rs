//! Moving, filtering, sorting; and what changes around the cursor.

use ghl_tui::domain::Contact;
use ghl_tui::protocol::{Details, Event, SyncState};
use ghl_tui::query::MatchedRows;
use ghl_tui::ui::{self, Effect, Msg};
use jiff::SignedDuration;

use super::stage::{LARGE, SMALL, Stage, noon, somebody};

/// The name in the row under the cursor.
fn under_cursor(stage: &Stage) -> String {
    let line = stage.line("▶ ");
    let name = line.split("▶ ").nth(1).expect("it was found by that");
    name.split("  ").next().expect("a split has a first part").to_owned()
}

fn crowd(count: usize) -> Vec<Contact> {
    (0..count).map(|n| somebody(&format!("x{n:04}"), "Same", &format!("Name {n:04}"))).collect()
}

#[test]
fn the_cursor_stays_with_its_contact_and_its_row_when_others_come_and_go() {
    let mut stage = Stage::empty(LARGE);
    stage.people(crowd(200));
    stage.press("G ctrl-b ctrl-b k k k");
    let row = |stage: &Stage| stage.screen().lines().position(|line| line.contains("▶ "));
    let (name, at) = (under_cursor(&stage), row(&stage));
    let id = format!("x{}", name.rsplit(' ').next().expect("it has a number"));
    stage.people(crowd(200).into_iter().skip(20).collect());
    assert_eq!((under_cursor(&stage), row(&stage)), (name.clone(), at), "others have gone");
    stage.people([vec![somebody("new", "Aaron", "First")], crowd(200)].concat());
    assert_eq!((under_cursor(&stage), row(&stage)), (name, at), "others have come");
    let without: Vec<Contact> = crowd(200).into_iter().filter(|one| one.id.as_str() != id).collect();
    stage.people(without);
    assert_eq!(row(&stage), at, "its own contact has gone: the next takes its place");
}

#[test]
fn escape_puts_the_list_and_the_cursor_back() {
    let mut stage = Stage::new(LARGE);
    stage.press("j j");
    let before = stage.screen();
    stage.press("/");
    stage.type_text("zuz");
    assert_eq!(under_cursor(&stage), "Zuzana Novák");
    stage.press("esc");
    assert_eq!(stage.screen(), before);
}

#[test]
fn a_kept_filter_stays_until_escape() {
    let mut stage = Stage::new(LARGE);
    stage.press("/");
    stage.type_text("anand");
    stage.press("enter");
    stage.assert_says("1 of 7 · best first");
    assert_eq!(under_cursor(&stage), "Anand Rao");
    stage.press("esc");
    stage.assert_says("7 · by name");
    assert_eq!(under_cursor(&stage), "Anand Rao");
    // Typing over an old filter.
    stage.press("/");
    stage.type_text("diana");
    stage.press("enter / ctrl-u");
    stage.type_text("volk");
    assert_eq!(under_cursor(&stage), "Anastasia Volk");
}

#[test]
fn what_is_ranked_says_so_and_is_not_sorted() {
    let mut stage = Stage::new(LARGE);
    stage.press("/");
    stage.type_text("ana");
    stage.press("enter s");
    stage.assert_says("Best matches come first; Esc clears the filter.");
    stage.assert_silent_about("Name ▲");
    stage.press("esc s");
    stage.assert_says("Sorted by");
}

#[test]
fn an_answer_to_an_older_question_is_ignored() {
    let mut stage = Stage::new(LARGE);
    stage.held = Some(Vec::new());
    stage.press("/");
    stage.type_text("di");
    let held = stage.held.take().expect("they were held back");
    assert_eq!(held.len(), 2);
    // The answers come in the wrong order.
    held.into_iter().rev().for_each(|msg| stage.take(msg));
    stage.assert_says("1 of 7 · best first");
    assert_eq!(under_cursor(&stage), "Diana Prince");
}

#[test]
fn matched_letters_are_marked() {
    let mut stage = Stage::new(LARGE);
    stage.press("/");
    stage.type_text("rince");
    let row = stage.screen().lines().position(|line| line.contains("▶ Diana Prince")).expect("she is listed");
    let buffer = stage.buffer();
    let at = |letter: &str| {
        let cells = (0..40).map(|x| &buffer[(x, u16::try_from(row).expect("few rows"))]);
        let cell = cells.into_iter().find(|cell| cell.symbol() == letter).expect("it is in the name");
        (cell.fg, cell.modifier)
    };
    assert_ne!(at("P"), at("r"), "the P is not matched, the r is");
    assert_eq!(at("r"), at("c"));
}

#[test]
fn panes_are_walked_in_order_and_back() {
    let mut stage = Stage::new(LARGE);
    let focused = |stage: &Stage| {
        let screen = stage.screen();
        let title = screen.split('┏').nth(1).expect("one pane has the thick border");
        title.trim_start_matches(['━', ' ']).split([' ', '━']).next().expect("a title").to_owned()
    };
    let order: Vec<String> = (0..6)
        .map(|_| {
            let here = focused(&stage);
            stage.press("tab");
            here
        })
        .collect();
    assert_eq!(order, ["Contacts", "Ana", "Tasks", "Notes", "Appointments", "Contacts"]);
    stage.press("g a shift-tab");
    assert_eq!(focused(&stage), "Notes");
    stage.press("h");
    assert_eq!(focused(&stage), "Contacts");
    stage.press("l");
    assert_eq!(focused(&stage), "Notes");
}

#[test]
fn a_half_typed_sequence_shows_what_may_follow_and_escape_ends_it() {
    let mut stage = Stage::new(LARGE);
    stage.press("g");
    stage.assert_says("Go to the contact's tasks");
    stage.press("esc");
    stage.assert_silent_about("Go to the contact's tasks");
    stage.press("j");
    assert_eq!(under_cursor(&stage), "Anand Rao");
}

#[test]
fn help_runs_what_is_chosen() {
    let mut stage = Stage::new(LARGE);
    stage.press("?");
    stage.type_text("zoom");
    stage.press("enter");
    stage.assert_silent_about("┌─ Tasks");
    stage.press("z");
    stage.assert_says("┌─ Tasks");
}

#[test]
fn links_and_copies_hold_what_is_under_the_cursor() {
    let mut stage = Stage::new(LARGE);
    stage.press("y e o");
    let url = "https://app.example.com/v2/location/loc1/contacts/detail/c1".to_owned();
    assert_eq!(stage.asked, [Effect::Copy("ana.lopez@example.com".to_owned()), Effect::Open(url)]);
}

#[test]
fn an_idle_dashboard_is_woken_by_its_clock_alone() {
    let mut stage = Stage::new(LARGE);
    // The age of the data and the clock, once a minute each.
    let woken = stage.pass(SignedDuration::from_mins(60));
    assert!((60..=120).contains(&woken), "{woken}");
    stage.assert_says("1h ago");
    let next = ui::next_wakeup(&stage.model).expect("the clock");
    assert!(next > stage.model.now);
}

#[test]
fn a_countdown_ticks_only_while_there_is_something_to_wait_for() {
    let mut stage = Stage::new(LARGE);
    let retry_at = noon() + SignedDuration::from_secs(20);
    stage.event(Event::Sync(SyncState::Offline { at: Some(noon()), retry_at, why: "no network".to_owned() }));
    stage.assert_says("retry in 20 s");
    let woken = stage.pass(SignedDuration::from_secs(5));
    assert_eq!(woken, 5);
    stage.assert_says("retry in 15 s");
    stage.pass(SignedDuration::from_secs(20));
    let woken = stage.pass(SignedDuration::from_mins(10));
    assert!(woken <= 20, "{woken}");
    stage.event(Event::Sync(SyncState::Fresh { at: stage.model.now }));
    stage.assert_says("Connected again");
}

#[test]
fn toasts_stay_long_enough_to_be_read_and_go() {
    let mut stage = Stage::new(LARGE);
    stage.press("s");
    stage.assert_says("Sorted by");
    stage.pass(SignedDuration::from_secs(5));
    stage.assert_says("Sorted by");
    stage.pass(SignedDuration::from_secs(10));
    stage.assert_silent_about("Sorted by");
}

#[test]
fn hostile_text_is_never_drawn() {
    let mut stage = Stage::empty(SMALL);
    let evil = "\u{1b}[31mred\u{202e}\u{9b}2J\u{7}\u{2066}\u{200f}";
    let mut contact = somebody("c1", evil, &"long ".repeat(4_000));
    (contact.email, contact.phone, contact.company) = (Some(evil.into()), Some(evil.into()), Some(evil.into()));
    contact.tags = vec![evil.to_owned(); 30];
    stage.people(vec![contact.clone()]);
    let mut details = stage.details_of("c1");
    details.contact = contact;
    details.tasks.iter_mut().for_each(|task| evil.clone_into(&mut task.title));
    for note in &mut details.notes {
        *note = super::stage::note("n1", &format!("<p onload='x'>{evil}</p>"), 5);
    }
    stage.set_details(details.clone());
    stage.event(Event::Details(details.into()));
    for size in [SMALL, LARGE, (200, 50)] {
        stage.resize(size);
        for keys in ["g i v", "g t", "g n", "enter", "esc", "a", "esc", "/", "esc", "?"] {
            stage.press(keys);
            for cell in &stage.buffer().content {
                let bad = |c: char| {
                    c.is_control()
                        || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                };
                assert!(!cell.symbol().chars().any(bad), "{:?}\n{}", cell.symbol(), stage.screen());
            }
        }
        stage.press("esc");
    }
}

#[test]
fn pasted_text_is_typed_into_fields_and_never_runs_as_keys() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t");
    let before = stage.screen();
    stage.take(Msg::Paste("xxuq".to_owned()));
    assert_eq!(stage.screen(), before);
    assert_eq!(stage.sent, []);
    stage.press("/");
    stage.take(Msg::Paste("dia\u{1b}[31mna".to_owned()));
    stage.assert_says("of 7");
}

#[test]
fn a_contact_that_is_gone_is_not_shown_any_more() {
    let mut stage = Stage::new(LARGE);
    stage.press("/");
    stage.type_text("zuzana");
    stage.press("enter");
    stage.assert_says("zuzana@example.com");
    stage.people(vec![somebody("c1", "Ana María", "López")]);
    stage.assert_silent_about("zuzana@example.com");
    stage.assert_says("Choose a contact on the left.");
}

#[test]
fn the_worker_is_told_who_is_in_sight() {
    let mut stage = Stage::new(LARGE);
    let sight = stage.look().prefetch;
    assert_eq!((sight.visible.len(), sight.adjacent.len()), (7, 1));
    let second = sight.visible[1].clone();
    assert_eq!(sight.adjacent, std::slice::from_ref(&second));
    stage.press("j j");
    assert_eq!(stage.look().prefetch.adjacent, [sight.visible[3].clone(), second]);
    // Where the contacts are not shown nobody is.
    stage.press("5");
    assert_eq!(stage.look().prefetch, ghl_tui::protocol::Prefetch::default());
    stage.press("1");
    assert_eq!(stage.look().prefetch.visible.len(), 7);
}

#[test]
fn a_contact_beside_the_cursor_is_shown_whole_at_once() {
    let mut stage = Stage::new(LARGE);
    let next = stage.look().prefetch.adjacent[0].to_string();
    // The worker answers no more; what it told of those around the cursor is enough.
    let told = Msg::Event(Event::Details(stage.withhold(&next)));
    assert!(stage.knows(&told), "nothing of it is on the screen");
    stage.press("j");
    let whole = stage.screen();
    assert!(stage.knows(&told), "it is on the screen already");
    stage.take(told);
    assert_eq!(stage.screen(), whole);

    // What has changed is news.
    let first = stage.look().prefetch.visible[0].to_string();
    stage.press("k");
    let mut changed = Details::clone(&stage.withhold(&first));
    changed.contact.email = Some("somebody-else@example.com".to_owned());
    let changed = Msg::Event(Event::Details(changed.into()));
    assert!(!stage.knows(&changed));
    stage.take(changed);
    stage.assert_says("somebody-else@example.com");
    // And it is what is known of them from now on.
    stage.press("j k");
    stage.assert_says("somebody-else@example.com");
}

#[test]
fn a_full_queue_leaves_no_pane_waiting() {
    let mut stage = Stage::empty(LARGE);
    stage.people(crowd(600));
    stage.full = true;
    stage.press("G");
    stage.pass(SignedDuration::from_secs(2));
    stage.assert_says("Loading tasks…");
    stage.full = false;
    stage.pass(SignedDuration::from_secs(2));
    stage.assert_silent_about("Loading");
}

#[test]
fn the_first_of_many_matches_are_shown_before_the_others_are_found() {
    let mut stage = Stage::new(LARGE);
    stage.held = Some(Vec::new());
    stage.press("/ a n");
    let mut answers = stage.held.take().expect("held back");
    let Some(Msg::Matched { seeker, generation, roster, matches }) = answers.pop() else {
        panic!("two keys ask twice")
    };
    assert!(matches.rows.len() > 2, "{matches:?}");
    let first = MatchedRows { rows: matches.rows[..2].to_vec(), more: true };
    stage.take(Msg::Matched { seeker, generation, roster: roster.clone(), matches: first });
    stage.assert_says("2+ of 7 · best first");
    // The cursor may move among them, and what is meant by all is not known yet.
    stage.press("enter j ctrl-a");
    stage.assert_silent_about("marked");
    assert_eq!(under_cursor(&stage), "Anand Rao");
    let all = matches.rows.len();
    stage.take(Msg::Matched { seeker, generation, roster: roster.clone(), matches: matches.clone() });
    stage.assert_says(&format!("{all} marked"));
    stage.assert_says("▶●Anand Rao");

    // To the last one, of those too that are not here yet.
    let first = MatchedRows { rows: matches.rows[..2].to_vec(), more: true };
    let last = roster.get(*matches.rows.last().expect("many")).name().to_owned();
    stage.press("esc");
    stage.held = Some(Vec::new());
    stage.press("/ a");
    let Some(Some(Msg::Matched { generation, .. })) = stage.held.take().map(|mut held| held.pop()) else {
        panic!("it asks")
    };
    stage.take(Msg::Matched { seeker, generation, roster: roster.clone(), matches: first });
    stage.press("enter G");
    stage.take(Msg::Matched { seeker, generation, roster: roster.clone(), matches });
    stage.assert_says(&format!("▶●{last}"));

    // A filter that is put back goes to its contact, which may not be among the first.
    stage.held = Some(Vec::new());
    stage.press("esc");
    let Some(Some(Msg::Matched { generation, .. })) = stage.held.take().map(|mut held| held.pop()) else {
        panic!("it asks")
    };
    let first = MatchedRows { rows: roster.rows().map(|(ix, _)| ix).take(1).collect(), more: true };
    stage.take(Msg::Matched { seeker, generation, roster, matches: first });
    stage.assert_says(&format!("▶●{last}"));
}
