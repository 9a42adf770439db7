//! `views list`, `views apply`, and the tags of views during `sync`.

use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::{Source, ViewsCommand, WriteOptions};
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::cli::table::TextTable;
use crate::config::View;
use crate::domain::{ContactId, Edit, counted};
use crate::protocol::{BulkAction, Request};
use crate::query::{ContactRow, Facts, NeededFacts, Query, Roster, Sort, listed};

use super::write::Promises;
use super::{Invocation, contacts, plan};

#[derive(Serialize)]
struct ViewLine<'a> {
    view: &'a str,
    filter: &'a str,
    sort: Option<&'a str>,
    columns: &'a [String],
    tags: &'a [String],
    contacts: usize,
}

pub(super) async fn run(command: ViewsCommand, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    match command {
        ViewsCommand::List { source } => list(source, &mut context).await,
        ViewsCommand::Apply { name, writing } => {
            let view = of_account(&context)?.into_iter().find(|view| view.name == name);
            let Some(view) = view else {
                let next = "ghl-tui views list shows the views of this account";
                return Err(Fault::new(
                    ExitStatus::NotFound,
                    &format!("apply {name}"),
                    "there is no view with this name",
                    next,
                ));
            };
            if view.tags.is_empty() {
                let next = "add tags in the dashboard (m t), or a line tags = [\"…\"] in views.toml";
                return Err(Fault::new(ExitStatus::Usage, &format!("apply {name}"), "this view has no tags", next));
            }
            let status = context.sync(Source { offline: false }).await?;
            let everybody = everybody(vec![view], false, &mut context).await?;
            let applied = apply_all_of(&everybody, &writing, &mut context).await?;
            Ok(if applied == ExitStatus::Done { status } else { applied })
        }
    }
}

/// The views of the open account.
fn of_account(context: &Invocation<'_, '_>) -> Result<Vec<View>, Fault> {
    let views = context.views.of(&context.location);
    views.map_err(|error| Fault::new(ExitStatus::Failed, "read the views", error.to_string(), ""))
}

/// Every cached contact.
async fn everybody(views: Vec<View>, offline: bool, context: &mut Invocation<'_, '_>) -> Result<Everybody, Fault> {
    let (mut asks, mut read) = (NeededFacts::default(), Vec::with_capacity(views.len()));
    for view in views {
        let query = contacts::understood(&view.filter, context).await?;
        asks.add(query.needed_facts());
        read.push((view, query));
    }
    let (mut rows, mut facts, mut after) = (Vec::new(), Vec::new(), None);
    while let Some(page) = context.page(&mut after).await? {
        rows.extend(page.iter().map(ContactRow::from));
        // Whole contacts are kept only if a filter needs them.
        facts.extend(page.into_iter().filter(|_| !asks.fields.is_empty()));
    }
    let facts = contacts::facts(&asks, &facts, true, offline, context).await?;
    Ok(Everybody { views: read, roster: Roster::from_rows(rows), facts })
}

/// Views with their parsed filters, and the data they run on.
struct Everybody {
    views: Vec<(View, Query)>,
    roster: Roster,
    facts: Facts,
}

impl Everybody {
    /// The contacts in a view as in the dashboard: without archived ones.
    fn of(&self, query: &Query) -> Vec<ContactId> {
        let found = listed(&self.roster, query, &self.facts, Sort::default(), &[], &|| false).unwrap_or_default();
        found.rows.into_iter().map(|ix| self.roster.get(ix).id().clone()).collect()
    }
}

async fn list(source: Source, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let views = of_account(context)?;
    let status = context.sync(source).await?;
    let everybody = everybody(views, source.offline, context).await?;
    let mut table = TextTable::new(&["VIEW", "CONTACTS", "FILTER", "SORT", "TAGS"]);
    context.output.empty(everybody.views.is_empty(), "no saved views");
    for (view, query) in &everybody.views {
        let contacts = everybody.of(query).len();
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

/// Adds a view's tags to the contacts that newly match it.
async fn apply(
    view: &View,
    contacts: Vec<ContactId>,
    writing: &WriteOptions,
    context: &mut Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let action = BulkAction::TagOnce(view.tags.clone());
    let planned = only!(context.ask(Request::Plan { contacts, action }).await?, Planned);
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
    let contacts = counted(count, "contact");
    let undo = group.map(|group| format!("; undo with ghl-tui outbox undo {group}")).unwrap_or_default();
    context.output.note(&one_line(&format!("{}: adding {tags} to {contacts}{undo}", view.name)));
    promises.settle(writing.patience.wait, context).await
}

/// Adds the tags of every view of the account that has some, after a sync.
pub(super) async fn apply_all(context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let tagging: Vec<View> = of_account(context)?.into_iter().filter(|view| !view.tags.is_empty()).collect();
    if tagging.is_empty() {
        return Ok(ExitStatus::Done);
    }
    let everybody = everybody(tagging, false, context).await?;
    apply_all_of(&everybody, &WriteOptions::default(), context).await
}

async fn apply_all_of(
    everybody: &Everybody,
    writing: &WriteOptions,
    context: &mut Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let mut status = ExitStatus::Done;
    for (view, query) in &everybody.views {
        status.worsen(apply(view, everybody.of(query), writing, context).await?);
    }
    Ok(status)
}
