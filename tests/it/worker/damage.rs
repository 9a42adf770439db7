//! Bytes of the ledger that change on the disk: what is damaged is named, and never sent.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ghl_tui::domain::{ContactId, EditId, GroupId, Receipt};
use ghl_tui::protocol::Event;
use ghl_tui::store::{Folder, Ledger, OpenError, OutboxRow, Tuning};
use jiff::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::{Rig, Server, Setup, note};

fn open(folder: &Path) -> Result<Ledger, OpenError> {
    Ledger::open(&Folder::open(folder).expect("the folder"), Tuning::default())
}

/// Waits until the ledger's thread has moved its log into the file.
async fn is_closed(folder: &Path) -> PathBuf {
    while folder.join("ledger.db-wal").exists() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    folder.join("ledger.db")
}

fn id(number: u128) -> EditId {
    EditId(Uuid::from_u128(number))
}

/// Puts these notes of a contact into the outbox of a new ledger.
async fn ledger_with(folder: &Path, contact: &ContactId, texts: &[&str]) -> Vec<OutboxRow> {
    let ledger = open(folder).expect("opened");
    for (number, text) in (1..).zip(texts) {
        let group = GroupId(Uuid::from_u128(1_000 + number));
        let edits = vec![(id(number), note(contact, text))];
        ledger.insert(group, edits, None, None, Timestamp::UNIX_EPOCH).await.expect("inserted");
    }
    ledger.outbox().await.expect("read")
}

/// Changes a letter of the first text like this in the file.
fn flip(file: &Path, text: &str) {
    let mut bytes = fs::read(file).expect("read");
    let at = bytes.windows(text.len()).position(|part| part == text.as_bytes()).expect("it is in there");
    bytes[at + text.len() - 1] ^= 1;
    fs::write(file, bytes).expect("damaged");
}

#[tokio::test]
async fn an_edit_with_a_flipped_letter_is_named_and_kept_and_the_others_are_sent() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.open_task().await.contact;
    rig.stop().await;
    let folder = TempDir::new().expect("a folder");
    ledger_with(folder.path(), &contact, &["the first", "the second", "the third"]).await;
    flip(&is_closed(folder.path()).await, "the second");

    let setup = Setup { folder: Some(folder.path().to_owned()), ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup).await;
    let said = rig
        .wait("the notice", |event| match event {
            Event::Ledger(said) => Some(said.clone()),
            _ => None,
        })
        .await;
    assert!(said.what.contains("1 row of the ledger is damaged"), "{said:?}");
    assert!(said.why.contains("edit 2") && said.why.contains("the secon"), "{said:?}");
    rig.settled_already(id(1)).await;
    rig.settled_already(id(3)).await;
    rig.kill().await;
    let notes = server.held(&contact).await["notes"].to_string();
    assert!(notes.contains("the first") && notes.contains("the third"), "{notes}");
    assert!(!notes.contains("the secon"), "{notes}");
    let file = rusqlite::Connection::open(folder.path().join("ledger.db")).expect("opened");
    let kept: i64 = file.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).expect("counted");
    assert_eq!(kept, 1);
    assert_eq!(ghl_tui::store::damaged(&Folder::open(folder.path()).expect("the folder")).expect("read").len(), 1);
}

#[tokio::test]
async fn a_damaged_row_stays_damaged_when_it_changes() {
    let folder = TempDir::new().expect("a folder");
    ledger_with(folder.path(), &ContactId::new("c1"), &["the first", "the second"]).await;
    flip(&is_closed(folder.path()).await, "the second");
    let ledger = open(folder.path()).expect("opened");
    for number in [1, 2] {
        ledger.postpone(id(number), Timestamp::UNIX_EPOCH, "later".to_owned()).await.expect("written");
    }
    let rows = ledger.outbox().await.expect("read");
    assert_eq!(rows.iter().map(|row| (row.id, row.attempts)).collect::<Vec<_>>(), [(id(1), 1)]);
    assert_eq!(ledger.row(id(2)).await.expect("read"), None);
}

#[tokio::test]
async fn damage_while_the_ledger_is_open_is_named_once() {
    let folder = TempDir::new().expect("a folder");
    ledger_with(folder.path(), &ContactId::new("c1"), &["the first", "the second"]).await;
    is_closed(folder.path()).await;
    let ledger = open(folder.path()).expect("opened");
    assert_eq!(ledger.take_notices(), []);
    // As another program would write it, or the one that sums up what it cannot read.
    let file = rusqlite::Connection::open(folder.path().join("ledger.db")).expect("opened");
    file.execute_batch("DROP TRIGGER outbox_changed; UPDATE outbox SET edit = '{}' WHERE seq = 2").expect("damaged");
    assert_eq!(ledger.row(id(2)).await.expect("read"), None);
    assert_eq!(ledger.outbox().await.expect("read").len(), 1);
    let said = ledger.take_notices();
    assert!(said.len() == 1 && said[0].why.contains("edit 2 ({})"), "{said:?}");
}

#[tokio::test]
async fn an_old_ledger_gets_its_checksums() {
    let folder = TempDir::new().expect("a folder");
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ledger_1.db");
    fs::copy(old, folder.path().join("ledger.db")).expect("copied");
    let ledger = open(folder.path()).expect("opened");
    assert_eq!(ledger.take_notices(), []);
    let waiting = ledger.outbox().await.expect("read").len();
    drop(ledger);
    let file = rusqlite::Connection::open(is_closed(folder.path()).await).expect("opened");
    let sums = |table: &str| -> (i64, i64) {
        let sql = format!("SELECT count(*), count(sum) FROM {table}");
        file.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("counted")
    };
    assert_eq!(sums("outbox"), (i64::try_from(waiting).expect("few"), i64::try_from(waiting).expect("few")));
    let (all, summed) = sums("history");
    assert!(all > 0 && all == summed, "{summed} of {all}");
}

#[tokio::test]
async fn whatever_byte_changes_no_wrong_edit_comes_out_and_what_is_missing_is_said() {
    let folder = TempDir::new().expect("a folder");
    let texts = ["the first", "the second", "the third", "the fourth"];
    let mut rows = ledger_with(folder.path(), &ContactId::new("c1"), &texts).await;
    {
        let ledger = open(folder.path()).expect("opened");
        ledger.confirm(id(4), Timestamp::UNIX_EPOCH, Receipt::Nothing).await.expect("ended");
        rows.pop();
    }
    let good = fs::read(is_closed(folder.path()).await).expect("read");
    let original: HashMap<EditId, OutboxRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let page = good.windows(9).position(|part| part == b"the third").expect("it is in there") / 4096 * 4096;
    // Thinly through the whole file, thickly where the edits lie.
    let everywhere = (0..good.len()).step_by(331);
    let edits = (page..page + 4096).filter(|at| good[*at] != 0).step_by(5);
    let (mut refused, mut named, mut same) = (0, 0, 0);
    for at in everywhere.chain(edits) {
        let damaged = TempDir::new().expect("a folder");
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(damaged.path().join("ledger.db"), bytes).expect("written");
        let ledger = match open(damaged.path()) {
            Ok(ledger) => ledger,
            Err(error) => {
                assert!(error.to_string().contains("ledger.db"), "byte {at}: {error}");
                refused += 1;
                continue;
            }
        };
        let said = ledger.take_notices();
        let Ok(rows) = ledger.outbox().await else {
            refused += 1;
            continue;
        };
        for row in &rows {
            assert_eq!(original.get(&row.id), Some(row), "byte {at}");
        }
        assert!(rows.len() == original.len() || !said.is_empty(), "byte {at}: an edit is gone without a word");
        for (id, row) in &original {
            let found = ledger.row(*id).await.expect("read");
            let wanted = rows.contains(row).then_some(row);
            assert_eq!(found.as_ref(), wanted, "byte {at}: it is found by its id as in the list");
        }
        if said.is_empty() { same += 1 } else { named += 1 }
    }
    assert!(refused > 0 && named > 0 && same > 0, "{refused} {named} {same}");
}
