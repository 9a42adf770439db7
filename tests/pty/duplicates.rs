//! `duplicates find` as scripts and people meet it: files without an account, the location with one.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::process::Output;

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::home::Home;
use crate::sandbox::Sandbox;

const PEOPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/people.csv");
const TRUTH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/people_truth.csv");

fn said(ran: &Output) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

fn lines(ran: &Output) -> Vec<Value> {
    assert_eq!(ran.status.code(), Some(0), "{}", said(ran));
    let text = String::from_utf8_lossy(&ran.stdout);
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().expect("a list").iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

/// Who is who in the project's own labelled set.
fn truth() -> HashMap<String, String> {
    let text = fs::read_to_string(TRUTH).expect("the truth");
    text.lines().skip(1).filter_map(|line| line.split_once(',')).map(|(id, who)| (id.into(), who.into())).collect()
}

#[test]
fn a_file_needs_no_account_and_is_told_with_reasons() {
    let home = Home::new();
    let truth = truth();
    let ran = home.run(&["duplicates", "find", "--input", PEOPLE, "--json"]);
    assert!(said(&ran).contains("ignored columns: source"), "{}", said(&ran));
    let groups = lines(&ran);
    assert!(groups.len() > 5, "{groups:?}");
    let (mut keys, mut mixed) = (BTreeSet::new(), 0);
    for group in &groups {
        let cluster = texts(&group["cluster"]);
        assert!(cluster.is_sorted() && cluster.len() > 1, "{group}");
        mixed += usize::from(!cluster.iter().all(|id| truth[id] == truth[&cluster[0]]));
        assert!(!texts(&group["reasons"]).is_empty(), "{group}");
        for pair in group["pairs"].as_array().expect("pairs") {
            assert!(cluster.contains(&texts(&Value::from(vec![pair["a"].clone()]))[0]), "{group}");
            assert!(pair["score"].as_f64().is_some_and(|score| (0.5..=1.0).contains(&score)), "{group}");
        }
        keys.insert(group["group"].as_str().expect("a key").to_owned());
    }
    // How good the groups are is measured elsewhere; here they are those of the engine at all.
    assert!(mixed * 5 < groups.len(), "{groups:?}");
    assert_eq!(keys.len(), groups.len(), "each group is called by its own name");
    // The rows in another order, and in another folder: the same answer to the byte.
    let text = fs::read_to_string(PEOPLE).expect("the records");
    let (header, rows) = text.split_once('\n').expect("a header");
    let turned: Vec<&str> = rows.lines().rev().collect();
    let other = home.folder().join("turned.csv");
    fs::write(&other, format!("{header}\n{}\n", turned.join("\n"))).expect("written");
    let again = home.run(&["duplicates", "find", "--input", other.to_str().expect("plain"), "--json"]);
    assert_eq!(String::from_utf8_lossy(&again.stdout), String::from_utf8_lossy(&ran.stdout));
    // A score filters what is printed and joins nothing otherwise.
    let sure = lines(&home.run(&["duplicates", "find", "--input", PEOPLE, "--json", "--min-score", "0.99"]));
    assert!(sure.len() < groups.len() && sure.iter().all(|group| groups.contains(group)));
    // People read a table and a sentence.
    let ran = home.run(&["duplicates", "find", "--input", PEOPLE]);
    assert_eq!(String::from_utf8_lossy(&ran.stdout).lines().count(), groups.len());
    assert!(said(&ran).contains(&format!("contacts look like {} people", groups.len())), "{}", said(&ran));
}

#[test]
fn two_files_are_linked_across_only() {
    let home = Home::new();
    let text = fs::read_to_string(PEOPLE).expect("the records");
    let mut halves = [String::new(), String::new()];
    for (number, line) in text.lines().enumerate() {
        for (half, kept) in halves.iter_mut().enumerate() {
            if number == 0 || number % 2 == half {
                kept.push_str(line);
                kept.push('\n');
            }
        }
    }
    let paths = ["even.csv", "odd.csv"].map(|name| home.folder().join(name));
    for (path, half) in paths.iter().zip(&halves) {
        fs::write(path, half).expect("written");
    }
    let [even, odd] = paths.map(|path| path.to_str().expect("plain").to_owned());
    let pairs = lines(&home.run(&["duplicates", "find", "--link", &even, &odd, "--json"]));
    assert!(pairs.len() > 3, "{pairs:?}");
    let has = |half: &str, id: &Value| half.lines().any(|line| line.split(',').next() == id.as_str());
    for pair in &pairs {
        assert!(has(&halves[0], &pair["a"]) && has(&halves[1], &pair["b"]), "{pair}");
        assert!(!texts(&pair["reasons"]).is_empty(), "{pair}");
    }
    let whole = lines(&home.run(&["duplicates", "find", "--input", PEOPLE, "--pairs", "--json"]));
    assert!(whole.len() > pairs.len(), "pairs within one half are not looked for");
}

#[test]
fn a_file_that_cannot_be_read_rightly_is_named_with_what_to_do() {
    let home = Home::new();
    let file = home.folder().join("people.csv");
    let path = file.to_str().expect("plain");
    // As spreadsheets write "Unicode text", with a mark at its beginning; and without one.
    let utf_16: Vec<u8> = "\u{feff}id,email\n1,ann@mail.example\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (text, words) in [
        (&b"1,Ann,ann@mail.example\n2,Bo,bo@mail.example\n"[..], "no known column name"),
        (b"email,phone\nann@mail.example,1\n", "no id column"),
        (b"id,email\n7,ann@mail.example\n8,\n7,bo@mail.example\n", "the id 7 appears twice"),
        (b"", "the file is empty"),
        (b"id,email\n1,\"ann@mail.example\n2,bo@mail.example\n", "line 2 or soon after is never closed"),
        (b"id,email\n1,\"ann@mail.example\n2,\"bo@mail.example\"\n", "a quote on lines 2 to 3 is not closed"),
        (&utf_16, "it is not text in UTF-8"),
        (&utf_16[2..], "it is not text in UTF-8"),
    ] {
        fs::write(&file, text).expect("written");
        let ran = home.run(&["duplicates", "find", "--input", path, "--json"]);
        assert_eq!((ran.status.code(), ran.stdout.len()), (Some(1), 0), "{}", said(&ran));
        assert!(said(&ran).contains(words) && said(&ran).contains("next:"), "{}", said(&ran));
    }
    fs::remove_file(&file).expect("removed");
    let ran = home.run(&["duplicates", "find", "--input", path]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(said(&ran).contains("people.csv"), "{}", said(&ran));
    for wrong in [
        &["--min-score", "2"][..],
        &["--min-score", "much"],
        &["--link", path],
        &["--link", path, path, "--input", path],
    ] {
        let ran = home.run(&[&["duplicates", "find"], wrong].concat());
        assert_eq!(ran.status.code(), Some(2), "{wrong:?}: {}", said(&ran));
    }
}

/// A file in the home's folder, and its path.
fn written(home: &Home, name: &str, text: impl AsRef<[u8]>) -> String {
    let file = home.folder().join(name);
    fs::write(&file, text).expect("written");
    file.to_str().expect("plain").to_owned()
}

/// What stands in each line of a terminal, without what only clears it.
fn shown(written: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(written).replace("\u{1b}[K", "");
    text.split(['\r', '\n']).map(str::to_owned).collect()
}

#[test]
fn of_two_files_that_number_their_people_alike_each_is_named_by_its_own() {
    let home = Home::new();
    let robert = "okonjo7@mail.example,+14155550142";
    let adaeze = "adaeze@post.example,+16465550117";
    let head = "id,firstName,lastName,email,phone";
    let ours = written(&home, "a.csv", format!("{head}\n1,Robert,Okonjo,{robert}\n2,Adaeze,Okafor,{adaeze}\n"));
    let theirs = written(&home, "b.csv", format!("{head}\n1,Ada,Okafor,{adaeze}\n2,Bob,Okonjo,{robert}\n"));
    let mut terminal = home.open(&["duplicates", "find", "--link", &ours, &theirs]);
    assert_eq!(terminal.ended(), 0);
    let screen = terminal.screen();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let people = ["Robert Okonjo 1", "Bob Okonjo 2", "Adaeze Okafor 2", "Ada Okafor 1"];
    let named: Vec<String> = screen.lines().map(words).filter(|line| line.contains(" Ok")).collect();
    let of_a_pair = |pair: &[&str]| named.windows(2).any(|two| two == pair);
    assert!(named.len() == 4 && of_a_pair(&people[..2]) && of_a_pair(&people[2..]), "{screen}");
}

#[test]
fn a_file_in_latin_1_is_read_and_said_to_be() {
    let home = Home::new();
    let latin = b"id,firstName,lastName,phone\n1,Jos\xe9,Nu\xf1ez,4155550142\n2,Jose,Nunez,4155550142\n";
    let file = written(&home, "latin.csv", latin);
    let ran = home.run(&["duplicates", "find", "--input", &file, "--json"]);
    assert!(said(&ran).contains("line 2 is not UTF-8: read as Windows-1252"), "{}", said(&ran));
    let groups = lines(&ran);
    assert_eq!(texts(&groups[0]["cluster"]), ["1", "2"]);
    assert!(texts(&groups[0]["reasons"]).contains(&"same name".to_owned()), "{groups:?}");
    let mut terminal = home.open(&["duplicates", "find", "--input", &file]);
    assert_eq!(terminal.ended(), 0);
    assert!(terminal.screen().contains("José Nuñez"), "{}", terminal.screen());
}

#[test]
fn a_narrow_terminal_is_kept_to() {
    let home = Home::new();
    let contact = "王小明,Wolfeschlegelsteinhausenbergerdorff the Younger of Okonjo,w@okra.example,4155550142,\
                   12 Hill Street,Reno,89501,1985-03-12,Okra Incorporated";
    let head = "id,firstName,lastName,email,phone,address1,city,postalCode,dateOfBirth,companyName";
    let long = "王".repeat(40);
    let rows = format!("{head}\n1,{contact}\n2,{}\n3,{contact}\n", contact.replace("王小明", &long));
    let file = written(&home, "long.csv", rows);
    for arguments in [&["--pairs"][..], &[]] {
        let mut terminal = home.open_at((60, 40), &[&["duplicates", "find", "--input", &file], arguments].concat());
        assert_eq!(terminal.ended(), 0);
        let lines = shown(&terminal.written());
        assert!(lines.iter().all(|line| line.width() <= 60), "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains('…') && line.trim_end().ends_with(" 1")), "{lines:#?}");
        // More is known than one line holds.
        let words = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("same e-mail") && words.contains("same birth date, ") && lines.len() > 6, "{lines:#?}");
    }
}

#[test]
fn an_interrupt_stops_a_long_comparison_at_once() {
    let home = Home::new();
    let mut text = "id,firstName,lastName,email,phone\n".to_owned();
    for n in 0..400_000 {
        let _ =
            writeln!(text, "{n},Ann{},Okonjo{},a{n}@okra.example,{}", n % 977, n % 4_999, 4_150_000_000_u64 + n * 7);
    }
    let file = written(&home, "large.csv", text);
    let mut terminal = home.open(&["duplicates", "find", "--input", &file]);
    terminal.wait_for("rows read");
    terminal.press("ctrl-c");
    assert_eq!(terminal.ended(), 130, "{}", terminal.screen());
    assert!(terminal.screen().contains("interrupted"), "{}", terminal.screen());
}

#[test]
fn the_location_is_compared_as_the_server_has_it_and_offline_as_it_was() {
    let sandbox = Sandbox::start(&["--contacts", "300"]);
    let home = Home::on(&sandbox);
    let ran = home.run(&["duplicates", "find", "--json"]);
    let groups = lines(&ran);
    assert!(!groups.is_empty());
    let offline = home.run(&["duplicates", "find", "--offline", "--json"]);
    assert_eq!(String::from_utf8_lossy(&offline.stdout), String::from_utf8_lossy(&ran.stdout));
    let ran = home.run(&["duplicates", "find"]);
    assert!(said(&ran).contains("of 300 contacts look like"), "{}", said(&ran));
    sandbox.stop();
    let ran = home.run(&["duplicates", "find", "--json"]);
    assert_eq!(ran.status.code(), Some(6), "{}", said(&ran));
    assert_eq!(ran.stdout, offline.stdout, "what is known is shown all the same");
}
