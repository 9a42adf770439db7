//! How a source file must look, whatever it names.

use std::path::Path;

use crate::architecture::source::house;

/// Longer files are several modules.
const LONGEST: usize = 700;

#[test]
fn every_file_has_its_form() {
    let wrong: Vec<String> = house().iter().flat_map(|file| form(Path::new(&file.path), &file.text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with how a file looks.
fn form(below: &Path, source: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let name = below.display();
    if below.ends_with("mod.rs") {
        wrong.push(format!("{name}: a module's file bears its name, not mod.rs"));
    }
    // A file of tests belongs to the file beside it, which says what both are about.
    if !source.starts_with("//!") && !below.ends_with("tests.rs") {
        wrong.push(format!("{name}: the first lines say what a module owns (//! …)"));
    }
    let lines = source.lines().count();
    if lines > LONGEST {
        wrong.push(format!("{name}: {lines} lines; beyond {LONGEST} it is several modules"));
    }
    wrong
}

#[test]
fn files_have_their_form() {
    let fine = "//! Owns nothing.\n";
    assert!(form(Path::new("a/b.rs"), fine).is_empty());
    for (path, source) in [("a/mod.rs", fine.to_owned()), ("a.rs", "fn f() {}".into()), ("a.rs", fine.repeat(701))] {
        assert_eq!(form(Path::new(path), &source).len(), 1, "{path}");
    }
}
