//! Merges that are taken back, alone, in batches, from another process; and what can be no longer.

use std::time::Duration;

use ghl_tui::dedupe::merge::Choices;
use ghl_tui::domain::{MergeId, MergePhase, MergeProgress, MergeRules, Obstacle};
use ghl_tui::protocol::{Answer, Event, MergeDeed, MergeEvent, Request};
use serde_json::{Value, json};

use super::{book, booked, couple, couple_with, held, server, texts, twice};
use crate::support::{Rig, Setup};

#[tokio::test]
async fn an_undo_is_refused_where_somebody_has_gone_on() {
    let (server, mut rig, [a, b]) = couple().await;
    let merge = rig.merged(&[&a, &b], &Choices::default()).await.id;
    server.write("PUT", &format!("/contacts/{a}"), json!({ "firstName": "Anna" })).await;
    let tasks = held(&server, &a).await["tasks"].clone();
    let copy = texts(&tasks, "id").remove(0);
    server.write("PUT", &format!("/contacts/{a}/tasks/{copy}"), json!({ "title": "Call back on Monday" })).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let why = rig.refused_deed(merge, MergeDeed::Undo).await;
    assert!(why.contains("firstName is now \"Anna\"") && why.contains("Call back on Monday"), "{why}");
    assert_eq!((held(&server, &a).await, held(&server, &b).await), before, "nothing was written");
}

#[tokio::test]
async fn merges_are_taken_back_in_any_order_as_far_as_they_are_independent() {
    let (server, mut rig, [a, b]) = couple().await;
    let (c, d) = twice(&server, 2).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let plans = [rig.plan(&[&a, &b], &Choices::default()).await, rig.plan(&[&c, &d], &Choices::default()).await];
    let first = rig.merge(vec![plans[0].clone()]).await.expect("it is taken")[0];
    rig.ended(first, MergePhase::Merge).await;
    let second = rig.merge(vec![plans[1].clone()]).await.expect("it is taken")[0];
    rig.ended(second, MergePhase::Merge).await;
    // The first survivor is merged further.
    let choices = Choices { survivor: Some(c.clone()), ..Choices::default() };
    let third = rig.plan(&[&a, &c], &choices).await;
    let third = rig.merge(vec![third]).await.expect("it is taken")[0];
    rig.ended(third, MergePhase::Merge).await;
    let why = rig.refused_deed(first, MergeDeed::Undo).await;
    assert!(why.contains("merge #3 builds on it"), "{why}");
    for merge in [third, first] {
        rig.unmerged(merge).await;
    }
    assert_eq!(held(&server, &b).await, before.1);
    assert_eq!(texts(&held(&server, &a).await["notes"], "id"), texts(&before.0["notes"], "id"));
}

/// `u` takes back merges like everything else, the newest first.
#[tokio::test]
async fn undo_takes_back_a_batch_of_merges_at_once() {
    let server = server(&[]).await;
    let mut rig = Rig::start_with(
        &server,
        Setup { pace: ghl_tui::worker::Pace { scan: false, ..Setup::default().pace }, ..Setup::default() },
    )
    .await;
    let mut plans = Vec::new();
    let mut before = Vec::new();
    for n in 1..=3 {
        let (a, b) = twice(&server, n).await;
        before.push((b.clone(), held(&server, &b).await));
        plans.push(rig.plan(&[&a, &b], &Choices::default()).await);
    }
    let merges = rig.merge(plans).await.expect("they are taken");
    let mut open: std::collections::BTreeSet<MergeId> = merges.iter().copied().collect();
    while !open.is_empty() {
        let done = rig.wait("end of a merge", |event| match event {
            Event::Merge(MergeEvent::Changed(record)) if record.is_archived() => Some(record.id),
            _ => None,
        });
        open.remove(&done.await);
    }
    let _ = rig.undo().await.expect("it can be taken back");
    let mut open: std::collections::BTreeSet<MergeId> = merges.into_iter().collect();
    while !open.is_empty() {
        let done = rig.wait("end of an undo", |event| match event {
            Event::Merge(MergeEvent::Changed(record)) if record.word() == "undone" => Some(record.id),
            _ => None,
        });
        open.remove(&done.await);
    }
    for (contact, was) in before {
        assert_eq!(held(&server, &contact).await, was);
    }
}

#[tokio::test]
async fn a_coming_appointment_stays_or_is_made_anew_and_is_never_lost() {
    let (server, mut rig, [a, b]) = couple().await;
    book(&server, &b).await;
    let there = booked(&held(&server, &b).await);
    assert_eq!(there.len(), 1);
    // Nobody agreed to move it: deleting the loser is refused, setting it aside is not.
    let mine = Choices { survivor: Some(a.clone()), ..Choices::default() };
    let record = rig.merged(&[&a, &b], &Choices { delete: true, ..mine.clone() }).await;
    assert!(
        matches!(&record.progress, MergeProgress::Refused(Obstacle::Appointment { title, .. }) if title == "Consult"),
        "{record:?}"
    );
    let merge = rig.merged_well(&[&a, &b], &mine).await.id;
    assert_eq!(booked(&held(&server, &b).await), there);
    let why = rig.refused_deed(merge, MergeDeed::Purge).await;
    assert!(why.contains("has an upcoming appointment: Consult"), "{why}");
    rig.ended(merge, MergePhase::Merge).await;
    rig.unmerged(merge).await;
    // Agreed: it is the survivor's, in the same calendar at the same time, and goes back with the undo.
    let record = rig.merged(&[&a, &b], &Choices { move_appointments: true, delete: true, ..mine }).await;
    let merge = record.id;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(booked(&held(&server, &a).await), there);
    let record = rig.unmerged(merge).await;
    assert_eq!(booked(&held(&server, &a).await), []);
    assert_eq!(booked(&held(&server, &record.remade[0].1).await), there);
}

#[tokio::test]
async fn pre_images_are_wiped_when_their_time_is_over() {
    let rules = MergeRules { wipe_after_days: 0, ..MergeRules::default() };
    let setup = Setup { merge_rules: rules.clone(), ..Setup::default() };
    let (server, mut rig, [a, b]) = couple_with(&[], setup).await;
    let plan = rig.plan(&[&a, &b], &Choices { delete: true, ..Choices::default() }).await;
    let loser = plan.losers[0].clone();
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.word(), "purged", "{record:?}");
    let kept = rig.stop().await;
    let holds = |words: &str| {
        std::fs::read(kept.folder.join("ledger.db"))
            .is_ok_and(|file| file.windows(words.len()).any(|w| w == words.as_bytes()))
    };
    assert!(holds("Left voicemail"), "an undo needs it");
    let mut rig = Rig::start_with(&server, Setup { merge_rules: rules, ..kept.setup() }).await;
    let journal = |event: &Event| match event {
        Event::Merge(MergeEvent::Journal(records)) => Some(records.clone()),
        _ => None,
    };
    rig.wait("the journal", journal).await;
    // What is old is told by the server's clock too.
    rig.sync().await.expect("the sandbox answers");
    let Ok(Answer::Merges(records)) = rig.ask(Request::Merges).await else { panic!("no journal") };
    assert!(records[0].wiped && records[0].plan.losers == [loser]);
    let why = rig.refused_deed(merge, MergeDeed::Undo).await;
    assert!(why.contains("has been wiped"), "{why}");
    rig.stop().await;
    assert!(!holds("Left voicemail"), "nothing of it is left in the file");
}

/// Two processes on one folder: what one says while the other works is done.
#[tokio::test]
async fn an_undo_from_another_process_stops_the_merge_where_it_is() {
    let server = server(&[]).await;
    let mut random = fastrand::Rng::with_seed(3);
    // The undo may leave a write of the merge without its answer.
    let mut leader = Rig::start_with(&server, Setup::impatient()).await;
    let mut other = Rig::start_with(&server, Setup { folder: Some(leader.folder.clone()), ..Setup::impatient() }).await;
    for n in 1..=6 {
        let (a, b) = twice(&server, n).await;
        let before = (held(&server, &a).await, held(&server, &b).await);
        let plan = leader.plan(&[&a, &b], &Choices { delete: true, ..Choices::default() }).await;
        server.fault("", "/contacts/", 0, json!({ "latency_ms": 5, "jitter_ms": 10 })).await;
        let merge = leader.merge(vec![plan]).await.expect("it is taken")[0];
        tokio::time::sleep(Duration::from_millis(random.u64(0..400))).await;
        other.steer(merge, MergeDeed::Undo).await;
        let record = other.ended(merge, MergePhase::Undo).await;
        assert_eq!(record.progress, MergeProgress::Done, "{n}: {record:?}");
        let (survivor, loser) = (held(&server, &a).await, held(&server, &b).await);
        assert_eq!((&survivor["notes"], &survivor["tasks"]), (&before.0["notes"], &before.0["tasks"]), "{n}");
        assert_eq!(survivor["contact"]["email"], before.0["contact"]["email"], "{n}");
        match record.remade.as_slice() {
            [] => assert_eq!(loser, before.1, "{n}"),
            [(_, new)] => {
                let loser = held(&server, new).await;
                assert_eq!(loser["contact"]["email"], before.1["contact"]["email"], "{n}");
                assert_eq!(loser["tasks"].as_array().map(Vec::len), Some(2), "{n}");
            }
            more => panic!("{n}: {more:?}"),
        }
    }
}

#[tokio::test]
async fn who_is_forgotten_is_in_no_journal_any_more() {
    let (server, mut rig, [a, b]) = couple().await;
    let (c, d) = twice(&server, 2).await;
    for (one, other) in [(&a, &b), (&c, &d)] {
        rig.merged(&[one, other], &Choices::default()).await;
    }
    let Ok(Answer::Traces(held)) = rig.ask(Request::Traces(b.clone())).await else { panic!("no traces") };
    assert_eq!((held.merges, held.waiting), (1, 0));
    rig.ask(Request::Forget(b)).await.expect("erased");
    let Ok(Answer::Merges(left)) = rig.ask(Request::Merges).await else { panic!("no journal") };
    assert_eq!(left.iter().map(|record| record.number).collect::<Vec<_>>(), [2], "the other one stays");
    // What comes later is seen by everybody: numbers of change never fall.
    let later = twice(&server, 3).await;
    rig.merged_well(&[&later.0, &later.1], &Choices::default()).await;
    let kept = rig.stop().await;
    let file = std::fs::read(kept.folder.join("ledger.db")).expect("a ledger");
    assert!(!file.windows(14).any(|words| words == b"+16285550001\",".as_slice()), "nothing of it is left");
}

/// A copy that the server makes later than it answered stands beside the one that counts; an undo takes both.
#[tokio::test]
async fn copies_that_came_late_go_with_the_others() {
    let setup = Setup { write_timeout: Duration::from_millis(60), ..Setup::default() };
    let (server, mut rig, [a, b]) = couple_with(&[], setup).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    server.fault("POST", &format!("*/contacts/{a}/notes"), 1, json!({ "drop": "before", "late_ms": 3_600_000 })).await;
    server.fault("POST", &format!("*/contacts/{a}/tasks"), 1, json!({ "drop": "before", "late_ms": 3_600_000 })).await;
    let choices = Choices { survivor: Some(a.clone()), ..Choices::default() };
    let merge = rig.merged_well(&[&a, &b], &choices).await.id;
    let copies = held(&server, &a).await;
    server.post("/__sandbox/late", Value::Null).await;
    let count = |of: &Value, list: &str| of[list].as_array().map_or(0, Vec::len);
    let doubled = held(&server, &a).await;
    assert_eq!(count(&doubled, "notes"), count(&copies, "notes") + 1);
    assert_eq!(count(&doubled, "tasks"), count(&copies, "tasks") + 1);
    rig.unmerged(merge).await;
    let after = (held(&server, &a).await, held(&server, &b).await);
    assert_eq!(after.1, before.1);
    assert_eq!((&after.0["notes"], &after.0["tasks"]), (&before.0["notes"], &before.0["tasks"]));
}
