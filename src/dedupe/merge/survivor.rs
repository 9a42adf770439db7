//! Which member survives, and whose name says more.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::domain::{Contact, ContactField, Member, MergeRules, SurvivorRule};

/// The place of the survivor: the first rule that tells two members apart decides, at last the id.
pub fn survivor(members: &[&Member], rules: &MergeRules) -> usize {
    let better = |one: usize, other: usize| {
        let (a, b) = (members[one], members[other]);
        rules
            .survivor
            .iter()
            .map(|rule| compare(*rule, a, b))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.contact.id.cmp(&b.contact.id))
    };
    (0..members.len()).min_by(|one, other| better(*one, *other)).unwrap_or_default()
}

/// The better one is the smaller.
fn compare(rule: SurvivorRule, a: &Member, b: &Member) -> std::cmp::Ordering {
    let added = |member: &Member| member.contact.added.unwrap_or(Timestamp::MAX);
    match rule {
        SurvivorRule::MostComplete => completeness(b).cmp(&completeness(a)),
        SurvivorRule::Oldest => added(a).cmp(&added(b)),
        SurvivorRule::Newest => Reverse(a.contact.added).cmp(&Reverse(b.contact.added)),
        SurvivorRule::LastUpdated => Reverse(a.contact.updated).cmp(&Reverse(b.contact.updated)),
    }
}

/// How complete a member is: every filled field, tag, task, note and appointment counts.
fn completeness(member: &Member) -> usize {
    let contact = &member.contact;
    let filled = |field: &ContactField| field.get(contact).is_some_and(|value| !value.trim().is_empty());
    ContactField::ALL.iter().filter(|field| filled(field)).count()
        + contact.custom.len()
        + contact.tags.len()
        + contact.additional_emails.len()
        + contact.additional_phones.len()
        + member.tasks.len()
        + member.notes.len()
        // Appointments cannot be moved, so they count double.
        + 2 * member.appointments.len()
}

/// The members' places, last updated first.
pub(super) fn newest_first(members: &[&Member]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|at| (Reverse(members[*at].contact.updated), *at));
    order
}

/// Whether a name is all capitals: a form did that, not its owner.
pub(super) fn shouts(text: &str) -> bool {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    letters().count() > 2 && letters().any(char::is_uppercase) && !letters().any(char::is_lowercase)
}

/// Whether one contact's name says more than the other's. One extra letter is as likely a slip as a better name.
pub(super) fn says_more(one: &Contact, other: &Contact) -> bool {
    let (mine, theirs) = (worth(one), worth(other));
    if mine.0 == theirs.0 { mine.1 > theirs.1 + 1 } else { mine.0 }
}

/// How much a name says: whether it is spelled like a name, and how many letters it has.
pub(super) fn worth(contact: &Contact) -> (bool, usize) {
    let parts = [&contact.first_name, &contact.last_name];
    let whole: String = parts.into_iter().flatten().flat_map(|part| part.trim().chars()).collect();
    (!whole.is_empty() && !shouts(&whole), whole.chars().filter(|c| c.is_alphabetic()).count())
}
