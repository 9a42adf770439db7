//! `views list`, `views apply`, and what `sync` does for views that carry tags.

use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::{Source, Views, Writing};
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::cli::table::Table;
use crate::config::View;
use crate::domain::{ContactId, Edit};
use crate::protocol::{Answer, BulkAction, Request};
use crate::query::{Roster, Row, Sort, listed};

use super::read::unexpected;
use super::write::Promises;
use super::{Context, contacts, plan};

/// Contacts asked for at once.
const PAGE: u32 = 500;

#[derive(Serialize)]
struct ViewLine<'a> {
    view: &'a str,
    filter: &'a str,
    sort: Option<&'a str>,
    columns: &'a [String],
    tags: &'a [String],
    contacts: usize,
}

pub(super) async fn run(command: Views, mut context: Context<'_, '_>) -> Result<ExitStatus, Fault> {
    match command {
        Views::List { source } => list(source, &mut context).await,
        Views::Apply { name, writing } => {
            let view = of_account(&context)?.into_iter().find(|view| view.name == name);
            let Some(view) = view else {
                let next = "ghl-tui views list shows those of this account";
                return Err(Fault::new(ExitStatus::NotFound, &format!("apply {name}"), "no view is called so", next));
            };
            if view.tags.is_empty() {
                let next = "give it tags in the dashboard (m t), or a line tags = [\"…\"] in its file";
                return Err(Fault::new(ExitStatus::Usage, &format!("apply {name}"), "it carries no tags", next));
            }
            let status = context.sync(Source { offline: false }).await?;
            let roster = roster(&mut context).await?;
            let applied = apply(&view, &roster, &writing, &mut context).await?;
            Ok(if applied == ExitStatus::Done { status } else { applied })
        }
    }
}

/// The views of the account that is open.
fn of_account(context: &Context<'_, '_>) -> Result<Vec<View>, Fault> {
    let views = context.views.of(&context.location);
    views.map_err(|error| Fault::new(ExitStatus::Failed, "read the views", error.to_string(), ""))
}

/// Every cached contact.
async fn roster(context: &mut Context<'_, '_>) -> Result<Roster, Fault> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let Answer::Contacts(page) = context.ask(Request::Contacts { after, limit: PAGE }).await? else {
            return Err(unexpected());
        };
        let Some(last) = page.last() else { return Ok(Roster::from_rows(rows)) };
        after = Some(last.id.clone());
        rows.extend(page.iter().map(Row::from));
    }
}

/// The contacts that a view lists, as the dashboard lists them: without those that merges have set aside.
async fn of_view(view: &View, roster: &Roster, context: &mut Context<'_, '_>) -> Result<Vec<ContactId>, Fault> {
    let query = contacts::understood(&view.filter, context).await?;
    let aside = contacts::aside(context).await?;
    let found = listed(roster, &query, &aside, Sort::default(), context.users(), &|| false).unwrap_or_default();
    Ok(found.rows.into_iter().map(|ix| roster.get(ix).id().clone()).collect())
}

async fn list(source: Source, context: &mut Context<'_, '_>) -> Result<ExitStatus, Fault> {
    let views = of_account(context)?;
    let status = context.sync(source).await?;
    let roster = roster(context).await?;
    let mut table = Table::new(&["VIEW", "CONTACTS", "FILTER", "SORT", "TAGS"]);
    for view in &views {
        let contacts = of_view(view, &roster, context).await?.len();
        let View { name, filter, sort, columns, tags, .. } = view;
        if context.output.json {
            let sort = sort.as_deref();
            context.output.object(&ViewLine { view: name, filter, sort, columns, tags, contacts })?;
        } else {
            table.row([name, &contacts.to_string(), filter, sort.as_deref().unwrap_or_default(), &tags.join(", ")]);
        }
    }
    if !context.output.json {
        table.print(context.output)?;
    }
    Ok(status)
}

/// Adds a view's tags to the contacts that came to match it.
async fn apply(
    view: &View,
    roster: &Roster,
    writing: &Writing,
    context: &mut Context<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let contacts = of_view(view, roster, context).await?;
    let action = BulkAction::TagOnce(view.tags.clone());
    let Answer::Planned(planned) = context.ask(Request::Plan { contacts, action }).await? else {
        return Err(unexpected());
    };
    if let Some(trouble) = planned.trouble {
        let what = format!("add the tags of {}", view.name);
        return Err(Fault::new(ExitStatus::Failed, &what, trouble, "nothing was changed"));
    }
    let edits: Vec<Edit> = planned.edits;
    if writing.dry_run {
        return plan::print(edits, context).await;
    }
    if edits.is_empty() {
        context.output.note(&format!("{}: no new contacts", one_line(&view.name)));
        return Ok(ExitStatus::Done);
    }
    let (count, tags) = (edits.len(), view.tags.join(", "));
    let mut promises = Promises::default();
    let group = promises.apply(edits, context).await?;
    let contacts = if count == 1 { "contact" } else { "contacts" };
    let undo = group.map(|group| format!("; ghl-tui outbox undo {group} takes it back")).unwrap_or_default();
    context.output.note(&one_line(&format!("{}: adding {tags} to {count} {contacts}{undo}", view.name)));
    promises.settle(writing.patience.wait, context).await
}

/// For every view of the account that carries tags, after its contacts were brought up to date.
pub(super) async fn apply_all(context: &mut Context<'_, '_>) -> Result<ExitStatus, Fault> {
    let tagging: Vec<View> = of_account(context)?.into_iter().filter(|view| !view.tags.is_empty()).collect();
    let mut status = ExitStatus::Done;
    if tagging.is_empty() {
        return Ok(status);
    }
    let roster = roster(context).await?;
    for view in tagging {
        status.worsen(apply(&view, &roster, &Writing::default(), context).await?);
    }
    Ok(status)
}
