//! Kills merges and undos at random moments, by the hundred, and checks that nothing is lost and nothing is there twice.
//!
//! `cargo build --release && cargo run --release --example merge_kills -- [--merges 300] [--undo-every 3] [--lanes 8]
//! [--seed 1] [--faults]` prints one line of what was done, or stops at the first merge that is not as it must be. The
//! sandbox is a process of its own, so that requests on their way land after a kill; with `--faults` connections drop,
//! and the server is busy or broken, on top.

#[path = "../pty/home.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod home;
#[path = "../pty/merge_kills.rs"]
mod merge_kills;
#[path = "../pty/sandbox.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod sandbox;
#[path = "../pty/terminal.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod terminal;

use std::error::Error;
use std::io::Write;

use merge_kills::{Plan, Report, run};

fn main() -> Result<(), Box<dyn Error>> {
    let mut plan = Plan { merges: 300, undo_every: 3, lanes: 8, seed: 1, faults: false };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut number = || {
            given
                .next()
                .ok_or(format!("{argument} needs a number"))?
                .parse::<usize>()
                .map_err(|_| format!("{argument} needs a number"))
        };
        match argument.as_str() {
            "--merges" => plan.merges = number()?,
            "--undo-every" => plan.undo_every = number()?.max(1),
            "--lanes" => plan.lanes = number()?.max(1),
            "--seed" => plan.seed = number()? as u64,
            "--faults" => plan.faults = true,
            other => return Err(format!("unknown: {other}").into()),
        }
    }
    let Report { merges, undos, kills, requests, seconds } = run(plan);
    writeln!(
        std::io::stdout(),
        "{merges} merges and {undos} undos under {kills} kills, {requests} requests, {seconds} s: nothing lost, nothing \
         there twice"
    )?;
    Ok(())
}
