//! Kills a sync of many contacts at random moments while the server's contacts change, and checks that the cache holds
//! in the end what the server holds: nobody missing, nobody stale, nobody left over.
//!
//! `cargo build --release && cargo run --release --example sync_kills -- [--contacts 100000] [--kills 20] [--life-ms
//! 3000] [--latency-ms 0] [--seed 1]` prints one line of what was done, or stops at the first contact that is not as it
//! must be.

#[path = "../pty/home.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod home;
#[path = "../pty/sandbox.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod sandbox;
#[path = "../pty/sync_kills.rs"]
mod sync_kills;
#[path = "../pty/terminal.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod terminal;

use std::error::Error;
use std::io::Write;

use sync_kills::{Plan, Report, run};

fn main() -> Result<(), Box<dyn Error>> {
    let mut plan = Plan { contacts: 100_000, kills: 20, seed: 1, life_ms: 3_000, latency_ms: 0 };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let number = given.next().and_then(|number| number.parse::<usize>().ok());
        let number = number.ok_or(format!("{argument} needs a number"))?;
        match argument.as_str() {
            "--contacts" => plan.contacts = number,
            "--kills" => plan.kills = number,
            "--life-ms" => plan.life_ms = number.max(10) as u64,
            "--latency-ms" => plan.latency_ms = number as u64,
            "--seed" => plan.seed = number as u64,
            other => return Err(format!("unknown: {other}").into()),
        }
    }
    let Report { kills, ended, changed, deleted, added, searches, syncs, contacts, seconds } = run(plan);
    writeln!(
        std::io::stdout(),
        "{kills} kills, {ended} syncs that ended before theirs; {changed} contacts changed, {deleted} deleted, {added} \
         added meanwhile; {} searches until the last kill, {} in the {syncs} syncs after it; {contacts} contacts in \
         {seconds} s: nobody missing, nobody stale, nobody left over",
        searches.0,
        searches.1
    )?;
    Ok(())
}
