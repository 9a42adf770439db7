//! Files that cannot be used: one clear message, and nothing is lost.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ghl_tui::domain::{ContactId, EditId, GroupId};
use ghl_tui::protocol::{Command, DraftKey, Event, Failure, FailureKind, Refused};
use ghl_tui::store::{Cache, Draft, Folder, HistoryOutcome, Ledger, OpenError, StoreError, Tuning};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::support::{Rig, Server, Setup, complete, note};

#[tokio::test]
async fn a_full_disk_refuses_the_edit_before_it_is_promised() {
    let server = Server::start().await;
    let tuning = Tuning { ledger_max_pages: Some(34) };
    let mut rig = Rig::start_with(&server, Setup { tuning, ..Setup::default() }).await;
    let task = rig.open_task().await;
    let refused = rig.try_apply(note(&task.contact, &"long ".repeat(50_000))).await.expect_err("no room");
    match refused {
        Refused::NotSaved(why) => {
            assert_eq!(why.kind, FailureKind::Local);
            assert!(why.why.contains("full") && !why.next.is_empty(), "{why:?}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(server.requests("POST", "/notes").await.len(), 0);
    // What fits still goes through.
    let id = rig.apply(complete(&task, true)).await;
    rig.confirmed(id).await;
}

#[tokio::test]
async fn a_damaged_cache_is_made_anew_while_the_program_runs() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("synced");
    let before = rig.contacts().await.len();
    let kept = rig.stop().await;
    let path = kept.folder.join("cache.db");
    let size = fs::metadata(&path).expect("a cache").len();
    fs::write(&path, vec![0x5A; usize::try_from(size).expect("small")]).expect("overwritten");
    let mut rig = Rig::start_with(&server, kept.setup()).await;
    rig.sync().await.expect("synced again");
    assert_eq!(rig.contacts().await.len(), before);
}

#[tokio::test]
async fn a_damaged_ledger_stops_the_program_and_is_kept() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let task = rig.open_task().await;
    let id = rig.apply(complete(&task, true)).await;
    rig.confirmed(id).await;
    let kept = rig.stop().await;
    let path = kept.folder.join("ledger.db");
    let mut bytes = fs::read(&path).expect("a ledger");
    let middle = 4096.min(bytes.len());
    bytes[middle..].fill(0x5A);
    fs::write(&path, &bytes).expect("overwritten");
    let folder = Folder::open(&kept.folder).expect("the folder");
    let error = Ledger::open(&folder, Tuning::default()).expect_err("damaged");
    assert!(matches!(&error, OpenError::DamagedLedger { .. }), "{error}");
    assert!(error.to_string().contains("ledger.db"), "{error}");
    assert_eq!(fs::read(&path).expect("still there"), bytes);
}

#[test]
fn a_file_in_place_of_the_folder_is_named() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("data");
    fs::write(&file, "x").expect("written");
    let error = Folder::open(&file.join("location")).expect_err("refused");
    assert!(error.to_string().contains("is a file"), "{error}");
}

#[tokio::test]
async fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let parent = TempDir::new().expect("a folder");
    let path = parent.path().join("location");
    let folder = Folder::open(&path).expect("opened");
    let _ledger = Ledger::open(&folder, Tuning::default()).expect("opened");
    let _cache = Cache::open(&folder).expect("opened");
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&path).expect("listed") {
        let entry = entry.expect("listed");
        let mode = entry.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn a_draft_survives_a_kill() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.open_task().await.contact;
    let key = DraftKey::NewNote(contact.clone());
    rig.send(Command::SaveDraft { key: key.clone(), text: "half a thou".into() }).await;
    rig.contacts().await; // a later answer: the draft has been taken
    let kept = rig.kill().await;
    let mut rig = Rig::start_with(&server, kept.setup()).await;
    let drafts = rig
        .wait("drafts", |event| match event {
            Event::Resumed { drafts, .. } => Some(drafts.clone()),
            _ => None,
        })
        .await;
    assert_eq!(drafts, [(key, "half a thou".to_owned())]);
}

/// The draft of a note, and an outbox that may hold the note.
struct TypedNote {
    ledger: Ledger,
    key: String,
}

impl TypedNote {
    async fn new(folder: &TempDir) -> Self {
        let folder = Folder::open(folder.path()).expect("the folder");
        let ledger = Ledger::open(&folder, Tuning::default()).expect("opened");
        let key = DraftKey::NewNote(ContactId::new("c1")).name();
        let draft = Draft { key: key.clone(), text: "typed".to_owned() };
        ledger.save_draft(draft, Timestamp::UNIX_EPOCH).await.expect("saved");
        Self { ledger, key }
    }

    async fn send(&self) -> Result<(), StoreError> {
        let edits = vec![(EditId(uuid::Uuid::from_u128(1)), note(&ContactId::new("c1"), "typed"))];
        let group = GroupId(uuid::Uuid::from_u128(2));
        self.ledger.insert(group, edits, Some(self.key.clone()), None, Timestamp::UNIX_EPOCH).await.map(|_rows| ())
    }
}

#[tokio::test]
async fn a_copy_of_the_files_at_any_moment_holds_the_draft_or_the_edit_never_both() {
    let folder = TempDir::new().expect("a folder");
    let typed = TypedNote::new(&folder).await;
    let wal = folder.path().join("ledger.db-wal");
    let before = fs::metadata(&wal).expect("a log").len();
    typed.send().await.expect("in the outbox");
    let bytes = fs::read(&wal).expect("read");
    // What a kill leaves of the log: any part of what the transaction wrote.
    let mut seen = [0, 0];
    let from = usize::try_from(before).expect("small");
    for end in (from..=bytes.len()).step_by(256).chain([bytes.len()]) {
        let left = TempDir::new().expect("a folder");
        fs::copy(folder.path().join("ledger.db"), left.path().join("ledger.db")).expect("copied");
        fs::write(left.path().join("ledger.db-wal"), &bytes[..end]).expect("copied");
        let ledger = Ledger::open(&Folder::open(left.path()).expect("the folder"), Tuning::default()).expect("opened");
        let (drafts, edits) = (ledger.drafts().await.expect("read").len(), ledger.outbox().await.expect("read").len());
        assert_eq!(drafts + edits, 1, "{drafts} drafts and {edits} edits after {end} bytes");
        seen[edits] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
    // Nor has a refusal taken the draft: the same edit again.
    typed
        .ledger
        .save_draft(Draft { key: typed.key.clone(), text: "typed".to_owned() }, Timestamp::UNIX_EPOCH)
        .await
        .expect("saved");
    typed.send().await.expect_err("it is there already");
    assert_eq!(typed.ledger.drafts().await.expect("read").len(), 1);
}

/// What is said of the ledger.
async fn notice(rig: &mut Rig) -> Failure {
    rig.wait("the notice", |event| match event {
        Event::Ledger(said) => Some(said.clone()),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_ledger_deleted_while_it_is_in_use_is_written_again() {
    for companions in [&["ledger.db"][..], &["ledger.db", "ledger.db-wal", "ledger.db-shm"][..]] {
        let server = Server::start().await;
        let mut rig = Rig::start(&server).await;
        let task = rig.open_task().await;
        let before = rig.apply(complete(&task, true)).await;
        rig.confirmed(before).await;
        for file in companions {
            fs::remove_file(rig.folder.join(file)).expect("deleted");
        }
        let after = rig.apply(note(&task.contact, "written after it was deleted")).await;
        let said = notice(&mut rig).await;
        assert!(said.what.contains("deleted") && said.why.contains("with all edits"), "{said:?}");
        rig.settled_already(after).await;
        let kept = rig.kill().await;
        let ledger = Ledger::open(&Folder::open(&kept.folder).expect("the folder"), Tuning::default()).expect("opened");
        for id in [before, after] {
            assert!(matches!(ledger.outcome(id).await, Ok(Some(HistoryOutcome::Confirmed(_)))), "{id} is in it");
        }
        let left: Vec<_> =
            fs::read_dir(&kept.folder).expect("listed").map(|entry| entry.expect("listed").file_name()).collect();
        assert!(left.iter().all(|name| name.to_string_lossy().matches('.').count() < 2), "no copy stays: {left:?}");
    }
}

#[tokio::test]
async fn another_file_in_the_ledgers_place_takes_no_edit_and_ours_are_kept() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let task = rig.open_task().await;
    let before = rig.apply(complete(&task, true)).await;
    rig.confirmed(before).await;
    let other = TempDir::new().expect("a folder");
    drop(Ledger::open(&Folder::open(other.path()).expect("the folder"), Tuning::default()).expect("opened"));
    fs::copy(other.path().join("ledger.db"), rig.folder.join("other.db")).expect("copied");
    fs::rename(rig.folder.join("other.db"), rig.folder.join("ledger.db")).expect("replaced");
    let refused = rig.try_apply(note(&task.contact, "where would it go?")).await.expect_err("refused");
    let Refused::NotSaved(why) = refused else { panic!("{refused:?}") };
    let copy = why.why.rsplit_once(" kept in ").expect("it names the copy").1.to_owned();
    assert!(why.next.contains("ledger.db"), "{why:?}");
    let said = notice(&mut rig).await;
    assert!(said.why.contains(&copy), "{said:?}");
    let copied = TempDir::new().expect("a folder");
    fs::copy(&copy, copied.path().join("ledger.db")).expect("copied");
    let ledger = Ledger::open(&Folder::open(copied.path()).expect("the folder"), Tuning::default()).expect("opened");
    assert!(matches!(ledger.outcome(before).await, Ok(Some(HistoryOutcome::Confirmed(_)))));
}

#[tokio::test]
async fn an_empty_or_missing_ledger_beside_a_cache_is_said() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("synced");
    let kept = rig.stop().await;
    for empty in [true, false] {
        for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
            let _ = fs::remove_file(kept.folder.join(file));
        }
        if empty {
            fs::write(kept.folder.join("ledger.db"), "").expect("written");
        }
        let mut rig = Rig::start_with(&server, kept.setup()).await;
        let said = notice(&mut rig).await;
        assert!(said.what.contains(if empty { "was empty" } else { "was missing" }), "{said:?}");
        assert!(said.why.contains("a new one was started") && said.next.contains("copy"), "{said:?}");
        rig.stop().await;
    }
    let fresh = TempDir::new().expect("a folder");
    let ledger = Ledger::open(&Folder::open(fresh.path()).expect("the folder"), Tuning::default()).expect("opened");
    assert_eq!(ledger.take_notices(), []);
}

/// Waits until the ledger's thread has moved its log into the file.
async fn is_closed(folder: &Path) {
    while folder.join("ledger.db-wal").exists() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn what_lies_before_and_behind_a_bad_page_is_salvaged_from_every_table() {
    let folder = TempDir::new().expect("a folder");
    {
        let folder = Folder::open(folder.path()).expect("the folder");
        let ledger = Ledger::open(&folder, Tuning::default()).expect("opened");
        for number in 1..=200 {
            let edits =
                vec![(EditId(uuid::Uuid::from_u128(number)), note(&ContactId::new("c1"), &format!("text {number}")))];
            let group = GroupId(uuid::Uuid::from_u128(1000 + number));
            ledger.insert(group, edits, None, None, Timestamp::UNIX_EPOCH).await.expect("inserted");
        }
        ledger.set_setting("me", Some("u1".to_owned())).await.expect("saved");
    }
    let path = folder.path().join("ledger.db");
    is_closed(folder.path()).await;
    let mut bytes = fs::read(&path).expect("read");
    let at = bytes.windows(8).position(|part| part == b"text 100").expect("it is in there") / 4096 * 4096;
    bytes[at..at + 4096].fill(0x5A);
    fs::write(&path, bytes).expect("damaged");
    let error =
        Ledger::open(&Folder::open(folder.path()).expect("the folder"), Tuning::default()).expect_err("damaged");
    let OpenError::DamagedLedger { copy, salvaged, .. } = error else { panic!("{error}") };
    let lines = fs::read_to_string(copy).expect("written");
    assert_eq!(lines.lines().count(), salvaged);
    for part in ["text 1\\", "text 50\\", "text 150\\", "text 200\\", "\"table\":\"groups\"", "\"value\":\"u1\""] {
        assert!(lines.contains(part), "{part} is missing in {salvaged} lines");
    }
    let edits: Vec<&str> = lines.lines().filter(|line| line.contains("\"table\":\"outbox\"")).collect();
    let unique: std::collections::BTreeSet<_> = edits.iter().collect();
    assert!(edits.len() >= 180 && unique.len() == edits.len(), "{} of 200", edits.len());
}
