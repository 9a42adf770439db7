//! Steering merges in the journal, and decisions.

use crate::domain::{Dismissal, GroupId, MergePhase, MergePlan, MergeProgress, MergeRecord, Obstacle};
use crate::protocol::{MergeDeed, MergeEvent};

use super::merges::{BATCH, ending, merge_id, plan, record, working};
use super::*;

fn journal() -> Vec<MergeRecord> {
    let hour = jiff::SignedDuration::from_hours(1);
    let old = |days: i64| now().checked_sub(hour * i32::try_from(days * 24).expect("few")).ok();
    let done = MergeProgress::Done;
    let merged =
        |number, plan: MergePlan| MergeRecord { done: 9, ..record(number, plan, MergePhase::Merge, done.clone()) };
    let mut changed = plan("k", &["l"]);
    changed.patch.fields.insert(crate::domain::ContactField::City, Some("Oakland".into()));
    changed.add_tags = vec!["vip".into()];
    let name = "L\x1b[1m".to_owned();
    let stopped =
        MergeProgress::Stopped(Obstacle::Appointment { contact: ContactId::new("n"), name, title: "T".into() });
    vec![
        MergeRecord { ended_at: old(40), ..merged(1, plan("a", &["b"])) },
        merged(2, plan("c", &["d", "e"])),
        MergeRecord { batch: GroupId(uuid::Uuid::from_u128(5)), ..merged(3, changed) },
        record(4, plan("f", &["g"]), MergePhase::Undo, MergeProgress::Done),
        MergeRecord { wiped: true, purged_at: old(1), ..record(5, plan("h", &["i"]), MergePhase::Purge, done) },
        record(6, plan("m", &["n"]), MergePhase::Merge, stopped),
    ]
}

/// Steers merges as asked, after a stale report about each.
fn obeying(command: &Command) -> Vec<Event> {
    let Command::Merges { merges, deed, .. } = command else { return ending(|_| MergeProgress::Done)(command) };
    let phase = match deed {
        MergeDeed::Undo => MergePhase::Undo,
        MergeDeed::Purge => MergePhase::Purge,
        _ => MergePhase::Merge,
    };
    let known = journal();
    let of = |id: &crate::domain::MergeId| known.iter().find(|record| record.id == *id).expect("it is there").clone();
    let told = merges.iter().flat_map(|id| {
        let was = of(id);
        let running = MergeRecord { phase, progress: MergeProgress::Running, done: 1, ..was.clone() };
        let ended = MergeRecord { phase, progress: MergeProgress::Done, done: 9, ..was.clone() };
        let stale = (phase != was.phase).then_some(was);
        stale.into_iter().chain([running, ended])
    });
    told.map(|record| Event::Merge(MergeEvent::Changed(record))).collect()
}

/// The merges, by number, of which something was asked, and what.
fn deeds(ran: &Ran) -> Vec<(Vec<i64>, MergeDeed)> {
    let number = |id: &crate::domain::MergeId| {
        let record = journal().into_iter().find(|record| record.id == *id);
        record.expect("it is there").number
    };
    let one = |command: &&Command| match command {
        Command::Merges { merges, deed, .. } => (merges.iter().map(number).collect(), *deed),
        other => panic!("{other:?}"),
    };
    ran.writes().iter().map(one).collect()
}

async fn at(line: &str) -> Ran {
    run(line, working(journal(), obeying)).await
}

#[tokio::test]
async fn the_journal_is_listed_the_newest_first() {
    let ran = at("duplicates merges --json").await;
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let numbers: Vec<i64> = lines.iter().filter_map(|line| line["number"].as_i64()).collect();
    assert_eq!(numbers, [6, 5, 4, 3, 2, 1]);
    let states: Vec<&str> = lines.iter().filter_map(|line| line["state"].as_str()).collect();
    assert_eq!(states, ["stopped", "purged", "undone", "merged", "merged", "merged"]);
    assert_eq!(lines[4]["set_aside"], serde_json::json!(["d", "e"]));
    assert_eq!(lines[0]["why"], "L\x1b[1m has an upcoming appointment: T");
    assert!(!ran.out.contains('\x1b'), "{}", ran.out);
    let ran = at("duplicates merges").await;
    let first = format!("6\tstopped\tnow\tM\t1\tL has an upcoming appointment: T\t{}", merge_id(6));
    assert_eq!(ran.out.lines().next(), Some(&*first));
}

#[tokio::test]
async fn a_merge_is_undone_by_number_by_id_or_with_its_batch() {
    let whole = merge_id(2).to_string();
    let (bare, short) = (whole.replace('-', ""), merge_id(2).short());
    for said in ["2", "#2", &whole, &bare, &short] {
        let ran = at(&format!("duplicates undo {said} --json")).await;
        assert_eq!(
            (ran.status, deeds(&ran)),
            (ExitStatus::Done, vec![(vec![2], MergeDeed::Undo)]),
            "{said}: {}",
            ran.err
        );
        let line = format!("{{\"merge\":\"{whole}\",\"survivor\":\"c\",\"set_aside\":[],\"state\":\"undone\"}}\n");
        assert_eq!(ran.out, line);
    }
    // One of the batch was undone before; one has stopped; a purged one that is wiped is in the way.
    let ran = at(&format!("duplicates undo {BATCH}")).await;
    assert_eq!(ran.status, ExitStatus::Rejected);
    assert!(ran.err.contains("undo #5") && ran.err.contains("wiped") && deeds(&ran).is_empty(), "{}", ran.err);
    for (said, status) in [
        ("99", ExitStatus::NotFound),
        ("02", ExitStatus::NotFound),
        ("nonsense", ExitStatus::NotFound),
        ("0193", ExitStatus::Usage),
    ] {
        let ran = at(&format!("duplicates undo {said}")).await;
        assert_eq!((ran.status, deeds(&ran)), (status, Vec::new()), "{said}: {}", ran.err);
    }
}

#[tokio::test]
async fn undoing_again_does_no_harm_and_a_dry_run_tells_what_goes() {
    let ran = at("duplicates undo 4").await;
    assert_eq!((ran.status, deeds(&ran)), (ExitStatus::Done, Vec::new()));
    assert!(ran.out.starts_with("Undone: merge of 1 contact into F (#4, f)"), "{}", ran.out);
    let ran = at("duplicates undo 3 --dry-run").await;
    for said in ["Undo #3: K (k)\n", "  clear city\n", "remove tags: vip", "L (l): restored"] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    assert!(deeds(&ran).is_empty());
    let ran = at("duplicates undo 3 --dry-run --json").await;
    assert!(ran.out.contains("\"back\":{\"city\":\"\"},\"removeTags\":[\"vip\"]"), "{}", ran.out);
    let ran = at("duplicates undo 5").await;
    assert_eq!((ran.status, deeds(&ran)), (ExitStatus::Rejected, Vec::new()));
}

#[tokio::test]
async fn an_undo_that_the_worker_refuses_is_told() {
    let refusing = |command: &Command| match command {
        Command::Merges { ticket, .. } => {
            let why = failure(FailureKind::Rejected);
            vec![Event::Merge(MergeEvent::Refused { ticket: *ticket, why, merge: Some(merge_id(2)) })]
        }
        other => panic!("{other:?}"),
    };
    let ran = run("duplicates undo 2", working(journal(), refusing)).await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Rejected, "Merged 2 contacts into C (#2, c)\n"), "as it is");
    assert!(ran.err.contains("the server says no"), "{}", ran.err);
}

#[tokio::test(start_paused = true)]
async fn an_undo_that_another_process_refuses_is_no_success() {
    // Told are the beginning and the way back, or nothing at all.
    for told in [true, false] {
        let script = move |command: &Command| match command {
            Command::Merges { .. } => {
                let was = journal().into_iter().find(|record| record.number == 2).expect("it is there");
                let running = MergeRecord { phase: MergePhase::Undo, progress: MergeProgress::Running, ..was.clone() };
                let both = [running, was].map(|record| Event::Merge(MergeEvent::Changed(record)));
                if told { both.to_vec() } else { Vec::new() }
            }
            other => panic!("{other:?}"),
        };
        let ran = run("duplicates undo 2", working(journal(), script)).await;
        assert_eq!(ran.status, ExitStatus::Rejected, "{}", ran.err);
        assert!(ran.out.starts_with("Merged 2 contacts into C"), "as it is: {}", ran.out);
    }
}

#[tokio::test]
async fn of_several_one_may_be_refused_and_the_others_go_on() {
    let script = |command: &Command| match command {
        Command::Merges { ticket, merges, .. } => {
            let why = failure(FailureKind::Rejected);
            let mut events = obeying(command);
            events
                .retain(|event| !matches!(event, Event::Merge(MergeEvent::Changed(record)) if record.id == merges[0]));
            events.insert(0, Event::Merge(MergeEvent::Refused { ticket: *ticket, why, merge: Some(merges[0]) }));
            events
        }
        other => panic!("{other:?}"),
    };
    let ran = run("duplicates purge 1 2 --yes --json", working(journal(), script)).await;
    assert_eq!(ran.status, ExitStatus::Rejected);
    let states: Vec<&str> = ran.out.lines().map(|line| line.rsplit("\"state\":").next().expect("a state")).collect();
    assert_eq!(states, ["\"merged\"}", "\"purged\"}"]);
    assert!(ran.err.contains("(#1)") && ran.err.contains("the server says no"), "{}", ran.err);
}

#[tokio::test]
async fn a_merge_goes_on_as_the_user_says() {
    for (more, deed) in [
        ("", MergeDeed::Resume),
        ("--leave-address", MergeDeed::LeaveAddress),
        ("--delete-first --yes", MergeDeed::DeleteFirst),
    ] {
        let ran = at(&format!("duplicates resume 6 {more}")).await;
        assert_eq!((ran.status, deeds(&ran)), (ExitStatus::Done, vec![(vec![6], deed)]), "{more}: {}", ran.err);
        assert_eq!(ran.out, "Merged 1 contact into M (#6, m)\n");
    }
    let ran = at("duplicates resume 6 --delete-first").await;
    assert_eq!((ran.status, deeds(&ran)), (ExitStatus::Usage, Vec::new()));
    assert!(ran.err.contains("N (n), merged into M (#6)"), "who goes is named: {}", ran.err);
    let ran = at("duplicates resume 6 --dry-run").await;
    assert_eq!((ran.status, deeds(&ran)), (ExitStatus::Done, Vec::new()));
    // What has ended is printed.
    let ran = at("duplicates resume 1").await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Done, "Merged 1 contact into A (#1, a)\n"));
}

#[tokio::test]
async fn what_is_set_aside_is_deleted_only_when_it_was_shown_and_agreed_to() {
    let ran = at("duplicates purge 2").await;
    assert_eq!((ran.status, deeds(&ran)), (ExitStatus::Usage, Vec::new()));
    assert!(ran.err.contains("D (d), merged into C (#2)") && ran.err.contains("add --yes"), "{}", ran.err);
    let ran = at("duplicates purge 2 1 2 --yes --json").await;
    assert_eq!(deeds(&ran), [(vec![2, 1], MergeDeed::Purge)], "each once");
    assert_eq!(ran.out.matches("\"set_aside\":[],\"state\":\"purged\"").count(), 2, "{}", ran.out);
    let ran = at("duplicates purge --older-than 30d --yes").await;
    assert_eq!(deeds(&ran), [(vec![1], MergeDeed::Purge)]);
    assert_eq!(ran.out, "Deleted 1 contact merged into A (#1, a)\n");
    let ran = at("duplicates purge --older-than 12w --yes").await;
    assert_eq!((ran.status, deeds(&ran), &*ran.out), (ExitStatus::Done, Vec::new(), ""));
    let ran = at("duplicates purge 1 2 --dry-run").await;
    assert_eq!(ran.out.lines().next(), Some("DELETE /contacts/b  B, merged into A (#1)"));
    assert_eq!((ran.out.lines().count(), deeds(&ran)), (3, Vec::new()));
    // What has been purged is printed, and what was undone or has stopped has nothing to purge.
    let ran = at("duplicates purge 5 --yes").await;
    assert_eq!((ran.status, deeds(&ran)), (ExitStatus::Done, Vec::new()));
    assert!(ran.out.starts_with("Deleted 1 contact"), "{}", ran.out);
    for number in [4, 6] {
        let ran = at(&format!("duplicates purge {number} --yes")).await;
        assert_eq!((ran.status, deeds(&ran)), (ExitStatus::Rejected, Vec::new()), "{number}");
    }
    let ran = at("duplicates purge 1 --yes --read-only").await;
    assert_eq!((ran.status, deeds(&ran)), (ExitStatus::Access, Vec::new()));
}

/// A worker that keeps decisions; it reports all of them at the start.
fn deciding(mut said: Vec<Dismissal>) -> impl FnMut(&Command) -> Vec<Event> + Send + 'static {
    move |command| match command {
        Command::Ask { ticket, request: Request::Decisions } => vec![
            Event::Merge(MergeEvent::Decisions(said.clone())),
            Event::Answer { ticket: *ticket, result: Ok(Answer::Decisions(said.clone())) },
        ],
        Command::Dismiss { pairs, .. } => {
            said.extend(pairs.iter().map(|(a, b)| Dismissal { a: a.clone(), b: b.clone(), at: now(), prints: [1, 2] }));
            vec![Event::Merge(MergeEvent::Decisions(said.clone()))]
        }
        Command::Reopen { pairs, .. } => {
            said.retain(|one| !pairs.contains(&(one.a.clone(), one.b.clone())));
            vec![Event::Merge(MergeEvent::Decisions(said.clone()))]
        }
        other => reading(other, false, Vec::new()),
    }
}

fn said(a: &str, b: &str) -> Dismissal {
    Dismissal { a: ContactId::new(a), b: ContactId::new(b), at: now(), prints: [1, 2] }
}

#[tokio::test]
async fn decisions_are_made_listed_and_taken_back() {
    let ran = run("duplicates dismiss z x y --json", deciding(Vec::new())).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    let pair = |a: &str, b: &str| format!("{{\"a\":\"{a}\",\"b\":\"{b}\",\"state\":\"dismissed\"}}\n");
    assert_eq!(ran.out, [pair("x", "y"), pair("x", "z"), pair("y", "z")].concat(), "each with each");
    let ran = run("duplicates decisions", deciding(vec![said("x", "y")])).await;
    assert_eq!(ran.out, "now\tAnn\tAnn\tx y\n");
    let ran = run("duplicates reopen y x", deciding(vec![said("x", "y")])).await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Done, "Open for review again: x and y\n"), "{}", ran.err);
    let ran = run("duplicates reopen x y", deciding(Vec::new())).await;
    assert_eq!((ran.status, ran.writes().len()), (ExitStatus::NotFound, 0));
    let ran = run("duplicates dismiss x x", deciding(Vec::new())).await;
    assert_eq!((ran.status, ran.writes().len()), (ExitStatus::Usage, 0));
}

#[tokio::test(start_paused = true)]
async fn a_decision_that_is_not_kept_is_no_success() {
    let ran = run("duplicates dismiss x y", working(Vec::new(), |_| Vec::new())).await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Failed, ""));
    let refusing = |command: &Command| match command {
        Command::Dismiss { ticket, .. } => {
            let why = failure(FailureKind::NotFound);
            vec![Event::Merge(MergeEvent::Refused { ticket: *ticket, why, merge: None })]
        }
        _ => Vec::new(),
    };
    let ran = run("duplicates dismiss x y", working(Vec::new(), refusing)).await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::NotFound, ""));
}
