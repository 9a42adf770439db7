//! The user's own editor: its text is safe, and its keys are its own.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::home::{Home, USUAL};
use crate::sandbox::Sandbox;
use crate::terminal::{PATIENCE, Terminal, Window};

/// A composer in which this editor can be started.
fn composer(home: &Home) -> Terminal {
    let terminal = home.dashboard();
    terminal.press("a");
    terminal.wait_for("Ctrl-S save");
    terminal
}

fn wait_for_file(path: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while !path.exists() {
        assert!(Instant::now() < deadline, "the editor does not start");
        std::thread::sleep(Duration::from_millis(5)); // between two looks
    }
}

#[test]
fn a_text_saved_before_its_window_is_closed_is_a_draft() {
    let sandbox = Sandbox::small();
    let home =
        Home::on(&sandbox).with("EDITOR", "sh -c 'echo saved in time > \"$0\"; touch \"$HOME/saved\"; sleep 300'");
    let mut window = Window::open(home.in_terminal(crate::home::program()), USUAL);
    window.read_until("▶ ");
    window.type_text("a");
    window.read_until("Write a note");
    window.type_text("\x05");
    wait_for_file(&home.folder().join("saved"));
    assert_eq!(window.close(), 0);
    let terminal = home.dashboard();
    terminal.press("a");
    terminal.wait_for("saved in time");
}

#[test]
fn an_interrupt_and_keys_belong_to_the_editor() {
    let sandbox = Sandbox::small();
    let editor = "sh -c 'trap : INT; kill -INT 0; touch \"$HOME/begun\"; until [ -e \"$HOME/go\" ]; do sleep 0.05; done; \
                  echo after the interrupt >> \"$0\"'";
    let home = Home::on(&sandbox).with("EDITOR", editor);
    let terminal = composer(&home);
    // Typed ahead, in one burst with the key that opens it, and while it is open.
    terminal.type_text("mine \x05theirs");
    wait_for_file(&home.folder().join("begun"));
    terminal.type_text("their own");
    std::fs::write(home.folder().join("go"), "").expect("written");
    terminal.wait_for("after the interrupt");
    terminal.type_text("mine again");
    let screen = terminal.wait_for("mine again");
    let typed = screen.lines().filter(|line| line.contains("their")).count();
    assert!(screen.contains("mine") && typed == 0, "{screen}");
}

#[test]
fn what_is_no_text_is_said_and_kept() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox).with("EDITOR", "printf 'Grüße in Latin-1: Gr\\374\\337e' >");
    let terminal = composer(&home);
    terminal.type_text("as it was");
    terminal.press("ctrl-e");
    let screen = terminal.wait_for("not UTF-8");
    assert!(screen.contains("as it was") && !screen.contains('\u{fffd}'), "{screen}");
    let kept = std::fs::read_dir(home.data(&sandbox).join("editing")).expect("the folder");
    let kept: Vec<Vec<u8>> = kept.flatten().map(|file| std::fs::read(file.path()).expect("a file")).collect();
    assert!(kept.len() == 1 && kept[0].ends_with(b"Gr\xfc\xdfe"), "{kept:?}");
}
