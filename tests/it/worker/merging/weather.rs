//! Merges in bad weather: killed, throttled, without a token, on a full disk, many at once.

use std::time::{Duration, Instant};

use ghl_tui::dedupe::merge::Choices;
use ghl_tui::domain::{MergeId, MergePhase, MergeProgress};
use ghl_tui::protocol::{Command, Event, MergeDeed, MergeEvent};
use serde_json::json;

use super::{couple, couple_with, held, server, twice};
use crate::support::{Rig, Setup};

/// One stops in the middle, the others are done; the report is exact, and that one can go on or be taken back.
#[tokio::test]
async fn of_forty_one_merges_one_stops_and_the_others_are_done() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    let (mut plans, mut pairs) = (Vec::new(), Vec::new());
    for n in 1..=41 {
        let (a, b) = twice(&server, n).await;
        plans.push(rig.plan(&[&a, &b], &Choices::default()).await);
        pairs.push((a, b));
    }
    let unlucky = pairs[17].clone();
    let refusal = json!({ "status": 422, "body": { "message": ["city must be shorter"] } });
    server.fault("PUT", &format!("*/contacts/{}", unlucky.0), 1, refusal).await;
    let merges = rig.merge(plans).await.expect("they are taken");
    let mut ended = std::collections::BTreeMap::new();
    while ended.len() < merges.len() {
        let (id, progress) = rig
            .wait("end of a merge", |event| match event {
                Event::Merge(MergeEvent::Changed(record)) if !record.progress.is_live() => {
                    Some((record.id, record.progress.clone()))
                }
                _ => None,
            })
            .await;
        ended.insert(id, progress);
    }
    let stopped: Vec<_> = ended.iter().filter(|(_, progress)| **progress != MergeProgress::Done).collect();
    let [(id, MergeProgress::Stopped(obstacle))] = stopped.as_slice() else { panic!("{stopped:?}") };
    assert_eq!(**id, merges[17]);
    assert!(obstacle.to_string().contains("city must be shorter"), "{obstacle}");
    for (at, (a, b)) in pairs.iter().enumerate() {
        let tags = held(&server, b).await["contact"]["tags"].clone();
        let aside = tags.as_array().is_some_and(|tags| tags.iter().any(|tag| tag == "merged-duplicate"));
        assert_eq!(aside, at != 17, "{at}");
        assert_eq!(server.notes_saying(a, "Left voicemail").await, 1, "{at}");
    }
    let merge = merges[17];
    rig.unmerged(merge).await;
    assert_eq!(server.notes_saying(&unlucky.0, "Left voicemail").await, 0);
}

/// Whatever happens to the requests, everything is there once in the end.
#[tokio::test]
async fn mixed_faults_lose_nothing_and_double_nothing() {
    let server = server(&[("access-lifetime", "86399s")]).await;
    let mut rig =
        Rig::start_with(&server, Setup { write_timeout: Duration::from_millis(300), ..Setup::default() }).await;
    let (mut plans, mut pairs) = (Vec::new(), Vec::new());
    for n in 1..=4 {
        let (a, b) = twice(&server, n).await;
        pairs.push((a.clone(), b.clone(), held(&server, &a).await, held(&server, &b).await));
        plans.push(rig.plan(&[&a, &b], &Choices::default()).await);
    }
    let rules = json!({ "rules": [
        { "share": 0.03, "times": 0, "action": { "status": 429, "headers": { "retry-after": "0" } } },
        { "share": 0.04, "times": 0, "action": { "drop": "after" } },
        { "share": 0.02, "times": 0, "action": { "drop": "before" } },
        { "share": 0.02, "times": 0, "action": { "status": 503, "after": true } },
        { "share": 0.02, "times": 0, "action": { "garbage": "html" } },
    ]});
    server.post("/__sandbox/faults", rules.clone()).await;
    let merges = rig.merge(plans).await.expect("they are taken");
    for phase in [MergePhase::Merge, MergePhase::Undo] {
        let mut open: std::collections::BTreeSet<MergeId> = merges.iter().copied().collect();
        if phase == MergePhase::Undo {
            for merge in &merges {
                rig.steer(*merge, MergeDeed::Undo).await;
            }
        }
        while !open.is_empty() {
            let record = rig
                .wait("end of a merge", |event| match event {
                    Event::Merge(MergeEvent::Changed(record))
                        if record.phase == phase && !record.progress.is_live() =>
                    {
                        Some(record.clone())
                    }
                    _ => None,
                })
                .await;
            assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
            open.remove(&record.id);
        }
        for (a, b, was_a, was_b) in &pairs {
            let (now_a, now_b) = (held(&server, a).await, held(&server, b).await);
            if phase == MergePhase::Merge {
                for words in ["Left voicemail", "Prefers <b>SMS</b>", "[kept from"] {
                    assert_eq!(server.notes_saying(a, words).await, 1, "{words}");
                }
                assert_eq!(server.notes_saying(b, "[merged into").await, 1);
                assert_eq!(now_a["tasks"].as_array().map(Vec::len), Some(2));
                assert_eq!(now_b["notes"].as_array().map(Vec::len), Some(3));
                assert_eq!(now_b["tasks"], was_b["tasks"]);
            } else {
                assert_eq!(now_b, *was_b);
                assert_eq!((&now_a["notes"], &now_a["tasks"]), (&was_a["notes"], &was_a["tasks"]));
                assert_eq!(now_a["contact"]["email"], was_a["contact"]["email"]);
            }
        }
    }
}

/// Killed at any moment, with requests still on their way: the next process goes on where it was.
#[tokio::test]
async fn a_merge_survives_kills_at_any_moment() {
    let mut random = fastrand::Rng::with_seed(7);
    let setup = || Setup { write_timeout: Duration::from_millis(150), ..Setup::default() };
    let (server, mut rig, [a, b]) = couple_with(&[], setup()).await;
    // What is not killed tells how long it takes here and now; lives grow, so that one comes to the end.
    let began = Instant::now();
    let merge = rig.merged_well(&[&a, &b], &Choices::default()).await.id;
    rig.unmerged(merge).await;
    let mut longest = began.elapsed();
    let before = (held(&server, &a).await, held(&server, &b).await);
    server
        .post(
            "/__sandbox/faults",
            json!({ "rules": [
                { "times": 0, "action": { "latency_ms": 2, "jitter_ms": 25 } },
            ]}),
        )
        .await;
    for round in 0..2 {
        let plan = rig.plan(&[&a, &b], &Choices::default()).await;
        let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
        for phase in [MergePhase::Merge, MergePhase::Undo] {
            if phase == MergePhase::Undo {
                rig.steer(merge, MergeDeed::Undo).await;
            }
            loop {
                longest = longest.mul_f64(1.1);
                let life = longest.mul_f64(random.f64());
                let over = tokio::time::timeout(life, rig.ended(merge, phase)).await;
                if let Ok(record) = over {
                    assert_eq!(record.progress, MergeProgress::Done, "round {round}: {record:?}");
                    break;
                }
                let kept = rig.kill().await;
                rig = Rig::start_with(&server, Setup { folder: Some(kept.folder.clone()), ..setup() }).await;
                rig.keep(kept);
                // It may have ended before the kill was felt.
                let journal = rig
                    .wait("the journal", |event| match event {
                        Event::Merge(MergeEvent::Journal(records)) => Some(records.clone()),
                        _ => None,
                    })
                    .await;
                let record = journal.into_iter().find(|record| record.id == merge).expect("it was promised");
                if record.phase == phase && record.progress == MergeProgress::Done {
                    break;
                }
            }
            if phase == MergePhase::Merge {
                for words in ["Left voicemail", "Prefers <b>SMS</b>", "[kept from"] {
                    assert_eq!(server.notes_saying(&a, words).await, 1, "round {round}: {words}");
                }
                assert_eq!(held(&server, &a).await["tasks"].as_array().map(Vec::len), Some(2), "round {round}");
                assert_eq!(server.notes_saying(&b, "[merged into").await, 1, "round {round}");
            }
        }
        assert_eq!(held(&server, &b).await, before.1, "round {round}");
        let now = held(&server, &a).await;
        assert_eq!((&now["notes"], &now["tasks"]), (&before.0["notes"], &before.0["tasks"]), "round {round}");
    }
}

#[tokio::test]
async fn a_full_disk_leaves_a_merge_where_it_was() {
    let server = server(&[]).await;
    let (a, b) = twice(&server, 1).await;
    server.make(&format!("/contacts/{b}/notes"), json!({ "body": "long ".repeat(40_000) })).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let tuning = ghl_tui::store::Tuning { ledger_max_pages: Some(60) };
    let mut rig = Rig::start_with(&server, Setup { tuning, ..Setup::default() }).await;
    let choices = Choices { survivor: Some(a.clone()), ..Choices::default() };
    let plan = rig.plan(&[&a, &b], &choices).await;
    let merge = rig.merge(vec![plan]).await.expect("the plan fits")[0];
    let trouble = rig
        .wait("trouble", |event| match event {
            Event::Trouble(failure) => Some(failure.clone()),
            _ => None,
        })
        .await;
    assert!(trouble.why.contains("full") && !trouble.next.is_empty(), "{trouble:?}");
    assert_eq!((held(&server, &a).await, held(&server, &b).await), before, "nothing without its pre-image");
    // With room it goes on by itself.
    let kept = rig.stop().await;
    let mut rig = Rig::start_with(&server, kept.setup()).await;
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(server.notes_saying(&a, "long long").await, 1);
}

#[tokio::test]
async fn a_merge_waits_for_a_token_that_works() {
    let (server, mut rig, [a, b]) = couple().await;
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    server.post("/__sandbox/trouble", json!({ "tokens": "refused" })).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    rig.wait("a merge that waits", |event| match event {
        Event::Merge(MergeEvent::Changed(record)) => {
            matches!(record.progress, MergeProgress::Waiting { .. }).then_some(())
        }
        _ => None,
    })
    .await;
    server.post("/__sandbox/trouble", json!({ "tokens": "accepted" })).await;
    rig.steer(merge, MergeDeed::Resume).await;
    assert_eq!(rig.ended(merge, MergePhase::Merge).await.progress, MergeProgress::Done);
}

#[tokio::test]
async fn a_batch_is_paused_and_goes_on() {
    let server = server(&[]).await;
    // The pause cuts off requests that are under way.
    let mut rig = Rig::start_with(&server, Setup::impatient()).await;
    let mut plans = Vec::new();
    for n in 1..=6 {
        let (a, b) = twice(&server, n).await;
        plans.push(rig.plan(&[&a, &b], &Choices::default()).await);
    }
    server.fault("", "/contacts/", 0, json!({ "latency_ms": 20 })).await;
    let merges = rig.merge(plans).await.expect("they are taken");
    let ticket = rig.port.ticket();
    rig.send(Command::Merges { ticket, merges: merges.clone(), deed: MergeDeed::Pause }).await;
    let mut paused = std::collections::BTreeSet::new();
    while paused.len() < merges.len() {
        let id = rig.wait("a pause", |event| match event {
            Event::Merge(MergeEvent::Changed(record)) if record.progress == MergeProgress::Paused => Some(record.id),
            _ => None,
        });
        paused.insert(id.await);
    }
    let before = server.requests("POST", "/notes").await.len();
    rig.sync().await.expect("other work goes on");
    assert_eq!(server.requests("POST", "/notes").await.len(), before, "nothing is written meanwhile");
    let ticket = rig.port.ticket();
    rig.send(Command::Merges { ticket, merges: merges.clone(), deed: MergeDeed::Resume }).await;
    let mut done = std::collections::BTreeSet::new();
    while done.len() < merges.len() {
        let id = rig.wait("an end", |event| match event {
            Event::Merge(MergeEvent::Changed(record)) if record.is_archived() => Some(record.id),
            _ => None,
        });
        done.insert(id.await);
    }
}
