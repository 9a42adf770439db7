//! Input that nobody should send.

use super::{Cells, contact, crowd, ids, run};
use crate::dedupe::{Decision, Decisions, DedupeRecord, FindOptions, RecordSheet, RunProgress, find};

#[test]
fn empty_contacts_are_nobody() {
    let empty: Vec<Cells> = (0..500).map(|n| contact(&format!("e{n}"), "")).collect();
    let (sheet, found) = run(&empty);
    assert!(ids(&sheet, &found).is_empty());
    let (sheet, found) = run(&[]);
    assert!(ids(&sheet, &found).is_empty());
}

#[test]
fn one_value_on_everybody_joins_nobody() {
    for value in
        ["first=Anna", "last=Okonjo", "phone=+14155550142", "email=all@okra.com", "city=Reno", "born=1985-03-12"]
    {
        let mut all = crowd(800);
        // Of one name and nothing else, two are one: without the namesakes.
        all.truncate(800);
        for cells in &mut all {
            let (field, text) = contact("x", value).swap_remove(1);
            cells.retain(|(known, _)| *known != field);
            cells.push((field, text));
        }
        let (sheet, found) = run(&all);
        assert_eq!(ids(&sheet, &found), Vec::<Vec<String>>::new(), "{value}");
    }
}

#[test]
fn ten_thousand_equal_contacts_take_no_quadratic_time() {
    let equal =
        |n: usize| contact(&format!("e{n:05}"), "first=Anna | last=Okonjo | email=anna@okra.com | phone=+14155550142");
    let all: Vec<Cells> = (0..10_000).map(equal).collect();
    let (_, found) = run(&all);
    assert!(found.groups.iter().all(|group| group.rows.len() <= 10_000));
}

#[test]
fn a_megabyte_in_every_field_is_cut() {
    let long = "é\u{202e}ß ".repeat(1 << 18);
    let cells: String =
        ["first", "last", "email", "phone", "address1", "city", "zip", "born", "at", "country", "state"]
            .map(|name| format!("{name}={long}"))
            .join(" | ");
    let (sheet, found) = run(&[contact("a", &cells), contact("b", "first=Anna"), contact("c", &cells)]);
    assert_eq!(found.reasons(&sheet, 0, 1).len(), 1);
}

#[test]
fn every_script_is_a_name() {
    let mut all = crowd(600);
    all.push(contact("a", "first=小明 | last=王 | email=wang@okra.com"));
    all.push(contact("b", "first=小明 | last=王 | email=wang@okra.com"));
    all.push(contact("c", "first=محمد | last=العربي | phone=+14155550142"));
    all.push(contact("d", "first=محمد | last=العربي | phone=+14155550142"));
    all.push(contact("e", "first=\u{202e}\u{200f} | last=\u{0} | email=@@ | phone=+++"));
    let (sheet, found) = run(&all);
    assert_eq!(ids(&sheet, &found), [["a", "b"], ["c", "d"]]);
}

#[test]
fn the_order_of_contacts_and_the_number_of_threads_change_nothing() {
    let mut all = crowd(700);
    for n in 0..60 {
        let mut again = all[n * 9].clone();
        again[0].1 = format!("again{n}");
        again.truncate(4);
        all.push(again);
    }
    let told = |all: &[Cells]| {
        let (sheet, found) = run(all);
        let reasons: Vec<_> = found
            .pairs
            .iter()
            .map(|pair| {
                (
                    sheet.id(pair.a).to_owned(),
                    sheet.id(pair.b).to_owned(),
                    pair.score.to_bits(),
                    found.reasons(&sheet, pair.a, pair.b),
                )
            })
            .collect();
        (ids(&sheet, &found), reasons, found.table)
    };
    let expected = told(&all);
    assert_eq!(expected.0.len(), 60);
    let mut turned = all.clone();
    turned.reverse();
    assert_eq!(told(&turned), expected);
    turned.rotate_left(333);
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    assert_eq!(alone.install(|| told(&turned)), expected);
}

#[test]
fn two_files_are_linked_across_only() {
    let (mut sheet, all) = (RecordSheet::new(), crowd(400));
    let twice = contact("a", "first=Anna | last=Okonjo | email=anna@okra.com");
    let cells: Vec<DedupeRecord<'_>> = all.iter().chain([&twice, &twice]).map(super::record).collect();
    sheet.extend(&cells[..=all.len()]);
    sheet.begin_second_file();
    sheet.extend(&cells[all.len() + 1..]);
    let found = find(&mut sheet, &FindOptions::default(), &RunProgress::default()).expect("nobody stopped it");
    assert!(found.groups.is_empty());
    let pairs: Vec<_> = found
        .pairs
        .iter()
        .map(|pair| (sheet.id(pair.a), sheet.in_second_file(pair.a), sheet.id(pair.b), sheet.in_second_file(pair.b)))
        .collect();
    assert_eq!(pairs, [("a", false, "a", true)]);
}

#[test]
fn people_have_the_last_word() {
    let mut all = crowd(400);
    for (id, cells) in [
        ("a", "first=Anna | last=Okonjo | email=anna@okra.com"),
        ("b", "first=Ana | last=Okonjo | email=anna@okra.com"),
        ("c", "first=Piet | last=Xu"),
    ] {
        all.push(contact(id, cells));
    }
    let groups = |decisions: &Decisions| {
        let mut sheet = super::sheet(&all);
        let options = FindOptions { decisions: decisions.clone(), ..FindOptions::default() };
        let found = find(&mut sheet, &options, &RunProgress::default()).expect("nobody stopped it");
        ids(&sheet, &found)
    };
    let mut decisions = Decisions::default();
    assert_eq!(groups(&decisions), [["a", "b"]]);
    decisions.add("b", "a", Decision::NotADuplicate);
    assert_eq!(groups(&decisions), Vec::<Vec<String>>::new());
    decisions.add("a", "c", Decision::Merged);
    assert_eq!(groups(&decisions), [["a", "c"]]);
    decisions.forget("a", "b");
    assert_eq!(groups(&decisions).len(), 1);
}

#[test]
fn a_run_can_be_stopped() {
    let mut sheet = super::sheet(&crowd(100));
    let progress = RunProgress::default();
    progress.stop();
    assert!(find(&mut sheet, &FindOptions::default(), &progress).is_err());
}
