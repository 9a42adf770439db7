//! The names to choose from, fetched when the user is about to choose.

use crate::api::endpoints;
use crate::domain::Named;
use crate::protocol::{Catalogue, Choice, Failure};

use crate::worker::failure::words;
use crate::worker::shared::WorkerShared;

/// Businesses per page.
const PAGE: u32 = 100;

pub(super) async fn names(shared: &WorkerShared, catalogue: Catalogue) -> Result<Vec<Choice>, Failure> {
    let location = shared.client.location().clone();
    let fetched = match catalogue {
        Catalogue::Businesses => businesses(shared).await,
        Catalogue::Campaigns => shared.read(&endpoints::GetCampaigns { location }).await.map(choices),
        Catalogue::Workflows => shared.read(&endpoints::GetWorkflows { location }).await.map(choices),
        Catalogue::Calendars => shared.read(&endpoints::GetCalendars { location }).await.map(choices),
    };
    fetched.map_err(|error| {
        let what = match catalogue {
            Catalogue::Businesses => "list the businesses",
            Catalogue::Campaigns => "list the campaigns",
            Catalogue::Workflows => "list the workflows",
            Catalogue::Calendars => "list the calendars",
        };
        words(what, &error)
    })
}

async fn businesses(shared: &WorkerShared) -> Result<Vec<Choice>, crate::api::ApiError> {
    let (mut all, mut skip) = (Vec::new(), 0);
    loop {
        let location = shared.client.location().clone();
        let page = choices(shared.read(&endpoints::GetBusinesses { location, limit: PAGE, skip }).await?);
        let (last, known) = (page.len() < PAGE as usize, all.len());
        for choice in page {
            if !all.contains(&choice) {
                all.push(choice);
            }
        }
        // If a server ignored `skip`, this would never end.
        if last || all.len() == known {
            return Ok(all);
        }
        skip += PAGE;
    }
}

fn choices<I: std::fmt::Display>(named: Vec<Named<I>>) -> Vec<Choice> {
    named.into_iter().map(|one| Choice { id: one.id.to_string(), name: one.name }).collect()
}
