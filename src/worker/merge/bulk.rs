//! A dry run over many groups: each is checked, none is changed.

use crate::dedupe::merge::{Choices, Review, considered, covered, requests};
use crate::domain::ContactId;
use crate::protocol::{BulkGroup, BulkReport, Event, MergeEvent, Ticket};
use crate::worker::failure::words;
use crate::worker::shared::WorkerShared;

use crate::worker::merge::compare::member;

/// Plans a merge for every group that the rule covers, from fresh copies.
pub(in crate::worker) async fn dry_run(shared: &WorkerShared, ticket: Ticket, groups: Vec<BulkGroup>) {
    let (mut report, total) = (BulkReport::default(), groups.len());
    let rules = &shared.merge_rules;
    for (done, group) in groups.into_iter().enumerate() {
        shared.tell(Event::Merge(MergeEvent::DryRunning { ticket, done, total })).await;
        if let Err(why) = considered(group.members.len(), group.score, rules) {
            let name = name_of(shared, group.members.first()).await;
            report.left_out.push((group.members, name, why));
            continue;
        }
        let mut members = Vec::with_capacity(group.members.len());
        let mut failure = None;
        for contact in &group.members {
            match member(shared, contact).await {
                Ok(found) => members.extend(found),
                Err(error) => failure = Some(words("fetch the contacts", &error)),
            }
        }
        if let Some(failure) = failure {
            // If this group cannot be checked now, it cannot be merged now, and neither can the rest.
            report.failure = Some(failure);
            break;
        }
        let name = members.first().map(|member| member.contact.name()).unwrap_or_default();
        let zone = shared.location().zone();
        if let Err(why) = covered(&members, group.score, rules, shared.now(), &zone) {
            report.left_out.push((group.members, name, why));
            continue;
        }
        let choices = Choices::default();
        let review = Review::of(&members, &choices, rules);
        let Some(plan) = review.plan(&members, &choices, rules, Some(group.score)) else { continue };
        let losers = members.iter().filter(|member| member.contact.id != plan.survivor);
        let (notes, tasks) =
            losers.fold((0, 0), |(notes, tasks), one| (notes + one.notes.len(), tasks + one.tasks.len()));
        report.notes += notes;
        report.tasks += tasks;
        report.requests += requests(&plan, &members);
        report.plans.push(plan);
    }
    shared.tell(Event::Merge(MergeEvent::DryRun { ticket, report: report.into() })).await;
}

/// The name of a contact in the local copy.
async fn name_of(shared: &WorkerShared, contact: Option<&ContactId>) -> String {
    let Some(contact) = contact else { return String::new() };
    let held = shared.cached(shared.cache.contact(contact.clone()).await).flatten();
    held.map(|held| held.contact.name()).unwrap_or_default()
}
