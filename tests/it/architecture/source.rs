//! The files of `src`, read once for all tests, and which file a path leads to.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::architecture::names::{Name, Said, said};

/// One file of `src`.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Below `src`, with slashes: `api/wire.rs`.
    pub(crate) path: String,
    /// `["api", "wire"]`; `lib.rs` stands at the root, which has no name.
    pub(crate) module: Vec<String>,
    pub(crate) text: String,
    pub(crate) said: Said,
    /// Whether the file, or a module around it, is under `#[cfg(test)]`.
    pub(crate) for_tests: bool,
}

/// Every file of `src`.
pub(crate) fn house() -> &'static [SourceFile] {
    static HOUSE: OnceLock<Vec<SourceFile>> = OnceLock::new();
    HOUSE.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut paths = Vec::new();
        collect(&root, &mut paths);
        assert!(paths.len() > 20, "only {} files in {}", paths.len(), root.display());
        let texts: Vec<(String, String)> = paths
            .iter()
            .map(|path| {
                let below = path.strip_prefix(&root).expect("it was found there");
                let below: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
                (below.join("/"), fs::read_to_string(path).expect("a source file is text"))
            })
            .collect();
        read(&texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
    })
}

/// Files given as (path below `src`, text), as if they made up a crate.
pub(crate) fn read(texts: &[(&str, &str)]) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = texts
        .iter()
        .map(|&(path, text)| {
            let module = module(path);
            let parts: Vec<&str> = module.iter().map(String::as_str).collect();
            let said = said(text, &parts).unwrap_or_else(|error| panic!("{path}: {error}"));
            SourceFile { path: path.to_owned(), module, text: text.to_owned(), said, for_tests: false }
        })
        .collect();
    let for_tests: Vec<Vec<String>> = files
        .iter()
        .flat_map(|file| {
            file.said.test_modules.iter().map(|name| [&file.module[..], std::slice::from_ref(name)].concat())
        })
        .collect();
    for file in &mut files {
        file.for_tests = for_tests.iter().any(|test| file.module.starts_with(test));
    }
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src can be read") {
        let path = entry.expect("src can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// `api/wire.rs` is `api::wire`; `lib.rs` says only which modules there are.
fn module(path: &str) -> Vec<String> {
    match path.trim_end_matches(".rs") {
        "lib" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

/// One file naming another.
#[derive(Debug)]
pub(crate) struct Arrow<'a> {
    pub(crate) from: &'a SourceFile,
    pub(crate) to: &'a SourceFile,
    pub(crate) name: &'a Name,
}

/// All arrows between the production files at or below `root`. What a file passes on (`pub use`) counts as naming
/// the file where it comes from, so that a facade hides no arrow.
pub(crate) fn arrows<'a>(files: &'a [SourceFile], root: &str) -> Vec<Arrow<'a>> {
    let index: HashMap<&[String], &SourceFile> = files.iter().map(|file| (&file.module[..], file)).collect();
    let mut arrows = Vec::new();
    for from in below(files, root) {
        for name in &from.said.names {
            let to = target(&index, from, &name.segments, 0);
            let inside = to.filter(|to| !to.for_tests && to.module != from.module && is_below(to, root));
            arrows.extend(inside.map(|to| Arrow { from, to, name }));
        }
    }
    arrows
}

/// The production files at or below a module.
pub(crate) fn below<'a>(files: &'a [SourceFile], root: &str) -> impl Iterator<Item = &'a SourceFile> {
    files.iter().filter(move |file| !file.for_tests && is_below(file, root))
}

fn is_below(file: &SourceFile, root: &str) -> bool {
    root.split("::")
        .zip(file.module.iter().map(Some).chain(std::iter::repeat(None)))
        .all(|(a, b)| Some(a) == b.map(String::as_str))
}

/// The file that a path written in `from` leads to, through whatever passes it on.
fn target<'a>(
    index: &HashMap<&[String], &'a SourceFile>,
    from: &SourceFile,
    segments: &[String],
    depth: usize,
) -> Option<&'a SourceFile> {
    let path = match segments {
        [first, rest @ ..] if first == "crate" => rest.to_vec(),
        // A path that begins with a child; a single word may be a variable of the same name.
        [_first, _second, ..] => [&from.module[..], segments].concat(),
        _ => return None,
    };
    let length = (1..=path.len()).rev().find(|&length| index.contains_key(&path[..length]))?;
    if segments[0] != "crate" && length <= from.module.len() {
        return None;
    }
    let file = index[&path[..length]];
    let passed_on = path.get(length).and_then(|next| file.said.aliases.get(next));
    match passed_on {
        Some(meant) if depth < 5 => {
            let further = [&meant[..], &path[length + 1..]].concat();
            target(index, file, &further, depth + 1).or(Some(file))
        }
        _ => Some(file),
    }
}

#[test]
fn an_arrow_leads_where_a_name_comes_from() {
    let files = read(&[
        ("a.rs", "mod b; mod c; mod d; pub use b::X; use crate::a::c::Y as Z;"),
        ("a/b.rs", "pub struct X; fn f() { let c = 1; c + 1; crate::e::f(); }"),
        ("a/c.rs", "use crate::a::X; pub struct Y;"),
        ("a/d.rs", "#[cfg(test)] mod tests; fn f(x: super::Z) { super::b::g::<super::c::Y>(); }"),
        ("a/d/tests.rs", "use crate::a::c::Y;"),
        ("ab.rs", "use crate::a::X;"),
        ("e.rs", "pub fn f() {}"),
    ]);
    let found: Vec<String> = arrows(&files, "a").iter().map(|a| format!("{} → {}", a.from.path, a.to.path)).collect();
    assert_eq!(
        found,
        ["a.rs → a/b.rs", "a.rs → a/c.rs", "a/c.rs → a/b.rs", "a/d.rs → a/c.rs", "a/d.rs → a/b.rs", "a/d.rs → a/c.rs"]
    );
}
