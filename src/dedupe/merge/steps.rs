//! The steps of a merge and of a purge, in order: those that only add first, those that cannot be undone last.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use crate::domain::{
    AddressWay, Appointment, AppointmentPatch, ContactField, ContactId, ContactPatch, Keep, Leftover, Member, MergeId,
    MergeOp, MergePlan, Note, NotePatch, Task, TaskPatch, UserId, print,
};

/// The members as fetched for the merge, and everything needed to describe them.
pub struct PreImage<'a> {
    pub merge: MergeId,
    pub plan: &'a MergePlan,
    /// Survivor first.
    pub members: &'a [Member],
    pub now: Timestamp,
    /// The location's.
    pub zone: &'a TimeZone,
    /// Finds a user's name.
    pub user: &'a dyn Fn(&UserId) -> String,
    /// Finds the name for a leftover's label, such as that of a custom field.
    pub label: &'a dyn Fn(&str) -> String,
}

/// The most bytes in a new note; the server's own limit is unknown.
const LONGEST_NOTE: usize = 60_000;

impl PreImage<'_> {
    pub(super) fn member(&self, id: &ContactId) -> Option<&Member> {
        self.members.iter().find(|member| member.contact.id == *id)
    }

    fn name(&self, id: &ContactId) -> String {
        let name = self.member(id).map(|member| member.contact.name()).unwrap_or_default();
        if name.trim().is_empty() { id.to_string() } else { one_line(&name) }
    }

    /// The mark of a copy. It names this merge and the source record, so that a probe cannot mistake another for it.
    fn mark(&self, source: &str) -> String {
        format!("{source} merge {}", self.merge.short())
    }

    /// `[from Ana, Kim P., 2 Mar 2026; q7Xk merge 0193…]`
    fn provenance(&self, from: &ContactId, by: Option<&UserId>, at: Option<Timestamp>, mark: &str) -> String {
        let mut said = format!("[from {}", self.name(from));
        if let Some(user) = by {
            said.push_str(", ");
            said.push_str(&one_line(&(self.user)(user)));
        }
        if let Some(at) = at {
            let day: civil::Date = self.zone.to_datetime(at).date();
            said.push_str(", ");
            said.push_str(&day.strftime("%-d %b %Y").to_string());
        }
        said.push_str("; ");
        said.push_str(mark);
        said.push(']');
        said
    }

    /// A note for the survivor. Its first line says who wrote it and when, because the API sets its own date.
    pub(super) fn copied_note(&self, from: &ContactId, note: &Note) -> (NotePatch, String) {
        let mark = self.mark(note.id.as_str());
        let line = self.provenance(from, note.author.as_ref(), note.added, &mark);
        let body = before(&line, &note.body);
        (NotePatch { body: Some(body), ..NotePatch::of(note) }, mark)
    }

    /// A task for the survivor. Title, due date, completion and owner are unchanged; its last line says where it is from.
    pub(super) fn copied_task(&self, from: &ContactId, task: &Task) -> (TaskPatch, String) {
        let mark = self.mark(task.id.as_str());
        let line = self.provenance(from, None, None, &mark);
        let body = behind(task.body.as_deref().unwrap_or_default(), &line);
        // The API requires a due date.
        let due = task.due.or(Some(self.now));
        (TaskPatch { body: Some(body), due, completed: Some(task.completed), ..TaskPatch::of(task) }, mark)
    }

    /// A change of a member's fields, based on their values in the pre-image.
    pub(super) fn patch(&self, contact: &ContactId, patch: ContactPatch, release: bool) -> MergeOp {
        let from = self.member(contact).map(|member| patch.current(&member.contact)).unwrap_or_default();
        MergeOp::Patch { contact: contact.clone(), from, patch, release }
    }

    /// An appointment to book again, without notifying anybody and ignoring the calendar's rules.
    pub(super) fn rebooked(&self, one: &Appointment) -> AppointmentPatch {
        AppointmentPatch::of(one, self.zone)
    }
}

/// All steps of a merge. The same plan and members give the same steps.
pub fn steps(image: &PreImage<'_>) -> Vec<MergeOp> {
    let plan = image.plan;
    let survivor = &plan.survivor;
    let SharedAddresses { patch, leftovers, released } = shared(image);
    let mut steps = copies(image);
    if !plan.add_tags.is_empty() {
        steps.push(MergeOp::AddTags { contact: survivor.clone(), tags: plan.add_tags.clone() });
    }
    if !plan.add_followers.is_empty() {
        steps.push(MergeOp::AddFollowers { contact: survivor.clone(), users: plan.add_followers.clone() });
    }
    let mut patch = patch;
    let moved = moved_appointments(image);
    for (_, one) in &moved {
        steps.push(MergeOp::MakeAppointment { contact: survivor.clone(), appointment: image.rebooked(one) });
    }
    let cancel = |of: &dyn Fn(&ContactId) -> bool| {
        let these = moved.iter().filter(|(loser, _)| of(loser));
        let cancelled = |(loser, one): &(ContactId, &Appointment)| MergeOp::DeleteAppointment {
            contact: loser.clone(),
            appointment: one.id.clone(),
        };
        these.map(cancelled).collect::<Vec<_>>()
    };
    let mut deleted: Vec<ContactId> = Vec::new();
    if plan.address == AddressWay::DeleteFirst && !released.is_empty() {
        // The copies must exist before a contact is deleted.
        steps.push(check(plan, ContactPatch::default()));
        deleted.extend(released.iter().map(|(loser, _)| loser.clone()));
        steps.extend(cancel(&|loser| deleted.contains(loser)));
        steps.extend(deleted.iter().map(|loser| MergeOp::DeleteContact { contact: loser.clone() }));
    } else {
        for (loser, fields) in released {
            let fields = fields.into_iter().map(|field| (field, None)).collect();
            let patch = ContactPatch { fields, ..ContactPatch::default() };
            steps.push(image.patch(&loser, patch, true));
        }
    }
    keep(image, &leftovers, &mut patch, &mut steps);
    if !patch.is_empty() {
        steps.push(image.patch(survivor, patch.clone(), false));
    }
    steps.push(check(plan, patch));
    steps.extend(cancel(&|loser| !deleted.contains(loser)));
    for loser in plan.losers.iter().filter(|loser| !deleted.contains(loser)) {
        if plan.delete {
            steps.push(MergeOp::DeleteContact { contact: loser.clone() });
        } else {
            set_aside(image, loser, &mut steps);
        }
    }
    steps
}

/// The steps that delete the archived contacts.
pub fn purge_steps(plan: &MergePlan) -> Vec<MergeOp> {
    plan.losers.iter().map(|loser| MergeOp::DeleteContact { contact: loser.clone() }).collect()
}

fn check(plan: &MergePlan, patch: ContactPatch) -> MergeOp {
    MergeOp::Check {
        contact: plan.survivor.clone(),
        patch,
        tags: plan.add_tags.clone(),
        followers: plan.add_followers.clone(),
    }
}

/// The survivor's new values, and the addresses that losers must give up for them.
struct SharedAddresses {
    patch: ContactPatch,
    leftovers: Vec<Leftover>,
    released: Vec<(ContactId, Vec<ContactField>)>,
}

fn shared(image: &PreImage<'_>) -> SharedAddresses {
    let plan = image.plan;
    let mut shared =
        SharedAddresses { patch: plan.patch.clone(), leftovers: plan.leftovers.clone(), released: Vec::new() };
    for loser in &plan.losers {
        let Some(member) = image.member(loser) else { continue };
        let takes = |field: &ContactField| {
            let wanted = plan.patch.fields.get(field).cloned().flatten();
            let held = field.get(&member.contact);
            let same = |a: &str, b: &str| field.comparable(Some(a)) == field.comparable(Some(b));
            wanted.zip(held).is_some_and(|(wanted, held)| !held.is_empty() && same(&wanted, &held))
        };
        let fields: Vec<ContactField> = [ContactField::Email, ContactField::Phone].into_iter().filter(takes).collect();
        if fields.is_empty() {
            continue;
        }
        if plan.address == AddressWay::LeaveIt {
            for field in fields {
                if let Some(value) = shared.patch.fields.remove(&field).flatten() {
                    let label = field.label().to_owned();
                    shared.leftovers.push(Leftover { label, value, of: loser.clone() });
                }
            }
        } else {
            shared.released.push((loser.clone(), fields));
        }
    }
    shared
}

/// Copies of everything that can be copied.
fn copies(image: &PreImage<'_>) -> Vec<MergeOp> {
    let plan = image.plan;
    let mut steps = Vec::new();
    for loser in &plan.losers {
        let Some(member) = image.member(loser) else { continue };
        // The oldest first, so that the copies come in the order of the originals.
        let mut notes: Vec<&Note> = member.notes.iter().collect();
        notes.sort_by_key(|note| note.added);
        for note in notes {
            let (note, mark) = image.copied_note(loser, note);
            steps.push(MergeOp::MakeNote { contact: plan.survivor.clone(), note, mark });
        }
        for task in &member.tasks {
            let (task, mark) = image.copied_task(loser, task);
            steps.push(MergeOp::MakeTask { contact: plan.survivor.clone(), task, mark });
        }
    }
    steps
}

/// Keeps the values that have no field of their own.
fn keep(image: &PreImage<'_>, leftovers: &[Leftover], patch: &mut ContactPatch, steps: &mut Vec<MergeOp>) {
    if leftovers.is_empty() {
        return;
    }
    let line = |left: &Leftover| {
        format!("{}: {} (from {})", (image.label)(&left.label), one_line(&left.value), image.name(&left.of))
    };
    match &image.plan.keep {
        Keep::Nowhere => {}
        Keep::Note => {
            // A different set of values makes a different note.
            let said = print(leftovers.iter().flat_map(|left| [left.label.as_str(), &left.value, left.of.as_str()]));
            let mark = image.mark(&format!("kept {said:016x}"));
            let mut body = format!("[kept from a merged duplicate; {mark}]");
            for left in leftovers {
                let line = line(left);
                if body.len() + line.len() < LONGEST_NOTE {
                    body.push('\n');
                    body.push_str(&line);
                }
            }
            let note = NotePatch { body: Some(body), ..NotePatch::default() };
            steps.push(MergeOp::MakeNote { contact: image.plan.survivor.clone(), note, mark });
        }
        Keep::Field(id) => {
            let id = crate::domain::CustomFieldId::new(id.as_str());
            let survivor = image.members.first().map(|member| &member.contact);
            let held = survivor.and_then(|contact| contact.custom.iter().find(|custom| custom.id == id));
            let held = patch.custom.get(&id).or(held.map(|custom| &custom.value));
            let held = held.map(crate::domain::value_text).filter(|text| !text.is_empty());
            let lines: Vec<String> = held.into_iter().chain(leftovers.iter().map(line)).collect();
            patch.custom.insert(id, lines.join("\n").into());
        }
    }
}

fn moved_appointments<'a>(image: &'a PreImage<'_>) -> Vec<(ContactId, &'a Appointment)> {
    if !image.plan.move_appointments {
        return Vec::new();
    }
    let of = |loser: &ContactId| image.member(loser).map(|member| (loser.clone(), member));
    let coming = |(loser, member): (ContactId, &'a Member)| {
        member.coming(image.now, image.zone).map(move |one| (loser.clone(), one))
    };
    image.plan.losers.iter().filter_map(of).flat_map(coming).collect()
}

/// Archives a loser: tag, note and "do not disturb".
fn set_aside(image: &PreImage<'_>, loser: &ContactId, steps: &mut Vec<MergeOp>) {
    let plan = image.plan;
    if let Some(tag) = &plan.tag {
        steps.push(MergeOp::AddTags { contact: loser.clone(), tags: vec![tag.clone()] });
    }
    let mark = image.mark(loser.as_str());
    let body = format!("[merged into {} ({}); {mark}]", image.name(&plan.survivor), plan.survivor);
    let note = NotePatch { body: Some(body), ..NotePatch::default() };
    steps.push(MergeOp::MakeNote { contact: loser.clone(), note, mark });
    let silent = image.member(loser).is_some_and(|member| member.contact.dnd.all);
    if plan.silence && !silent {
        let patch = ContactPatch { dnd: Some(true), ..ContactPatch::default() };
        steps.push(image.patch(loser, patch, false));
    }
}

/// Other people's names and values for our text: one line, no markup.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() || c == '[' || c == ']' { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_html(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

fn paragraph(line: &str) -> String {
    format!("<p>{}</p>", line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

fn before(line: &str, body: &str) -> String {
    if is_html(body) { format!("{}{body}", paragraph(line)) } else { format!("{line}\n{body}") }
}

fn behind(body: &str, line: &str) -> String {
    match body {
        "" => line.to_owned(),
        html if is_html(html) => format!("{body}{}", paragraph(line)),
        plain => format!("{plain}\n{line}"),
    }
}

/// Whether a text contains this whole mark, as written or as HTML shows it.
pub fn carries(body: &str, mark: &str) -> bool {
    let whole = format!("; {mark}]");
    body.contains(&whole) || body.contains(&whole.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}
