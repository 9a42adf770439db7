//! The steps to undo a merge: only what was really done, and only if nobody has changed it since.

use std::collections::HashSet;

use crate::domain::{
    AppointmentId, ContactId, ContactPatch, JournalStep, Member, MergeOp, Obstacle, StepReply, StepState, Task, UserId,
    clashes,
};

use super::PreImage;
use super::steps::carries;

/// The steps that undo these steps, given the members as they are now, without those that are gone.
///
/// The survivor gives up addresses before the loser takes them back, a deleted contact is re-created with everything
/// it had, and copies are deleted last: everything always has a holder.
///
/// # Errors
/// [`Obstacle::MovedOn`] names everything that somebody has changed since.
pub fn undo_steps(image: &PreImage<'_>, done: &[JournalStep], now: &[Member]) -> Result<Vec<MergeOp>, Obstacle> {
    let mut back = UndoPlanner { image, now, moved_on: Vec::new(), steps: Vec::new(), last: Vec::new() };
    let deleted: HashSet<&ContactId> = done
        .iter()
        .filter(|step| step.state == StepState::Done && step.op.is_irreversible())
        .map(|step| step.op.contact())
        .collect();
    let done = || done.iter().rev().filter(|step| step.state == StepState::Done);
    for step in done().filter(|step| *step.op.contact() == image.plan.survivor) {
        back.survivor(step);
    }
    for step in done().filter(|step| *step.op.contact() != image.plan.survivor) {
        if !deleted.contains(step.op.contact()) {
            back.loser(step);
        }
    }
    // In the order of the review, so that the same undo has the same steps.
    for loser in image.plan.losers.iter().filter(|loser| deleted.contains(loser)) {
        back.re_create(loser, &done().collect::<Vec<_>>());
    }
    if !back.moved_on.is_empty() {
        return Err(Obstacle::MovedOn(back.moved_on));
    }
    let mut steps = back.steps;
    steps.extend(back.last);
    Ok(steps)
}

struct UndoPlanner<'a> {
    image: &'a PreImage<'a>,
    now: &'a [Member],
    moved_on: Vec<String>,
    steps: Vec<MergeOp>,
    /// Copies are deleted after everything else is back.
    last: Vec<MergeOp>,
}

impl UndoPlanner<'_> {
    fn now(&self, id: &ContactId) -> Option<&Member> {
        self.now.iter().find(|member| member.contact.id == *id)
    }

    /// If the survivor is gone, nothing on it can or need be undone.
    fn survivor(&mut self, step: &JournalStep) {
        if self.now(&self.image.plan.survivor).is_some() {
            self.take_back(step);
        }
    }

    fn loser(&mut self, step: &JournalStep) {
        if self.now(step.op.contact()).is_none() {
            let name = self.image.member(step.op.contact()).map(|member| member.contact.name()).unwrap_or_default();
            let gone = format!("{name} has been deleted");
            if !self.moved_on.contains(&gone) {
                self.moved_on.push(gone);
            }
            return;
        }
        self.take_back(step);
    }

    fn take_back(&mut self, step: &JournalStep) {
        match &step.op {
            MergeOp::Patch { contact, patch, .. } => self.patch(contact, patch),
            MergeOp::AddTags { contact, .. } => {
                let held = self.now(contact).map(|member| member.contact.tags.clone()).unwrap_or_default();
                let tags: Vec<String> = changed(step).into_iter().filter(|tag| held.contains(tag)).collect();
                if !tags.is_empty() {
                    self.steps.push(MergeOp::RemoveTags { contact: contact.clone(), tags });
                }
            }
            MergeOp::AddFollowers { contact, .. } => {
                let users: Vec<UserId> = changed(step).into_iter().map(UserId::new).collect();
                if !users.is_empty() {
                    self.steps.push(MergeOp::RemoveFollowers { contact: contact.clone(), users });
                }
            }
            MergeOp::MakeNote { contact, mark, .. } => self.note(contact, mark, step.reply.as_ref()),
            MergeOp::MakeTask { contact, mark, .. } => self.task(contact, mark, step.reply.as_ref()),
            MergeOp::MakeAppointment { contact, .. } => {
                if let Some(StepReply::Appointment(id)) = &step.reply {
                    self.last.push(MergeOp::DeleteAppointment { contact: contact.clone(), appointment: id.clone() });
                }
            }
            MergeOp::DeleteAppointment { contact, appointment } => self.appointment(contact, appointment),
            MergeOp::RemoveTags { .. }
            | MergeOp::RemoveFollowers { .. }
            | MergeOp::DeleteNote { .. }
            | MergeOp::DeleteTask { .. }
            | MergeOp::Check { .. }
            | MergeOp::DeleteContact { .. }
            | MergeOp::MakeContact { .. } => {}
        }
    }

    /// Restores fields that still hold what the merge wrote.
    fn patch(&mut self, contact: &ContactId, patch: &ContactPatch) {
        let (Some(was), Some(now)) = (self.image.member(contact), self.now(contact)) else { return };
        let before = patch.current(&was.contact);
        let held = patch.current(&now.contact);
        // Surrounding spaces make no difference.
        let same = |_: &str, a: &str, b: &str| a.trim() == b.trim();
        let clash = clashes(&patch.entries(), &before.entries(), &held.entries(), same);
        let name = now.contact.name();
        for clash in clash {
            let is = if clash.theirs.is_empty() { "empty".to_owned() } else { format!("\"{}\"", clash.theirs) };
            self.moved_on.push(format!("{name}: {} is now {is}", clash.field));
        }
        if before != held {
            let from = patch.clone();
            self.steps.push(MergeOp::Patch { contact: contact.clone(), from, patch: before, release: false });
        }
    }

    /// Deletes a copied note, and those that the server made late from an earlier request.
    fn note(&mut self, contact: &ContactId, mark: &str, reply: Option<&StepReply>) {
        let (made, print) = match reply {
            Some(StepReply::Note { id, print }) => (Some(id), *print),
            _ => (None, 0),
        };
        let notes = self.now(contact).map(|member| member.notes.clone()).unwrap_or_default();
        for note in notes.iter().filter(|note| Some(&note.id) == made || carries(&note.body, mark)) {
            let now = note.print();
            if is_ours(now, print) {
                self.last.push(MergeOp::DeleteNote { contact: contact.clone(), note: note.id.clone(), print: now });
            } else {
                self.moved_on.push("a copied note has been changed".to_owned());
            }
        }
    }

    /// [`UndoPlanner::note`] for a task.
    fn task(&mut self, contact: &ContactId, mark: &str, reply: Option<&StepReply>) {
        let (made, print) = match reply {
            Some(StepReply::Task { id, print }) => (Some(id), *print),
            _ => (None, 0),
        };
        let tasks = self.now(contact).map(|member| member.tasks.clone()).unwrap_or_default();
        let marked = |task: &Task| task.body.as_deref().is_some_and(|body| carries(body, mark));
        for task in tasks.iter().filter(|task| Some(&task.id) == made || marked(task)) {
            let now = task.print();
            if is_ours(now, print) {
                self.last.push(MergeOp::DeleteTask { contact: contact.clone(), task: task.id.clone(), print: now });
            } else {
                self.moved_on.push(format!("the copied task \"{}\" has been changed", task.title));
            }
        }
    }

    fn appointment(&mut self, contact: &ContactId, id: &AppointmentId) {
        let was = self.image.member(contact).and_then(|member| member.appointments.iter().find(|one| one.id == *id));
        if let Some(was) = was {
            let appointment = self.image.rebooked(was);
            self.steps.push(MergeOp::MakeAppointment { contact: contact.clone(), appointment });
        }
    }

    /// Re-creates a deleted contact with everything it had.
    fn re_create(&mut self, id: &ContactId, done: &[&JournalStep]) {
        let Some(was) = self.image.member(id) else { return };
        self.steps.push(MergeOp::MakeContact { was: id.clone(), patch: ContactPatch::of(&was.contact) });
        if !was.contact.followers.is_empty() {
            let users = was.contact.followers.clone();
            self.steps.push(MergeOp::AddFollowers { contact: id.clone(), users });
        }
        for note in was.notes.iter().rev() {
            let (note, mark) = self.image.copied_note(id, note);
            self.steps.push(MergeOp::MakeNote { contact: id.clone(), note, mark });
        }
        for task in &was.tasks {
            let (task, mark) = self.image.copied_task(id, task);
            self.steps.push(MergeOp::MakeTask { contact: id.clone(), task, mark });
        }
        // Our cancelled appointments were moved; those that someone else cancelled stay cancelled.
        let cancelled = done.iter().filter_map(|step| match &step.op {
            MergeOp::DeleteAppointment { contact, appointment } if contact == id => Some(appointment.clone()),
            _ => None,
        });
        for appointment in cancelled {
            self.appointment(id, &appointment);
        }
    }
}

/// Whether a copy is unchanged. One that was never read back has no fingerprint and counts as unchanged.
fn is_ours(now: u64, print: u64) -> bool {
    print == 0 || now == print
}

/// What a step really added; what was there before stays.
fn changed(step: &JournalStep) -> Vec<String> {
    match &step.reply {
        Some(StepReply::Changed(changed)) => changed.clone(),
        _ => Vec::new(),
    }
}
