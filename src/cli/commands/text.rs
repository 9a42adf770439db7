//! An argument that is text, `@FILE`, or `-` for standard input.

use std::fs::File;
use std::io::Read;

use crate::cli::ExitStatus;
use crate::cli::fault::Fault;

/// More than anyone writes; catches a wrong file before it is all in memory.
const LONGEST: u64 = 1 << 20;

/// The text that an argument stands for; `next` tells the user how to give one.
pub(super) fn argument(given: &str, input: &mut dyn Read, what: &str, next: &str) -> Result<String, Fault> {
    let refuse = |why: String| Fault::new(ExitStatus::Usage, what, why, next);
    let text = if given == "-" {
        read(input).map_err(|error| refuse(format!("standard input: {error}")))?
    } else if let Some(path) = given.strip_prefix('@') {
        let file = File::open(path).and_then(|mut file| read(&mut file));
        file.map_err(|error| refuse(format!("{path}: {error}")))?
    } else {
        given.to_owned()
    };
    if text.trim().is_empty() {
        return Err(refuse("it is empty".to_owned()));
    }
    Ok(text)
}

fn read(input: &mut dyn Read) -> std::io::Result<String> {
    let mut text = String::new();
    if input.take(LONGEST + 1).read_to_string(&mut text)? as u64 > LONGEST {
        return Err(std::io::Error::other("longer than 1 MiB"));
    }
    Ok(text)
}
