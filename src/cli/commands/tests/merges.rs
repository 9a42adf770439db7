//! Finding duplicates and making one contact of them, one group or many.

use crate::dedupe::{Reason, group_key};
use crate::domain::{
    Appointment, AppointmentId, AppointmentStatus, AppointmentTime, CustomField, CustomFieldId, CustomValue, GroupId,
    Keep, Member, MergeId, MergePhase, MergePlan, MergeProgress, MergeRecord, Obstacle,
};
use crate::protocol::{DuplicateGroup, DuplicatePair, MergeDeed, MergeEvent, Scan};

use super::*;

pub(super) fn merge_id(number: i64) -> MergeId {
    MergeId(uuid::Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 | u128::from(number.unsigned_abs())))
}

pub(super) const BATCH: GroupId = GroupId(uuid::Uuid::from_u128(0xba7c_0000_0000_0000_0000_0000_0000_0001));

/// A merge of the journal; `c` stays, unless the plan is another.
pub(super) fn record(number: i64, plan: MergePlan, phase: MergePhase, progress: MergeProgress) -> MergeRecord {
    MergeRecord {
        id: merge_id(number),
        number,
        batch: BATCH,
        plan,
        phase,
        progress,
        done: 0,
        steps: 9,
        made_at: now(),
        ended_at: Some(now()),
        left: Vec::new(),
        purged_at: None,
        remade: Vec::new(),
        wiped: false,
    }
}

pub(super) fn plan(survivor: &str, losers: &[&str]) -> MergePlan {
    let seen = std::iter::once(&survivor).chain(losers).map(|id| contact(id, &id.to_uppercase(), &[]));
    MergePlan {
        survivor: ContactId::new(survivor),
        losers: losers.iter().map(|&id| ContactId::new(id)).collect(),
        seen: seen.collect(),
        patch: crate::domain::ContactPatch::default(),
        add_tags: Vec::new(),
        add_followers: Vec::new(),
        leftovers: Vec::new(),
        keep: Keep::Note,
        tag: Some("merged-duplicate".into()),
        silence: false,
        move_appointments: false,
        delete: false,
        address: crate::domain::AddressWay::default(),
        score: None,
    }
}

/// What a contact of these tests is.
fn member(id: &str) -> Member {
    let at = |text: &str| Some(text.parse().expect("a timestamp"));
    let mut contact = contact(id, "Ann", &[id]);
    let mut appointments = Vec::new();
    match id {
        "a" => {
            contact.last_name = Some("Lee".into());
            contact.email = Some("ann@example.com".into());
            contact.updated = at("2026-01-01T00:00:00Z");
            contact.added = at("2020-01-01T00:00:00Z");
            contact.company = Some("Acme".into());
        }
        "b" => {
            contact.first_name = Some("Anna\x1b[31m\u{202e}".into());
            contact.email = Some("anna@example.com".into());
            contact.phone = Some("+15105550100".into());
            contact.city = Some("Oak\u{202e}land".into());
            contact.updated = at("2026-06-01T00:00:00Z");
            contact.added = at("2021-01-01T00:00:00Z");
            contact.custom = vec![CustomValue { id: CustomFieldId::new("f1"), value: 7.into() }];
            contact.dnd.channels = Some(vec![("SMS".into(), true)]);
            let start = Some(AppointmentTime::Instant("2026-12-24T18:00:00Z".parse().expect("a timestamp")));
            appointments.push(Appointment {
                id: AppointmentId::new("ap1"),
                contact: ContactId::new("b"),
                calendar: None,
                title: Some("Fitting".into()),
                start,
                end: start,
                status: AppointmentStatus::Confirmed,
                assigned_to: None,
                address: None,
            });
        }
        _ => {}
    }
    let note = Note {
        id: NoteId::new(format!("n-{id}")),
        contact: contact.id.clone(),
        title: None,
        body: "Called".into(),
        author: None,
        added: None,
        pinned: false,
    };
    Member { contact, tasks: vec![task(false)], notes: vec![note], appointments }
}

pub(super) fn groups() -> Duplicates {
    let group = |members: &[&str], score: f64| {
        Arc::new(DuplicateGroup {
            members: members.iter().map(|&id| ContactId::new(id)).collect(),
            score,
            pairs: vec![DuplicatePair {
                a: 0,
                b: 1,
                score,
                reasons: vec![Reason { words: "same e-mail".into(), bits: 9.0 }],
            }],
        })
    };
    Duplicates { groups: vec![group(&["a", "b"], 0.99), group(&["a", "c", "d"], 0.8)], scan: Scan::Done }
}

fn location() -> Event {
    let field = |id: &str, name: &str, kind: &str| CustomField {
        id: CustomFieldId::new(id),
        name: name.into(),
        key: None,
        data_type: Some(kind.into()),
        options: Vec::new(),
    };
    Event::Location(Arc::new(Location {
        custom_fields: vec![field("f1", "Shoe size", "NUMERICAL"), field("f2", "Hat", "TEXT")],
        ..Location::unknown(LocationId::new("l"))
    }))
}

/// A worker with this journal, which does with plans and records what `deed` says.
pub(super) fn working(
    journal: Vec<MergeRecord>,
    deed: impl Fn(&Command) -> Vec<Event> + Send + 'static,
) -> impl FnMut(&Command) -> Vec<Event> + Send + 'static {
    move |command| {
        let Command::Ask { ticket, request } = command else { return deed(command) };
        let answer = match request {
            Request::Merges => Answer::Merges(journal.clone()),
            Request::Duplicates => Answer::Duplicates(groups()),
            Request::Members(ids) => {
                let there = ids.iter().filter(|id| id.as_str() != "gone");
                Answer::Members(there.map(|id| member(id.as_str())).collect())
            }
            Request::Location => {
                return vec![location(), Event::Answer { ticket: *ticket, result: Ok(Answer::Located) }];
            }
            _ => return reading(command, false, Vec::new()),
        };
        vec![Event::Answer { ticket: *ticket, result: Ok(answer) }]
    }
}

/// Every merge is queued, takes a step, and ends so.
pub(super) fn ending(
    end: impl Fn(&MergeRecord) -> MergeProgress + Send + 'static,
) -> impl Fn(&Command) -> Vec<Event> + Send + 'static {
    move |command| {
        let Command::Merge { ticket, plans } = command else { return Vec::new() };
        let queued =
            |(number, plan): (i64, &MergePlan)| record(number, plan.clone(), MergePhase::Merge, MergeProgress::Queued);
        let merges: Vec<MergeRecord> = (217..).zip(plans).map(queued).collect();
        let mut events = vec![MergeEvent::Queued { ticket: Some(*ticket), merges: merges.clone() }];
        for merge in merges {
            let running = MergeRecord { progress: MergeProgress::Running, done: 1, ..merge };
            let ended = MergeRecord { progress: end(&running), done: 9, ..running.clone() };
            events.extend([MergeEvent::Changed(running), MergeEvent::Changed(ended)]);
        }
        events.into_iter().map(Event::Merge).collect()
    }
}

fn done(_: &MergeRecord) -> MergeProgress {
    MergeProgress::Done
}

pub(super) fn key(ids: &[&str]) -> String {
    group_key(ids)
}

/// The only plan that was sent.
fn sent(ran: &Ran) -> &MergePlan {
    match ran.writes().as_slice() {
        [Command::Merge { plans, .. }] if plans.len() == 1 => &plans[0],
        other => panic!("one plan: {other:?}: {}", ran.err),
    }
}

pub(super) async fn typing(
    line: &str,
    typed: &str,
    script: impl FnMut(&Command) -> Vec<Event> + Send + 'static,
) -> Ran {
    let mut out = Vec::new();
    let ran =
        run_at(Seat { typed: Some(typed), ..Seat::default() }, line, &mut out, std::future::pending(), script).await;
    Ran { out: String::from_utf8(out).expect("text"), ..ran }
}

#[tokio::test]
async fn groups_are_listed_as_find_prints_them() {
    let ran = run("duplicates list --json", working(Vec::new(), ending(done))).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    let first = format!(
        "{{\"group\":\"{}\",\"cluster\":[\"a\",\"b\"],\"score\":0.99,\"reasons\":[\"same e-mail\"],\
         \"pairs\":[{{\"a\":\"a\",\"b\":\"b\",\"score\":0.99,\"reasons\":[\"same e-mail\"]}}]}}",
        key(&["a", "b"])
    );
    assert_eq!(ran.out.lines().next(), Some(&*first));
    assert_eq!(ran.out.lines().count(), 2);
    let synced = |ran: &Ran| {
        ran.commands.iter().any(|command| matches!(command, Command::Ask { request: Request::Sync { .. }, .. }))
    };
    assert!(synced(&ran));

    let ran = run("duplicates list --offline", working(Vec::new(), ending(done))).await;
    let first = format!("99 %\tZoe, Bob\tsame e-mail\ta b\t{}", key(&["a", "b"]));
    assert_eq!(ran.out.lines().next(), Some(&*first));
    assert!(!synced(&ran) && ran.err.contains("5 contacts look like 2 people"), "{}", ran.err);
}

#[tokio::test]
async fn a_group_is_merged_by_the_start_of_its_name() {
    let line = format!("duplicates merge {} --json", &key(&["a", "b"])[..6]);
    let ran = run(&line, working(Vec::new(), ending(done))).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    let id = merge_id(217);
    assert_eq!(
        ran.out,
        format!("{{\"merge\":\"{id}\",\"survivor\":\"b\",\"set_aside\":[\"a\"],\"state\":\"merged\"}}\n")
    );
    assert!(ran.err.contains(&format!("queued as {id} (#217)")), "{}", ran.err);
    let plan = sent(&ran);
    assert_eq!((plan.score, plan.delete, plan.tag.as_deref()), (Some(0.99), false, Some("merged-duplicate")));
    assert_eq!(plan.add_tags, ["a"]);

    let ran = run("duplicates merge abcdef", working(Vec::new(), ending(done))).await;
    assert_eq!(ran.status, ExitStatus::NotFound);
    for wrong in ["abc", "c1", "zzzzzz"] {
        let ran = run(&format!("duplicates merge {wrong}"), working(Vec::new(), ending(done))).await;
        assert_eq!(ran.status, ExitStatus::Usage, "{wrong}");
    }
}

#[tokio::test]
async fn what_is_said_outranks_the_rules() {
    let line = "duplicates merge a b c --survivor a --exclude c --from email=b --set lastName=Leeds --set tags=vip,x \
                --set dnd.sms=off --set hat=bowler --set f1=9 --silence --move-appointments";
    let ran = run(line, working(Vec::new(), ending(done))).await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Done, "Merged 1 contact into Ann Lee (#217, a)\n"), "{}", ran.err);
    let plan = sent(&ran);
    assert_eq!(plan.losers, [ContactId::new("b")]);
    let fields: Vec<(&str, Option<&str>)> =
        plan.patch.fields.iter().map(|(field, value)| (field.name(), value.as_deref())).collect();
    let expected = [
        ("lastName", Some("Leeds")),
        ("email", Some("anna@example.com")),
        ("phone", Some("+15105550100")),
        ("city", Some("Oak\u{202e}land")),
    ];
    assert_eq!(fields, expected);
    assert_eq!(plan.add_tags, ["vip", "x"]);
    assert!(plan.patch.channels.is_empty(), "the one that stays is off limits nowhere: {:?}", plan.patch.channels);
    let custom: Vec<String> = plan.patch.custom.iter().map(|(id, value)| format!("{id}={value}")).collect();
    assert_eq!(custom, ["f1=9", "f2=\"bowler\""], "as they are stored, also where nobody had one");
    assert!(plan.silence && plan.move_appointments && !plan.delete);
}

#[tokio::test]
async fn nonsense_about_a_merge_is_wrong_usage_and_sends_nothing() {
    for (line, why) in [
        ("duplicates merge a a", "fewer than two"),
        ("duplicates merge a b --exclude c", "cannot be excluded"),
        ("duplicates merge a b --exclude a", "fewer than two"),
        ("duplicates merge a b --survivor c", "cannot be the survivor"),
        ("duplicates merge a b --set shoes=9", "no field has this name"),
        ("duplicates merge a b --set email=nonsense", "not an e-mail address"),
        ("duplicates merge a b --set companyName=Acme", "the API cannot change it"),
        ("duplicates merge a b --from companyName=a", "the API cannot change it"),
        ("duplicates merge a b --from email=c", "does not take part"),
        ("duplicates merge a b --from hat=a", "none of the contacts has a value"),
        ("duplicates merge a b --set dnd=perhaps", "not on or off"),
        ("duplicates merge a b --set email=a@example.com --from email=b", "given twice"),
    ] {
        let ran = run(line, working(Vec::new(), ending(done))).await;
        assert_eq!(ran.status, ExitStatus::Usage, "{line}: {}", ran.err);
        assert!(ran.err.contains(why) && ran.writes().is_empty(), "{line}: {}", ran.err);
    }
    let ran = run("duplicates merge a gone", working(Vec::new(), ending(done))).await;
    assert_eq!(ran.status, ExitStatus::NotFound);
    assert!(ran.err.contains("no contact gone"), "{}", ran.err);
}

#[tokio::test]
async fn a_dry_run_shows_every_value_with_its_rule_and_every_request() {
    let ran =
        run("duplicates merge a b --survivor a --set hat=bowler --dry-run", working(Vec::new(), ending(done))).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    assert!(ran.writes().is_empty());
    for said in [
        "Merge into Ann Lee (a)\n",
        "email\tanna@example.com\tnewest\tAnna",
        "lastName\tLee\t\tAnn Lee\n",
        "dnd.SMS\ton\tstrictest\tAnna",
        "tags\ta, b\tall\t\n",
        "Shoe size\t7\tfills blank\tAnna",
        "Hat\tbowler\ttyped\t\n",
        "Copied: 1 note, 1 task, 0 appointments\n",
        "e-mail \"ann@example.com\" of Ann Lee: kept in a note\n",
        "Anna (b): archived with the tag merged-duplicate\n",
        "write requests:\nPUT /a\n",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    assert!(!ran.out.contains('\x1b') && !ran.out.contains('\u{202e}'), "{}", ran.out);
    assert!(ran.err.contains("1 upcoming appointment;"), "{}", ran.err);

    let line = "duplicates merge a b --survivor a --move-appointments --delete --dry-run --json";
    let ran = run(line, working(Vec::new(), ending(done))).await;
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("one object");
    assert_eq!((&said["state"], &said["survivor"], &said["losers"][0]), (&"planned".into(), &"a".into(), &"b".into()));
    assert_eq!((&said["delete"], &said["tag"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(said["copies"]["appointments"], 1);
    let email = said["fields"].as_array().expect("fields").iter().find(|field| field["field"] == "email");
    assert_eq!(email.expect("an e-mail")["rule"], "newest");
    assert!(said["requests"].as_array().is_some_and(|all| all.len() > 3), "{said}");
    assert!(ran.out.contains("\\u202e") && !ran.out.contains('\u{202e}'), "{}", ran.out);
    assert!(ran.writes().is_empty() && !ran.err.contains("coming"), "{}", ran.err);
}

#[tokio::test]
async fn deleting_at_once_is_agreed_to_first() {
    let ran = run("duplicates merge a b --delete", working(Vec::new(), ending(done))).await;
    assert_eq!(ran.status, ExitStatus::Usage);
    assert!(ran.err.contains("add --yes") && ran.writes().is_empty(), "{}", ran.err);
    let ran = typing("duplicates merge a b --delete", "no\n", working(Vec::new(), ending(done))).await;
    assert!(ran.status == ExitStatus::Done && ran.writes().is_empty() && ran.out.is_empty(), "{}", ran.err);
    for (line, typed) in
        [("duplicates merge a b --delete --json", "yes\n"), ("duplicates merge a b --delete --yes --json", "")]
    {
        let ran = typing(line, typed, working(Vec::new(), ending(done))).await;
        assert!(sent(&ran).delete && ran.out.contains("\"set_aside\":[],\"state\":\"merged\""), "{}", ran.out);
    }
}

#[tokio::test]
async fn a_merge_that_stops_says_why_and_what_next() {
    let address = Obstacle::Address { contact: ContactId::new("a"), name: "Ann\x1b[1m".into(), field: "e-mail".into() };
    let changed = Obstacle::Changed { contact: ContactId::new("a"), name: "Ann".into(), fields: vec!["phone".into()] };
    for (progress, status, state, said) in [
        (MergeProgress::Stopped(address), ExitStatus::Rejected, "stopped", "resume 217 --leave-address"),
        (MergeProgress::Stopped(Obstacle::Missing("tag x".into())), ExitStatus::Rejected, "stopped", "undo 217"),
        (
            MergeProgress::Stopped(Obstacle::Scope("contacts.write".into())),
            ExitStatus::Access,
            "stopped",
            "contacts.write",
        ),
        (MergeProgress::Refused(changed), ExitStatus::Rejected, "refused", "Ann has changed since the review: phone"),
        (MergeProgress::Paused, ExitStatus::Rejected, "paused", "resume 217"),
    ] {
        let ran = run("duplicates merge a b --json", working(Vec::new(), ending(move |_| progress.clone()))).await;
        assert_eq!(ran.status, status, "{}", ran.err);
        assert!(ran.out.contains(&format!("\"set_aside\":[],\"state\":\"{state}\"")), "{}", ran.out);
        assert!(ran.err.contains(said) && !ran.err.contains('\x1b'), "{said}: {}", ran.err);
    }
}

#[tokio::test(start_paused = true)]
async fn a_merge_that_waits_for_the_network_is_left_under_its_id() {
    let id = merge_id(217);
    let waiting = |_: &MergeRecord| MergeProgress::Waiting { until: now(), why: "no route".into() };
    let offline = move |command: &Command| {
        let mut events = ending(waiting)(command);
        if matches!(command, Command::Merge { .. }) {
            let state = SyncState::Offline { at: None, retry_at: now(), why: "no route".into() };
            events.insert(1, Event::Sync(state));
        }
        events
    };
    let started = tokio::time::Instant::now();
    let ran = run("duplicates merge a b --json", working(Vec::new(), offline)).await;
    assert!(started.elapsed() < Duration::from_secs(5), "nobody waits for a network that is gone");
    assert_eq!(ran.status, ExitStatus::Network);
    assert!(ran.out.contains(&format!("\"merge\":\"{id}\"")) && ran.out.contains("\"waiting\""), "{}", ran.out);
    assert!(ran.err.contains("no route") && ran.err.contains(&id.to_string()), "{}", ran.err);

    // A passing fault is waited for, but not for ever.
    let ran = run("duplicates merge a b --wait 7s", working(Vec::new(), ending(waiting))).await;
    assert_eq!(ran.status, ExitStatus::Network);
    assert!(ran.err.contains("no route; no progress for 7 s"), "{}", ran.err);
}

#[tokio::test(start_paused = true)]
async fn what_another_process_ends_is_seen_in_the_journal() {
    let ended = record(217, plan("b", &["a"]), MergePhase::Merge, MergeProgress::Done);
    // The end is never reported; the first look at the journal is before the merge.
    let mut looks = 0;
    let mut worker = working(Vec::new(), ending(|_| MergeProgress::Running));
    let ran = run("duplicates merge a b", move |command| match command {
        Command::Ask { ticket, request: Request::Merges } => {
            looks += 1;
            let there = if looks > 1 { vec![ended.clone()] } else { Vec::new() };
            vec![Event::Answer { ticket: *ticket, result: Ok(Answer::Merges(there)) }]
        }
        other => worker(other),
    })
    .await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Done, "Merged 1 contact into B (#217, b)\n"), "{}", ran.err);
}

#[tokio::test]
async fn merging_the_same_again_does_no_harm() {
    let resumed = |command: &Command| {
        let Command::Merges { merges, deed: MergeDeed::Resume, .. } = command else { panic!("{command:?}") };
        assert_eq!(*merges, [merge_id(3)]);
        vec![Event::Merge(MergeEvent::Changed(record(3, plan("a", &["b"]), MergePhase::Merge, MergeProgress::Done)))]
    };
    let line = "{\"merge\":\"MERGE\",\"survivor\":\"a\",\"set_aside\":[\"b\"],\"state\":\"merged\"}\n"
        .replace("MERGE", &merge_id(3).to_string());
    let stopped = MergeProgress::Stopped(Obstacle::Missing("tag".into()));
    for (progress, writes) in [(MergeProgress::Done, 0), (stopped.clone(), 1), (MergeProgress::Paused, 1)] {
        let journal = vec![record(3, plan("a", &["b"]), MergePhase::Merge, progress)];
        // By ids in any order, and by the name of the group.
        for who in ["b a", &key(&["a", "b"])] {
            let ran = run(&format!("duplicates merge {who} --json"), working(journal.clone(), resumed)).await;
            assert_eq!((ran.status, &*ran.out, ran.writes().len()), (ExitStatus::Done, &*line, writes), "{}", ran.err);
        }
        let ran = run("duplicates merge a b --dry-run", working(journal, resumed)).await;
        assert!(ran.status == ExitStatus::Done && ran.writes().is_empty(), "{}", ran.err);
    }
    // An undone or refused merge starts again.
    let refused = MergeProgress::Refused(Obstacle::Gone { contact: ContactId::new("a"), name: "A".into() });
    for (phase, progress) in [(MergePhase::Undo, MergeProgress::Done), (MergePhase::Merge, refused)] {
        let journal = vec![record(3, plan("a", &["b"]), phase, progress)];
        let ran = run("duplicates merge a b", working(journal, ending(done))).await;
        assert_eq!((ran.status, ran.writes().len()), (ExitStatus::Done, 1), "{}", ran.err);
    }
    // An archived contact is not merged again.
    let journal = vec![record(3, plan("c", &["b"]), MergePhase::Merge, MergeProgress::Done)];
    let ran = run("duplicates merge a b", working(journal.clone(), ending(done))).await;
    assert_eq!((ran.status, ran.writes().len()), (ExitStatus::Rejected, 0), "{}", ran.err);
    assert!(
        ran.err.contains("merge #3 into C has archived one of them") && ran.err.contains("name c instead"),
        "{}",
        ran.err
    );
    let ran = run("duplicates merge a c", working(journal, ending(done))).await;
    assert_eq!((ran.status, ran.writes().len()), (ExitStatus::Done, 1), "{}", ran.err);
    // One that is being undone is in the way, and so is one that shares a member.
    for (phase, journaled, said) in [
        (MergePhase::Undo, plan("a", &["b"]), "being undone"),
        (MergePhase::Merge, plan("c", &["b"]), "merge #3 into C"),
    ] {
        let journal = vec![record(3, journaled, phase, stopped.clone())];
        let ran = run("duplicates merge a b", working(journal, ending(done))).await;
        assert_eq!((ran.status, ran.writes().len()), (ExitStatus::Rejected, 0), "{}", ran.err);
        assert!(ran.err.contains(said) && ran.err.contains("resume 3"), "{}", ran.err);
    }
}

#[tokio::test]
async fn a_merge_that_somebody_begins_in_the_same_moment_is_joined() {
    let ended = record(3, plan("a", &["b"]), MergePhase::Merge, MergeProgress::Done);
    let mut looks = 0;
    let mut worker = working(Vec::new(), |command| match command {
        Command::Merge { ticket, .. } => {
            let why = failure(FailureKind::Rejected);
            vec![Event::Merge(MergeEvent::Refused { ticket: *ticket, why, merge: Some(merge_id(3)) })]
        }
        other => panic!("{other:?}"),
    });
    let script = move |command: &Command| match command {
        Command::Ask { ticket, request: Request::Merges } => {
            looks += 1;
            let there = if looks > 1 { vec![ended.clone()] } else { Vec::new() };
            vec![Event::Answer { ticket: *ticket, result: Ok(Answer::Merges(there)) }]
        }
        other => worker(other),
    };
    let ran = run("duplicates merge a b", script).await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Done, "Merged 1 contact into A (#3, a)\n"), "{}", ran.err);

    let refused = |command: &Command| match command {
        Command::Merge { ticket, .. } => {
            let why = failure(FailureKind::Rejected);
            vec![Event::Merge(MergeEvent::Refused { ticket: *ticket, why, merge: None })]
        }
        other => panic!("{other:?}"),
    };
    let ran = run("duplicates merge a b", working(Vec::new(), refused)).await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Rejected, ""));
    assert!(ran.err.contains("the server says no"), "{}", ran.err);
}
