//! The columns that the list is sorted by.

use insta::assert_snapshot;

use super::stage::{LARGE, Stage};

#[test]
fn columns_are_chosen_from_a_list() {
    let mut stage = Stage::new((160, 40));
    stage.press("z S");
    stage.type_text("company");
    stage.press("enter");
    stage.assert_says("Sorted by company");
    stage.assert_says("Company ▲");
    stage.assert_silent_about("Name ▲");
    stage.press("S down tab");
    assert_snapshot!("sort_by_160x40", stage.screen());
    stage.press("esc");
    stage.assert_says("7 · by company, then updated");
    stage.assert_says("Company ▲");
    stage.assert_says("Upd▼²");
    // Once more turns it round; one that has no head says which way.
    stage.press("S");
    stage.type_text("company");
    stage.press("enter");
    stage.assert_says("Company ▼");
    stage.press("S");
    stage.type_text("owner");
    stage.press("enter");
    stage.assert_says("by owner ▲, then updated");
}

#[test]
fn every_column_is_reached_with_one_key() {
    let mut stage = Stage::new(LARGE);
    let mut said = Vec::new();
    for _ in 0..10 {
        stage.press("s");
        let line = stage.line("7 · by ");
        said.push(line.split("7 · by ").nth(1).expect("it is there").split(" ━").next().expect("a part").to_owned());
    }
    let columns =
        ["updated", "added ▼", "company ▲", "e-mail ▲", "phone", "city ▲", "owner ▲", "source ▲", "tags", "name"];
    assert_eq!(said, columns);
}
