//! Whole commands against a scripted worker.

use std::io;
use std::sync::{Arc, Mutex};

use crate::cli::args::{self, Cli};
use crate::domain::{
    Contact, ContactEdit, ContactId, Edit, EditId, EditKind, Location, LocationId, Note, NoteEdit, NoteId, NotePatch,
    Pending, Progress, Receipt, Scope, TagEdit, Target, Task, TaskEdit, TaskId,
};
use crate::protocol::{
    Answer, Command, Confirmed, Duplicates, EditEvent, Event, Failure, FailureKind, Outcome, Planned, Preview, Refused,
    Request, SyncState, Traces, Verb, channel,
};

use super::*;

mod fields;
mod journal;
mod listing;
mod many;
mod merges;
mod sync;
mod tables;
mod views;

/// What those find saved that are about views.
const VIEWS: &str = "[[view]]\nname = \"Hot\"\nlocation = \"loc\"\nfilter = \"tag:vip\"\ntags = [\"hot\"]\n\
                     [[view]]\nname = \"Everybody\"\nsort = \"-added\"\n\
                     [[view]]\nname = \"Elsewhere\"\nlocation = \"other\"\ntags = [\"x\"]\n";

const EDIT: EditId = EditId(uuid::Uuid::from_u128(7));

struct Ran {
    status: ExitStatus,
    out: String,
    err: String,
    commands: Vec<Command>,
}

impl Ran {
    /// What changed something, or would have.
    fn writes(&self) -> Vec<&Command> {
        self.commands.iter().filter(|command| !matches!(command, Command::Ask { .. } | Command::Stop)).collect()
    }
}

fn now() -> Timestamp {
    "2026-11-24T18:00:00Z".parse().expect("a timestamp")
}

/// Runs a command line; `script` says what the worker answers to each command.
async fn run(line: &str, script: impl FnMut(&Command) -> Vec<Event> + Send + 'static) -> Ran {
    let mut out = Vec::new();
    let ran = run_into(line, &mut out, std::future::pending(), script).await;
    Ran { out: String::from_utf8(out).expect("text"), ..ran }
}

async fn run_into(
    line: &str,
    out: &mut dyn Write,
    interrupted: impl Future<Output = ()>,
    script: impl FnMut(&Command) -> Vec<Event> + Send + 'static,
) -> Ran {
    run_at(Seat::default(), line, out, interrupted, script).await
}

/// Who sits at the terminal, and what it is like.
#[derive(Default)]
struct Seat<'a> {
    /// Nobody, without a text.
    typed: Option<&'a str>,
    width: Option<usize>,
    /// Nobody has saved a view.
    without_views: bool,
    hours: Option<Hours>,
}

/// Runs a command on a terminal of this width.
async fn run_seen(line: &str, width: usize, script: impl FnMut(&Command) -> Vec<Event> + Send + 'static) -> Ran {
    let mut out = Vec::new();
    let seat = Seat { width: Some(width), ..Seat::default() };
    let ran = run_at(seat, line, &mut out, std::future::pending(), script).await;
    Ran { out: String::from_utf8(out).expect("text"), ..ran }
}

async fn run_at(
    Seat { typed, width, without_views, hours }: Seat<'_>,
    line: &str,
    out: &mut dyn Write,
    interrupted: impl Future<Output = ()>,
    mut script: impl FnMut(&Command) -> Vec<Event> + Send + 'static,
) -> Ran {
    let Cli { global, command: Some(args::CliCommand::Headless(command)), .. } =
        args::parse(std::iter::once("ghl-tui").chain(line.split_whitespace()), "").expect(line)
    else {
        panic!("{line} is no headless command");
    };
    let (port, mut worker) = channel();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let commands = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Some(command) = worker.commands.recv().await {
            let mut events = if command == Command::Stop { vec![Event::Stopped] } else { script(&command) };
            commands.lock().expect("nobody panicked").push(command);
            for event in events.drain(..) {
                if worker.events.send(event).await.is_err() {
                    return;
                }
            }
        }
    });
    let mut err = Vec::new();
    let folder = tempfile::tempdir().expect("a folder");
    if line.contains("views") && !without_views {
        std::fs::write(folder.path().join("views.toml"), VIEWS).expect("written");
    }
    let surroundings = CommandEnvironment {
        out,
        err: &mut err,
        input: &mut typed.unwrap_or("from standard input\n").as_bytes(),
        began: std::time::Instant::now(),
        now: now(),
        zone: TimeZone::UTC,
        hours,
        asks: typed.is_some(),
        width,
        progress: false,
        merge_rules: MergeRules::default(),
        views: ViewsFile::new(folder.path().join("views.toml")),
        location: LocationId::new("loc"),
    };
    let status = super::run(command, &global, port, surroundings, interrupted).await;
    let commands = seen.lock().expect("nobody panicked").clone();
    Ran { status, out: String::new(), err: String::from_utf8(err).expect("text"), commands }
}

fn task(completed: bool) -> Task {
    Task {
        id: TaskId::new("t1"),
        contact: ContactId::new("c1"),
        title: "Call \x1b[31mback".into(),
        body: None,
        due: Some("2026-11-24T22:00:00Z".parse().expect("a timestamp")),
        completed,
        assigned_to: None,
    }
}

fn contact(id: &str, first_name: &str, tags: &[&str]) -> Contact {
    Contact {
        first_name: Some(first_name.to_owned()),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        ..Contact::unknown(ContactId::new(id))
    }
}

fn add_note(body: &str) -> Edit {
    let note = NotePatch { body: Some(body.to_owned()), ..NotePatch::default() };
    Edit::new(ContactId::new("c1"), NoteEdit::Add { note, replaces: None })
}

fn failure(kind: FailureKind) -> Failure {
    Failure { kind, what: "do it".into(), why: "the server\nsays no".into(), next: String::new() }
}

/// Answers reading: three contacts on two pages, one task, and the outbox as given.
fn reading(command: &Command, completed: bool, pending: Vec<Pending>) -> Vec<Event> {
    let Command::Ask { ticket, request } = command else { return Vec::new() };
    let page = |id: &str, name: &str, tags: &[&str]| vec![contact(id, name, tags)];
    let answer = match request {
        Request::Sync { .. } => Answer::Synced { at: now(), contacts: 3 },
        Request::Contacts { after: None, .. } => Answer::Contacts(page("a", "Zoe", &["vip"])),
        Request::Contacts { after: Some(after), .. } => Answer::Contacts(match after.as_str() {
            "a" => page("b", "Bob\u{9b}", &[]),
            "b" => page("c", "Ann", &["vip"]),
            _ => Vec::new(),
        }),
        Request::Contact { id, .. } => Answer::Contact(Box::new(contact(id.as_str(), "Ann", &[]))),
        Request::Tasks { .. } | Request::LocationTasks { .. } => Answer::Tasks(vec![task(completed)]),
        Request::Task { .. } => Answer::Task(Box::new(task(completed))),
        Request::Notes { .. } | Request::Note { .. } => Answer::Notes(Vec::new()),
        Request::Appointments { .. } => Answer::Appointments(Vec::new()),
        Request::Location => Answer::Located,
        Request::Outbox => Answer::Outbox(pending),
        Request::Damaged => Answer::Damaged(Vec::new()),
        Request::DropDamaged(_) => Answer::Dropped,
        Request::Traces(id) if id.as_str() == "nobody" => Answer::Traces(Traces::default()),
        Request::Traces(_) => {
            Answer::Traces(Traces { name: Some("Ann".into()), history: vec![add_note("hi")], ..Traces::default() })
        }
        Request::Forget(_) => Answer::Forgotten,
        Request::Members(_) => Answer::Members(Vec::new()),
        Request::Merges => Answer::Merges(Vec::new()),
        Request::Decisions => Answer::Decisions(Vec::new()),
        Request::Duplicates => Answer::Duplicates(Duplicates::default()),
        Request::Plan { contacts, .. } => {
            let tag = |contact: &ContactId| Edit::new(contact.clone(), TagEdit::Add { tags: vec!["hot".into()] });
            Answer::Planned(Planned { edits: contacts.iter().map(tag).collect(), ..Planned::default() })
        }
        Request::Inverse(group) => {
            let edit = Edit::new(ContactId::new("c"), TagEdit::Remove { tags: vec!["hot".into()] });
            Answer::Planned(Planned { edits: group.iter().map(|_| edit.clone()).collect(), ..Planned::default() })
        }
        Request::Preview(edits) => Answer::Previews(
            edits
                .iter()
                .map(|edit| Preview { verb: Verb::Put, path: format!("/{}", edit.contact), body: None })
                .collect(),
        ),
        Request::Raw(call) if call.path == "/missing" => {
            Answer::Raw { status: 400, body: r#"{"message":"Contact with id x not found"}"#.into() }
        }
        Request::Raw(call) => {
            let said = format!("{} {} {:?} {:?}\u{9b}", call.verb, call.path, call.query, call.body);
            Answer::Raw { status: 200, body: serde_json::json!({ "said": said }).to_string() }
        }
    };
    vec![Event::Answer { ticket: *ticket, result: Ok(answer) }]
}

/// A worker whose edits end as `end` says, after they are in the outbox.
fn writing(end: impl Fn(&Edit) -> Vec<Event> + Send + 'static) -> impl FnMut(&Command) -> Vec<Event> + Send + 'static {
    move |command| match command {
        Command::Apply { ticket, edits, .. } => {
            let [edit] = edits.as_slice() else { panic!("one edit: {edits:?}") };
            let edits = vec![(EDIT, edit.clone())];
            let queued = EditEvent::Queued { ticket: Some(*ticket), group: None, edits, made_at: now() };
            let mut events = vec![Event::Edit(queued), Event::Edit(EditEvent::Sending(EDIT))];
            events.extend(end(edit));
            events
        }
        other => reading(other, false, Vec::new()),
    }
}

fn settled(edit: &Edit, outcome: Outcome) -> Vec<Event> {
    vec![Event::Edit(EditEvent::Settled { id: EDIT, edit: edit.clone(), outcome })]
}

fn confirmed(edit: &Edit) -> Vec<Event> {
    settled(edit, Outcome::Confirmed(Confirmed { receipt: Receipt::Task(task(true)), text: None }))
}

#[tokio::test]
async fn completing_a_task_prints_one_line_when_the_server_has_it() {
    let ran = run("tasks complete t1 --json", writing(confirmed)).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    assert_eq!(ran.out, format!("{{\"edit\":\"{EDIT}\",\"state\":\"confirmed\",\"id\":\"t1\"}}\n"));
    assert_eq!(ran.err, format!("queued as {EDIT}\n"));

    let ran = run("tasks complete t1", writing(confirmed)).await;
    assert_eq!(ran.out, "Completed \"Call back\"\n");
}

#[tokio::test]
async fn a_task_that_is_so_already_sends_nothing() {
    let ran = run("tasks reopen t1", writing(confirmed)).await;
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Done, "Already open: \"Call back\"\n"));
    assert_eq!(ran.writes(), Vec::<&Command>::new());
}

#[tokio::test]
async fn a_change_that_is_queued_already_is_awaited_and_not_doubled() {
    let edit = Edit::new(
        ContactId::new("c1"),
        TaskEdit::Complete { task: Target::Known(TaskId::new("t1")), title: "Call back".into(), completed: true },
    );
    let progress = Progress::Waiting { until: now(), why: "no network".into() };
    let ran = run("tasks complete t1", move |command| match command {
        Command::Retry(ids) => {
            assert_eq!(*ids, [EDIT]);
            confirmed(&edit)
        }
        other => {
            let (edit, progress) = (edit.clone(), progress.clone());
            let pending = Pending { id: Some(EDIT), group: None, edit, progress, made_at: now() };
            reading(other, false, vec![pending])
        }
    })
    .await;
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Done, "Completed \"Call back\"\n"));
    assert_eq!(ran.writes(), [&Command::Retry(vec![EDIT])]);
}

#[tokio::test]
async fn a_refusal_of_the_server_is_told_in_its_own_words() {
    for (kind, status) in [
        (FailureKind::Rejected, ExitStatus::Rejected),
        (FailureKind::NotFound, ExitStatus::NotFound),
        (FailureKind::Access, ExitStatus::Access),
    ] {
        let end = move |edit: &Edit| settled(edit, Outcome::Rejected { why: failure(kind), existing: None });
        let ran = run("tasks complete t1 --json", writing(end)).await;
        assert_eq!(ran.status, status);
        assert_eq!(ran.out, format!("{{\"edit\":\"{EDIT}\",\"state\":\"rejected\",\"id\":\"t1\"}}\n"));
        assert!(ran.err.contains("why: the server says no\n"), "{}", ran.err);
        assert!(ran.err.contains(&format!("outbox retry {EDIT}")), "{}", ran.err);
    }
}

#[tokio::test]
async fn without_a_network_the_edit_stays_queued() {
    let end = |_: &Edit| {
        let offline = SyncState::Offline { at: None, retry_at: now(), why: "no route".into() };
        let waiting = EditEvent::Waiting { id: EDIT, until: now(), why: "no route".into(), signed_out: false };
        vec![Event::Sync(offline), Event::Edit(waiting)]
    };
    let ran = run("notes add c1 --body Hello --json", writing(end)).await;
    assert_eq!(ran.status, ExitStatus::Network);
    assert_eq!(ran.out, format!("{{\"edit\":\"{EDIT}\",\"state\":\"queued\",\"id\":null}}\n"));
    assert!(ran.err.contains("next: it stays queued as") && ran.err.contains("dashboard sends it"), "{}", ran.err);
}

#[tokio::test(start_paused = true)]
async fn silence_is_waited_for_no_longer_than_asked() {
    let ran = run("tasks complete t1 --wait 2s", writing(|_| Vec::new())).await;
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Network, "Queued: complete \"Call back\"\n"));
    assert!(ran.err.contains("no answer within 2 s"), "{}", ran.err);
}

#[tokio::test]
async fn read_only_names_the_scope() {
    let ran = run("notes add c1 --body Hello", |command| match command {
        Command::Apply { ticket, .. } => {
            let access = crate::domain::Access::READ_WRITE.lacking(Scope::ContactsWrite);
            let why = Refused::ReadOnly(access, access.refusal(Scope::ContactsWrite).expect("refused"));
            vec![Event::Edit(EditEvent::Refused { ticket: *ticket, why })]
        }
        other => reading(other, false, Vec::new()),
    })
    .await;
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Access, ""));
    assert!(ran.err.contains("contacts.write"), "{}", ran.err);
}

#[tokio::test]
async fn a_dry_run_shows_the_request_and_sends_none() {
    let ran = run("tasks complete t1 t1 --dry-run", writing(confirmed)).await;
    assert_eq!(ran.out, "PUT /c1\n");
    let ran_note = run("notes add c1 --body - --dry-run --json", writing(confirmed)).await;
    assert_eq!(ran_note.out, "{\"method\":\"PUT\",\"path\":\"/c1\"}\n");
    assert!(ran.writes().is_empty() && ran_note.writes().is_empty());
}

#[tokio::test]
async fn a_note_s_id_is_the_server_s() {
    let end = |edit: &Edit| {
        assert_eq!(*edit, add_note("from standard input"));
        let note = Note {
            id: NoteId::new("n9"),
            contact: ContactId::new("c1"),
            title: None,
            body: "from standard input".into(),
            author: None,
            added: None,
            pinned: false,
        };
        settled(edit, Outcome::Confirmed(Confirmed { receipt: Receipt::Note(note), text: None }))
    };
    let ran = run("notes add c1 --body - --json", writing(end)).await;
    assert_eq!(ran.out, format!("{{\"edit\":\"{EDIT}\",\"state\":\"confirmed\",\"id\":\"n9\"}}\n"));
    let ran = run("notes add c1 --body @/no/such/file", writing(confirmed)).await;
    assert_eq!(ran.status, ExitStatus::Usage);
    assert!(ran.writes().is_empty());
}

#[tokio::test]
async fn of_several_tasks_each_is_done_and_the_worst_end_counts() {
    let ran = run("tasks complete gone t1", |command| match command {
        Command::Ask { ticket, request: Request::Task { id, .. } } if id.as_str() == "gone" => {
            vec![Event::Answer { ticket: *ticket, result: Err(failure(FailureKind::NotFound)) }]
        }
        other => writing(confirmed)(other),
    })
    .await;
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::NotFound, "Completed \"Call back\"\n"));
    assert!(ran.err.contains("--contact"), "{}", ran.err);
}

#[tokio::test]
async fn contacts_come_page_by_page_after_a_sync() {
    let ran = run("contacts list --json", |command| reading(command, false, Vec::new())).await;
    let ids: Vec<&str> = ran.out.lines().map(|line| &line[..9]).collect();
    assert_eq!(ids, [r#"{"id":"a""#, r#"{"id":"b""#, r#"{"id":"c""#]);
    assert!(ran.out.contains("Bob\\u009b"), "{}", ran.out);
    let first = ran.commands.first().expect("it asked");
    assert!(matches!(first, Command::Ask { request: Request::Sync { full: false }, .. }), "{first:?}");

    let ran = run("contacts list --offline", |command| reading(command, false, Vec::new())).await;
    assert_eq!(ran.out.lines().next(), Some("Zoe\t\t\t\tvip\ta"));
    let synced = |command: &&Command| matches!(command, Command::Ask { request: Request::Sync { .. }, .. });
    assert_eq!(ran.commands.iter().filter(synced).count(), 0);
}

#[tokio::test]
async fn a_filter_picks_and_orders() {
    let ran = run("contacts list --filter tag:vip", |command| reading(command, false, Vec::new())).await;
    assert_eq!(ran.out, "Ann\t\t\t\tvip\tc\nZoe\t\t\t\tvip\ta\n");
}

#[tokio::test]
async fn without_a_network_the_cache_is_shown_with_its_age() {
    let ran = run("contacts list", |command| match command {
        Command::Ask { ticket, request: Request::Sync { .. } } => {
            let at = now().checked_sub(jiff::SignedDuration::from_hours(3)).ok();
            vec![
                Event::Sync(SyncState::Cached { at }),
                Event::Answer { ticket: *ticket, result: Err(failure(FailureKind::Network)) },
            ]
        }
        other => reading(other, false, Vec::new()),
    })
    .await;
    assert_eq!((ran.status, ran.out.lines().count()), (ExitStatus::Network, 3));
    assert!(ran.err.contains("showing the cache, last synced 3h ago"), "{}", ran.err);
}

#[tokio::test]
async fn one_contact_falls_back_to_the_cache_too() {
    let ran = run("contacts show c1", |command| match command {
        Command::Ask { ticket, request: Request::Contact { offline: false, .. } } => {
            vec![Event::Answer { ticket: *ticket, result: Err(failure(FailureKind::Network)) }]
        }
        other => reading(other, false, Vec::new()),
    })
    .await;
    assert_eq!(ran.status, ExitStatus::Network);
    assert!(ran.out.starts_with("Name            Ann\n"), "{}", ran.out);
}

#[tokio::test]
async fn signed_out_prints_nothing_old() {
    let ran = run("contacts list", |command| match command {
        Command::Ask { ticket, .. } => {
            vec![Event::Answer { ticket: *ticket, result: Err(failure(FailureKind::Access)) }]
        }
        _ => Vec::new(),
    })
    .await;
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Access, ""));
}

#[tokio::test]
async fn tasks_are_dated_in_the_location_s_zone() {
    let mut told = false;
    let mut script = move |command: &Command| {
        let mut events = Vec::new();
        if !std::mem::replace(&mut told, true) {
            let mut location = Location::unknown(LocationId::new("l"));
            location.time_zone = Some("Asia/Tokyo".into());
            events.push(Event::Location(Arc::new(location)));
        }
        events.extend(reading(command, false, Vec::new()));
        events
    };
    // 07:00 on the 25th in Tokyo, where it is the 25th already.
    let ran = run("tasks list --due today", move |command| script(command)).await;
    assert_eq!(ran.out, "[ ]\t2026-11-25T07:00:00+09:00\tCall back\t\tAnn\tt1\n");
    let ran = run("tasks list --due late", |command| reading(command, false, Vec::new())).await;
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Done, ""));
}

#[tokio::test]
async fn a_failed_edit_can_be_seen_and_retried_and_discarded() {
    fn failed() -> Vec<Pending> {
        let edit = add_note("b");
        let progress = Progress::Failed { why: "too long".into() };
        vec![Pending { id: Some(EDIT), group: None, edit, progress, made_at: now() }]
    }
    fn script(command: &Command) -> Vec<Event> {
        match command {
            Command::Retry(_) => {
                let mut events = vec![Event::Edit(EditEvent::Requeued(EDIT))];
                let nothing = Confirmed { receipt: Receipt::Nothing, text: None };
                events.extend(settled(&failed()[0].edit, Outcome::Confirmed(nothing)));
                events
            }
            Command::Discard(ids) => vec![Event::Edit(EditEvent::Discarded(ids.clone()))],
            other => reading(other, false, failed()),
        }
    }
    let ran = run("outbox list --json", script).await;
    assert!(ran.out.contains(r#""state":"rejected","contactId":"c1""#) && ran.out.contains("too long"), "{}", ran.out);
    let ran = run(&format!("outbox retry {EDIT} --json"), script).await;
    assert_eq!(
        (ran.status, ran.out),
        (ExitStatus::Done, format!("{{\"edit\":\"{EDIT}\",\"state\":\"confirmed\",\"id\":null}}\n"))
    );
    let ran = run(&format!("outbox discard {EDIT}"), script).await;
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Done, "Discarded: add note \"b\"\n"));
    let ran = run(&format!("--read-only outbox retry {EDIT}"), script).await;
    assert_eq!(ran.status, ExitStatus::Access);
    assert!(ran.writes().is_empty());
    let ran = run(&format!("outbox retry {}", uuid::Uuid::nil()), script).await;
    assert_eq!(ran.status, ExitStatus::NotFound);
}

struct Head(usize);

impl Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.0 -= 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_failure() {
    let script = |command: &Command| reading(command, false, Vec::new());
    let ran = run_into("contacts list --json", &mut Head(1), std::future::pending(), script).await;
    assert_eq!((ran.status, ran.err.as_str()), (ExitStatus::Done, ""));
    let pages = ran.commands.iter().filter(|c| matches!(c, Command::Ask { request: Request::Contacts { .. }, .. }));
    assert_eq!(pages.count(), 2, "it goes on asking");
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_ends_with_130() {
    let interrupted = tokio::time::sleep(Duration::from_secs(3));
    let mut out = Vec::new();
    let ran = run_into("tasks complete t1", &mut out, interrupted, writing(|_| Vec::new())).await;
    assert_eq!((ran.status, ran.status.code(), out.len()), (ExitStatus::Interrupted, 130, 0));
    assert!(ran.err.contains("stay in the outbox"), "{}", ran.err);
}

#[tokio::test]
async fn a_worker_that_ends_is_a_failure_and_not_a_hang() {
    let ran = run("contacts list", |_| vec![Event::Stopped]).await;
    assert_eq!(ran.status, ExitStatus::Failed);
}

#[tokio::test]
async fn a_request_in_ones_own_words_is_sent_as_it_is_and_its_answer_printed() {
    let answer = |command: &Command| reading(command, false, Vec::new());
    let ran = run("api post /contacts/c?x=1 --data {\"a\":1} --json", answer).await;
    let said = "{\"said\":\"POST /contacts/c Some(\\\"x=1\\\") Some(Object {\\\"a\\\": Number(1)})\\u009b\"}\n";
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Done, said));
    let ran = run("api GET /missing", answer).await;
    assert_eq!(ran.status, ExitStatus::NotFound);
    assert_eq!(ran.out, "{\n  \"message\": \"Contact with id x not found\"\n}\n");
    assert_eq!(ran.err, "error: GET /missing\n  why: Contact with id x not found (400)\n");
    let ran = run("api DELETE /contacts/c --dry-run", answer).await;
    assert_eq!(ran.out, "DELETE /contacts/c\n");
    assert!(!ran.commands.iter().any(|command| matches!(command, Command::Ask { .. })), "nothing was asked");
    let ran = run("api PUT /contacts/c --data nonsense", answer).await;
    assert_eq!(ran.status, ExitStatus::Usage);
    assert!(ran.err.contains("this is not JSON"), "{}", ran.err);
}

#[tokio::test]
async fn a_contact_is_changed_from_what_it_is() {
    let end = |edit: &Edit| {
        let EditKind::Contact(ContactEdit::Patch { before, after, .. }) = &edit.what else { panic!("{edit:?}") };
        assert_eq!(before.entries(), [("firstName".into(), "Ann".into()), ("email".into(), String::new())]);
        assert_eq!(after.entries(), [("firstName".into(), "Anna".into()), ("email".into(), "anna@example.com".into())]);
        settled(edit, Outcome::Confirmed(Confirmed { receipt: Receipt::Nothing, text: None }))
    };
    let ran = run("contacts update c1 --set firstName=Anna --set email=ANNA@example.com --json", writing(end)).await;
    assert_eq!(ran.out, format!("{{\"edit\":\"{EDIT}\",\"state\":\"confirmed\",\"id\":\"c1\"}}\n"));
    for (line, why) in [
        ("contacts update c1 --set email=nonsense", "not an e-mail address"),
        ("contacts update c1 --set companyName=Acme", "the API cannot change it"),
        ("contacts update c1 --set shoeSize=44", "no field has this name"),
        ("contacts create --set phone=12", "not a phone number"),
    ] {
        let ran = run(line, writing(confirmed)).await;
        assert_eq!(ran.status, ExitStatus::Usage, "{line}");
        assert!(ran.err.contains(why) && ran.writes().is_empty(), "{line}: {}", ran.err);
    }
}

#[tokio::test]
async fn nothing_is_deleted_where_nobody_can_be_asked() {
    for line in ["contacts delete c1", "tasks delete t1"] {
        let ran = run(line, writing(confirmed)).await;
        assert_eq!(ran.status, ExitStatus::Usage, "{line}");
        assert!(ran.err.contains("add --yes") && ran.writes().is_empty(), "{}", ran.err);
    }
    let ran = run("tasks delete t1 --yes", writing(confirmed)).await;
    assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Done, "Deleted task \"Call back\"\n"));
}

#[tokio::test]
async fn what_is_forgotten_is_named_first() {
    let script = |command: &Command| reading(command, false, Vec::new());
    let ran = run("forget c1", script).await;
    assert_eq!(ran.status, ExitStatus::Usage);
    assert!(
        ran.err.contains("Ann: the local copy") && ran.err.contains("1 edit can no longer be undone"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("add --yes"), "{}", ran.err);
    let ran = run("forget c1 --dry-run --json", script).await;
    assert_eq!(ran.status, ExitStatus::Done);
    assert!(ran.out.contains(r#""undo":["add note"#) && !ran.out.contains("forgotten"), "{}", ran.out);
    let ran = run("forget c1 --yes", script).await;
    assert!(ran.status == ExitStatus::Done && ran.out.starts_with("erased"), "{}", ran.out);
    assert_eq!(run("forget nobody --yes", script).await.status, ExitStatus::NotFound);
}

#[tokio::test]
async fn a_task_s_due_date_is_said_in_words() {
    let end = |edit: &Edit| {
        let EditKind::Task(TaskEdit::Add { task, .. }) = &edit.what else { panic!("{edit:?}") };
        assert_eq!(task.due, Some("2026-11-25T09:00:00Z".parse().expect("a timestamp")));
        confirmed(edit)
    };
    let ran = run("tasks add c1 --title Ring --due tomorrow", writing(end)).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    let ran = run("tasks add c1 --title Ring --due soonish", writing(confirmed)).await;
    assert_eq!(ran.status, ExitStatus::Usage);
    assert!(ran.err.contains("tomorrow 9am"), "{}", ran.err);
}
