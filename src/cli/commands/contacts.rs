//! `contacts list`, `contacts show`, `contacts create`, `contacts update`, `contacts delete`, `contacts tag`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::cli::ExitStatus;
use crate::cli::args::{Contacts, Deleting, Source};
use crate::cli::fault::Fault;
use crate::cli::json::ContactLine;
use crate::cli::line::one_line;
use crate::cli::output::Output;
use crate::cli::table::TextTable;
use crate::domain::{Contact, ContactEdit, ContactId, ContactPatch, Edit, MergeRecord, TagEdit, counted, value_text};
use crate::protocol::{Request, TaskFilter};
use crate::query::{
    ContactRow, CustomValues, Facts, FilterContext, NeededFacts, Query, Roster, RowIx, Sort, listed, matches,
};

use super::Invocation;
use super::read::Offline;
use super::{fields, write};

pub(super) async fn run(command: Contacts, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    match command {
        Contacts::List { filter, sort, source } => list(filter.as_deref(), sort, source, &mut context).await,
        Contacts::Show { id, source } => {
            let request = |Offline(offline)| Request::Contact { id: id.clone(), offline };
            let (answer, status) = context.ask_or_cache(request, source.offline).await?;
            let contact = only!(answer, Contact);
            show(&contact, &mut context)?;
            Ok(status)
        }
        Contacts::Create { set, tags, writing } => {
            context.locate().await?;
            let patch = fields::patch(&set, None, "create the contact", &context)?;
            let patch = ContactPatch { tags, ..patch };
            let edit = Edit::new(ContactId::of_group(), ContactEdit::Create { patch, replaces: None });
            write::carry_out(vec![edit], &writing, &mut context).await
        }
        Contacts::Update { id, set, writing } => {
            let known = find(&id, &mut context).await?;
            let after = fields::patch(&set, Some(&known), "update the contact", &context)?;
            let (name, before) = (known.name(), after.current(&known));
            let edit = Edit::new(id, ContactEdit::Patch { name, before, after });
            write::carry_out(vec![edit], &writing, &mut context).await
        }
        Contacts::Delete { ids, deleting } => delete(&ids, &deleting, context).await,
        Contacts::Tag { ids, add, remove, writing } => {
            let edits = ids.into_iter().flat_map(|contact| {
                let added = (!add.is_empty()).then(|| Edit::new(contact.clone(), TagEdit::Add { tags: add.clone() }));
                let removed =
                    (!remove.is_empty()).then(|| Edit::new(contact, TagEdit::Remove { tags: remove.clone() }));
                added.into_iter().chain(removed)
            });
            write::carry_out(edits.collect(), &writing, &mut context).await
        }
    }
}

/// The contact with all queued edits applied, from the server, or from the cache if there is no network.
async fn find(id: &ContactId, context: &mut Invocation<'_, '_>) -> Result<Contact, Fault> {
    let request = |Offline(offline)| Request::Contact { id: id.clone(), offline };
    let overlay = context.overlay().await?;
    let (answer, _status) = context.ask_or_cache(request, false).await?;
    let contact = only!(answer, Contact);
    Ok(overlay.contact(&contact))
}

async fn delete(ids: &[ContactId], deleting: &Deleting, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let mut edits = Vec::new();
    for id in ids {
        let known = find(id, &mut context).await?;
        edits.push(Edit::new(id.clone(), ContactEdit::Delete { name: known.name() }));
    }
    let what =
        if let [one] = edits.as_slice() { one.intent() } else { format!("delete {}", counted(edits.len(), "contact")) };
    if !deleting.writing.dry_run && !write::agreed(deleting.yes, &what, &mut context)? {
        return Ok(ExitStatus::Failed);
    }
    write::carry_out(edits, &deleting.writing, &mut context).await
}

async fn list(
    filter: Option<&str>,
    sort: Option<Sort>,
    source: Source,
    context: &mut Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let query = match filter {
        Some(filter) => Some(understood(filter, context).await?),
        None if sort.is_some_and(Sort::asks_for_owners) => {
            context.locate().await?;
            None
        }
        None => None,
    };
    let status = context.sync(source).await?;
    // A program gets each page as it arrives; people get all rows sorted by name, in aligned columns.
    let gather = query.is_some() || sort.is_some() || (context.output.width.is_some() && !context.output.json);
    let mut gathered = Vec::new();
    let (mut after, mut any) = (None, false);
    let none = if filter.is_some() { "no contact matches the filter" } else { "no contacts yet" };
    while !context.output.closed() {
        let Some(page) = context.page(&mut after).await? else { break };
        any = true;
        if gather {
            gathered.extend(page);
        } else {
            print(&page, context.output)?;
        }
    }
    if gather {
        let query = query.unwrap_or_default();
        let aside = query.needed_facts().aside;
        let facts = facts(&query.needed_facts(), &gathered, aside, source.offline, context).await?;
        let selected = select(gathered, &query, &facts, sort, context);
        any = !selected.is_empty();
        print(&selected, context.output)?;
    }
    context.output.empty(!any, none);
    Ok(status)
}

/// The parsed filter; a term that cannot be understood is wrong usage.
pub(super) async fn understood(filter: &str, context: &mut Invocation<'_, '_>) -> Result<Query, Fault> {
    context.locate().await?;
    let (zone, me) = (context.session.zone(), context.session.me().cloned());
    let custom_fields = context.session.location().map_or(&[][..], |location| location.custom_fields.as_slice());
    let users = context.users();
    let around = FilterContext { now: context.now, zone: &zone, users, me: me.as_ref(), custom_fields };
    let query = Query::parse(filter, &around);
    let [first, rest @ ..] = query.errors() else { return Ok(query) };
    let why = rest.iter().fold(first.to_string(), |all, error| format!("{all}; {error}"));
    Err(Fault::new(ExitStatus::Usage, "filter the contacts", why, "see ghl-tui contacts list --help"))
}

/// What filters need beyond the rows; includes archived contacts only if the filter asks for them.
pub(super) async fn facts(
    asks: &NeededFacts,
    contacts: &[Contact],
    with_aside: bool,
    offline: bool,
    context: &mut Invocation<'_, '_>,
) -> Result<Facts, Fault> {
    let mut facts = Facts::default();
    if with_aside {
        facts.aside = Arc::new(aside(context).await?);
    }
    if asks.duplicates {
        let found = only!(context.ask(Request::Duplicates).await?, Duplicates);
        let members = found.groups.iter().flat_map(|group| group.members.iter().cloned());
        facts.duplicates = Arc::new(members.collect());
    }
    if asks.tasks {
        let filter = TaskFilter { completed: Some(false), ..TaskFilter::default() };
        let request = |Offline(offline)| Request::LocationTasks { filter: filter.clone(), offline };
        let (answer, _status) = context.ask_or_cache(request, offline).await?;
        let tasks = only!(answer, Tasks);
        let mut due: HashMap<ContactId, Vec<Option<Timestamp>>> = HashMap::new();
        for task in tasks.into_iter().filter(|task| !task.completed) {
            due.entry(task.contact).or_default().push(task.due);
        }
        facts.due = Arc::new(due);
    }
    if !asks.fields.is_empty() {
        let mut values = CustomValues::default();
        for contact in contacts {
            for custom in contact.custom.iter().filter(|custom| asks.fields.contains(&custom.id)) {
                values.set(&custom.id, &contact.id, &value_text(&custom.value));
            }
        }
        facts.custom = Arc::new(values);
    }
    Ok(facts)
}

/// Contacts that merges have archived.
async fn aside(context: &mut Invocation<'_, '_>) -> Result<HashSet<ContactId>, Fault> {
    let records = only!(context.ask(Request::Merges).await?, Merges);
    let aside = records.into_iter().filter(MergeRecord::is_archived);
    Ok(aside.flat_map(|record| record.plan.losers.clone()).collect())
}

/// The contacts that match the filter, in the requested order or else in the filter's own.
fn select(
    contacts: Vec<Contact>,
    query: &Query,
    facts: &Facts,
    sort: Option<Sort>,
    context: &Invocation<'_, '_>,
) -> Vec<Contact> {
    let (roster, users) = (Roster::from_rows(contacts.iter().map(ContactRow::from)), context.users());
    let in_order = |query: &Query, sort| listed(&roster, query, facts, sort, users, &|| false).unwrap_or_default().rows;
    let mut found = in_order(query, sort.unwrap_or_default());
    if let Some(sort) = sort.filter(|_| query.words().next().is_some()) {
        let wanted: HashSet<RowIx> = found.into_iter().collect();
        found = matches(&roster, &Query::default(), sort, users, &|| false).unwrap_or_default().rows;
        found.retain(|row| wanted.contains(row));
    }
    let mut by_id: HashMap<_, _> = contacts.into_iter().map(|contact| (contact.id.clone(), contact)).collect();
    found.into_iter().filter_map(|row| by_id.remove(roster.get(row).id())).collect()
}

fn print(contacts: &[Contact], output: &mut Output<'_>) -> Result<(), Fault> {
    if output.json {
        return contacts.iter().try_for_each(|contact| output.object(&ContactLine::from(contact)));
    }
    let mut table = TextTable::new(&["NAME", "COMPANY", "EMAIL", "PHONE", "TAGS", "ID"]);
    for contact in contacts {
        table.row([
            &contact.name(),
            contact.company.as_deref().unwrap_or_default(),
            contact.email.as_deref().unwrap_or_default(),
            contact.phone.as_deref().unwrap_or_default(),
            &contact.tags.join(", "),
            contact.id.as_str(),
        ]);
    }
    table.print(output)
}

fn show(contact: &Contact, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
    if context.output.json {
        return context.output.object(&ContactLine::from(contact));
    }
    let mut fields = fields(contact, context);
    fields.push(("Owner", contact.owner.as_ref().map(|id| context.session.user(id)).unwrap_or_default()));
    let followers: Vec<String> = contact.followers.iter().map(|id| context.session.user(id)).collect();
    fields.push(("Followers", followers.join(", ")));
    for (label, text) in fields {
        let text = one_line(&text);
        if !text.is_empty() {
            context.output.line(&format!("{label:<16}{text}"))?;
        }
    }
    let location = context.session.location();
    let custom: Vec<String> = contact
        .custom
        .iter()
        .map(|custom| {
            let name = location.and_then(|location| location.custom_field(&custom.id)).map(|field| field.name.as_str());
            let value = custom.value.as_str().map_or_else(|| custom.value.to_string(), str::to_owned);
            format!("{:<16}{}", one_line(name.unwrap_or(custom.id.as_str())) + " ", one_line(&value))
        })
        .collect();
    custom.iter().try_for_each(|line| context.output.line(line))
}

/// A contact's fields for people; empty ones are not printed.
fn fields(contact: &Contact, context: &Invocation<'_, '_>) -> Vec<(&'static str, String)> {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let time = |at: Option<Timestamp>| at.map(|at| context.when(at)).unwrap_or_default();
    let place = [&contact.address1, &contact.city, &contact.state, &contact.postal_code, &contact.country];
    let place: Vec<&str> = place.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty()).collect();
    vec![
        ("Name", contact.name()),
        ("Id", contact.id.to_string()),
        ("Company", text(&contact.company)),
        ("E-mail", text(&contact.email)),
        ("Other e-mails", contact.additional_emails.join(", ")),
        ("Phone", text(&contact.phone)),
        ("Other phones", contact.additional_phones.join(", ")),
        ("Address", place.join(", ")),
        ("Website", text(&contact.website)),
        ("Time zone", text(&contact.time_zone)),
        ("Date of birth", text(&contact.date_of_birth)),
        ("Source", text(&contact.source)),
        ("Tags", contact.tags.join(", ")),
        ("Do not disturb", disturb(contact)),
        ("Added", time(contact.added)),
        ("Updated", time(contact.updated)),
    ]
}

fn disturb(contact: &Contact) -> String {
    if contact.dnd.all {
        return "everything".to_owned();
    }
    let channels = contact.dnd.channels.as_deref().unwrap_or_default();
    let off: Vec<&str> = channels.iter().filter(|(_name, off)| *off).map(|(name, _off)| name.as_str()).collect();
    off.join(", ")
}
