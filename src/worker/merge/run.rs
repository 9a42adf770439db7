//! One running merge: its calls, and what their failures mean for it.

use std::collections::HashMap;

use tokio::time::Instant;

use crate::api::{ApiError, Endpoint, Urgency, endpoints};
use crate::domain::{
    ContactId, Edit, JournalStep, Member, MergeId, MergeOp, MergePhase, MergeRecord, Obstacle, StepReply,
};
use crate::store::{Image, WriteKey};
use crate::worker::shared::WorkerShared;
use crate::worker::write::{Pause, RecordedWrite};

/// Why a phase stops.
#[derive(Debug)]
pub(super) enum Halt {
    /// It is temporary, or the user has decided otherwise.
    Pause(Pause),
    /// Only the user can decide.
    Stop(Obstacle),
    /// Nothing has been written, and nothing will be.
    Refuse(Obstacle),
}

impl<P: Into<Pause>> From<P> for Halt {
    fn from(pause: P) -> Self {
        Self::Pause(pause.into())
    }
}

pub(super) struct MergeRun<'a> {
    pub(super) shared: &'a WorkerShared,
    pub(super) record: MergeRecord,
    /// The members before the merge, survivor first.
    pub(super) images: Vec<Member>,
    /// The user has seen what blocks the next step.
    pub(super) insist: bool,
    /// When the last step was done.
    pub(super) since: Instant,
    /// Bulk merges let single edits go first.
    urgency: Urgency,
    /// Contacts that were re-created: old ID and new ID.
    remade: HashMap<ContactId, ContactId>,
}

impl<'a> MergeRun<'a> {
    pub(super) async fn new(
        shared: &'a WorkerShared,
        record: MergeRecord,
        insist: bool,
        since: Instant,
    ) -> Result<Self, Halt> {
        let images = shared.ledger.merge_images(record.id).await?;
        let remade = record.remade.iter().cloned().collect();
        let many = shared.ledger.merges_together(record.batch).await? > 1;
        let urgency = if many { Urgency::Background } else { Urgency::User };
        Ok(Self { shared, record, images, insist, since, urgency, remade })
    }

    pub(super) fn id(&self) -> MergeId {
        self.record.id
    }

    pub(super) fn phase(&self) -> MergePhase {
        self.record.phase
    }

    pub(super) fn image(&self, contact: &ContactId) -> Option<&Member> {
        self.images.iter().find(|member| member.contact.id == *contact)
    }

    /// The name of a contact.
    pub(super) fn name(&self, contact: &ContactId) -> String {
        let seen = self.record.plan.seen(contact);
        let name = self.image(contact).map(|member| &member.contact).or(seen).map(crate::domain::Contact::name);
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| contact.to_string())
    }

    /// The server's ID of the contact.
    pub(super) fn now(&self, contact: &ContactId) -> ContactId {
        self.remade.get(contact).unwrap_or(contact).clone()
    }

    pub(super) fn is_survivor(&self, contact: &ContactId) -> bool {
        *contact == self.record.plan.survivor
    }

    pub(super) fn remade(&self) -> Vec<(ContactId, ContactId)> {
        let mut all: Vec<_> = self.remade.iter().map(|(old, new)| (old.clone(), new.clone())).collect();
        all.sort();
        all
    }

    /// Takes in what a step produced and later ones need.
    pub(super) fn learn(&mut self, step: &JournalStep) {
        if let (MergeOp::MakeContact { was, .. }, Some(StepReply::Contact(new))) = (&step.op, &step.reply) {
            self.remade.insert(was.clone(), new.clone());
        }
    }

    /// A read; waits out errors that pass soon.
    pub(super) async fn get<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, Halt> {
        self.shared.read_for(endpoint, self.urgency).await.map_err(|error| halt(error, "read"))
    }

    /// [`MergeRun::get`] for a record that may be gone.
    pub(super) async fn look<E: Endpoint>(&self, endpoint: &E) -> Result<Option<E::Reply>, Halt> {
        match self.shared.read_for(endpoint, self.urgency).await {
            Err(ApiError::NotFound { .. }) => Ok(None),
            other => other.map(Some).map_err(|error| halt(error, "read")),
        }
    }

    /// A step's write. If it certainly had no effect, the step stays as it was; `None`: there is no such record.
    pub(super) async fn send<E: Endpoint>(&self, step: &JournalStep, endpoint: &E) -> Result<Option<E::Reply>, Halt> {
        match self.attempt(step, endpoint, None).await? {
            Ok(reply) => Ok(Some(reply)),
            Err(ApiError::NotFound { .. }) => Ok(None),
            Err(error) => Err(halt(error, &step.op.describe())),
        }
    }

    /// [`MergeRun::send`] with the plain error. `probe` has the IDs of equal records that exist.
    pub(super) async fn attempt<E: Endpoint>(
        &self,
        step: &JournalStep,
        endpoint: &E,
        probe: Option<Vec<String>>,
    ) -> Result<Result<E::Reply, ApiError>, Halt> {
        Ok(self.write(self.phase(), step).await?.send(endpoint, probe).await?)
    }

    /// A step's write, with its earlier requests.
    pub(super) async fn write(&self, phase: MergePhase, step: &JournalStep) -> Result<RecordedWrite<'a>, Halt> {
        let sent = self.shared.ledger.requests_of_step(self.id(), phase, step.n).await?;
        let wary = matches!(step.op, MergeOp::MakeContact { .. });
        let key = WriteKey::Step(self.id(), phase, step.n);
        Ok(RecordedWrite { shared: self.shared, key, urgency: self.urgency, sent, wary })
    }

    /// A creation that was sent more often than it counts may have made copies, which may still turn up.
    pub(super) async fn look_later(
        &self,
        phase: MergePhase,
        step: &JournalStep,
        reply: &StepReply,
        counts: u32,
    ) -> Result<(), Halt> {
        let sent = self.shared.ledger.requests_of_step(self.id(), phase, step.n).await?;
        let Some(edit) = step.op.clone().edit(&self.record.plan).filter(Edit::makes_record) else {
            return Ok(());
        };
        if sent.count > counts {
            let made = match reply {
                StepReply::Note { id, .. } => Some(id.to_string()),
                StepReply::Task { id, .. } => Some(id.to_string()),
                StepReply::Appointment(id) => Some(id.to_string()),
                StepReply::Contact(id) => Some(id.to_string()),
                StepReply::Nothing | StepReply::Changed(_) => None,
            };
            let known = sent.probe.into_iter().flatten().chain(made).collect();
            let edit = Edit { contact: self.now(&edit.contact), ..edit };
            self.shared.ledger.look_later(edit, known, self.record.made_at, self.shared.now()).await?;
        }
        Ok(())
    }

    /// A contact with all its records, as it is now and as received; `None` if it is gone.
    pub(super) async fn fetch(&self, contact: &ContactId) -> Result<Option<Image>, Halt> {
        let Some(held) = self.look(&endpoints::GetContact { contact: contact.clone() }).await? else {
            return Ok(None);
        };
        let (tasks, notes, appointments) = (
            endpoints::GetTasks { contact: contact.clone() },
            endpoints::GetNotes { contact: contact.clone() },
            endpoints::GetAppointments { contact: contact.clone() },
        );
        let (tasks, notes, appointments) =
            tokio::try_join!(self.get(&tasks), self.get(&notes), self.get(&appointments))?;
        let raw = serde_json::json!({
            "contact": held.raw,
            "tasks": tasks.iter().map(|one| &one.raw).collect::<Vec<_>>(),
            "notes": notes.iter().map(|one| &one.raw).collect::<Vec<_>>(),
            "appointments": appointments.iter().map(|one| &one.raw).collect::<Vec<_>>(),
        });
        let member = Member {
            contact: held.value,
            tasks: tasks.into_iter().map(|one| one.value).collect(),
            notes: notes.into_iter().map(|one| one.value).collect(),
            appointments: appointments.into_iter().map(|one| one.value).collect(),
        };
        Ok(Some(Image { member, raw: raw.to_string() }))
    }
}

/// What a failed call means for a merge.
pub(super) fn halt(error: ApiError, step: &str) -> Halt {
    match Pause::of(error) {
        Ok(pause) => pause.into(),
        Err(ApiError::MissingScope { scope } | ApiError::ReadOnly { scope }) => {
            Halt::Stop(Obstacle::Scope(scope.to_string()))
        }
        Err(ApiError::Duplicate { existing, field, .. }) => {
            Halt::Stop(Obstacle::Taken { existing, field: field.unwrap_or_else(|| "address".to_owned()) })
        }
        Err(error) => Halt::Stop(Obstacle::Refused { step: step.to_owned(), why: error.to_string() }),
    }
}
