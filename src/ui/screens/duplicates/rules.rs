//! What can be done with a group of duplicates, and why not.

pub(crate) mod sheet;

use crate::config::{Action, Context, Need};
use crate::dedupe::merge::{ReviewRow, ValueReason};
use crate::domain::ContactId;
use crate::protocol::{Comparison, ContactPair};

use crate::ui::model::{Model, Screen};
use crate::ui::popups::form::state::merged;
use crate::ui::rules;
use crate::ui::screens::duplicates::rules::sheet::{Known, Sheet};
use crate::ui::screens::duplicates::state::Part;
use crate::ui::state::merges::pair;

/// Why a need is not met by the group under the cursor.
pub(crate) fn unmet(model: &Model, need: Need) -> Option<String> {
    let key = |action| model.key(Context::Duplicates, action);
    let queue = model.reviewing.part == Part::Queue;
    let no_group = || model.duplicates.group().is_none().then(|| "no group selected".to_owned());
    match need {
        Need::Group | Need::Contact => no_group(),
        Need::TwoRecords => pairs(model).is_empty().then(|| "at least two records must be included".to_owned()),
        Need::MergeField => {
            no_group().or_else(|| queue.then(|| format!("select a field first ({})", key(Action::Open))))
        }
        // In the queue the keys that need it mean something else.
        Need::OtherValue if queue => None,
        Need::OtherValue => no_group().or_else(|| {
            of_field(model, |row| {
                let fixed = row.rule == ValueReason::CannotBeSet;
                fixed.then(|| format!("the API cannot change this field ({} opens the web app)", key(Action::Browse)))
            })
        }),
        Need::TypedValue => of_field(model, |row| merged(&row.field, "", "", model.form_context()).err()),
        Need::MergeableGroup => no_merge(model),
        Need::Openable => None,
        need => rules::unmet(model, need),
    }
}

/// The record under the cursor.
pub(crate) fn marked(model: &Model) -> Option<ContactId> {
    let sheet = Sheet::of(model)?;
    Some(sheet.members[sheet.marked(model)].contact.id.clone())
}

/// Why the field under the cursor does not do; none is no field.
fn of_field(model: &Model, why: impl Fn(&ReviewRow) -> Option<String>) -> Option<String> {
    let sheet = Sheet::of(model)?;
    sheet.row(model).map_or_else(|| Some("no field selected".to_owned()), why)
}

/// Why the group cannot be merged now.
fn no_merge(model: &Model) -> Option<String> {
    let Some(sheet) = Sheet::of(model) else { return Some("no group selected".to_owned()) };
    let key = |action| model.key(Context::Duplicates, action);
    match sheet.known {
        Known::Fresh(_) => {}
        Known::Fetching => return Some("the records are still loading; the cache may lack fields".to_owned()),
        Known::Gone => return Some("the records no longer exist".to_owned()),
        Known::Failed(failure) => {
            let said = rules::said(failure);
            return Some(format!("the records could not be loaded: {said}. {} tries again", key(Action::Refresh)));
        }
    }
    let losers = sheet.review.losers();
    if losers.is_empty() {
        return Some(format!("at least two records must be included ({} includes one)", key(Action::Exclude)));
    }
    let taking = losers.iter().chain([&sheet.review.survivor]).map(|at| &sheet.members[*at].contact.id);
    let held = taking.into_iter().find_map(|id| Some((id, model.merges.holder(id)?)));
    if let Some((id, holder)) = held {
        let name = model.name_of(id);
        return Some(format!(
            "{name} is in the unfinished merge #{} ({} shows it)",
            holder.number,
            key(Action::GoJournal)
        ));
    }
    if sheet.choices.delete && !sheet.choices.move_appointments {
        let coming = losers.iter().find(|at| sheet.coming(model, **at) > 0);
        if let Some(at) = coming {
            let name = model.name_of(&sheet.members[*at].contact.id);
            return Some(format!(
                "{name} has an upcoming appointment and would be deleted: {} rebooks it, {} archives instead",
                key(Action::MoveAppointments),
                key(Action::DeleteAtOnce)
            ));
        }
    }
    None
}

/// All pairs of the records that take part.
pub(crate) fn pairs(model: &Model) -> Vec<ContactPair> {
    let Some(queued) = model.duplicates.group() else { return Vec::new() };
    let takes = |id: &&ContactId| !model.reviewing.is_excluded(&queued.members, id);
    let members: Vec<&ContactId> = queued.members.iter().filter(takes).collect();
    let of = |(at, a): (usize, &&ContactId)| members[at + 1..].iter().map(|b| pair(a, b)).collect::<Vec<_>>();
    members.iter().enumerate().flat_map(of).collect()
}

/// The records that are compared: those of the group under the cursor, or of the last that was.
pub(crate) fn comparison(model: &Model) -> Option<Comparison> {
    if model.screen != Screen::Duplicates {
        // They may have changed when somebody comes back.
        return None;
    }
    let before = || model.worker_view.now().comparison.clone();
    let round = model.reviewing.round;
    model.duplicates.group().map_or_else(before, |queued| Some(Comparison { contacts: queued.members.clone(), round }))
}
