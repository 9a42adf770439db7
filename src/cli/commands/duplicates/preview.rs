//! `--dry-run` of a merge: the survivor, the values, the copies and every request.

use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::cli::table::TextTable;
use crate::dedupe::merge::{PreImage, ReviewRow, ValueMark, ValueReason, steps};
use crate::domain::{
    AppointmentEdit, ContactField, ContactId, CustomFieldId, Edit, EditKind, Keep, Member, MergeField, MergeId,
    MergeOp, MergePlan, UserId, counted, value_text,
};

use super::follow::about;
use super::merge::PlannedMerge;
use crate::cli::commands::Invocation;
use crate::cli::commands::plan::{self, PlannedRequest};

/// The whole plan, for programs.
#[derive(Serialize)]
struct PlanLine<'a> {
    state: &'static str,
    survivor: &'a ContactId,
    losers: &'a [ContactId],
    /// Whether losers are deleted right away instead of archived.
    delete: bool,
    tag: Option<&'a str>,
    silence: bool,
    fields: &'a [FieldLine],
    copies: &'a Copies,
    leftovers: Vec<LeftoverLine<'a>>,
    /// Where leftovers go: `note`, `nowhere`, or a custom field's id.
    keep: &'a str,
    requests: &'a [PlannedRequest],
}

/// The result of a field.
#[derive(Serialize)]
struct FieldLine {
    field: String,
    result: String,
    rule: Option<&'static str>,
    from: Option<ContactId>,
    /// For people: the field's name, and the result with users' names.
    #[serde(skip)]
    label: String,
    #[serde(skip)]
    spoken: String,
}

#[derive(Serialize)]
struct Copies {
    notes: usize,
    tasks: usize,
    appointments: usize,
}

#[derive(Serialize)]
struct LeftoverLine<'a> {
    label: String,
    value: &'a str,
    of: &'a ContactId,
}

pub(super) async fn print(planned: &PlannedMerge, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let steps = steps_of(planned, context);
    let edits: Vec<Edit> = steps.into_iter().filter_map(|step| step.edit(&planned.plan)).collect();
    let copies = copies(&edits, planned);
    let requests = plan::requests(edits, context).await?;
    let fields = fields(planned, context);
    if context.output.json {
        print_object(planned, &fields, &copies, &requests, context)?;
    } else {
        print_words(planned, &fields, &copies, &requests, context)?;
    }
    Ok(ExitStatus::Done)
}

fn print_object(
    planned: &PlannedMerge,
    fields: &[FieldLine],
    copies: &Copies,
    requests: &[PlannedRequest],
    context: &mut Invocation<'_, '_>,
) -> Result<(), Fault> {
    let MergePlan { survivor, losers, delete, tag, silence, leftovers, keep, .. } = &planned.plan;
    let leftover = |left: &'_ crate::domain::Leftover| custom_name(&left.label, context);
    let leftovers =
        leftovers.iter().map(|left| LeftoverLine { label: leftover(left), value: &left.value, of: &left.of }).collect();
    let keep = match keep {
        Keep::Note => "note",
        Keep::Nowhere => "nowhere",
        Keep::Field(id) => id,
    };
    let tag = tag.as_deref().filter(|_| !delete);
    let (delete, silence) = (*delete, *silence);
    context.output.object(&PlanLine {
        state: "planned",
        survivor,
        losers,
        delete,
        tag,
        silence,
        fields,
        copies,
        leftovers,
        keep,
        requests,
    })
}

fn print_words(
    planned: &PlannedMerge,
    fields: &[FieldLine],
    copies: &Copies,
    requests: &[PlannedRequest],
    context: &mut Invocation<'_, '_>,
) -> Result<(), Fault> {
    let name = |id: &ContactId| name_of(&planned.members, id);
    let plan = &planned.plan;
    context.output.line(&format!("Merge into {} ({})", about(plan), one_line(plan.survivor.as_str())))?;
    let mut table = TextTable::new(&["FIELD", "RESULT", "RULE", "FROM"]);
    for line in fields {
        let source = line.from.as_ref().map(name).unwrap_or_default();
        table.row([&line.label, &line.spoken, line.rule.unwrap_or_default(), &source]);
    }
    table.print(context.output)?;
    let Copies { notes, tasks, appointments } = copies;
    let (notes, tasks) = (counted(*notes, "note"), counted(*tasks, "task"));
    context.output.line(&format!("Copied: {notes}, {tasks}, {}", counted(*appointments, "appointment")))?;
    for left in &plan.leftovers {
        let place = match &plan.keep {
            Keep::Note => "kept in a note".to_owned(),
            Keep::Nowhere => "not kept".to_owned(),
            Keep::Field(id) => format!("kept in {}", custom_name(id, context)),
        };
        let label = custom_name(&left.label, context);
        context.output.line(&one_line(&format!("{label} \"{}\" of {}: {place}", left.value, name(&left.of))))?;
    }
    let mut end = match (&plan.tag, plan.delete) {
        (_, true) => "deleted for good".to_owned(),
        (Some(tag), false) => format!("archived with the tag {tag}"),
        (None, false) => "archived with a note".to_owned(),
    };
    if plan.silence && !plan.delete {
        end.push_str(", set to do not disturb");
    }
    for loser in &plan.losers {
        context.output.line(&one_line(&format!("{} ({loser}): {end}", name(loser))))?;
    }
    context.output.line(&format!("{}:", counted(requests.len(), "write request")))?;
    requests.iter().try_for_each(|request| request.print(context.output).map(drop))
}

/// The planned steps. The merge has no id yet, so the marks of its copies hold none.
fn steps_of(planned: &PlannedMerge, context: &Invocation<'_, '_>) -> Vec<MergeOp> {
    let (zone, plan) = (context.session.zone(), &planned.plan);
    // Survivor first, as in the worker.
    let order = plan.members().filter_map(|id| planned.members.iter().find(|member| member.contact.id == *id));
    let members: Vec<Member> = order.cloned().collect();
    steps(&PreImage {
        merge: MergeId(uuid::Uuid::nil()),
        plan,
        members: &members,
        now: context.now,
        zone: &zone,
        user: &|user: &UserId| context.session.user(user),
        label: &|label: &str| custom_name(label, context),
    })
}

fn copies(edits: &[Edit], planned: &PlannedMerge) -> Copies {
    let PlannedMerge { members, plan, .. } = planned;
    let losers = || members.iter().filter(|member| plan.losers.contains(&member.contact.id));
    Copies {
        notes: losers().map(|member| member.notes.len()).sum(),
        tasks: losers().map(|member| member.tasks.len()).sum(),
        appointments: edits
            .iter()
            .filter(|edit| matches!(edit.what, EditKind::Appointment(AppointmentEdit::Add { .. })))
            .count(),
    }
}

/// Every field with a value, including typed ones that no contact has.
fn fields(planned: &PlannedMerge, context: &Invocation<'_, '_>) -> Vec<FieldLine> {
    let PlannedMerge { members, review, typed, .. } = planned;
    let says = |row: &&ReviewRow| row.mark != ValueMark::Empty || row.rule != ValueReason::None;
    let mut lines: Vec<FieldLine> = review
        .rows
        .iter()
        .filter(says)
        .map(|row| FieldLine {
            field: field_name(&row.field),
            result: row.result.clone(),
            rule: Some(row.rule.word()).filter(|word| !word.is_empty()),
            from: row.source.map(|at| members[at].contact.id.clone()),
            label: label(&row.field, context),
            spoken: spoken(row, context),
        })
        .collect();
    let switch = |off: bool| if off { "on" } else { "off" }.to_owned();
    let customs = typed.custom.iter().map(|(id, value)| (MergeField::Custom(id.clone()), value_text(value)));
    let channels = typed.channels.iter().map(|(name, off)| (MergeField::Channel(name.clone()), switch(*off)));
    for (field, result) in customs.chain(channels).filter(|(field, _)| review.row(field).is_none()) {
        lines.push(FieldLine {
            field: field_name(&field),
            result: result.clone(),
            rule: Some(ValueReason::Typed.word()),
            from: None,
            label: label(&field, context),
            spoken: result,
        });
    }
    lines
}

/// The result with users' names.
fn spoken(row: &ReviewRow, context: &Invocation<'_, '_>) -> String {
    let user = |id: &str| context.session.user(&UserId::new(id));
    match row.field {
        MergeField::Followers => row.list.iter().map(|id| user(id)).collect::<Vec<_>>().join(", "),
        MergeField::Field(ContactField::Owner) if !row.result.is_empty() => user(&row.result),
        _ => row.result.clone(),
    }
}

/// The field's name as `--set` and `--from` accept it.
fn field_name(field: &MergeField) -> String {
    match field {
        MergeField::Field(field) => field.name().to_owned(),
        MergeField::Custom(id) => id.as_str().to_owned(),
        MergeField::Dnd => "dnd".to_owned(),
        MergeField::Channel(name) => format!("dnd.{name}"),
        MergeField::Tags => "tags".to_owned(),
        MergeField::Followers => "followers".to_owned(),
    }
}

fn label(field: &MergeField, context: &Invocation<'_, '_>) -> String {
    match field {
        MergeField::Custom(id) => custom_name(id.as_str(), context),
        other => field_name(other),
    }
}

/// A custom field's name; anything else as it is.
fn custom_name(label: &str, context: &Invocation<'_, '_>) -> String {
    let field = context.session.location().and_then(|location| location.custom_field(&CustomFieldId::new(label)));
    field.map_or_else(|| label.to_owned(), |field| field.name.clone())
}

fn name_of(members: &[Member], id: &ContactId) -> String {
    let name = members.iter().find(|member| member.contact.id == *id).map(|member| member.contact.name());
    name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| id.to_string())
}
