//! `duplicates find`, on the location's contacts or on files.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{mpsc, oneshot};

use crate::cli::ExitStatus;
use crate::cli::args::FindDuplicates;
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::cli::output::{Output, json_line};
use crate::cli::records;
use crate::dedupe::{
    DedupeRecord, DuplicateGroup, DuplicatePair, FindOptions, FoundDuplicates, RecordSheet, RunProgress, find,
    group_key,
};
use crate::protocol::{Answer, Request};

use super::groups::{GroupLine, PAGE, PairLine, group_words, pair_words, print_ready};
use crate::cli::commands::Context;
use crate::cli::commands::read::unexpected;

/// Compares the contacts of the location.
pub(super) async fn local(command: &FindDuplicates, context: &mut Context<'_, '_>) -> Result<ExitStatus, Fault> {
    let status = context.sync(command.source).await?;
    let (mut sheet, mut names, mut after) = (RecordSheet::new(), Names::default(), None);
    loop {
        let Answer::Contacts(page) = context.ask(Request::Contacts { after, limit: PAGE }).await? else {
            return Err(unexpected());
        };
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        sheet.extend(&page.iter().map(DedupeRecord::of).collect::<Vec<_>>());
        if !context.output.json {
            names[0].extend(page.iter().map(|contact| (contact.id.to_string(), contact.name())));
        }
    }
    let compared = compare(sheet, command.min_score, context.output).await?;
    let shape = if context.output.json { Shape::Json } else { Shape::Words };
    print(&compared, &names, shape, command, context.output).await?;
    Ok(status)
}

/// Compares the rows of files.
pub(in crate::cli::commands) async fn files(
    command: &FindDuplicates,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Fault> {
    let paths: Vec<PathBuf> = command.input.iter().chain(&command.link).cloned().collect();
    let shape = if output.json || output.width.is_none() { Shape::Json } else { Shape::Words };
    let read = apart(output, move |say| {
        let (mut sheet, mut names, mut words) = (RecordSheet::new(), Names::default(), Vec::new());
        for (number, (path, names)) in paths.iter().zip(&mut names).enumerate() {
            if number > 0 {
                sheet.begin_second_file();
            }
            let mut keep = |record: &DedupeRecord<'_>| {
                if shape == Shape::Words {
                    names.insert(record.id.to_owned(), name(record));
                }
            };
            let noticed = records::read(path, &mut sheet, &mut keep, &|rows| say(format!("{rows} rows read")))?;
            words.extend(noticed.words().into_iter().map(|words| format!("{}: {words}", path.display())));
        }
        Ok::<_, Fault>((sheet, names, words))
    });
    let (sheet, names, words) = read.await??;
    for words in words {
        output.note(&words);
    }
    let compared = compare(sheet, command.min_score, output).await?;
    print(&compared, &names, shape, command, output).await?;
    Ok(ExitStatus::Done)
}

/// What the contact of a row is called.
fn name(record: &DedupeRecord<'_>) -> String {
    let parts = [record.first_name.trim(), record.last_name.trim()];
    let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let others = [record.name, record.company, record.email, record.phone].map(str::trim);
    std::iter::once(name.as_str()).chain(others).find(|text| !text.is_empty()).unwrap_or_default().to_owned()
}

async fn compare(
    sheet: RecordSheet,
    min_score: f64,
    output: &mut Output<'_>,
) -> Result<(RecordSheet, FoundDuplicates), Fault> {
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
        let options = FindOptions { min_score, ..FindOptions::default() };
        let found = find(&mut sheet, &options, &RunProgress::new(&progress)).expect("nobody stops it");
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

type Compared = (RecordSheet, FoundDuplicates);
/// What contacts are called, by their ids, in the first file and in the second: two files may number their people
/// alike. Empty where nobody reads it.
type Names = [HashMap<String, String>; 2];

/// How it is told.
///
/// What was found in files goes out as objects even without `--json` where no terminal reads it: who has a file compared
/// from a script wants to go on with the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Json,
    /// For people: wrapped to the terminal, or lines of tab-separated cells where there is none.
    Words,
}

async fn print(
    compared: &Compared,
    names: &Names,
    shape: Shape,
    command: &FindDuplicates,
    output: &mut Output<'_>,
) -> Result<(), Fault> {
    let (sheet, found) = compared;
    let summary = if command.pairs || !command.link.is_empty() {
        let mut pairs: Vec<&DuplicatePair> = found.pairs.iter().collect();
        let line = |pair: &&DuplicatePair| pair_line(sheet, found, pair);
        match shape {
            Shape::Json => print_ready(&pairs, output, |pair| json_line(&line(pair))).await?,
            Shape::Words => {
                pairs.sort_by(|one, other| other.score.total_cmp(&one.score));
                let width = output.width;
                let who =
                    |pair: &DuplicatePair| <[u32; 2]>::from(in_order(sheet, pair)).map(|row| who(names, sheet, row));
                print_ready(&pairs, output, |pair| Ok(pair_words(&line(pair), &who(pair), width).into_bytes())).await?;
            }
        }
        format!("{} pairs among {} contacts", pairs.len(), sheet.len())
    } else {
        let mut groups: Vec<&DuplicateGroup> =
            found.groups.iter().filter(|group| group.score >= command.min_score).collect();
        let line = |group: &&DuplicateGroup| group_line(sheet, found, group);
        match shape {
            Shape::Json => print_ready(&groups, output, |group| json_line(&line(group))).await?,
            Shape::Words => {
                groups.sort_by(|one, other| other.score.total_cmp(&one.score));
                let (width, called) = (output.width, !command.is_about_files());
                let who =
                    |group: &DuplicateGroup| group.rows.iter().map(|&row| who(names, sheet, row)).collect::<Vec<_>>();
                let ready =
                    |group: &&DuplicateGroup| Ok(group_words(&line(group), called, &who(group), width).into_bytes());
                print_ready(&groups, output, ready).await?;
            }
        }
        let contacts: usize = groups.iter().map(|group| group.rows.len()).sum();
        match groups.len() {
            0 => format!("no two of {} contacts look like one person", sheet.len()),
            1 => format!("{contacts} of {} contacts are 1 person", sheet.len()),
            count => format!("{contacts} of {} contacts are {count} persons", sheet.len()),
        }
    };
    if !output.json {
        output.note(&summary);
    }
    Ok(())
}

fn group_line<'a>(sheet: &'a RecordSheet, found: &FoundDuplicates, group: &DuplicateGroup) -> GroupLine<'a> {
    let cluster: Vec<&str> = group.rows.iter().map(|&row| sheet.id(row)).collect();
    let pairs: Vec<PairLine<'_>> = group.pairs.iter().map(|pair| pair_line(sheet, found, pair)).collect();
    // What makes it sure is what the surest pair has.
    let surest = pairs.iter().max_by(|one, other| one.score.total_cmp(&other.score).then_with(|| other.a.cmp(one.a)));
    let reasons = surest.map(|pair| pair.reasons.clone()).unwrap_or_default();
    GroupLine { group: group_key(&cluster), cluster, score: group.score, reasons, pairs }
}

/// What the contact of a row is called in its own file.
fn who(names: &Names, sheet: &RecordSheet, row: u32) -> String {
    let file = usize::from(sheet.in_second_file(row));
    names[file].get(sheet.id(row)).map(|name| one_line(name)).unwrap_or_default()
}

/// The rows of a pair; of two files the first one's row comes first.
fn in_order(sheet: &RecordSheet, pair: &DuplicatePair) -> (u32, u32) {
    let turned = sheet.in_second_file(pair.a) && !sheet.in_second_file(pair.b);
    if turned { (pair.b, pair.a) } else { (pair.a, pair.b) }
}

fn pair_line<'a>(sheet: &'a RecordSheet, found: &FoundDuplicates, pair: &DuplicatePair) -> PairLine<'a> {
    let (a, b) = in_order(sheet, pair);
    let reasons = found.reasons(sheet, a, b).into_iter().map(|reason| reason.words).collect();
    PairLine { a: sheet.id(a), b: sheet.id(b), score: pair.score, reasons }
}
