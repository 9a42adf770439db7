//! `duplicates find`, on the location's contacts or on files.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use crate::cli::ExitStatus;
use crate::cli::args::{Duplicates, FindDuplicates};
use crate::cli::fault::Fault;
use crate::cli::output::Output;
use crate::cli::records;
use crate::cli::table::Table;
use crate::dedupe::{Found, Group, Options, Pair, Progress, Record, Sheet, find, group_key};
use crate::protocol::{Answer, Request};

use super::Context;
use super::read::unexpected;

/// Contacts asked for at once.
const PAGE: u32 = 500;

pub(super) async fn run(command: Duplicates, context: Context<'_, '_>) -> Result<ExitStatus, Fault> {
    match command {
        Duplicates::Find(command) => local(&command, context).await,
    }
}

/// Compares the contacts of the location.
async fn local(command: &FindDuplicates, mut context: Context<'_, '_>) -> Result<ExitStatus, Fault> {
    let status = context.sync(command.source).await?;
    let (mut sheet, mut names, mut after) = (Sheet::new(), HashMap::new(), None);
    loop {
        let Answer::Contacts(page) = context.ask(Request::Contacts { after, limit: PAGE }).await? else {
            return Err(unexpected());
        };
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        sheet.extend(&page.iter().map(Record::of).collect::<Vec<_>>());
        if !context.output.json {
            names.extend(page.iter().map(|contact| (contact.id.to_string(), contact.name())));
        }
    }
    let compared = compare(sheet, command.min_score, context.output).await?;
    print(&compared, &names, command, context.output)?;
    Ok(status)
}

/// Compares the rows of files.
pub(super) async fn files(command: &FindDuplicates, output: &mut Output<'_>) -> Result<ExitStatus, Fault> {
    let paths: Vec<PathBuf> = command.input.iter().chain(&command.link).cloned().collect();
    let read = apart(output, move |say| {
        let (mut sheet, mut words) = (Sheet::new(), Vec::new());
        for (number, path) in paths.iter().enumerate() {
            if number > 0 {
                sheet.begin_second_file();
            }
            let noticed = records::read(path, &mut sheet, &mut |_| {}, &|rows| say(format!("{rows} rows read")))?;
            words.extend(noticed.words().into_iter().map(|words| format!("{}: {words}", path.display())));
        }
        Ok::<_, Fault>((sheet, words))
    });
    let (sheet, words) = read.await??;
    for words in words {
        output.note(&words);
    }
    let compared = compare(sheet, command.min_score, output).await?;
    print(&compared, &HashMap::new(), command, output)?;
    Ok(ExitStatus::Done)
}

async fn compare(sheet: Sheet, min_score: f64, output: &mut Output<'_>) -> Result<(Sheet, Found), Fault> {
    apart(output, move |say| {
        let (all, told) = (sheet.len(), AtomicUsize::new(0));
        let mut sheet = sheet;
        let progress = |done: usize| {
            // Every hundredth part is enough to see it move.
            if done.saturating_sub(told.load(Ordering::Relaxed)) * 100 >= all {
                told.store(done, Ordering::Relaxed);
                say(format!("{done} of {all} compared"));
            }
        };
        let options = Options { min_score, ..Options::default() };
        let found = find(&mut sheet, &options, &Progress::new(&progress)).expect("nobody stops it");
        (sheet, found)
    })
    .await
}

/// Does long work on threads that nobody waits for when the command is interrupted, and shows what it says meanwhile.
async fn apart<T: Send + 'static>(
    output: &mut Output<'_>,
    work: impl FnOnce(&(dyn Fn(String) + Sync)) -> T + Send + 'static,
) -> Result<T, Fault> {
    let (tell, mut told) = mpsc::channel(1);
    let (answer, answered) = oneshot::channel();
    rayon::spawn(move || {
        // What nobody has time to show is old soon.
        let say = |words| drop(tell.try_send(words));
        let _ = answer.send(work(&say));
    });
    while let Some(words) = told.recv().await {
        output.passing(&words);
    }
    let broken = |_| Fault::new(ExitStatus::Failed, "compare", "the work has broken off", "report this as a fault");
    answered.await.map_err(broken)
}

#[derive(Serialize)]
struct GroupLine<'a> {
    group: String,
    cluster: Vec<&'a str>,
    score: f64,
    reasons: Vec<String>,
    pairs: Vec<PairLine<'a>>,
}

#[derive(Serialize)]
struct PairLine<'a> {
    a: &'a str,
    b: &'a str,
    score: f64,
    reasons: Vec<String>,
}

type Compared = (Sheet, Found);

fn print(
    compared: &Compared,
    names: &HashMap<String, String>,
    command: &FindDuplicates,
    output: &mut Output<'_>,
) -> Result<(), Fault> {
    let (sheet, found) = compared;
    if command.pairs || !command.link.is_empty() {
        return print_pairs(sheet, found, names, output);
    }
    let wanted = |group: &&Group| group.score >= command.min_score;
    if output.json {
        for group in found.groups.iter().filter(wanted) {
            if output.closed() {
                break;
            }
            output.object(&group_line(sheet, found, group))?;
        }
        return Ok(());
    }
    let mut table = Table::new(&["SURE", "WHO", "WHY", "IDS"]);
    let mut groups: Vec<&Group> = found.groups.iter().filter(wanted).collect();
    groups.sort_by(|one, other| other.score.total_cmp(&one.score));
    let (mut contacts, count) = (0, groups.len());
    for group in groups {
        let line = group_line(sheet, found, group);
        contacts += line.cluster.len();
        let who = line.cluster.first().and_then(|id| names.get(*id)).map(String::as_str);
        let who = format!("{}{}×", who.map(|who| format!("{who} ")).unwrap_or_default(), line.cluster.len());
        table.row([&percent(group.score), &who, &line.reasons.join(", "), &line.cluster.join(" ")]);
    }
    table.print(output)?;
    output.note(&match count {
        0 => format!("no two of {} contacts look like one person", sheet.len()),
        _ => format!("{contacts} of {} contacts are {count} persons", sheet.len()),
    });
    Ok(())
}

fn print_pairs(
    sheet: &Sheet,
    found: &Found,
    names: &HashMap<String, String>,
    output: &mut Output<'_>,
) -> Result<(), Fault> {
    if output.json {
        for pair in &found.pairs {
            if output.closed() {
                break;
            }
            output.object(&pair_line(sheet, found, pair))?;
        }
        return Ok(());
    }
    let mut table = Table::new(&["SURE", "WHO", "WHY", "A", "B"]);
    let mut pairs: Vec<&Pair> = found.pairs.iter().collect();
    pairs.sort_by(|one, other| other.score.total_cmp(&one.score));
    for pair in pairs {
        let line = pair_line(sheet, found, pair);
        let who = names.get(line.a).map(String::as_str).unwrap_or_default();
        table.row([&percent(pair.score), who, &line.reasons.join(", "), line.a, line.b]);
    }
    table.print(output)?;
    output.note(&format!("{} pairs among {} contacts", found.pairs.len(), sheet.len()));
    Ok(())
}

/// Never more sure than it is.
fn percent(score: f64) -> String {
    format!("{:.0} %", (score * 100.0).floor())
}

fn group_line<'a>(sheet: &'a Sheet, found: &Found, group: &Group) -> GroupLine<'a> {
    let cluster: Vec<&str> = group.rows.iter().map(|&row| sheet.id(row)).collect();
    let pairs: Vec<PairLine<'_>> = group.pairs.iter().map(|pair| pair_line(sheet, found, pair)).collect();
    // What makes it sure is what the surest pair has.
    let surest = pairs.iter().max_by(|one, other| one.score.total_cmp(&other.score).then_with(|| other.a.cmp(one.a)));
    let reasons = surest.map(|pair| pair.reasons.clone()).unwrap_or_default();
    GroupLine { group: group_key(&cluster), cluster, score: group.score, reasons, pairs }
}

fn pair_line<'a>(sheet: &'a Sheet, found: &Found, pair: &Pair) -> PairLine<'a> {
    // Of two files the first one's row comes first.
    let turned = sheet.in_second_file(pair.a) && !sheet.in_second_file(pair.b);
    let (a, b) = if turned { (pair.b, pair.a) } else { (pair.a, pair.b) };
    let reasons = found.reasons(sheet, a, b).into_iter().map(|reason| reason.words).collect();
    PairLine { a: sheet.id(a), b: sheet.id(b), score: pair.score, reasons }
}
