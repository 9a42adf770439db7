//! Files that name each other in a circle: nobody can read one of them without the others.

use std::collections::{HashMap, HashSet};

use crate::architecture::source::{SourceFile, arrows, house, read};

/// Module, and how many files a circle in it may have; 1 is none. Whoever unties one lowers this.
const CEILINGS: &[(&str, usize)] = &[("ui", 1), ("worker", 4)];

#[test]
fn no_circle_is_larger_than_its_ceiling() {
    for (root, ceiling) in CEILINGS {
        let circles = circles(house(), root);
        let largest = circles.iter().map(Vec::len).max().unwrap_or(1);
        let told = || circles.iter().map(|circle| told(house(), root, circle)).collect::<Vec<_>>().join("\n\n");
        assert!(largest <= *ceiling, "{root}: a circle of {largest} files, beyond {ceiling}:\n{}", told());
    }
}

/// The arrows that count: those between a module and its own parent or child do not.
fn counted<'a>(files: &'a [SourceFile], root: &str) -> Vec<(&'a str, &'a str)> {
    let is_parent = |parent: &SourceFile, child: &SourceFile| {
        child.module.split_last().is_some_and(|(_own, around)| around == parent.module)
    };
    let mut counted: Vec<(&str, &str)> = arrows(files, root)
        .iter()
        .filter(|arrow| !is_parent(arrow.from, arrow.to) && !is_parent(arrow.to, arrow.from))
        .map(|arrow| (arrow.from.path.as_str(), arrow.to.path.as_str()))
        .collect();
    counted.sort_unstable();
    counted.dedup();
    counted
}

/// Circles of more than one file: each with all files that reach each other, the largest first.
fn circles<'a>(files: &'a [SourceFile], root: &str) -> Vec<Vec<&'a str>> {
    let mut onward: HashMap<&str, Vec<&str>> = HashMap::new();
    for (from, to) in counted(files, root) {
        onward.entry(from).or_default().push(to);
    }
    let mut reached: Vec<(&str, HashSet<&str>)> = onward.keys().map(|from| (*from, reach(&onward, from))).collect();
    reached.sort_unstable_by_key(|(from, _reached)| *from);
    let mut circles: Vec<Vec<&str>> = Vec::new();
    for (file, far) in &reached {
        if far.contains(file) && !circles.iter().any(|circle| circle.contains(file)) {
            let back = reached.iter().filter(|(other, theirs)| far.contains(other) && theirs.contains(file));
            circles.push(back.map(|(other, _theirs)| *other).collect());
        }
    }
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

/// All files that can be reached from one over at least one arrow.
fn reach<'a>(onward: &HashMap<&'a str, Vec<&'a str>>, from: &str) -> HashSet<&'a str> {
    let mut reached = HashSet::new();
    let mut open: Vec<&str> = onward.get(from).cloned().unwrap_or_default();
    while let Some(file) = open.pop() {
        if reached.insert(file) {
            open.extend(onward.get(file).into_iter().flatten());
        }
    }
    reached
}

/// A circle's files, and which others of the circle each names.
fn told(files: &[SourceFile], root: &str, circle: &[&str]) -> String {
    let arrows = counted(files, root);
    let line = |file: &&str| {
        let named = arrows.iter().filter(|(from, to)| from == file && circle.contains(to)).map(|(_from, to)| *to);
        format!("  {file} → {}", named.collect::<Vec<_>>().join(", "))
    };
    format!("{} files:\n{}", circle.len(), circle.iter().map(line).collect::<Vec<_>>().join("\n"))
}

#[test]
fn seeded_circles_are_found() {
    let files = read(&[
        ("m.rs", "mod a; mod b; mod c; mod d; pub use b::B;"),
        ("m/a.rs", "use crate::m::B; mod inner;"),
        ("m/a/inner.rs", "use crate::m::a::X;"),
        ("m/b.rs", "use crate::m::c::C; pub struct B;"),
        ("m/c.rs", "use super::a::X; use crate::n::N;"),
        ("m/d.rs", "use crate::m::a::X; use crate::m::e;"),
        ("m/e.rs", "fn f() { super::d::f(); }"),
        ("n.rs", "use crate::m::a::X;"),
    ]);
    assert_eq!(circles(&files, "m"), [vec!["m/a.rs", "m/b.rs", "m/c.rs"], vec!["m/d.rs", "m/e.rs"]]);
    let told = told(&files, "m", &["m/d.rs", "m/e.rs"]);
    assert_eq!(told, "2 files:\n  m/d.rs → m/e.rs\n  m/e.rs → m/d.rs");
}
