//! Which groups can be merged in bulk without a review, and what a merge costs.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::survivor::survivor;
use crate::dedupe::alike::jaro_winkler;
use crate::domain::{Contact, Member, MergePlan, MergeRules};
use crate::normalise::{PersonName, Sure, akin, cut_short, line, mailbox, person_name, roots};

/// First or last names at least this similar (thousandths) are spellings of one name.
const ALIKE: u32 = 900;

/// Whether a group can qualify, as far as its size and score tell.
pub fn considered(members: usize, score: f64, rules: &MergeRules) -> Result<(), String> {
    if score < rules.bulk_score {
        return Err(format!("score below {:.2}", rules.bulk_score));
    }
    if members > rules.bulk_members {
        return Err(format!("more than {} contacts", rules.bulk_members));
    }
    Ok(())
}

/// Whether a group is safe to merge in bulk; if not, why.
///
/// A shared phone, address or mailbox is not enough: couples and reception desks share them. So all must share an
/// e-mail or a phone, and have names that can belong to one person.
pub fn covered(
    members: &[Member],
    score: f64,
    rules: &MergeRules,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<(), String> {
    if members.len() < 2 {
        return Err("fewer than two contacts are left".to_owned());
    }
    considered(members.len(), score, rules)?;
    for (at, one) in members.iter().enumerate() {
        for other in &members[at + 1..] {
            pair(&one.contact, &other.contact)?;
        }
    }
    let all: Vec<&Member> = members.iter().collect();
    let stays = survivor(&all, rules);
    for (_, member) in members.iter().enumerate().filter(|(at, _)| *at != stays) {
        if let Some(coming) = member.coming(now, zone).next() {
            let title = coming.title.clone().unwrap_or_default();
            return Err(format!("{} has an upcoming appointment: {title}", member.contact.name()));
        }
    }
    Ok(())
}

fn pair(a: &Contact, b: &Contact) -> Result<(), String> {
    if !share_address(a, b) {
        return Err("no e-mail or phone in common".to_owned());
    }
    if !names_agree(a, b) {
        return Err(format!("different names: {} and {}", a.name(), b.name()));
    }
    if a.dnd.all != b.dnd.all || channels(a) != channels(b) {
        return Err("different \"do not disturb\" settings".to_owned());
    }
    Ok(())
}

/// Channels that are off.
fn channels(contact: &Contact) -> Vec<&str> {
    let mut off: Vec<&str> =
        contact.dnd.channels.iter().flatten().filter(|(_, off)| *off).map(|(name, _)| name.as_str()).collect();
    off.sort_unstable();
    off
}

fn share_address(a: &Contact, b: &Contact) -> bool {
    let emails = |contact: &Contact| {
        let all = contact.email.iter().chain(&contact.additional_emails);
        let real = all.filter_map(|text| mailbox(text)).filter(|found| found.sure != Sure::Placeholder);
        real.map(|found| (found.value.user, found.value.domain)).collect::<Vec<_>>()
    };
    let phones = |contact: &Contact| {
        let country = contact.country.clone().unwrap_or_default();
        let all = contact.phone.iter().chain(&contact.additional_phones);
        let real = all.filter_map(|text| line(text, &country)).filter(|found| found.sure != Sure::Placeholder);
        real.map(|found| found.value).collect::<Vec<_>>()
    };
    let (mine, theirs) = (emails(a), emails(b));
    let (my_phones, their_phones) = (phones(a), phones(b));
    mine.iter().any(|one| theirs.contains(one)) || my_phones.iter().any(|one| their_phones.contains(one))
}

/// Whether two names can belong to one person; a missing name is not enough.
fn names_agree(a: &Contact, b: &Contact) -> bool {
    let name = |contact: &Contact| {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        person_name(&text(&contact.first_name), &text(&contact.last_name)).value
    };
    let (a, b) = (name(a), name(b));
    let swapped = PersonName { first: b.last.clone(), last: b.first.clone(), ..b.clone() };
    a.generation == b.generation && [b, swapped].iter().any(|b| given_agree(&a, b) && family_agree(&a, b))
}

fn given_agree(a: &PersonName, b: &PersonName) -> bool {
    let (a, b) = (a.first.as_str(), b.first.as_str());
    let initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    !a.is_empty()
        && !b.is_empty()
        && (a == b
            || initial(a, b)
            || initial(b, a)
            || akin(roots(a), roots(b))
            || cut_short(a, b)
            || jaro_winkler(a.as_bytes(), b.as_bytes()) >= ALIKE)
}

fn family_agree(a: &PersonName, b: &PersonName) -> bool {
    let part = |whole: &PersonName, other: &PersonName| whole.parts.contains(&other.last);
    !a.last.is_empty()
        && !b.last.is_empty()
        && (a.last == b.last || part(a, b) || part(b, a) || jaro_winkler(a.last.as_bytes(), b.last.as_bytes()) >= ALIKE)
}

/// About how many requests a merge takes: every member is read before and after, each step is a write, and the
/// survivor is read before its change and again to check it.
pub fn requests(plan: &MergePlan, members: &[Member]) -> usize {
    let losers = || members.iter().filter(|member| plan.losers.contains(&member.contact.id));
    let copies: usize = losers().map(|member| member.notes.len() + member.tasks.len()).sum();
    let parts = [
        !plan.add_tags.is_empty(),
        !plan.add_followers.is_empty(),
        !plan.patch.is_empty(),
        !plan.patch.is_empty(),
        !plan.leftovers.is_empty() && plan.keep != crate::domain::Keep::Nowhere,
    ];
    let on_survivor = parts.into_iter().filter(|part| *part).count();
    let per_loser = if plan.delete { 5 } else { 1 + usize::from(plan.tag.is_some()) + usize::from(plan.silence) };
    let reads = 8 * (plan.losers.len() + 1) + 3;
    copies + on_survivor + per_loser * plan.losers.len() + reads
}
