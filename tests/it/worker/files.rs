//! Files that cannot be used: one clear message, and nothing is lost.

use std::fs;

use ghl_tui::protocol::{Command, DraftKey, Event, FailureKind, Refused};
use ghl_tui::store::{Cache, Folder, Ledger, OpenError, Tuning};
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
