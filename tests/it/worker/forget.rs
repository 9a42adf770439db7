//! One contact erased: nothing of it is left in any file, and nobody else's is touched.

use std::fs;

use ghl_tui::domain::{Contact, ContactEdit, ContactField, Edit};
use ghl_tui::protocol::{Answer, Command, DraftKey, FailureKind, Request, Traces};
use serde_json::json;

use super::kinds::fields;
use crate::support::{Kept, Rig, Server, note};

const SECRETS: [&str; 3] = ["walnut-allergy", "quince-draft", "medlar-city"];

async fn traces(rig: &mut Rig, contact: &Contact) -> Traces {
    match rig.ask(Request::Traces(contact.id.clone())).await {
        Ok(Answer::Traces(traces)) => traces,
        other => panic!("{other:?}"),
    }
}

/// Which of these words some file of the folder holds.
fn found(kept: &Kept, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in fs::read_dir(&kept.folder).expect("a folder").flatten() {
        let Ok(bytes) = fs::read(file.path()) else { continue };
        for word in words {
            if bytes.windows(word.len()).any(|window| window == word.as_bytes()) {
                found.push(format!("{word} in {}", file.path().display()));
            }
        }
    }
    found
}

#[tokio::test]
async fn nothing_of_a_forgotten_contact_is_left_in_any_file() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("the sandbox answers");
    let contacts = rig.contacts().await;
    let (gone, stays) = (contacts[3].clone(), contacts[4].clone());
    let city = |contact: &Contact, city: &str| {
        Edit::new(
            contact.id.clone(),
            ContactEdit::Patch {
                name: contact.name(),
                before: fields(&[(ContactField::City, contact.city.as_deref().unwrap_or_default())]),
                after: fields(&[(ContactField::City, city)]),
            },
        )
    };
    for edit in [note(&gone.id, SECRETS[0]), city(&gone, SECRETS[2]), note(&stays.id, "another note")] {
        let id = rig.apply(edit).await;
        rig.confirmed(id).await;
    }
    for text in [format!("{} in its first words", SECRETS[1]), SECRETS[1].to_owned(), "shorter".to_owned()] {
        rig.send(Command::SaveDraft { key: DraftKey::NewNote(gone.id.clone()), text }).await;
    }
    let held = traces(&mut rig, &gone).await;
    assert_eq!((held.history.len(), held.drafts, held.waiting), (2, 1, 0));
    assert!(held.name.is_some_and(|name| !name.is_empty()));

    rig.ask(Request::Forget(gone.id.clone())).await.expect("erased");
    assert!(traces(&mut rig, &gone).await.is_empty());
    assert!(!rig.contacts().await.iter().any(|contact| contact.id == gone.id));
    assert_eq!(traces(&mut rig, &stays).await.history.len(), 1);
    // The other's edit can still be taken back, and is the newest now.
    rig.undone().await;
    assert_eq!(server.notes_saying(&stays.id, "another note").await, 0);
    assert_eq!(server.notes_saying(&gone.id, SECRETS[0]).await, 1, "the server was not asked");
    let name = gone.name();
    let kept = rig.stop().await;
    let words: Vec<&str> = SECRETS.into_iter().chain([name.as_str()]).collect();
    assert_eq!(found(&kept, &words), Vec::<String>::new());
}

#[tokio::test]
async fn what_the_server_does_not_have_yet_is_not_erased() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("the sandbox answers");
    let contact = rig.contacts().await.remove(0);
    server.fault("POST", "*/notes", 0, json!({ "status": 503 })).await;
    rig.apply(note(&contact.id, "not there yet")).await;
    let refused = rig.ask(Request::Forget(contact.id.clone())).await.expect_err("refused");
    assert_eq!(refused.kind, FailureKind::Rejected);
    assert!(refused.why.contains("merges: 1") && refused.next.contains("outbox"), "{refused:?}");
    assert_eq!(traces(&mut rig, &contact).await.waiting, 1);
}
