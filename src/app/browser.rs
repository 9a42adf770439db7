//! The user's browser. It gets no token from our environment.

use std::io;
use std::process::Stdio;

/// Opens an address, without waiting for the browser.
pub(super) fn open(url: &str) -> io::Result<()> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for mut command in open::commands(url) {
        without_secrets(&mut command);
        match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
            Ok(mut child) => {
                // Wait for its exit status, or it stays as a zombie.
                std::thread::spawn(move || child.wait());
                return Ok(());
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Removes our variables from a program's environment: tokens, and the ids that go with them.
pub(super) fn without_secrets(command: &mut std::process::Command) {
    for (name, _value) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GHL_") {
            command.env_remove(name);
        }
    }
}
