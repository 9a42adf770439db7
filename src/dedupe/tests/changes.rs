//! Single changes: the index must say what a run from scratch with the same table says.

use proptest::prelude::*;

use super::{Cells, contact, crowd, record, run, sheet};
use crate::dedupe::{Decision, Decisions, DuplicateIndex, FoundPair};

#[derive(Clone, Debug)]
enum Change {
    Put(usize, Cells),
    Remove(usize),
    Decide(usize, usize, bool),
    Undecide(usize, usize),
}

/// Few values on many contacts, so that changes meet.
fn cells(id: usize) -> impl Strategy<Value = Cells> {
    let first = prop::sample::select(vec![
        "", "Anna", "Ana", "Ann", "Peter", "Bob", "Robert", "Okonjo", "Anna May", "Okonjo P",
    ]);
    let last = prop::sample::select(vec![
        "",
        "Okonjo",
        "Okonyo",
        "Lindqvist",
        "Smith",
        "Okonjo Jr",
        "Anna",
        "Okonjo-Smith",
        "Xu-Okonjo",
    ]);
    let email = prop::sample::select(vec![
        "",
        "a@okra.com",
        "b@okra.com",
        "anna.o1@gmail.com",
        "info@okra.com",
        "okonjo@x.com",
        "okonjo@y.com",
    ]);
    let phone = prop::sample::select(vec!["", "+14155550142", "4155550143", "+14155550177"]);
    let born = prop::sample::select(vec!["", "1985-03-12", "1985-12-03", "1984-01-01"]);
    (first, last, email, phone, born).prop_map(move |(first, last, email, phone, born)| {
        contact(&name(id), &format!("first={first} | last={last} | email={email} | phone={phone} | born={born}"))
    })
}

fn name(id: usize) -> String {
    format!("n{id:02}")
}

const IDS: usize = 14;

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (0..IDS).prop_flat_map(|id| cells(id).prop_map(move |cells| Change::Put(id, cells))),
        2 => (0..IDS).prop_map(Change::Remove),
        1 => (0..IDS, 0..IDS, any::<bool>()).prop_map(|(a, b, same)| Change::Decide(a, b, same)),
        1 => (0..IDS, 0..IDS).prop_map(|(a, b)| Change::Undecide(a, b)),
    ]
}

type Told = (Vec<(Vec<String>, u64, Vec<(String, String, u64)>)>, Vec<(String, String, u64)>);

fn told(index: &DuplicateIndex) -> Told {
    let pair = |pair: &FoundPair| (index.id(pair.a).to_owned(), index.id(pair.b).to_owned(), pair.score.to_bits());
    let groups = index.groups().into_iter().map(|group| {
        let ids = group.rows.iter().map(|&row| index.id(row).to_owned()).collect();
        (ids, group.score.to_bits(), group.pairs.iter().map(pair).collect())
    });
    (groups.collect(), index.pairs().iter().map(pair).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn changes_end_where_a_run_from_scratch_ends(
        start in (0..IDS).map(cells).collect::<Vec<_>>(),
        changes in prop::collection::vec(change(), 1..25),
    ) {
        let crowd = crowd(60);
        let mut contacts: Vec<Option<Cells>> = start.into_iter().map(Some).collect();
        let all = |contacts: &[Option<Cells>]| -> Vec<Cells> { contacts.iter().flatten().chain(&crowd).cloned().collect() };
        let (_, found) = run(&all(&contacts));
        let mut decisions = Decisions::default();
        let mut index = DuplicateIndex::new(sheet(&all(&contacts)), found.table.clone(), Decisions::default());
        for change in changes {
            match change {
                Change::Put(id, cells) => {
                    index.put(&record(&cells));
                    contacts[id] = Some(cells);
                }
                Change::Remove(id) => {
                    index.remove(&name(id));
                    contacts[id] = None;
                }
                Change::Decide(a, b, same) => {
                    let decision = if same { Decision::Merged } else { Decision::NotADuplicate };
                    index.decide(&name(a), &name(b), decision);
                    decisions.add(&name(a), &name(b), decision);
                }
                Change::Undecide(a, b) => {
                    index.undecide(&name(a), &name(b));
                    decisions.forget(&name(a), &name(b));
                }
            }
            let scratch = DuplicateIndex::new(sheet(&all(&contacts)), found.table.clone(), decisions.clone());
            prop_assert_eq!(told(&index), told(&scratch));
        }
    }
}

#[test]
fn an_index_begins_with_what_the_full_run_found() {
    let mut all = crowd(500);
    for n in 0..40 {
        let mut again = all[n * 11].clone();
        again[0].1 = format!("again{n}");
        again.truncate(5);
        all.push(again);
    }
    let (sheet_of_run, found) = run(&all);
    let expected = super::ids(&sheet_of_run, &found);
    assert_eq!(expected.len(), 40);
    let stored = serde_json::to_string(&found.table).expect("it is plain data");
    let table = serde_json::from_str(&stored).expect("it was written a moment ago");
    let index = DuplicateIndex::new(sheet(&all), table, Decisions::default());
    let groups: Vec<Vec<String>> = index
        .groups()
        .into_iter()
        .map(|group| group.rows.iter().map(|&row| index.id(row).to_owned()).collect())
        .collect();
    assert_eq!(groups, expected);
    assert!(!index.due());
}

#[test]
fn a_change_names_what_it_touched_and_many_make_a_full_run_due() {
    let mut all = crowd(300);
    all.push(contact("a", "first=Anna | last=Okonjo | email=anna@okra.com"));
    let (_, found) = run(&all);
    let mut index = DuplicateIndex::new(sheet(&all), found.table, Decisions::default());
    let touched = index.put(&record(&contact("b", "first=Ana | last=Okonjo | email=anna@okra.com")));
    assert_eq!(touched.ids, ["a", "b"]);
    assert_eq!(index.group("b").map(|group| group.rows.len()), Some(2));
    assert_eq!(index.remove("a").ids, ["a", "b"]);
    assert_eq!(index.group("b"), None);
    assert!(!index.due());
    for n in 0..3 {
        index.remove(&format!("crowd{n:05}"));
    }
    assert!(index.due());
}

#[test]
fn a_flood_of_equal_contacts_is_cut_off_the_same_way() {
    let all = crowd(200);
    let (_, found) = run(&all);
    let equal =
        |n: usize| contact(&format!("e{n:05}"), "first=Anna | last=Okonjo | email=anna@okra.com | phone=+14155550142");
    let mut index = DuplicateIndex::new(sheet(&all), found.table.clone(), Decisions::default());
    let flood: Vec<Cells> = (0..70).map(equal).collect();
    for cells in &flood {
        index.put(&record(cells));
    }
    assert!(index.due());
    let with: Vec<Cells> = all.iter().chain(&flood).cloned().collect();
    assert_eq!(told(&index), told(&DuplicateIndex::new(sheet(&with), found.table.clone(), Decisions::default())));
    for n in 20..70 {
        index.remove(&format!("e{n:05}"));
    }
    let with: Vec<Cells> = all.iter().chain(&flood[..20]).cloned().collect();
    assert_eq!(told(&index), told(&DuplicateIndex::new(sheet(&with), found.table, Decisions::default())));
}
