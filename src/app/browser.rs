//! The user's browser: the one that `BROWSER` names, else the desktop's. It gets no token from our environment.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::sync::oneshot;

/// A program that still runs after this time is taken for a browser. An opener that finds none ends sooner.
const SETTLED: Duration = Duration::from_secs(5);

/// Opens an address; says whether a browser took it.
///
/// A program that cannot be run or that fails, as `xdg-open` does where there is no browser, makes way for the next.
pub(super) async fn open(url: &str) -> bool {
    let chosen = std::env::var("BROWSER").unwrap_or_default();
    for mut command in commands(&chosen, url) {
        without_secrets(&mut command);
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else { continue };
        let (tell, ended) = oneshot::channel();
        // Detached: somebody must wait for its exit status, or it stays as a zombie.
        std::thread::spawn(move || tell.send(child.wait()));
        match tokio::time::timeout(SETTLED, ended).await {
            Ok(Ok(Ok(status))) if !status.success() => {}
            _ => return true,
        }
    }
    false
}

/// What to try, in this order. `chosen` is what `BROWSER` says: commands separated by colons, the address in place of
/// `%s`, else as the last argument. Where it says nothing, the desktop's openers.
fn commands(chosen: &str, url: &str) -> Vec<Command> {
    let chosen: Vec<Command> = chosen.split(':').filter_map(|one| command(one.trim(), url)).collect();
    if chosen.is_empty() { open::commands(url) } else { chosen }
}

fn command(named: &str, url: &str) -> Option<Command> {
    // A path may hold blanks, as under WSL.
    let words = if Path::new(named).is_file() { vec![named] } else { named.split_whitespace().collect() };
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments.iter().map(|argument| argument.replace("%s", url)));
    if !named.contains("%s") {
        command.arg(url);
    }
    Some(command)
}

/// Removes our variables from a program's environment: tokens, and the ids that go with them.
pub(super) fn without_secrets(command: &mut Command) {
    for (name, _value) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GHL_") {
            command.env_remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environments_browsers_are_tried_in_their_order() {
        let told = |chosen: &str| -> Vec<Vec<String>> {
            let words = |command: &Command| {
                std::iter::once(command.get_program())
                    .chain(command.get_args())
                    .map(|word| word.to_string_lossy().into_owned())
                    .collect()
            };
            commands(chosen, "http://x/%s").iter().map(words).collect()
        };
        assert_eq!(told("firefox"), [["firefox", "http://x/%s"]]);
        assert_eq!(
            told("no-such -n %s -f: lynx :"),
            [&["no-such", "-n", "http://x/%s", "-f"][..], &["lynx", "http://x/%s"]]
        );
        assert_eq!(told("open --url=%s"), [["open", "--url=http://x/%s"]]);
        assert_eq!(told(""), told(" : "), "where it names nothing, the desktop is asked");
        assert!(!told("").is_empty());
    }
}
