//! The rules of a merge, its steps and the steps back.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::domain::{
    AddressWay, Contact, ContactField, ContactId, CustomFieldId, CustomValue, Dnd, JournalStep, Member, MergeField,
    MergeId, MergeOp, MergeRules, Note, NoteId, Obstacle, StepReply, StepState, Task, TaskId, UserId,
};

use super::{Choices, Pick, PreImage, Review, ValueMark, ValueReason, covered, steps, undo_steps};

fn at(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
}

fn member(id: &str, days: i64, fields: &[(ContactField, &str)]) -> Member {
    let mut contact = Contact {
        added: Some(at(days)),
        updated: Some(at(days)),
        dnd: Dnd { all: false, channels: Some(Vec::new()) },
        ..Contact::unknown(ContactId::new(id))
    };
    let fields = fields.iter().map(|(field, value)| (*field, Some((*value).to_owned()))).collect();
    crate::domain::ContactPatch { fields, ..Default::default() }.apply(&mut contact);
    Member { contact, tasks: Vec::new(), notes: Vec::new(), appointments: Vec::new() }
}

use ContactField::{Address1, City, CompanyName, Email, FirstName, LastName, Phone, PostalCode};

fn by_rules(members: &[Member]) -> Review {
    Review::of(members, &Choices::default(), &MergeRules::default())
}

fn result(review: &Review, field: ContactField) -> (&str, ValueReason, ValueMark) {
    let row = review.row(&MergeField::Field(field)).expect("every field has a row");
    (&row.result, row.rule, row.mark)
}

#[test]
fn every_value_has_its_rule() {
    let mut a = member("a", 1, &[(FirstName, "ANA"), (LastName, "LOPEZ"), (Email, "none@none.com"), (City, "Oakland")]);
    let mut b = member("b", 9, &[(FirstName, "Ana María"), (LastName, "López"), (Email, "ana@post.example")]);
    a.contact.tags = vec!["VIP".into(), "web".into()];
    b.contact.tags = vec!["vip".into(), "import".into()];
    a.contact.custom = vec![CustomValue { id: CustomFieldId::new("f"), value: "Delta".into() }];
    b.contact.custom = vec![
        CustomValue { id: CustomFieldId::new("f"), value: "Aetna".into() },
        CustomValue { id: CustomFieldId::new("g"), value: 7.into() },
    ];
    b.contact.dnd.channels = Some(vec![("SMS".into(), true)]);
    a.contact.phone = Some("+14155550142".into());
    a.contact.website = Some("https://a.example".into());
    a.contact.source = Some("form".into());
    let members = [a, b];
    let review = by_rules(&members);
    assert_eq!(review.survivor, 0, "more is known of it");
    assert_eq!(result(&review, FirstName), ("Ana María", ValueReason::Longest, ValueMark::Conflict));
    assert_eq!(result(&review, LastName), ("López", ValueReason::Longest, ValueMark::Conflict));
    assert_eq!(
        result(&review, Email),
        ("ana@post.example", ValueReason::Newest, ValueMark::Conflict),
        "the other was made up"
    );
    assert_eq!(result(&review, City), ("Oakland", ValueReason::None, ValueMark::Equal));
    let tags = review.row(&MergeField::Tags).expect("tags");
    assert_eq!((tags.list.join(","), tags.mark), ("VIP,web,import".to_owned(), ValueMark::Union));
    let sms = review.row(&MergeField::Channel("SMS".into())).expect("a channel");
    assert_eq!((sms.result.as_str(), sms.rule), ("on", ValueReason::Strictest));
    let plan = review.plan(&members, &Choices::default(), &MergeRules::default(), None).expect("two");
    assert_eq!(plan.patch.custom.keys().map(CustomFieldId::as_str).collect::<Vec<_>>(), ["g"], "only into blanks");
    assert_eq!(plan.patch.custom[&CustomFieldId::new("g")], serde_json::json!(7), "a number stays one");
    assert_eq!(plan.add_tags, ["import"]);
    assert_eq!(plan.patch.channels.get("SMS"), Some(&true));
    let kept: Vec<(&str, &str)> =
        plan.leftovers.iter().map(|left| (left.label.as_str(), left.value.as_str())).collect();
    assert_eq!(kept, [("e-mail", "none@none.com"), ("f", "Aetna")]);
}

#[test]
fn the_longest_name_is_one_persons_whole_name() {
    // The second has its names the wrong way round: a half of each would be no name.
    let members = [
        member("a", 1, &[(FirstName, "Ana"), (LastName, "López Gutiérrez"), (City, "Reno")]),
        member("b", 2, &[(FirstName, "Lopez Gutierrez"), (LastName, "Ana")]),
    ];
    let review = by_rules(&members);
    assert_eq!((result(&review, FirstName).0, result(&review, LastName).0), ("Ana", "López Gutiérrez"));
}

#[test]
fn a_slip_is_no_longer_name() {
    for (other, kept) in [("Camachho", "Camacho"), ("CAMACHO-LEE", "Camacho"), ("Camacho Ruiz", "Camacho Ruiz")] {
        let members = [
            member("a", 1, &[(FirstName, "Ana"), (LastName, "Camacho"), (City, "Reno")]),
            member("b", 2, &[(FirstName, if other.starts_with("CA") { "ANA" } else { "Ana" }), (LastName, other)]),
        ];
        assert_eq!(result(&by_rules(&members), LastName).0, kept, "{other}");
    }
}

#[test]
fn an_address_is_never_put_together_from_two() {
    let members = [
        member("a", 1, &[(FirstName, "A"), (LastName, "B"), (City, "Oakland"), (Phone, "+14155550142")]),
        member("b", 2, &[(Address1, "1 Main St"), (City, "Alameda"), (PostalCode, "94501")]),
    ];
    let review = by_rules(&members);
    assert_eq!(review.survivor, 0);
    assert_eq!(result(&review, Address1).0, "1 Main St");
    assert_eq!(result(&review, City), ("Alameda", ValueReason::Together, ValueMark::Conflict));
    // What fits is filled in.
    let members = [
        member("a", 1, &[(FirstName, "A"), (LastName, "B"), (Address1, "1 Main St"), (City, "Alameda")]),
        member("b", 2, &[(City, "ALAMEDA"), (PostalCode, "94501")]),
        member("c", 3, &[(City, "Reno"), (PostalCode, "89501")]),
    ];
    assert_eq!(result(&by_rules(&members), PostalCode).0, "94501");
}

#[test]
fn the_users_word_goes_before_every_rule() {
    let members = [
        member("a", 1, &[(FirstName, "Ana"), (Email, "a@post.example"), (City, "Reno")]),
        member("b", 2, &[(FirstName, "Anita"), (Email, "b@post.example"), (CompanyName, "Ortho")]),
    ];
    let mut choices = Choices { survivor: Some(ContactId::new("b")), ..Choices::default() };
    choices.picked.insert(MergeField::Field(FirstName), Pick::From(ContactId::new("a")));
    choices.picked.insert(MergeField::Field(City), Pick::Typed(" Sparks ".into()));
    let review = Review::of(&members, &choices, &MergeRules::default());
    assert_eq!(review.survivor, 1);
    assert_eq!(result(&review, FirstName), ("Ana", ValueReason::Chosen, ValueMark::Conflict));
    assert_eq!(result(&review, City), ("Sparks", ValueReason::Typed, ValueMark::Typed));
    assert_eq!(result(&review, CompanyName), ("Ortho", ValueReason::None, ValueMark::Equal), "the survivor has it");
    choices.survivor = Some(ContactId::new("a"));
    let review = Review::of(&members, &choices, &MergeRules::default());
    assert_eq!(result(&review, CompanyName), ("", ValueReason::CannotBeSet, ValueMark::Attention));
    assert!(review.leftovers.iter().any(|left| left.label == "company" && left.value == "Ortho"));
    choices.excluded.insert(ContactId::new("b"));
    let review = Review::of(&members, &choices, &MergeRules::default());
    assert_eq!(review.plan(&members, &choices, &MergeRules::default(), None), None, "nobody is left to merge");
}

#[test]
fn many_at_once_is_for_those_that_nobody_need_look_at() {
    let one = |id: &str, first: &str, last: &str, email: &str, phone: &str| {
        member(id, 1, &[(FirstName, first), (LastName, last), (Email, email), (Phone, phone)])
    };
    let bob = one("a", "Bob", "Lee", "bob@post.example", "+14155550142");
    let cases = [
        (one("b", "Robert", "Lee", "BOB@post.example", ""), 0.99, Ok(())),
        (one("b", "B", "Lee", "", "(415) 555-0142"), 0.99, Ok(())),
        (one("b", "Lee", "Bob", "bob@post.example", ""), 0.99, Ok(())),
        (one("b", "Robert", "Lee", "bob@post.example", ""), 0.97, Err("score below")),
        // A couple with one phone, colleagues on one mailbox, the same name and nothing else.
        (one("b", "Anna", "Lee", "", "+14155550142"), 0.99, Err("different names")),
        (one("b", "Kim", "Park", "bob@post.example", ""), 0.99, Err("different names")),
        (one("b", "Bob", "Lee", "other@post.example", ""), 0.99, Err("no e-mail or phone in common")),
        (one("b", "", "", "bob@post.example", ""), 0.99, Err("different names")),
        (one("b", "Bob", "Lee Jr", "bob@post.example", ""), 0.99, Err("different names")),
    ];
    for (other, score, verdict) in cases {
        let said = covered(&[bob.clone(), other.clone()], score, &MergeRules::default(), at(1), &TimeZone::UTC);
        match verdict {
            Ok(()) => assert_eq!(said, Ok(()), "{other:?}"),
            Err(words) => assert!(said.as_ref().is_err_and(|why| why.contains(words)), "{said:?} {other:?}"),
        }
    }
    let mut quiet = one("b", "Robert", "Lee", "bob@post.example", "");
    quiet.contact.dnd.all = true;
    let said = covered(&[bob.clone(), quiet], 0.99, &MergeRules::default(), at(1), &TimeZone::UTC);
    assert!(said.is_err_and(|why| why.contains("do not disturb")));
    let many = vec![bob; 11];
    assert!(covered(&many, 0.99, &MergeRules::default(), at(1), &TimeZone::UTC).is_err_and(|why| why.contains("10")));
}

#[test]
fn a_field_for_what_is_left_over_keeps_what_it_gets_from_the_merge() {
    let field = CustomFieldId::new("kept");
    let mut members = [
        member("a", 1, &[(FirstName, "Ana"), (LastName, "Lee"), (Phone, "+14155550142"), (City, "Reno")]),
        member("b", 2, &[(FirstName, "Ana"), (Phone, "+16285550142")]),
    ];
    members[1].contact.custom = vec![CustomValue { id: field.clone(), value: "from before".into() }];
    let rules = MergeRules { keep: crate::domain::Keep::Field("kept".into()), ..MergeRules::default() };
    let plan = Review::of(&members, &Choices::default(), &rules).plan(&members, &Choices::default(), &rules, None);
    let plan = plan.expect("two");
    let image = PreImage {
        merge: MergeId(uuid::Uuid::from_u128(7)),
        plan: &plan,
        members: &members,
        now: at(60),
        zone: &TimeZone::UTC,
        user: &|user| user.to_string(),
        label: &str::to_owned,
    };
    let written = steps(&image).into_iter().find_map(|op| match op {
        MergeOp::Patch { patch, .. } => patch.custom.get(&field).cloned(),
        _ => None,
    });
    let text = written.and_then(|value| value.as_str().map(str::to_owned)).expect("it is written");
    assert!(text.starts_with("from before\nphone: +14155550142"), "{text}");
}

fn note(id: &str, contact: &ContactId, body: &str) -> Note {
    let (id, contact, body) = (NoteId::new(id), contact.clone(), body.to_owned());
    Note { id, contact, title: None, body, author: Some(UserId::new("u")), added: Some(at(3)), pinned: false }
}

fn task(id: &str, contact: &ContactId, title: &str) -> Task {
    let (id, contact, title) = (TaskId::new(id), contact.clone(), title.to_owned());
    Task { id, contact, title, body: None, due: Some(at(20)), completed: true, assigned_to: None }
}

/// Members with notes and tasks, and what the user said about them.
fn groups() -> impl Strategy<Value = (Vec<Member>, Choices, AddressWay)> {
    let text =
        prop_oneof![Just(""), Just("Ana"), Just("ana@post.example"), Just("+14155550142"), Just("<b>&[x]\u{202e}")];
    let one = (prop::collection::vec(text, 15), 0_usize..3, 0_usize..3, any::<bool>(), 0_i64..50);
    let members = prop::collection::vec(one, 2..5).prop_map(|all| {
        let made = |(n, (texts, notes, tasks, dnd, days)): (usize, (Vec<&str>, usize, usize, bool, i64))| {
            let fields: Vec<(ContactField, &str)> = ContactField::ALL.into_iter().zip(texts).collect();
            let mut member = member(&format!("c{n}"), days, &fields);
            let id = member.contact.id.clone();
            member.contact.dnd.all = dnd;
            member.contact.tags = vec![format!("t{}", n % 2)];
            member.notes = (0..notes).map(|k| note(&format!("n{n}{k}"), &id, "<p>said</p>")).collect();
            member.tasks = (0..tasks).map(|k| task(&format!("k{n}{k}"), &id, "Call")).collect();
            member
        };
        all.into_iter().enumerate().map(made).collect::<Vec<_>>()
    });
    let ways = prop_oneof![Just(AddressWay::ClearFirst), Just(AddressWay::LeaveIt), Just(AddressWay::DeleteFirst)];
    (members, any::<bool>(), any::<bool>(), ways).prop_map(|(members, delete, silence, way)| {
        let choices = Choices { delete, silence: Some(silence), ..Choices::default() };
        (members, choices, way)
    })
}

/// Does steps to members as the server would; what each left behind.
fn carry_out(members: &mut [Member], steps: &[MergeOp]) -> Vec<JournalStep> {
    let mut journal = Vec::new();
    for (n, op) in (0_u32..).zip(steps) {
        let held = members.iter_mut().find(|member| member.contact.id == *op.contact());
        let reply = match (op, held) {
            (MergeOp::Patch { patch, .. }, Some(held)) => {
                patch.apply(&mut held.contact);
                StepReply::Nothing
            }
            (MergeOp::AddTags { tags, .. }, Some(held)) => {
                let new: Vec<String> = tags.iter().filter(|tag| !held.contact.tags.contains(tag)).cloned().collect();
                held.contact.tags.extend(new.clone());
                StepReply::Changed(new)
            }
            (MergeOp::RemoveTags { tags, .. }, Some(held)) => {
                held.contact.tags.retain(|tag| !tags.contains(tag));
                StepReply::Nothing
            }
            (MergeOp::MakeNote { contact, note: patch, .. }, Some(held)) => {
                let made = note(&format!("made{n}"), contact, patch.body.as_deref().unwrap_or_default());
                held.notes.push(made.clone());
                StepReply::Note { print: made.print(), id: made.id }
            }
            (MergeOp::MakeTask { contact, task: patch, .. }, Some(held)) => {
                let made = patch.made(TaskId::new(format!("made{n}")), contact.clone());
                held.tasks.push(made.clone());
                StepReply::Task { print: made.print(), id: made.id }
            }
            (MergeOp::DeleteNote { note, .. }, Some(held)) => {
                held.notes.retain(|one| one.id != *note);
                StepReply::Nothing
            }
            (MergeOp::DeleteTask { task, .. }, Some(held)) => {
                held.tasks.retain(|one| one.id != *task);
                StepReply::Nothing
            }
            _ => StepReply::Nothing,
        };
        journal.push(JournalStep { n, op: op.clone(), state: StepState::Done, reply: Some(reply) });
    }
    journal
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Everything is copied once and checked before anything irreversible; whatever part was done can be taken back,
    /// and what is set aside comes back exactly as it was.
    #[test]
    fn what_is_done_can_be_taken_back((members, choices, way) in groups(), share in 0.0_f64..=1.0) {
        let rules = MergeRules::default();
        let review = Review::of(&members, &choices, &rules);
        let mut plan = review.plan(&members, &choices, &rules, None).expect("two or more");
        plan.address = way;
        let mut ordered: Vec<Member> = plan
            .members()
            .map(|id| members.iter().find(|member| member.contact.id == *id).expect("a member").clone())
            .collect();
        let before = ordered.clone();
        let image = PreImage {
            merge: MergeId(uuid::Uuid::from_u128(7)),
            plan: &plan,
            members: &before,
            now: at(60),
            zone: &TimeZone::UTC,
            user: &|user| user.to_string(),
            label: &str::to_owned,
        };
        let all = steps(&image);
        prop_assert_eq!(&all, &steps(&image), "the same steps however often they are asked for");
        let copies: usize = before[1..].iter().map(|loser| loser.notes.len() + loser.tasks.len()).sum();
        let made = |op: &&MergeOp| match op {
            MergeOp::MakeNote { contact, mark, .. } | MergeOp::MakeTask { contact, mark, .. } => {
                *contact == plan.survivor && !mark.starts_with("kept")
            }
            _ => false,
        };
        prop_assert_eq!(all.iter().filter(made).count(), copies);
        let first_loss = all.iter().position(MergeOp::is_irreversible).unwrap_or(all.len());
        let checked = all[..first_loss].iter().any(|op| matches!(op, MergeOp::Check { .. }));
        prop_assert!(first_loss == all.len() || checked, "read back before anybody goes");
        let last_copy = all.iter().rposition(|op| made(&op)).unwrap_or(0);
        prop_assert!(first_loss > last_copy || copies == 0);
        for loser in &plan.losers {
            let gone = all.iter().any(|op| op.is_irreversible() && op.contact() == loser);
            let aside = all.iter().any(|op| matches!(op, MergeOp::AddTags { contact, .. } if contact == loser));
            prop_assert!(gone != aside, "deleted or set aside");
        }

        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share")]
        let part = (all.len() as f64 * share) as usize;
        let reversible = all[..part].iter().position(MergeOp::is_irreversible).unwrap_or(part);
        let done = carry_out(&mut ordered, &all[..reversible]);
        let back = undo_steps(&image, &done, &ordered).expect("nobody has changed anything");
        prop_assert!(!back.iter().any(MergeOp::is_irreversible));
        carry_out(&mut ordered, &back);
        for (now, was) in ordered.iter().zip(&before) {
            prop_assert_eq!(&now.notes, &was.notes);
            prop_assert_eq!(&now.tasks, &was.tasks);
            prop_assert_eq!(&now.contact.tags, &was.contact.tags);
            for field in ContactField::ALL {
                let text = |member: &Member| field.get(&member.contact).unwrap_or_default();
                prop_assert_eq!(text(now), text(was), "{}", field.name());
            }
            prop_assert_eq!(now.contact.dnd.all, was.contact.dnd.all);
        }
    }
}

#[test]
fn an_undo_names_everything_that_somebody_has_changed() {
    let mut members = [
        member("a", 1, &[(FirstName, "Ana"), (City, "Reno"), (Phone, "+14155550142")]),
        member("b", 2, &[(FirstName, "Ana María")]),
    ];
    let id = members[1].contact.id.clone();
    members[1].notes.push(note("n", &id, "said"));
    members[1].tasks.push(task("k", &id, "Call"));
    let plan = by_rules(&members).plan(&members, &Choices::default(), &MergeRules::default(), None).expect("two");
    let before = if plan.survivor == id { [members[1].clone(), members[0].clone()] } else { members };
    let image = PreImage {
        merge: MergeId(uuid::Uuid::from_u128(7)),
        plan: &plan,
        members: &before,
        now: at(60),
        zone: &TimeZone::UTC,
        user: &|user| user.to_string(),
        label: &str::to_owned,
    };
    let mut now = before.clone();
    let done = carry_out(&mut now, &steps(&image));
    now[0].contact.first_name = Some("Anita".into());
    if let Some(copy) = now[0].notes.first_mut() {
        copy.body.push_str(" and more");
    }
    if let Some(copy) = now[0].tasks.first_mut() {
        copy.completed = !copy.completed;
    }
    let gone = undo_steps(&image, &done, &now[..1]).expect_err("the loser is gone");
    let Obstacle::MovedOn(said) = gone else { panic!("{gone:?}") };
    assert!(said.iter().any(|words| words.contains("has been deleted")), "{said:?}");
    assert!(said.iter().any(|words| words.contains("firstName is now \"Anita\"")), "{said:?}");
}
