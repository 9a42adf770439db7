//! The requests that edits would be, without sending any.

use crate::api::{Endpoint, Method, endpoints as api};
use crate::domain::{AppointmentId, ContactId, Edit, LocationId, NoteId, Target, TaskId};
use crate::protocol::{Preview, Verb};

/// The request that carries an edit out; reads before and after it are not shown.
pub(super) fn preview(edit: &Edit, location: &LocationId) -> Preview {
    let (contact, location) = (edit.contact().clone(), location.clone());
    match edit.clone() {
        Edit::CreateContact { patch, .. } => of(&api::CreateContact { location, patch }),
        Edit::PatchContact { after, .. } => of(&api::UpdateContact { contact, patch: after }),
        Edit::DeleteContact { .. } => of(&api::DeleteContact { contact }),
        Edit::AddTags { tags, .. } => of(&api::AddTags { contact, tags }),
        Edit::RemoveTags { tags, .. } => of(&api::RemoveTags { contact, tags }),
        Edit::AddFollowers { users, .. } => of(&api::AddFollowers { contact, users }),
        Edit::RemoveFollowers { users, .. } => of(&api::RemoveFollowers { contact, users }),
        Edit::SetBusiness { after, .. } => {
            of(&api::AssignBusiness { location, contacts: vec![contact], business: after.map(|one| one.id) })
        }
        Edit::StartCampaign { campaign, .. } => of(&api::StartCampaign { contact, campaign: campaign.id }),
        Edit::StopCampaign { campaign: Some(one), .. } => of(&api::StopCampaign { contact, campaign: one.id }),
        Edit::StopCampaign { campaign: None, .. } => of(&api::StopCampaigns { contact }),
        Edit::StartWorkflow { workflow, .. } => of(&api::StartWorkflow { contact, workflow: workflow.id }),
        Edit::StopWorkflow { workflow, .. } => of(&api::StopWorkflow { contact, workflow: workflow.id }),
        Edit::AddTask { task, .. } => of(&api::CreateTask { contact, task }),
        Edit::PatchTask { task, after, .. } => {
            of(&api::UpdateTask { contact, task: TaskId::new(id(&task, TaskId::as_str)), patch: after })
        }
        Edit::CompleteTask { task, completed, .. } => {
            of(&api::CompleteTask { contact, task: TaskId::new(id(&task, TaskId::as_str)), completed })
        }
        Edit::DeleteTask { task, .. } => of(&api::DeleteTask { contact, task: TaskId::new(id(&task, TaskId::as_str)) }),
        Edit::AddNote { note, .. } => of(&api::CreateNote { contact, note }),
        Edit::PatchNote { note, after, .. } => {
            of(&api::UpdateNote { contact, note: NoteId::new(id(&note, NoteId::as_str)), patch: after })
        }
        Edit::DeleteNote { note, .. } => of(&api::DeleteNote { contact, note: NoteId::new(id(&note, NoteId::as_str)) }),
        Edit::AddAppointment { appointment, .. } => of(&api::CreateAppointment { location, contact, appointment }),
        Edit::PatchAppointment { appointment, after, .. } => {
            let appointment = AppointmentId::new(id(&appointment, AppointmentId::as_str));
            of(&api::UpdateAppointment { appointment, patch: after })
        }
        Edit::DeleteAppointment { appointment, .. } => {
            of(&api::DeleteEvent { appointment: AppointmentId::new(id(&appointment, AppointmentId::as_str)) })
        }
    }
}

/// What is not on the server yet goes by the edit that makes it.
fn id<I>(target: &Target<I>, name: impl Fn(&I) -> &str) -> String {
    match target {
        Target::Known(id) => name(id).to_owned(),
        Target::MadeBy(edit) => ContactId::provisional(*edit).to_string(),
    }
}

fn of<E: Endpoint>(endpoint: &E) -> Preview {
    let call = endpoint.call();
    let verb = match E::METHOD {
        Method::Get => Verb::Get,
        Method::Post => Verb::Post,
        Method::Put => Verb::Put,
        Method::Delete => Verb::Delete,
    };
    Preview { verb, path: call.path, body: call.body }
}
