//! The dashboard while others change what it shows: a real worker on a real server behind it.

use std::collections::HashSet;
use std::time::Duration;

use ghl_tui::protocol::{Answer, Command, Event, Request};
use ghl_tui::sandbox;
use ghl_tui::worker::Pace;
use serde_json::{Value, json};

use super::stage::{LARGE, Stage};
use crate::support::{Rig, Server, Setup};

/// The name under the cursor, and the line that it is on.
fn cursor(stage: &Stage) -> Option<(String, usize)> {
    let screen = stage.screen();
    let at = screen.lines().position(|line| line.contains("┃▶ "))?;
    let line = screen.lines().nth(at)?;
    let name: String = line.split("▶ ").nth(1)?.chars().take(18).collect();
    Some((name.trim().to_owned(), at))
}

fn ids(list: &Value) -> HashSet<String> {
    list.as_array().expect("ids").iter().map(|id| id.as_str().expect("an id").to_owned()).collect()
}

/// Shows what comes until the list says so.
async fn until(rig: &mut Rig, stage: &mut Stage, what: &str, is_so: impl Fn(&Stage) -> bool) {
    rig.wait(what, |event| {
        stage.event(event.clone());
        matches!(event, Event::Roster(_) | Event::Sync(_)).then(|| is_so(stage)).filter(|so| *so)
    })
    .await;
}

#[tokio::test]
async fn what_others_do_to_thousands_is_seen_and_moves_neither_cursor_nor_row() {
    let rate_limit = "off".parse().expect("a limit");
    let server = Server::start_with(sandbox::SandboxOptions {
        contacts: 5_000,
        rate_limit,
        ..sandbox::SandboxOptions::default()
    })
    .await;
    server.post("/__sandbox/switches", json!({ "index-lag": "300ms" })).await;
    // Only a refresh looks, so that what it takes can be counted; the second look comes by itself.
    let recount = Duration::from_millis(700);
    let pace = Pace { poll_focused: Duration::from_secs(3_600), recount, scan: false, ..Pace::default() };
    let mut rig = Rig::start_with(&server, Setup { pace, ..Setup::default() }).await;
    let mut stage = Stage::empty(LARGE);
    until(&mut rig, &mut stage, "all contacts", |stage| {
        let screen = stage.screen();
        screen.contains("5,000 · by name") && screen.contains("● up to date")
    })
    .await;
    stage.press("ctrl-f ctrl-f ctrl-f ctrl-f ctrl-f ctrl-f ctrl-f ctrl-f j j j");
    stage.press("k k k k k");
    let before = cursor(&stage).expect("the cursor is shown");

    let wanted = json!({ "change": 2_000, "delete": 100, "add": 100, "seed": 4 });
    let done = server.ask("/__sandbox/others", wanted).await;
    let (changed, deleted, added) = (ids(&done["changed"]), ids(&done["deleted"]), ids(&done["added"]));
    let asked = server.get("/__sandbox/requests").await.as_array().map_or(0, Vec::len);
    tokio::time::sleep(Duration::from_millis(400)).await;
    rig.send(Command::Refresh).await;
    // Newcomers are listed first and those who are gone after them: in between there are more.
    until(&mut rig, &mut stage, "the newcomers", |stage| stage.screen().contains("5,100 · by name")).await;
    assert_eq!(cursor(&stage).as_ref(), Some(&before), "{}", stage.screen());
    until(&mut rig, &mut stage, "nobody who is gone", |stage| stage.screen().contains("5,000 · by name")).await;
    assert_eq!(cursor(&stage).as_ref(), Some(&before), "{}", stage.screen());

    let Ok(Answer::Contacts(held)) = rig.ask(Request::Contacts { after: None, limit: 10_000 }).await else {
        panic!("the cache answers")
    };
    let held_ids: HashSet<&str> = held.iter().map(|contact| contact.id.as_str()).collect();
    let fresh = held.iter().filter(|contact| contact.city.as_deref().is_some_and(|city| city.starts_with("Elsewhere")));
    assert_eq!(fresh.filter(|contact| changed.contains(contact.id.as_str())).count(), changed.len());
    assert!(added.iter().all(|id| held_ids.contains(&**id)) && !deleted.iter().any(|id| held_ids.contains(&**id)));
    // The changes twice, as the second look overlaps: 5 pages each. 11 pages to find who is gone, and one each to make sure.
    let asked = server.get("/__sandbox/requests").await.as_array().map_or(0, Vec::len) - asked;
    assert!(asked < 100 + 40, "{asked} requests");
}
