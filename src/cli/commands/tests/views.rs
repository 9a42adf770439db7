//! `views`, the tags that `sync` adds for them, and taking them back.

use crate::domain::{Direction, Edit, GroupId, Label, TagEdit};

use super::*;

const GROUP: GroupId = GroupId(uuid::Uuid::from_u128(9));

/// A worker that confirms every edit of a group.
fn tagging(command: &Command) -> Vec<Event> {
    let ids = |edits: &[Edit]| -> Vec<(EditId, Edit)> {
        (100..).map(|id| EditId(uuid::Uuid::from_u128(id))).zip(edits.iter().cloned()).collect()
    };
    let outcome = || Outcome::Confirmed(Confirmed { receipt: Receipt::Nothing, text: None });
    let settled = |(id, edit): (EditId, Edit)| Event::Edit(EditEvent::Settled { id, edit, outcome: outcome() });
    match command {
        Command::Apply { ticket, edits, .. } => {
            let edits = ids(edits);
            let queued =
                EditEvent::Queued { ticket: Some(*ticket), group: Some(GROUP), edits: edits.clone(), made_at: now() };
            std::iter::once(Event::Edit(queued)).chain(edits.into_iter().map(settled)).collect()
        }
        Command::TakeBack { ticket, group } => {
            assert!(group.is_none_or(|group| group == GROUP));
            let edits = ids(&[Edit::new(ContactId::new("a"), TagEdit::Remove { tags: vec!["hot".into()] })]);
            let queued = edits.iter().map(|(id, _)| *id).collect();
            let label = Label { words: "Added hot".into(), contact: None };
            let group = GroupId(uuid::Uuid::nil());
            let told =
                EditEvent::Reversed { ticket: *ticket, direction: Direction::Undo, group, label, withdrawn: 2, queued };
            let news = EditEvent::Queued { ticket: None, group: None, edits: edits.clone(), made_at: now() };
            let events = [Event::Edit(news), Event::Edit(told)];
            events.into_iter().chain(edits.into_iter().map(settled)).collect()
        }
        other => reading(other, false, Vec::new()),
    }
}

#[tokio::test]
async fn views_of_the_account_are_listed_with_what_they_let_through() {
    let ran = run("views list", tagging).await;
    assert_eq!(ran.out, "Hot\t2\ttag:vip\t\thot\nEverybody\t3\t\t-added\t\n");
    let ran = run("views list --json", tagging).await;
    let first = ran.out.lines().next().expect("a line");
    let expected = r#"{"view":"Hot","filter":"tag:vip","sort":null,"columns":[],"tags":["hot"],"contacts":2}"#;
    assert_eq!(first, expected);
}

#[tokio::test]
async fn tags_of_a_view_are_added_and_how_to_take_them_back_is_said() {
    let ran = run("views apply Hot", tagging).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    assert!(ran.err.contains(&format!("Hot: adding hot to 2 contacts; undo with ghl-tui outbox undo {GROUP}")));
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    let asked = ran.commands.iter().find_map(|command| match command {
        Command::Ask { request: Request::Plan { contacts, .. }, .. } => Some(contacts.len()),
        _ => None,
    });
    assert_eq!(asked, Some(2), "only those that the view lists");
    let ran = run("views apply Hot --dry-run", tagging).await;
    assert_eq!(ran.writes(), Vec::<&Command>::new());
    // By name: Ann before Zoe.
    assert_eq!(ran.out, "PUT /c\nPUT /a\n");
}

#[tokio::test]
async fn a_view_that_cannot_be_applied_is_refused() {
    let ran = run("views apply Nobody", tagging).await;
    assert_eq!(ran.status, ExitStatus::NotFound);
    assert!(ran.err.contains("there is no view with this name"), "{}", ran.err);
    let ran = run("views apply Everybody", tagging).await;
    assert_eq!(ran.status, ExitStatus::Usage);
    assert!(ran.err.contains("this view has no tags"), "{}", ran.err);
    let ran = run("views apply Elsewhere", tagging).await;
    assert_eq!(ran.status, ExitStatus::NotFound, "it is another account's");
}

#[tokio::test]
async fn a_sync_adds_the_tags_of_the_views_of_its_account() {
    let ran = run("sync --profile views", tagging).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    let edits: Vec<&Edit> = ran
        .writes()
        .into_iter()
        .flat_map(|command| match command {
            Command::Apply { edits, .. } => edits.iter().collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(edits.len(), 2, "{edits:?}");
}

#[tokio::test]
async fn what_a_command_did_at_once_is_taken_back_at_once() {
    let ran = run(&format!("outbox undo {GROUP}"), tagging).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    assert!(ran.err.contains("Undoing: Added hot"), "{}", ran.err);
    assert!(ran.err.contains("withdrew 2 edits before sending"), "{}", ran.err);
    assert_eq!(ran.out, "Removed tag hot\n");
    let ran = run(&format!("outbox undo {GROUP} --dry-run"), tagging).await;
    assert_eq!((ran.out.as_str(), ran.writes().len()), ("PUT /c\n", 0));
    let ran = run("outbox undo", |command| match command {
        Command::TakeBack { ticket, .. } => {
            let why = Refused::NothingToReverse;
            vec![Event::Edit(EditEvent::Refused { ticket: *ticket, why })]
        }
        other => tagging(other),
    })
    .await;
    assert_eq!(ran.status, ExitStatus::Failed, "{}", ran.err);
}
