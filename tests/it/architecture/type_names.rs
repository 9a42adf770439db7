//! One name for one thing: how many type names stand for more than one.

use std::collections::BTreeMap;

use crate::architecture::source::{SourceFile, house};

/// At most so many type names of a hundred may be defined more than once.
const MAX_PERCENT: usize = 7;

#[test]
fn few_type_names_are_defined_twice() {
    let places = definitions(house());
    let twice: Vec<String> = places
        .iter()
        .filter(|(_name, files)| files.len() > 1)
        .map(|(name, files)| format!("{name}: {}", files.join(", ")))
        .collect();
    let (found, all) = (twice.len(), places.len());
    assert!(
        found * 100 <= all * MAX_PERCENT,
        "{found} of {all} type names are defined more than once:\n{}",
        twice.join("\n")
    );
}

/// Where each struct, enum, trait and type at the start of a line is defined, tests aside.
fn definitions(files: &[SourceFile]) -> BTreeMap<&str, Vec<&str>> {
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| !file.for_tests) {
        for name in file.text.lines().filter_map(defined) {
            places.entry(name).or_default().push(&file.path);
        }
    }
    places
}

/// The name of the type that a line defines.
fn defined(line: &str) -> Option<&str> {
    let rest = match line.strip_prefix("pub") {
        Some(public) if public.starts_with('(') => public.split_once(") ")?.1,
        Some(public) => public.strip_prefix(' ')?,
        None => line,
    };
    let (keyword, rest) = rest.split_once(' ')?;
    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (matches!(keyword, "struct" | "enum" | "trait" | "type") && !name.is_empty()).then_some(name)
}

#[test]
fn definitions_are_found() {
    for (line, name) in [
        ("pub struct Ledger {", Some("Ledger")),
        ("pub(in crate::ui) enum Screen {", Some("Screen")),
        ("type Rows<'a> = Vec<Row<'a>>;", Some("Rows")),
        ("trait Keep: Send {", Some("Keep")),
        ("    struct Inner;", None),
        ("pub fn struct_of() {", None),
        ("publish trait X", None),
    ] {
        assert_eq!(defined(line), name, "{line}");
    }
}
