//! `completions`, `man`, `keys`, `help`: what the program says about itself. Must not need an account.

use std::io;

use serde::Serialize;

use crate::config::{Action, Context, Keymap};

use super::args::{self, Reference};
use super::report::{Report, print_list};
use super::{ExitStatus, completion};

#[derive(Serialize)]
struct KeyRow {
    place: String,
    keys: Vec<String>,
    action: &'static str,
}

/// Prints what was asked for. `sandbox_help` is what [`args::command`] takes.
pub fn print_reference(page: &mut Report<'_>, reference: &Reference, sandbox_help: &str) -> io::Result<ExitStatus> {
    let mut text = Vec::new();
    match reference {
        Reference::Completions { shell } => {
            completion::script(*shell, &mut text)?;
        }
        Reference::Man { dir: None } => clap_mangen::Man::new(args::command(sandbox_help)).render(&mut text)?,
        Reference::Man { dir: Some(dir) } => {
            std::fs::create_dir_all(dir)?;
            clap_mangen::generate_to(args::command(sandbox_help), dir)?;
        }
        Reference::Keys => return keys(page),
        Reference::Help { words } => match help(words, sandbox_help) {
            Ok(said) => text = said.into_bytes(),
            Err(why) => {
                writeln!(page.err, "{why}")?;
                return Ok(ExitStatus::Usage);
            }
        },
    }
    // They are finished before the first byte is printed: a reader that stops early is no failure.
    page.output().lines(&text).map_err(io::Error::other)?;
    Ok(ExitStatus::Done)
}

/// An action with its keys.
type BoundAction = (Action, Vec<String>);

/// The keymap, from the table that the dashboard's own list of keys shows. What every screen has is listed once, before
/// the first screen.
fn keys(page: &mut Report<'_>) -> io::Result<ExitStatus> {
    let keymap = Keymap::default();
    let places: Vec<(Context, Vec<BoundAction>)> =
        Context::ALL.iter().map(|&context| (context, keymap.own_actions(context))).collect();
    let is_screen = |own: &[BoundAction]| own.iter().any(|(action, _)| *action == Action::GoHome);
    let screens: Vec<&Vec<BoundAction>> = places.iter().map(|(_, own)| own).filter(|own| is_screen(own)).collect();
    let is_shared = |bound: &BoundAction| screens.iter().all(|own| own.contains(bound));
    let row = |place: &str, (action, keys): &BoundAction| KeyRow {
        place: place.to_owned(),
        keys: keys.clone(),
        action: action.describe(),
    };
    let mut rows: Vec<KeyRow> = Vec::new();
    for (context, own) in &places {
        if *context == Context::Main {
            rows.extend(own.iter().filter(|bound| is_shared(bound)).map(|bound| row("Every screen", bound)));
        }
        let its_own = own.iter().filter(|bound| !(is_screen(own) && is_shared(bound)));
        rows.extend(its_own.map(|bound| row(&place(*context), bound)));
    }
    print_list(page, ["WHERE", "KEYS", "WHAT"], &rows, |row| {
        [row.place.clone(), row.keys.join("  "), row.action.to_owned()]
    })
}

/// Where keys hold, by the name that the screen shows.
fn place(context: Context) -> String {
    match context {
        Context::Main => "Contacts".to_owned(),
        Context::Backlog => "Tasks".to_owned(),
        Context::Journal => "Merges".to_owned(),
        Context::Tasks | Context::Notes | Context::Appointments => format!("{context:?} of a contact"),
        Context::Composer => "Writing a note".to_owned(),
        Context::Reader => "Reading a note".to_owned(),
        other => format!("{other:?}"),
    }
}

fn help(words: &[String], sandbox_help: &str) -> Result<String, String> {
    match words {
        [] => Ok(args::topics()),
        [topic] if let Some(text) = args::topic(topic) => Ok(format!("{}\n", text.trim())),
        words => {
            let line = std::iter::once("ghl-tui").chain(words.iter().map(String::as_str)).chain(["--help"]);
            match args::parse(line, sandbox_help) {
                Err(said) if said.kind() == clap::error::ErrorKind::DisplayHelp => Ok(said.render().to_string()),
                _ => Err(format!(
                    "No topic or command is called \"{}\". {}",
                    words.join(" ").escape_debug(),
                    args::topics().trim_end()
                )),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(line: &str) -> (ExitStatus, String, String) {
        let cli = args::parse(std::iter::once("ghl-tui").chain(line.split_whitespace()), "").expect(line);
        let Some(args::CliCommand::Reference(reference)) = cli.command else { panic!("{line}") };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut page = Report { out: &mut out, err: &mut err, json: cli.global.json, width: None };
        let status = print_reference(&mut page, &reference, "").expect("memory takes it");
        (status, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
    }

    #[test]
    fn every_shell_gets_a_script_that_asks_the_program() {
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let (status, script, _) = printed(&format!("completions {shell}"));
            assert_eq!(status, ExitStatus::Done);
            assert!(script.contains("ghl-tui") && script.contains(completion::COMPLETION_VARIABLE), "{shell}");
        }
    }

    #[test]
    fn each_command_has_a_manual_page() {
        assert!(printed("man").1.contains(".TH ghl-tui 1"));
        let folder = tempfile::tempdir().expect("a folder");
        let pages = folder.path().join("man1");
        assert_eq!(printed(&format!("man --dir {}", pages.display())).0, ExitStatus::Done);
        for page in ["ghl-tui.1", "ghl-tui-contacts.1", "ghl-tui-contacts-list.1"] {
            assert!(pages.join(page).is_file(), "{page}");
        }
    }

    #[test]
    fn each_key_is_listed_once_and_those_of_every_screen_together() {
        let (_, text, _) = printed("keys");
        assert!(text.contains("Every screen\t?\tShow all keys\n"), "{text}");
        assert!(text.contains("Contacts\t/\t") && text.contains("Tasks of a contact\tw\t"), "{text}");
        assert!(!text.contains("Main\t") && !text.contains("Backlog\t"), "{text}");
        assert!(text.contains("Merges\tp\t") && !text.contains("Journal\t"), "by the name on the screen: {text}");
        for shared in ["j  ↓", "q", "Ctrl-R", "6"] {
            let places: Vec<&str> = text
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .filter(|(_, rest)| rest.starts_with(&format!("{shared}\t")))
                .map(|(place, _)| place)
                .collect();
            assert!(places.contains(&"Every screen"), "{shared}: {places:?}");
            assert!(!places.contains(&"Contacts") && !places.contains(&"Outbox"), "{shared}: {places:?}");
        }
        // Whatever is bound anywhere can be read there.
        let keymap = Keymap::default();
        for &context in Context::ALL {
            for (action, keys) in keymap.own_actions(context) {
                let line = format!("\t{}\t{}\n", keys.join("  "), action.describe());
                assert!(text.contains(&line), "{context:?}{line}");
            }
        }
        assert_eq!(printed("keys --json").1.lines().count(), text.lines().count());
    }

    #[test]
    fn help_explains_topics_and_commands_and_lists_them_where_a_word_is_neither() {
        for topic in ["filter", "dates", "safety", "duplicates", "views", "config", "data", "offline", "environment"] {
            assert!(printed("help").1.contains(topic), "{topic}");
            let (status, text, _) = printed(&format!("help {topic}"));
            assert!(status == ExitStatus::Done && text.lines().count() > 3, "{topic}: {text}");
        }
        assert!(printed("help contacts list").1.contains("--filter"));
        let (status, out, err) = printed("help nonsense");
        assert_eq!((status, out.as_str()), (ExitStatus::Usage, ""));
        assert!(err.contains("nonsense") && err.contains("filter"), "{err}");
    }
}
