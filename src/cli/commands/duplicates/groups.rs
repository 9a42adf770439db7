//! Printing groups of duplicates, wherever they were found.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::Source;
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::cli::output::{Output, json_line};
use crate::dedupe::{Reason, group_key};
use crate::domain::ContactId;
use crate::protocol::{DuplicateGroup, DuplicatePair, Request};
use crate::text::{self, cut, pad, wrap_words};

use crate::cli::commands::Invocation;

#[derive(Serialize)]
pub(super) struct GroupLine<'a> {
    pub(super) group: String,
    pub(super) cluster: Vec<&'a str>,
    pub(super) score: f64,
    pub(super) reasons: Vec<String>,
    pub(super) pairs: Vec<PairLine<'a>>,
}

#[derive(Serialize)]
pub(super) struct PairLine<'a> {
    pub(super) a: &'a str,
    pub(super) b: &'a str,
    pub(super) score: f64,
    pub(super) reasons: Vec<String>,
}

/// Names of contacts, by id.
type ContactNames = HashMap<String, String>;

/// `duplicates list`: the groups of the local copy, without those decided to be no duplicates.
pub(super) async fn list(source: Source, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let status = context.sync(source).await?;
    let groups = groups(context).await?;
    print(&groups, context).await?;
    if !context.output.json || groups.is_empty() {
        context.output.note(&summary(&groups));
    }
    Ok(status)
}

/// Prints groups in the order given: surest first.
pub(in crate::cli::commands) async fn print(
    groups: &[Arc<DuplicateGroup>],
    context: &mut Invocation<'_, '_>,
) -> Result<(), Fault> {
    if context.output.json {
        return print_ready(groups, context.output, |group| json_line(&line_of(group))).await;
    }
    let names = names(groups, context).await?;
    let width = context.output.width;
    let who = |id: &ContactId| names.get(id.as_str()).map(|name| one_line(name)).unwrap_or_default();
    let ready = |group: &Arc<DuplicateGroup>| {
        let people: Vec<String> = group.members.iter().map(who).collect();
        Ok(group_words(&line_of(group), true, &people, width).into_bytes())
    };
    print_ready(groups, context.output, ready).await
}

/// The groups that the worker finds in the local copy.
pub(in crate::cli::commands) async fn groups(
    context: &mut Invocation<'_, '_>,
) -> Result<Vec<Arc<DuplicateGroup>>, Fault> {
    Ok(only!(context.ask(Request::Duplicates).await?, Duplicates).groups)
}

/// The number of groups, in a sentence.
pub(in crate::cli::commands) fn summary(groups: &[Arc<DuplicateGroup>]) -> String {
    let contacts: usize = groups.iter().map(|group| group.members.len()).sum();
    look_like(groups.len(), contacts, &contacts.to_string())
}

/// `5 of 1500 contacts look like 2 people`
pub(super) fn look_like(groups: usize, contacts: usize, of: &str) -> String {
    match (groups, contacts) {
        (0, _) => "no contacts look like the same person".to_owned(),
        (1, _) => format!("{of} contacts look like 1 person"),
        (people, _) => format!("{of} contacts look like {people} people"),
    }
}

/// The name of a group, the same wherever it is found.
pub(super) fn key_of(members: &[ContactId]) -> String {
    let mut ids: Vec<&str> = members.iter().map(ContactId::as_str).collect();
    ids.sort_unstable();
    group_key(&ids)
}

fn line_of(group: &Arc<DuplicateGroup>) -> GroupLine<'_> {
    let words = |reasons: &[Reason]| reasons.iter().map(|reason| reason.words.clone()).collect::<Vec<_>>();
    let id = |at: usize| group.members.get(at).map(ContactId::as_str).unwrap_or_default();
    let pair = |pair: &DuplicatePair| PairLine {
        a: id(pair.a),
        b: id(pair.b),
        score: pair.score,
        reasons: words(&pair.reasons),
    };
    GroupLine {
        group: key_of(&group.members),
        cluster: group.members.iter().map(ContactId::as_str).collect(),
        score: group.score,
        // A group shows the reasons of its surest pair.
        reasons: group.pairs.first().map(|pair| words(&pair.reasons)).unwrap_or_default(),
        pairs: group.pairs.iter().map(pair).collect(),
    }
}

/// The names of the members.
async fn names(groups: &[Arc<DuplicateGroup>], context: &mut Invocation<'_, '_>) -> Result<ContactNames, Fault> {
    let wanted: HashSet<&ContactId> = groups.iter().flat_map(|group| &group.members).collect();
    let (mut names, mut after) = (ContactNames::new(), None);
    while names.len() < wanted.len() {
        let Some(page) = context.page(&mut after).await? else { break };
        let known = page.iter().filter(|contact| wanted.contains(&contact.id));
        names.extend(known.map(|contact| (contact.id.to_string(), contact.name())));
    }
    Ok(names)
}

/// Prints lines that all cores prepare, a few thousand at a time; the command can be interrupted in between.
pub(super) async fn print_ready<T: Sync>(
    items: &[T],
    output: &mut Output<'_>,
    ready: impl Fn(&T) -> Result<Vec<u8>, Fault> + Sync,
) -> Result<(), Fault> {
    for items in items.chunks(4096) {
        let lines: Vec<Vec<u8>> = items.par_iter().map(&ready).collect::<Result<_, _>>()?;
        output.lines(&lines.concat())?;
        if output.closed() {
            break;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// A group for people: score and reasons, then the contacts.
///
/// Shows the group's name only if it can be merged by that name.
pub(super) fn group_words(group: &GroupLine<'_>, called: bool, who: &[String], width: Option<usize>) -> String {
    let Some(width) = width else {
        let people = who.join(", ");
        let ids = one_line(&group.cluster.join(" "));
        let (sure, why) = (percent(group.score), group.reasons.join(", "));
        let key = if called { format!("\t{}", group.group) } else { String::new() };
        return format!("{sure}\t{people}\t{why}\t{ids}{key}\n");
    };
    let key = called.then_some(&*group.group);
    let mut text = headed(group.score, key, &group.reasons, width);
    for (id, name) in group.cluster.iter().zip(who) {
        text.push_str(&member(name, id, width));
    }
    text
}

pub(super) fn pair_words(pair: &PairLine<'_>, who: &[String; 2], width: Option<usize>) -> String {
    let Some(width) = width else {
        let (both, why) = (who.join(", "), pair.reasons.join(", "));
        return format!("{}\t{both}\t{why}\t{}\t{}\n", percent(pair.score), one_line(pair.a), one_line(pair.b));
    };
    let mut text = headed(pair.score, None, &pair.reasons, width);
    for (id, name) in [pair.a, pair.b].iter().zip(who) {
        text.push_str(&member(name, id, width));
    }
    text
}

/// Indentation of the lines below the score.
const INDENT: usize = 7;

fn headed(score: f64, key: Option<&str>, reasons: &[String], width: usize) -> String {
    let key = key.map(|key| format!("{key}  ")).unwrap_or_default();
    let why = one_line(&format!("{key}{}", reasons.join(", ")));
    let why = wrap_words(&why, width.saturating_sub(INDENT).max(20));
    let mut text = String::new();
    for (number, line) in why.iter().enumerate() {
        let sure = if number == 0 { percent(score) } else { String::new() };
        let _ = writeln!(text, "{sure:>5}  {line}");
    }
    text
}

/// One contact with its whole id, because people copy it.
fn member(name: &str, id: &str, width: usize) -> String {
    let id = one_line(id);
    let room = width.saturating_sub(INDENT + 2 + text::width(&id)).clamp(6, 40);
    format!("{}{}  {id}\n", " ".repeat(INDENT), pad(&cut(name, room), room))
}

/// A score in percent, rounded down so that it never looks surer than it is.
fn percent(score: f64) -> String {
    format!("{:.0} %", (score * 100.0).floor())
}
