//! Editing text in the user's own editor: it works on a private file while it has the terminal, and after a crash the
//! text comes back as a draft.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use jiff::Timestamp;
use rustix::process::{Pid, test_kill_process};

use crate::protocol::DraftKey;
use crate::store::{Draft, Folder, Ledger};

/// More than anyone writes.
const LONGEST: u64 = 4 << 20;
const FOLDER: &str = "editing";

/// What an editor made of a text.
pub(super) struct Edited {
    /// The text, or why there is none.
    pub(super) text: Result<String, String>,
    /// The file, which goes once the ledger holds the text; none if there is nothing to lose.
    pub(super) file: Option<PathBuf>,
}

/// A text that is in the user's editor.
pub(super) struct Editing {
    path: PathBuf,
    child: Child,
    before: String,
}

impl Editing {
    /// Writes the text to its own file and starts the editor on it.
    pub(super) fn start(path: PathBuf, text: &str) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        drop(file);
        let child = command(&path).spawn().inspect_err(|_error| {
            let _ = fs::remove_file(&path);
        })?;
        Ok(Self { path, child, before: text.to_owned() })
    }

    pub(super) fn process(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.child.id()).ok()?)
    }

    /// Waits for the editor.
    pub(super) fn finish(mut self) -> Edited {
        let ended = self.child.wait();
        let text = match (ended, read(&self.path)) {
            (Ok(status), Ok(text)) if status.success() => Ok(text),
            (Ok(status), Ok(text)) if text.trim_end() != self.before.trim_end() => {
                // It may have crashed: keep what was written.
                tracing::warn!(%status, "editor");
                Ok(text)
            }
            (Ok(status), Ok(_)) => Err(format!("The editor failed ({status}); the text is unchanged")),
            (Err(error), _) => Err(format!("Cannot wait for the editor ({error}); the text is unchanged")),
            (Ok(_), Err(error)) => {
                let kept = put_aside(&self.path);
                let text = Err(format!("Cannot use the edited text: {error}. It is kept in {}", kept.display()));
                return Edited { text, file: None };
            }
        };
        let before = self.before.trim_end();
        let is_new = text.as_ref().is_ok_and(|text| text.trim_end() != before && !text.trim().is_empty());
        if !is_new {
            let _ = fs::remove_file(&self.path);
        }
        Edited { text, file: is_new.then_some(self.path) }
    }
}

/// The user's editor, run by a shell because it may have arguments. It gets no token from our environment.
fn command(path: &Path) -> Command {
    let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(path);
    super::browser::without_secrets(&mut command);
    command
}

fn read(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > LONGEST {
        return Err(io::Error::other("it is longer than 4 MiB"));
    }
    let text = String::from_utf8(fs::read(path)?).map_err(|_error| io::Error::other("it is not UTF-8 text"))?;
    Ok(text.trim_end_matches('\n').to_owned())
}

/// Gives a file that cannot be read a name that the next text does not take.
fn put_aside(path: &Path) -> PathBuf {
    let kept = path.with_extension(format!("{}.kept", Timestamp::now().as_millisecond()));
    if fs::rename(path, &kept).is_ok() { kept } else { path.to_owned() }
}

/// Where a text lies while it is in the editor.
pub(super) fn file(folder: &Path, draft: &DraftKey, field: Option<&str>) -> PathBuf {
    folder.join(FOLDER).join(file_name(std::process::id(), draft, field))
}

/// A file name: owner, then kind; bytes that a file name should not have are written as `%XX`.
fn file_name(process: u32, draft: &DraftKey, field: Option<&str>) -> String {
    let named = format!("{}@{}", draft.name(), field.unwrap_or_default());
    let mut name = format!("{process}-");
    for byte in named.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'@') {
            name.push(char::from(byte));
        } else {
            write!(name, "%{byte:02X}").expect("a string takes everything");
        }
    }
    name + ".md"
}

/// The process, the draft and the field that a file name stands for.
fn parse(name: &str) -> Option<(i32, DraftKey, Option<String>)> {
    let (process, rest) = name.strip_suffix(".md")?.split_once('-')?;
    let mut bytes = Vec::new();
    let mut parts = rest.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    let named = String::from_utf8(bytes).ok()?;
    let (draft, field) = named.rsplit_once('@')?;
    let field = Some(field.to_owned()).filter(|field| !field.is_empty());
    Some((process.parse().ok()?, DraftKey::parse(draft)?, field))
}

/// Turns texts that an earlier run left in the user's editor into drafts.
pub(super) async fn adopt(folder: &Folder, ledger: &Ledger) {
    let Ok(entries) = fs::read_dir(folder.path().join(FOLDER)) else { return };
    for entry in entries.flatten() {
        let Some((process, draft, field)) = entry.file_name().to_str().and_then(parse) else { continue };
        let alive = Pid::from_raw(process).is_some_and(|pid| test_kill_process(pid).is_ok());
        if alive {
            continue;
        }
        let text = match read(&entry.path()) {
            Ok(text) => text,
            Err(error) => {
                tracing::warn!(%error, file = %entry.path().display(), "a text from the editor is no draft");
                continue;
            }
        };
        let text = match field {
            None => text,
            // A form keeps its fields by name, together with the text of the other fields.
            Some(field) => {
                let known = ledger.drafts().await.unwrap_or_default();
                let known = known.into_iter().find(|known| known.key == draft.name()).map(|known| known.text);
                let known = known.and_then(|text| serde_json::from_str(&text).ok());
                let mut fields: serde_json::Map<String, serde_json::Value> = known.unwrap_or_default();
                fields.insert(field, text.into());
                serde_json::Value::Object(fields).to_string()
            }
        };
        let saved = ledger.save_draft(Draft { key: draft.name(), text }, Timestamp::now()).await;
        if saved.is_ok() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ContactId, TaskId};

    #[test]
    fn a_file_tells_whose_text_it_holds() {
        let contact = ContactId::new("a/b@c%");
        for (draft, field) in [
            (DraftKey::NewNote(contact.clone()), None),
            (DraftKey::Task(contact.clone(), TaskId::new("t")), Some("body".to_owned())),
        ] {
            let name = file_name(7, &draft, field.as_deref());
            assert!(!name.contains('/'), "{name}");
            assert_eq!(parse(&name), Some((7, draft, field)));
        }
        assert_eq!(parse("notes.txt"), None);
    }
}
