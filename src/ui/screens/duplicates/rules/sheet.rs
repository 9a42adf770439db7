//! The group under the cursor as a sheet: its records field by field, what was chosen, and the merge that follows.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use crate::dedupe::merge::{Choices, PreImage, Review, ReviewRow, ValueMark, ValueReason, requests, steps};
use crate::domain::{ContactField, ContactId, Member, MergeField, MergeId, MergeOp, MergePlan, UserId};
use crate::normalise;
use crate::protocol::{Compared, Failure, Stays};
use crate::query::RowRef;
use crate::text;

use crate::ui::model::Model;
use crate::ui::screens::contacts::rules::contact_of;
use crate::ui::screens::duplicates::state::queue::{Queued, letter};

/// How well the members are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Known<'a> {
    /// They were fetched at this time.
    Fresh(Timestamp),
    Fetching,
    Failed(&'a Failure),
    /// None of them is there any more; what is shown was cached.
    Gone,
}

/// The group under the cursor, field by field.
pub(crate) struct Sheet<'a> {
    pub(crate) queued: &'a Queued,
    /// In the order of the group; who is gone is left out. Never empty.
    pub(crate) members: Cow<'a, [Member]>,
    pub(crate) stays: &'a [Stays],
    pub(crate) known: Known<'a>,
    pub(crate) choices: Cow<'a, Choices>,
    pub(crate) review: Review,
}

impl<'a> Sheet<'a> {
    /// The sheet of the group under the cursor; none where there is no group, or nobody in it is known.
    pub(crate) fn of(model: &'a Model) -> Option<Self> {
        let queued = model.duplicates.group()?;
        let reviewing = &model.reviewing;
        let mine = |compared: &&Arc<Compared>| {
            let of_group = |member: &Member| queued.members.contains(&member.contact.id);
            !compared.members.is_empty() && compared.members.iter().all(of_group)
        };
        let compared = reviewing.compared.as_ref().filter(mine);
        let members = match compared {
            Some(compared) => Cow::Borrowed(compared.members.as_slice()),
            None => Cow::Owned(listed(model, queued)),
        };
        if members.is_empty() {
            return None;
        }
        let empty = reviewing.compared.as_ref().filter(|compared| compared.members.is_empty());
        let known = match compared.or(empty) {
            Some(compared) => match (&compared.failure, compared.fetched_at) {
                (Some(failure), _) => Known::Failed(failure),
                (None, Some(_)) if compared.members.is_empty() => Known::Gone,
                (None, Some(at)) => Known::Fresh(at),
                (None, None) => Known::Fetching,
            },
            None => Known::Fetching,
        };
        let choices = reviewing.choices(&queued.members).map_or_else(Cow::default, Cow::Borrowed);
        let review = Review::of(&members, &choices, &model.merge_rules);
        let stays = compared.map(|compared| compared.stays.as_slice()).unwrap_or_default();
        Some(Self { queued, members, stays, known, choices, review })
    }

    /// A member's letter, by its place.
    pub(crate) fn letter(&self, at: usize) -> String {
        self.queued.letter(&self.members[at].contact.id)
    }

    /// A member's letter, by its id.
    pub(crate) fn letter_of(&self, id: &ContactId) -> String {
        self.queued.letter(id)
    }

    /// The place of the record under the cursor.
    pub(crate) fn marked(&self, model: &Model) -> usize {
        let marked = model.reviewing.marked.as_ref();
        let place = self.members.iter().position(|member| Some(&member.contact.id) == marked);
        place.unwrap_or(self.review.survivor)
    }

    /// The fields that are shown.
    pub(crate) fn rows(&self, model: &Model) -> Vec<&ReviewRow> {
        self.review.rows.iter().filter(|row| model.reviewing.equal || !is_quiet(row)).collect()
    }

    /// How many equal and how many empty fields are hidden.
    pub(crate) fn hidden(&self, model: &Model) -> (usize, usize) {
        if model.reviewing.equal {
            return (0, 0);
        }
        let quiet = || self.review.rows.iter().filter(|row| is_quiet(row));
        let empty = quiet().filter(|row| row.mark == ValueMark::Empty).count();
        (quiet().count() - empty, empty)
    }

    /// The field under the cursor, by its place among those shown.
    pub(crate) fn cursor(&self, model: &Model) -> usize {
        let here = model.reviewing.row.as_ref();
        self.rows(model).iter().position(|row| Some(&row.field) == here).unwrap_or(0)
    }

    pub(crate) fn row(&self, model: &Model) -> Option<&ReviewRow> {
        self.rows(model).get(self.cursor(model)).copied()
    }

    pub(crate) fn plan(&self, model: &Model) -> Option<MergePlan> {
        let score = Some(self.queued.group.score);
        self.review.plan(&self.members, &self.choices, &model.merge_rules, score)
    }

    /// The members of a plan, survivor first.
    fn of_plan(&self, plan: &MergePlan) -> Vec<Member> {
        let find = |id: &ContactId| self.members.iter().find(|member| member.contact.id == *id).cloned();
        plan.members().filter_map(find).collect()
    }

    /// The very steps that a plan takes as far as is known now.
    pub(crate) fn steps(&self, model: &Model, plan: &MergePlan) -> Vec<MergeOp> {
        let user = |id: &UserId| model.user_name(id);
        let label = |label: &str| model.field_name(label);
        let image = PreImage {
            merge: MergeId(uuid::Uuid::nil()),
            plan,
            members: &self.of_plan(plan),
            now: model.now,
            zone: &model.zone,
            user: &user,
            label: &label,
        };
        steps(&image)
    }

    /// What a plan costs: writes, and about how many reads.
    pub(crate) fn cost(&self, plan: &MergePlan, ops: &[MergeOp]) -> (usize, usize) {
        let writes = ops.iter().filter(|op| !matches!(op, MergeOp::Check { .. })).count();
        (writes, requests(plan, &self.members).saturating_sub(writes))
    }

    /// Appointments of a member that are still to come.
    pub(crate) fn coming(&self, model: &Model, at: usize) -> usize {
        self.members[at].coming(model.now, &model.zone).count()
    }
}

/// Whether there is nothing to see in a field: nobody has it, or all have the same.
fn is_quiet(row: &ReviewRow) -> bool {
    match row.mark {
        ValueMark::Empty => row.rule == ValueReason::None,
        ValueMark::Equal => matches!(row.rule, ValueReason::None),
        ValueMark::Conflict | ValueMark::Union | ValueMark::Typed | ValueMark::Attention => false,
    }
}

/// What the list knows of the members, until more comes.
fn listed(model: &Model, queued: &Queued) -> Vec<Member> {
    let roster = &model.listing.latest;
    let found = queued.members.iter().filter_map(|id| roster.find(id)).map(|ix| roster.get(ix));
    let member = |row: RowRef<'_>| Member {
        contact: contact_of(row),
        tasks: Vec::new(),
        notes: Vec::new(),
        appointments: Vec::new(),
    };
    found.map(member).collect()
}

/// What a field of the review is called, clean.
pub(crate) fn label(model: &Model, field: &MergeField) -> String {
    let mut label = match field {
        MergeField::Field(field) => field.label().to_owned(),
        MergeField::Custom(id) => return model.field_name(id.as_str()),
        MergeField::Dnd => "DND".to_owned(),
        MergeField::Channel(name) => format!("DND {}", text::clean(name)),
        MergeField::Tags => "tags".to_owned(),
        MergeField::Followers => "followers".to_owned(),
    };
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    label
}

/// A value of the review as people read it, clean: users by name.
pub(crate) fn shown(model: &Model, field: &MergeField, value: &str) -> String {
    let name = |id: &str| model.user_name(&UserId::new(id));
    match field {
        _ if value.is_empty() => String::new(),
        MergeField::Field(ContactField::Owner) => name(value),
        MergeField::Field(ContactField::Phone) => normalise::grouped_phone(&text::clean(value)).into_owned(),
        MergeField::Followers => value.split(',').map(|id| name(id.trim())).collect::<Vec<_>>().join(", "),
        MergeField::Field(_) | MergeField::Custom(_) | MergeField::Dnd | MergeField::Channel(_) | MergeField::Tags => {
            text::clean(value).into_owned()
        }
    }
}

/// What a group is called: the longest of the members' names says most.
pub(crate) fn name_of(model: &Model, members: &[ContactId]) -> String {
    let names = members.iter().map(|member| model.name_of(member));
    let longest = names.max_by_key(|name| text::width(name)).unwrap_or_default();
    if longest.is_empty() { "(no name)".to_owned() } else { longest }
}

/// The records of a group by letter: `A B`.
pub(crate) fn letters(count: usize, wanted: impl Fn(usize) -> bool) -> String {
    (0..count).filter(|at| wanted(*at)).map(letter).collect::<Vec<_>>().join(" ")
}
