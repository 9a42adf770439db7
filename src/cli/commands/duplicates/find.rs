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
    DedupeRecord, FindOptions, FoundDuplicates, FoundGroup, FoundPair, RecordSheet, RunProgress, find, group_key,
};
use crate::domain::counted;

use super::groups::{GroupLine, PairLine, group_words, look_like, pair_words, print_ready};
use crate::cli::commands::Invocation;

/// Compares the contacts of the location.
pub(super) async fn local(command: &FindDuplicates, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let status = context.sync(command.source).await?;
    let (mut sheet, mut names, mut after) = (RecordSheet::new(), FileNames::default(), None);
    while let Some(page) = context.page(&mut after).await? {
        sheet.extend(&page.iter().map(DedupeRecord::of).collect::<Vec<_>>());
        if !context.output.json {
            names[0].extend(page.iter().map(|contact| (contact.id.to_string(), contact.name())));
        }
    }
    let compared = compare(sheet, command.min_score, context.output).await?;
    let shape = if context.output.json { FindFormat::Json } else { FindFormat::Words };
    print(&compared, &names, shape, command, context.output).await?;
    Ok(status)
}

/// Compares the rows of files.
pub(in crate::cli::commands) async fn files(
    command: &FindDuplicates,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Fault> {
    let paths: Vec<PathBuf> = command.input.iter().chain(&command.link).cloned().collect();
    let shape = if output.json || output.width.is_none() { FindFormat::Json } else { FindFormat::Words };
    let read = apart(output, move |say| {
        let (mut sheet, mut names, mut words) = (RecordSheet::new(), FileNames::default(), Vec::new());
        for (number, (path, names)) in paths.iter().zip(&mut names).enumerate() {
            if number > 0 {
                sheet.begin_second_file();
            }
            let mut keep = |record: &DedupeRecord<'_>| {
                if shape == FindFormat::Words {
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

/// The name of a row's contact.
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
            // A hundred updates are enough to show progress.
            if done.saturating_sub(told.load(Ordering::Relaxed)) * 100 >= all {
                told.store(done, Ordering::Relaxed);
                say(format!("compared {done} of {all}"));
            }
        };
        let options = FindOptions { min_score, ..FindOptions::default() };
        let found = find(&mut sheet, &options, &RunProgress::new(&progress)).expect("nothing stops it");
        (sheet, found)
    })
    .await
}

/// Runs long work on threads that an interrupted command does not wait for, and shows its progress.
async fn apart<T: Send + 'static>(
    output: &mut Output<'_>,
    work: impl FnOnce(&(dyn Fn(String) + Sync)) -> T + Send + 'static,
) -> Result<T, Fault> {
    let (tell, mut told) = mpsc::channel(1);
    let (answer, answered) = oneshot::channel();
    rayon::spawn(move || {
        // Progress that cannot be shown in time is soon out of date.
        let say = |words| drop(tell.try_send(words));
        let _ = answer.send(work(&say));
    });
    while let Some(words) = told.recv().await {
        output.passing(&words);
    }
    let broken =
        |_| Fault::new(ExitStatus::Failed, "compare", "the comparison stopped unexpectedly", "report this as a bug");
    answered.await.map_err(broken)
}

type ComparedFiles = (RecordSheet, FoundDuplicates);
/// Names of contacts by id, for the first and the second file: both files may use the same ids. Empty if not needed.
type FileNames = [HashMap<String, String>; 2];

/// The output format.
///
/// Results from files are JSON even without `--json` unless they go to a terminal, because scripts process them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FindFormat {
    Json,
    /// For people: wrapped to the terminal, or tab-separated if there is no terminal.
    Words,
}

async fn print(
    compared: &ComparedFiles,
    names: &FileNames,
    shape: FindFormat,
    command: &FindDuplicates,
    output: &mut Output<'_>,
) -> Result<(), Fault> {
    let (sheet, found) = compared;
    let summary = if command.pairs || !command.link.is_empty() {
        let mut pairs: Vec<&FoundPair> = found.pairs.iter().collect();
        let line = |pair: &&FoundPair| pair_line(sheet, found, pair);
        match shape {
            FindFormat::Json => print_ready(&pairs, output, |pair| json_line(&line(pair))).await?,
            FindFormat::Words => {
                pairs.sort_by(|one, other| other.score.total_cmp(&one.score));
                let width = output.width;
                let who = |pair: &FoundPair| <[u32; 2]>::from(in_order(sheet, pair)).map(|row| who(names, sheet, row));
                print_ready(&pairs, output, |pair| Ok(pair_words(&line(pair), &who(pair), width).into_bytes())).await?;
            }
        }
        format!("{} among {}", counted(pairs.len(), "pair"), counted(sheet.len(), "contact"))
    } else {
        let mut groups: Vec<&FoundGroup> =
            found.groups.iter().filter(|group| group.score >= command.min_score).collect();
        let line = |group: &&FoundGroup| group_line(sheet, found, group);
        match shape {
            FindFormat::Json => print_ready(&groups, output, |group| json_line(&line(group))).await?,
            FindFormat::Words => {
                groups.sort_by(|one, other| other.score.total_cmp(&one.score));
                let (width, called) = (output.width, !command.is_about_files());
                let who = |group: &FoundGroup| group.rows.iter().map(|&row| who(names, sheet, row)).collect::<Vec<_>>();
                let ready =
                    |group: &&FoundGroup| Ok(group_words(&line(group), called, &who(group), width).into_bytes());
                print_ready(&groups, output, ready).await?;
            }
        }
        let contacts: usize = groups.iter().map(|group| group.rows.len()).sum();
        look_like(groups.len(), contacts, &format!("{contacts} of {}", sheet.len()))
    };
    if !output.json {
        output.note(&summary);
    }
    Ok(())
}

fn group_line<'a>(sheet: &'a RecordSheet, found: &FoundDuplicates, group: &FoundGroup) -> GroupLine<'a> {
    let cluster: Vec<&str> = group.rows.iter().map(|&row| sheet.id(row)).collect();
    let pairs: Vec<PairLine<'_>> = group.pairs.iter().map(|pair| pair_line(sheet, found, pair)).collect();
    // A group shows the reasons of its surest pair.
    let surest = pairs.iter().max_by(|one, other| one.score.total_cmp(&other.score).then_with(|| other.a.cmp(one.a)));
    let reasons = surest.map(|pair| pair.reasons.clone()).unwrap_or_default();
    GroupLine { group: group_key(&cluster), cluster, score: group.score, reasons, pairs }
}

/// The name of a row's contact in its own file.
fn who(names: &FileNames, sheet: &RecordSheet, row: u32) -> String {
    let file = usize::from(sheet.in_second_file(row));
    names[file].get(sheet.id(row)).map(|name| one_line(name)).unwrap_or_default()
}

/// The rows of a pair; with two files, the first file's row comes first.
fn in_order(sheet: &RecordSheet, pair: &FoundPair) -> (u32, u32) {
    let turned = sheet.in_second_file(pair.a) && !sheet.in_second_file(pair.b);
    if turned { (pair.b, pair.a) } else { (pair.a, pair.b) }
}

fn pair_line<'a>(sheet: &'a RecordSheet, found: &FoundDuplicates, pair: &FoundPair) -> PairLine<'a> {
    let (a, b) = in_order(sheet, pair);
    let reasons = found.reasons(sheet, a, b).into_iter().map(|reason| reason.words).collect();
    PairLine { a: sheet.id(a), b: sheet.id(b), score: pair.score, reasons }
}
