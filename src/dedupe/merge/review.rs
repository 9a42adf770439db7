//! The members field by field: what each has, which value stays, and why.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    AddressWay, Contact, ContactField, ContactId, ContactPatch, CustomFieldId, Leftover, Member, MergeField, MergePlan,
    MergeRules, NameRule, UserId, ValueRule, value_text,
};
use crate::normalise::{Sure, line, mailbox};

use super::survivor::{newest_first, says_more, survivor, worth};

/// The user's choices for a merge; the rules decide the rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choices {
    pub survivor: Option<ContactId>,
    pub excluded: BTreeSet<ContactId>,
    pub picked: BTreeMap<MergeField, Pick>,
    /// Losers are deleted at once instead of archived.
    pub delete: bool,
    /// Future appointments are booked again for the survivor.
    pub move_appointments: bool,
    /// Sets losers to "do not disturb"; `None` leaves it to the rules.
    pub silence: Option<bool>,
}

/// The user's choice of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    From(ContactId),
    Typed(String),
}

/// How the members' values of a field compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueMark {
    /// No member has a value.
    Empty,
    /// All values are equal.
    Equal,
    Conflict,
    /// All are kept.
    Union,
    /// The user has typed the result.
    Typed,
    /// A loser has a value that the API cannot write.
    Attention,
}

/// Why a value was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueReason {
    /// There was nothing to decide.
    None,
    Longest,
    Newest,
    /// The survivor's own.
    Survivor,
    /// The survivor has none.
    FillsBlank,
    /// Taken together with the rest of the address.
    Together,
    Union,
    Strictest,
    /// The user chose the member.
    Chosen,
    Typed,
    /// An update cannot set it.
    CannotBeSet,
}

impl ValueReason {
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Longest => "longest",
            Self::Newest => "newest",
            Self::Survivor => "survivor's",
            Self::FillsBlank => "fills blank",
            Self::Together => "same address",
            Self::Union => "all",
            Self::Strictest => "strictest",
            Self::Chosen => "chosen",
            Self::Typed => "typed",
            Self::CannotBeSet => "cannot be set",
        }
    }
}

/// One field of the review.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewRow {
    pub field: MergeField,
    /// The members' values, in their order; empty if a member has none.
    pub values: Vec<String>,
    pub mark: ValueMark,
    /// The member whose value is the result.
    pub source: Option<usize>,
    pub result: String,
    /// For tags and followers: the result as a list.
    pub list: Vec<String>,
    pub rule: ValueReason,
}

/// The whole review.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// The place of the member that stays.
    pub survivor: usize,
    /// Which members take part, by place.
    pub included: Vec<bool>,
    pub rows: Vec<ReviewRow>,
    /// Values of losers that the survivor will not have.
    pub leftovers: Vec<Leftover>,
}

/// The fields of one postal address.
const ADDRESS: [ContactField; 5] =
    [ContactField::Address1, ContactField::City, ContactField::State, ContactField::PostalCode, ContactField::Country];

/// Nobody misses these values when they are lost.
const NO_LOSS: [ContactField; 5] = [
    ContactField::FirstName,
    ContactField::LastName,
    ContactField::TimeZone,
    ContactField::Source,
    ContactField::Owner,
];

impl Review {
    /// Reviews members by the rules and the user's choices.
    pub fn of(members: &[Member], choices: &Choices, rules: &MergeRules) -> Self {
        let included: Vec<bool> = members.iter().map(|one| !choices.excluded.contains(&one.contact.id)).collect();
        if members.is_empty() {
            return Self { survivor: 0, included, rows: Vec::new(), leftovers: Vec::new() };
        }
        let table = ReviewTable::new(members, &included, choices, rules);
        let rows = table.rows();
        let leftovers = table.leftovers(&rows);
        Self { survivor: table.survivor, included, rows, leftovers }
    }

    /// The members that do not stay, by place.
    pub fn losers(&self) -> Vec<usize> {
        (0..self.included.len()).filter(|at| self.included[*at] && *at != self.survivor).collect()
    }

    pub fn row(&self, field: &MergeField) -> Option<&ReviewRow> {
        self.rows.iter().find(|row| row.field == *field)
    }

    /// The plan for this review; `None` if fewer than two members take part.
    pub fn plan(
        &self,
        members: &[Member],
        choices: &Choices,
        rules: &MergeRules,
        score: Option<f64>,
    ) -> Option<MergePlan> {
        let losers = self.losers();
        if losers.is_empty() {
            return None;
        }
        let held = &members[self.survivor].contact;
        let mut plan = MergePlan {
            survivor: held.id.clone(),
            losers: losers.iter().map(|at| members[*at].contact.id.clone()).collect(),
            seen: std::iter::once(&self.survivor).chain(&losers).map(|at| members[*at].contact.clone()).collect(),
            patch: ContactPatch::default(),
            add_tags: Vec::new(),
            add_followers: Vec::new(),
            leftovers: self.leftovers.clone(),
            keep: rules.keep.clone(),
            tag: Some(rules.set_aside_tag.trim().to_owned()).filter(|tag| !tag.is_empty()),
            silence: choices.silence.unwrap_or(rules.set_aside_silent),
            move_appointments: choices.move_appointments,
            delete: choices.delete,
            address: AddressWay::default(),
            score,
        };
        for row in &self.rows {
            write(row, members, held, &mut plan);
        }
        Some(plan)
    }
}

/// A typed text as the kind of value that the field already has; an empty text clears it.
fn typed(text: &str, like: Option<&serde_json::Value>) -> serde_json::Value {
    use serde_json::Value;
    match like {
        _ if text.is_empty() => Value::Null,
        Some(Value::Number(_)) => {
            serde_json::from_str::<serde_json::Number>(text).map_or_else(|_| text.into(), Value::Number)
        }
        Some(Value::Array(_)) => parts(text).collect(),
        _ => text.into(),
    }
}

/// "Do not disturb" as a value.
const ON: &str = "on";
const OFF: &str = "off";

/// Adds the change that one row makes to the survivor.
fn write(row: &ReviewRow, members: &[Member], held: &Contact, plan: &mut MergePlan) {
    let source = row.source.map(|at| &members[at].contact);
    match &row.field {
        MergeField::Field(field) => {
            let now = field.get(held).unwrap_or_default();
            if field.can_be_updated() && now != row.result {
                plan.patch.fields.insert(*field, Some(row.result.clone()).filter(|text| !text.is_empty()));
            }
        }
        MergeField::Custom(id) => {
            let value = |contact: &Contact| {
                contact.custom.iter().find(|custom| custom.id == *id).map(|custom| custom.value.clone())
            };
            let wanted = match (row.rule, source) {
                (ValueReason::CannotBeSet, _) => return,
                (ValueReason::Typed, _) | (_, None) => {
                    let like = members.iter().find_map(|member| value(&member.contact));
                    typed(&row.result, like.as_ref())
                }
                (_, Some(source)) => value(source).unwrap_or_default(),
            };
            let now = value(held).unwrap_or_default();
            if value_text(&now) != value_text(&wanted) {
                plan.patch.custom.insert(id.clone(), wanted);
            }
        }
        MergeField::Dnd => {
            let wanted = row.result == ON;
            plan.patch.dnd = (wanted != held.dnd.all).then_some(wanted);
        }
        MergeField::Channel(name) => {
            let wanted = row.result == ON;
            if wanted != channel(held, name) {
                plan.patch.channels.insert(name.clone(), wanted);
            }
        }
        MergeField::Tags => {
            plan.add_tags = row.list.iter().filter(|tag| !has_tag(held, tag)).cloned().collect();
        }
        MergeField::Followers => {
            let new = |user: &&String| !held.followers.iter().any(|held| held.as_str() == user.as_str());
            plan.add_followers = row.list.iter().filter(new).map(|user| UserId::new(user.as_str())).collect();
        }
    }
}

fn switch(on: bool) -> String {
    if on { ON } else { OFF }.to_owned()
}

fn channel(contact: &Contact, name: &str) -> bool {
    contact.dnd.channels.iter().flatten().any(|(known, off)| known == name && *off)
}

fn has_tag(contact: &Contact, tag: &str) -> bool {
    contact.tags.iter().any(|held| held.to_lowercase() == tag.to_lowercase())
}

/// The parts of a list that is written as one text.
fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// The members side by side, for making the rows.
struct ReviewTable<'a> {
    members: &'a [Member],
    /// Places of the members that take part: the survivor, then the others in order.
    order: Vec<usize>,
    /// Places of the members that take part, last updated first.
    newest: Vec<usize>,
    survivor: usize,
    choices: &'a Choices,
    rules: &'a MergeRules,
}

impl<'a> ReviewTable<'a> {
    fn new(members: &'a [Member], included: &[bool], choices: &'a Choices, rules: &'a MergeRules) -> Self {
        let taking: Vec<usize> = (0..members.len()).filter(|at| included[*at]).collect();
        let those: Vec<&Member> = taking.iter().map(|at| &members[*at]).collect();
        let named = choices.survivor.as_ref();
        let chosen = taking.iter().find(|at| Some(&members[**at].contact.id) == named).copied();
        let survivor = chosen.unwrap_or_else(|| taking.get(survivor(&those, rules)).copied().unwrap_or_default());
        let order = std::iter::once(survivor).chain(taking.iter().copied().filter(|at| *at != survivor)).collect();
        let newest = newest_first(&those).into_iter().map(|at| taking[at]).collect();
        Self { members, order, newest, survivor, choices, rules }
    }

    fn contact(&self, at: usize) -> &'a Contact {
        &self.members[at].contact
    }

    fn rows(&self) -> Vec<ReviewRow> {
        let mut rows: Vec<ReviewRow> = ContactField::ALL.into_iter().map(|field| self.field(field)).collect();
        rows.push(self.dnd(MergeField::Dnd, |contact| contact.dnd.all));
        let channels: BTreeSet<&String> = self
            .order
            .iter()
            .flat_map(|at| self.contact(*at).dnd.channels.iter().flatten())
            .map(|(name, _)| name)
            .collect();
        for name in channels {
            rows.push(self.dnd(MergeField::Channel(name.clone()), |contact| channel(contact, name)));
        }
        rows.push(self.list(MergeField::Tags, |contact| contact.tags.clone()));
        rows.push(self.list(MergeField::Followers, |contact| {
            contact.followers.iter().map(|user| user.as_str().to_owned()).collect()
        }));
        let customs: BTreeSet<&CustomFieldId> =
            self.order.iter().flat_map(|at| &self.contact(*at).custom).map(|custom| &custom.id).collect();
        rows.extend(customs.into_iter().map(|id| self.custom(id)));
        rows
    }

    /// An undecided row: the members' values and how they compare.
    fn row(&self, field: MergeField, value: impl Fn(&Contact) -> String, same: impl Fn(&str) -> String) -> ReviewRow {
        let values: Vec<String> = self.members.iter().map(|member| value(&member.contact).trim().to_owned()).collect();
        let filled: Vec<String> =
            self.order.iter().map(|at| &values[*at]).filter(|value| !value.is_empty()).map(|v| same(v)).collect();
        let mark = match filled.as_slice() {
            [] => ValueMark::Empty,
            [one, others @ ..] if others.iter().all(|other| other == one) => ValueMark::Equal,
            _ => ValueMark::Conflict,
        };
        ReviewRow {
            field,
            values,
            mark,
            source: None,
            result: String::new(),
            list: Vec::new(),
            rule: ValueReason::None,
        }
    }

    /// Applies the user's choice, which overrides every rule. Returns whether there was one.
    fn picked(&self, row: &mut ReviewRow) -> bool {
        match self.choices.picked.get(&row.field) {
            Some(Pick::Typed(text)) => {
                (row.mark, row.source, row.result, row.rule) =
                    (ValueMark::Typed, None, text.trim().to_owned(), ValueReason::Typed);
                true
            }
            Some(Pick::From(id)) => {
                let Some(at) = self.order.iter().copied().find(|at| self.contact(*at).id == *id) else { return false };
                (row.source, row.result, row.rule) = (Some(at), row.values[at].clone(), ValueReason::Chosen);
                true
            }
            None => false,
        }
    }

    /// A text field with one value.
    fn field(&self, field: ContactField) -> ReviewRow {
        let mut row = self.row(
            MergeField::Field(field),
            |contact| field.get(contact).unwrap_or_default(),
            |value| field.comparable(Some(value)),
        );
        if !field.can_be_updated() {
            return self.unwritable(row);
        }
        if self.picked(&mut row) {
            return row;
        }
        let (source, rule) = match field {
            ContactField::FirstName | ContactField::LastName if self.rules.name == NameRule::Longest => {
                self.longest_name(&row)
            }
            ContactField::Email | ContactField::Phone => self.reachable(field, &row),
            _ if ADDRESS.contains(&field) => self.together(&row),
            _ => self.one_of(&row, self.rules.value),
        };
        self.decided(row, source, rule)
    }

    fn decided(&self, mut row: ReviewRow, source: Option<usize>, rule: ValueReason) -> ReviewRow {
        // An equal value needs no change, however others spell it.
        let source = if row.mark == ValueMark::Equal && !row.values[self.survivor].is_empty() {
            Some(self.survivor)
        } else {
            source
        };
        row.rule = match row.mark {
            ValueMark::Conflict => rule,
            ValueMark::Equal if source != Some(self.survivor) && source.is_some() => ValueReason::FillsBlank,
            _ => ValueReason::None,
        };
        row.result = source.map(|at| row.values[at].clone()).unwrap_or_default();
        row.source = source;
        row
    }

    /// The first member in this order that has a value.
    fn first(row: &ReviewRow, order: &[usize]) -> Option<usize> {
        order.iter().copied().find(|at| !row.values[*at].is_empty())
    }

    fn one_of(&self, row: &ReviewRow, rule: ValueRule) -> (Option<usize>, ValueReason) {
        let own = Some(self.survivor).filter(|at| !row.values[*at].is_empty());
        match rule {
            ValueRule::Survivor if own.is_some() => (own, ValueReason::Survivor),
            ValueRule::Survivor => (Self::first(row, &self.newest), ValueReason::FillsBlank),
            ValueRule::Newest => (Self::first(row, &self.newest), ValueReason::Newest),
        }
    }

    /// First and last name come from one member: halves of different spellings do not make a name.
    fn longest_name(&self, row: &ReviewRow) -> (Option<usize>, ValueReason) {
        let mut best: Option<usize> = None;
        for at in &self.order {
            let better = best.is_none_or(|best| says_more(self.contact(*at), self.contact(best)));
            if better {
                best = Some(*at);
            }
        }
        let best = best.filter(|at| !row.values[*at].is_empty());
        // A name longer only by a slip was passed over.
        let passed = |at: &usize| best.is_some_and(|best| worth(self.contact(*at)) > worth(self.contact(best)));
        let rule = if self.order.iter().any(passed) { ValueReason::Survivor } else { ValueReason::Longest };
        (best.or_else(|| Self::first(row, &self.order)), rule)
    }

    /// An e-mail or phone; one made up for a form comes last.
    fn reachable(&self, field: ContactField, row: &ReviewRow) -> (Option<usize>, ValueReason) {
        let invented = |at: &usize| {
            let (value, contact) = (&row.values[*at], self.contact(*at));
            let country = contact.country.as_deref().unwrap_or("US");
            let sure = match field {
                ContactField::Email => mailbox(value).map(|found| found.sure),
                _ => line(value, country).map(|found| found.sure),
            };
            sure == Some(Sure::Placeholder)
        };
        let order = if self.rules.address == ValueRule::Newest { &self.newest } else { &self.order };
        let real: Vec<usize> = order.iter().copied().filter(|at| !invented(at)).collect();
        let source = Self::first(row, &real).or_else(|| Self::first(row, order));
        let rule = match self.rules.address {
            _ if source == Some(self.survivor) && self.newest.first() != Some(&self.survivor) => ValueReason::Survivor,
            ValueRule::Newest => ValueReason::Newest,
            ValueRule::Survivor => ValueReason::Survivor,
        };
        (source, rule)
    }

    /// Street, city and the rest come from one member: a street in the wrong town is no address.
    fn together(&self, row: &ReviewRow) -> (Option<usize>, ValueReason) {
        let order = if self.rules.value == ValueRule::Newest { &self.newest } else { &self.order };
        let has = |at: &usize, field: ContactField| field.get(self.contact(*at)).is_some_and(|text| !text.is_empty());
        let streets = order.iter().copied().find(|at| has(at, ContactField::Address1));
        let any = || order.iter().copied().find(|at| ADDRESS.iter().any(|field| has(at, *field)));
        let Some(block) = streets.or_else(any) else { return (None, ValueReason::None) };
        if !row.values[block].is_empty() {
            let rule = if block == self.survivor { ValueReason::Survivor } else { ValueReason::Together };
            return (Some(block), rule);
        }
        // Only a member at the same address fills a blank.
        let agrees = |at: &usize| {
            ADDRESS.iter().all(|field| {
                let (mine, theirs) = (field.get(self.contact(block)), field.get(self.contact(*at)));
                let (mine, theirs) = (field.comparable(mine.as_deref()), field.comparable(theirs.as_deref()));
                mine.is_empty() || theirs.is_empty() || mine.to_lowercase() == theirs.to_lowercase()
            })
        };
        let filler = order.iter().copied().find(|at| !row.values[*at].is_empty() && agrees(at));
        (filler, ValueReason::FillsBlank)
    }

    /// A field that an update cannot set keeps the survivor's value.
    fn unwritable(&self, mut row: ReviewRow) -> ReviewRow {
        row.source = Some(self.survivor);
        row.result = row.values[self.survivor].clone();
        let others = self.order.iter().any(|at| !row.values[*at].is_empty() && row.values[*at] != row.result);
        if others && (row.mark == ValueMark::Conflict || row.result.is_empty()) {
            row.mark = ValueMark::Attention;
            row.rule = ValueReason::CannotBeSet;
        }
        row
    }

    /// People who opted out of messages opted out under every record.
    fn dnd(&self, field: MergeField, on: impl Fn(&Contact) -> bool) -> ReviewRow {
        let mut row = self.row(field, |contact| switch(on(contact)), str::to_owned);
        if self.picked(&mut row) {
            return row;
        }
        let strictest = self.order.iter().copied().find(|at| row.values[*at] == ON).unwrap_or(self.survivor);
        row.source = Some(strictest);
        row.result.clone_from(&row.values[strictest]);
        if row.mark == ValueMark::Conflict {
            row.rule = ValueReason::Strictest;
        }
        if row.result == OFF {
            row.mark = ValueMark::Empty;
        }
        row
    }

    /// All tags, all followers.
    fn list(&self, field: MergeField, of: impl Fn(&Contact) -> Vec<String>) -> ReviewRow {
        let sorted = |text: &str| {
            let all: BTreeSet<String> = parts(text).map(str::to_lowercase).collect();
            all.into_iter().collect::<Vec<_>>().join(",")
        };
        let set = |mut row: ReviewRow, list: Vec<String>| {
            row.result = list.join(", ");
            row.list = list;
            row
        };
        let mut row = self.row(field, |contact| of(contact).join(", "), sorted);
        let from = match self.choices.picked.get(&row.field) {
            Some(Pick::Typed(text)) => {
                let own = of(self.contact(self.survivor));
                row.mark = ValueMark::Typed;
                row.rule = ValueReason::Typed;
                return set(row, union(own.iter().map(String::as_str).chain(parts(text))));
            }
            Some(Pick::From(id)) => self.order.iter().copied().find(|at| self.contact(*at).id == *id),
            None => None,
        };
        let chosen: Vec<usize> = match from {
            Some(at) => vec![self.survivor, at],
            None => self.order.clone(),
        };
        let all: Vec<String> = chosen.iter().flat_map(|at| of(self.contact(*at))).collect();
        row.source = from;
        if row.mark == ValueMark::Conflict {
            row.mark = ValueMark::Union;
            row.rule = if from.is_some() { ValueReason::Chosen } else { ValueReason::Union };
        } else if row.mark == ValueMark::Equal && row.values[self.survivor].is_empty() {
            row.rule = ValueReason::FillsBlank;
        }
        set(row, union(all.iter().map(String::as_str)))
    }

    /// A custom field is only filled in if the survivor has no value.
    fn custom(&self, id: &CustomFieldId) -> ReviewRow {
        let of = |contact: &Contact| contact.custom.iter().find(|custom| custom.id == *id).map(|c| c.value.clone());
        let mut row = self.row(
            MergeField::Custom(id.clone()),
            |contact| of(contact).as_ref().map(value_text).unwrap_or_default(),
            str::to_owned,
        );
        // Files cannot be written, and their number does not tell them apart.
        let files: Vec<_> =
            self.order.iter().filter_map(|at| of(self.contact(*at))).filter(serde_json::Value::is_object).collect();
        if !files.is_empty() {
            row.source = Some(self.survivor);
            row.result.clone_from(&row.values[self.survivor]);
            let own = of(self.contact(self.survivor));
            if files.iter().any(|file| Some(file) != own.as_ref()) {
                (row.mark, row.rule) = (ValueMark::Attention, ValueReason::CannotBeSet);
            }
            return row;
        }
        if self.picked(&mut row) {
            return row;
        }
        let (source, rule) = self.one_of(&row, ValueRule::Survivor);
        self.decided(row, source, rule)
    }

    /// Values that losers have and the survivor will not.
    fn leftovers(&self, rows: &[ReviewRow]) -> Vec<Leftover> {
        let mut leftovers: Vec<Leftover> = Vec::new();
        let mut keep = |label: &str, value: &str, at: usize| {
            let same = |other: &Leftover| other.label == label && other.value == value;
            if !value.is_empty() && !leftovers.iter().any(same) {
                let (label, value, of) = (label.to_owned(), value.to_owned(), self.contact(at).id.clone());
                leftovers.push(Leftover { label, value, of });
            }
        };
        let held = self.contact(self.survivor);
        for row in rows {
            match &row.field {
                MergeField::Field(field) if !NO_LOSS.contains(field) => {
                    let more: &[String] = match field {
                        ContactField::Email => &held.additional_emails,
                        ContactField::Phone => &held.additional_phones,
                        _ => &[],
                    };
                    let comparable = |value: &str| field.comparable(Some(value)).to_lowercase();
                    let has: Vec<String> =
                        std::iter::once(&row.result).chain(more).map(|value| comparable(value)).collect();
                    for at in &self.order {
                        let contact = self.contact(*at);
                        let further: &[String] = match field {
                            _ if *at == self.survivor => &[],
                            ContactField::Email => &contact.additional_emails,
                            ContactField::Phone => &contact.additional_phones,
                            _ => &[],
                        };
                        for value in std::iter::once(&row.values[*at]).chain(further) {
                            if !has.contains(&comparable(value)) {
                                keep(field.label(), value, *at);
                            }
                        }
                    }
                }
                MergeField::Custom(id) => {
                    for at in self.order.iter().filter(|at| row.values[**at] != row.result) {
                        keep(id.as_str(), &row.values[*at], *at);
                    }
                }
                MergeField::Field(_)
                | MergeField::Dnd
                | MergeField::Channel(_)
                | MergeField::Tags
                | MergeField::Followers => {}
            }
        }
        leftovers
    }
}

/// Each once, ignoring case, in order of appearance.
fn union<'a>(all: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    all.filter(|one| seen.insert(one.to_lowercase())).map(str::to_owned).collect()
}
