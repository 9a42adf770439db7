//! Saved views: a filter, a sort order and columns under a name, in a file that people may edit by hand.
//!
//! ```toml
//! [[view]]
//! name = "Hot leads"
//! location = "ve9EPM428h8vShlRW1KT"   # left out: in every account
//! filter = "tag:hot added:<30d"
//! sort = "-added,name"
//! columns = ["name", "phone:18", "tags", "added"]
//! tags = ["call-first"]               # `ghl-tui sync` adds them to new matches
//! ```
//!
//! Filter, order and columns stay text here; the screens that show them parse them. Comments and blank lines in the
//! file survive every change made by the program.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::domain::LocationId;

use super::file::read_regular;
use super::paths::{PathError, create_private};

/// A saved view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    pub name: String,
    /// The account that it is for; `None` means every account.
    pub location: Option<LocationId>,
    #[serde(default)]
    pub filter: String,
    #[serde(default)]
    pub sort: Option<String>,
    /// Empty means the columns that fit the screen.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Tags to add to contacts that newly match the view.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl View {
    pub fn is_of(&self, location: &LocationId) -> bool {
        self.location.as_ref().is_none_or(|own| own == location)
    }
}

/// A change of the saved views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewChange {
    /// Replaces the view of this name, or adds it at the end.
    Put(View),
    /// Removes the view of this name that this account sees.
    Remove { name: String, location: LocationId },
}

/// Why the saved views cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum ViewsError {
    #[error("cannot use the views in {}: {source}", .path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the views in {} have an error: {why}; fix the file, or move it away", .path.display())]
    Garbled { path: PathBuf, why: String },
    #[error(transparent)]
    Folder(#[from] PathError),
}

/// The file of saved views; by default it has no path and no views.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewsFile {
    path: PathBuf,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    #[serde(default, rename = "view")]
    views: Vec<View>,
}

impl ViewsFile {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The views that an account sees, in the order of the file; empty if there is no file.
    pub fn of(&self, location: &LocationId) -> Result<Vec<View>, ViewsError> {
        let mut views = parse(&self.text()?).map_err(|why| self.garbled(why))?;
        views.retain(|view| view.is_of(location));
        Ok(views)
    }

    /// Changes one view and nothing else in the file. Another process that changes the file at the same time waits; a kill
    /// at any moment leaves the old file or the new one.
    pub fn change(&self, change: &ViewChange) -> Result<(), ViewsError> {
        if let Some(folder) = self.path.parent() {
            create_private(folder)?;
        }
        let lock = self.path.with_extension("lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(lock);
        let lock = lock.and_then(|file| file.lock().map(|()| file)).map_err(|source| self.io(source))?;
        let changed = changed(&self.text()?, change).map_err(|why| self.garbled(why))?;
        let done = self.replace(&changed).map_err(|source| self.io(source));
        drop::<File>(lock);
        done
    }

    fn text(&self) -> Result<String, ViewsError> {
        match read_regular(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => read.map_err(|source| self.io(source)),
        }
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        // A symbolic link to the file stays a link.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let folder = target.parent().unwrap_or(Path::new("."));
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        new.write_all(text.as_bytes())?;
        new.as_file().sync_all()?;
        new.persist(&target)?;
        Ok(())
    }

    fn io(&self, source: io::Error) -> ViewsError {
        ViewsError::Io { path: self.path.clone(), source }
    }

    fn garbled(&self, why: String) -> ViewsError {
        ViewsError::Garbled { path: self.path.clone(), why }
    }
}

fn parse(text: &str) -> Result<Vec<View>, String> {
    let contents: Contents = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    for (at, view) in contents.views.iter().enumerate() {
        let name = &view.name;
        if name.trim().is_empty() {
            return Err("a view must have a name".to_owned());
        }
        // In other accounts its tags would land on contacts that the user did not mean.
        if !view.tags.is_empty() && view.location.is_none() {
            return Err(format!("{name} has tags, so it must say the location they are for"));
        }
        let seen_together = |other: &&View| {
            other.name == *name
                && match (&other.location, &view.location) {
                    (Some(one), Some(other)) => one == other,
                    (None, _) | (_, None) => true,
                }
        };
        if contents.views[..at].iter().any(|other| seen_together(&other)) {
            return Err(format!("there are two views named {name}"));
        }
    }
    Ok(contents.views)
}

/// The file's text with one view changed.
fn changed(text: &str, change: &ViewChange) -> Result<String, String> {
    let views = parse(text)?;
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let listed = document.entry("view").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(tables) = listed.as_array_of_tables_mut() else {
        return Err("the views must be written as [[view]], each with its own lines below".to_owned());
    };
    match change {
        ViewChange::Put(view) => {
            let same =
                |known: &View| known.name == view.name && view.location.as_ref().is_none_or(|at| known.is_of(at));
            let at = views.iter().position(same).unwrap_or_else(|| {
                tables.push(Table::new());
                views.len()
            });
            if let Some(table) = tables.get_mut(at) {
                write(table, view);
            }
        }
        ViewChange::Remove { name, location } => {
            if let Some(at) = views.iter().position(|known| known.name == *name && known.is_of(location)) {
                tables.remove(at);
            }
        }
    }
    let text = document.to_string();
    parse(&text).map(|_| text)
}

fn write(table: &mut Table, view: &View) {
    let list = |items: &[String]| value(items.iter().map(String::as_str).collect::<toml_edit::Array>());
    let some = |text: &str| (!text.is_empty()).then(|| value(text));
    let fields = [
        ("name", Some(value(view.name.as_str()))),
        ("location", view.location.as_ref().and_then(|location| some(location.as_str()))),
        ("filter", some(&view.filter)),
        ("sort", view.sort.as_deref().and_then(some)),
        ("columns", (!view.columns.is_empty()).then(|| list(&view.columns))),
        ("tags", (!view.tags.is_empty()).then(|| list(&view.tags))),
    ];
    for (name, new) in fields {
        match (new, table.get_mut(name)) {
            (Some(new), Some(old)) => {
                // A comment after the value on its line stays.
                let decor = old.as_value().map(|old| old.decor().clone());
                *old = new;
                if let (Some(decor), Some(new)) = (decor, old.as_value_mut()) {
                    *new.decor_mut() = decor;
                }
            }
            (Some(new), None) => {
                table.insert(name, new);
            }
            (None, _) => {
                table.remove(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HAND_WRITTEN: &str = "# mine\n[[view]]\nname = \"Hot\" # the best\nfilter = \"tag:hot\"\n\n# elsewhere\n\
                                [[view]]\nname = \"Cold\"\nlocation = \"l2\"\n";

    fn view(name: &str) -> View {
        View { name: name.to_owned(), ..View::default() }
    }

    fn here() -> LocationId {
        LocationId::new("l1")
    }

    #[test]
    fn what_people_wrote_beside_the_views_stays() {
        let hot = View { filter: "tag:hot added:<7d".to_owned(), sort: Some("-added".to_owned()), ..view("Hot") };
        let text = changed(HAND_WRITTEN, &ViewChange::Put(hot)).expect("fine");
        assert_eq!(
            text,
            "# mine\n[[view]]\nname = \"Hot\" # the best\nfilter = \"tag:hot added:<7d\"\nsort = \"-added\"\n\n\
             # elsewhere\n[[view]]\nname = \"Cold\"\nlocation = \"l2\"\n"
        );
        let text = changed(&text, &ViewChange::Remove { name: "Cold".to_owned(), location: here() }).expect("fine");
        assert!(text.contains("Cold"), "it is another account's:\n{text}");
        let text = changed(&text, &ViewChange::Remove { name: "Hot".to_owned(), location: here() }).expect("fine");
        assert_eq!(parse(&text).expect("fine").len(), 1);
    }

    #[test]
    fn an_account_sees_its_own_views_and_everybodys() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = ViewsFile::new(folder.path().join("deeper").join("views.toml"));
        assert_eq!(file.of(&here()).expect("no file"), []);
        let own = View { location: Some(here()), columns: vec!["name".into(), "phone:18".into()], ..view("Own") };
        file.change(&ViewChange::Put(own.clone())).expect("written");
        file.change(&ViewChange::Put(view("All of them"))).expect("written");
        assert_eq!(file.of(&here()).expect("fine"), [own, view("All of them")]);
        assert_eq!(file.of(&LocationId::new("l2")).expect("fine"), [view("All of them")]);
    }

    #[test]
    fn a_link_to_the_file_stays_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real.toml"), folder.path().join("views.toml"));
        fs::write(&real, HAND_WRITTEN).expect("written");
        std::os::unix::fs::symlink(&real, &link).expect("linked");
        ViewsFile::new(link.clone()).change(&ViewChange::Put(view("New"))).expect("written");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert!(fs::read_to_string(&real).expect("there").contains("New"));
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        for (text, told) in [
            ("[[view]]\nfilter = \"x\"", "name"),
            ("[[view]]\nname = \" \"", "must have a name"),
            ("[[view]]\nname = \"a\"\nfilters = \"x\"", "filters"),
            ("[[view]]\nname = \"a\"\ntags = [\"x\"]", "must say the location"),
            ("[[view]]\nname = \"a\"\n[[view]]\nname = \"a\"\nlocation = \"l\"", "two views named a"),
            ("[[views]]\nname = \"a\"", "views"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(told), "{text}: {error}");
        }
        let inline = changed("view = [{ name = \"a\" }]", &ViewChange::Put(view("b"))).expect_err("inline");
        assert!(inline.contains("[[view]]"), "{inline}");
        let two = parse("[[view]]\nname = \"a\"\nlocation = \"l1\"\n[[view]]\nname = \"a\"\nlocation = \"l2\"");
        assert_eq!(two.expect("in two accounts").len(), 2);
    }

    proptest! {
        #[test]
        fn a_view_is_read_as_it_was_written(
            name in "[^ ].{0,20}", filter in ".{0,40}", tags in proptest::collection::vec(".{1,9}", 0..3),
            before in "(# [a-z ]{0,9}\n){0,2}",
        ) {
            prop_assume!(!name.trim().is_empty());
            let view = View { location: Some(here()), filter, tags, ..view(&name) };
            let text = changed(&before, &ViewChange::Put(view.clone())).expect("fine");
            prop_assert_eq!(parse(&text).expect("fine"), vec![view.clone()]);
            let again = changed(&text, &ViewChange::Put(view)).expect("fine");
            prop_assert_eq!(&again, &text);
        }
    }
}
