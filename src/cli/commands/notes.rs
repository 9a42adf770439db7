//! `notes list`, `notes add`, `notes update`, `notes delete`.

use crate::cli::ExitStatus;
use crate::cli::args::Notes;
use crate::cli::fault::Fault;
use crate::cli::json::NoteJson;
use crate::cli::line::one_line;
use crate::cli::table::TextTable;
use crate::domain::{ContactId, Edit, Note, NoteEdit, NoteId, NotePatch, Target};
use crate::protocol::{NoteView, Request};

use super::Invocation;
use super::read::Offline;
use super::text::argument;
use super::write;

pub(super) async fn run(command: Notes, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    match command {
        Notes::List { contact } => list(&contact, context).await,
        Notes::Add { contact, body, writing } => {
            let what = "read the note's text";
            let body = argument(&body, context.input, what, "give --body TEXT, @FILE or -")?.trim_end().to_owned();
            let note = NotePatch { body: Some(body), ..NotePatch::default() };
            write::carry_out(
                vec![Edit::new(
                    contact,
                    NoteEdit::Add { note: NotePatch { author: context.session.me().cloned(), ..note }, replaces: None },
                )],
                &writing,
                &mut context,
            )
            .await
        }
        Notes::Update { id, body, contact, writing } => {
            let what = "read the note's text";
            let body = argument(&body, context.input, what, "give --body TEXT, @FILE or -")?.trim_end().to_owned();
            let known = find(id.clone(), contact, &mut context).await?;
            let patch = |body: String| NotePatch { body: Some(body), ..NotePatch::default() };
            let (before, after) = (patch(known.body), patch(body));
            let edit = Edit::new(known.contact, NoteEdit::Patch { note: Target::Known(id), before, after });
            write::carry_out(vec![edit], &writing, &mut context).await
        }
        Notes::Delete { id, contact, deleting } => {
            let known = find(id.clone(), contact, &mut context).await?;
            let was = NotePatch::of(&known);
            let edit = Edit::new(known.contact, NoteEdit::Delete { note: Target::Known(id), was });
            if !deleting.writing.dry_run && !write::agreed(deleting.yes, &edit.intent(), &mut context)? {
                return Ok(ExitStatus::Failed);
            }
            write::carry_out(vec![edit], &deleting.writing, &mut context).await
        }
    }
}

/// The note with all queued edits applied.
async fn find(id: NoteId, contact: Option<ContactId>, context: &mut Invocation<'_, '_>) -> Result<Note, Fault> {
    let overlay = context.overlay().await?;
    let view = only!(context.ask(Request::Note { id, contact }).await?, Note);
    Ok(overlay.note(&view.note).0)
}

async fn list(contact: &ContactId, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let request = |Offline(offline)| Request::Notes { contact: contact.clone(), offline };
    let (answer, status) = context.ask_or_cache(request, false).await?;
    let mut notes = only!(answer, Notes);
    context.output.empty(notes.is_empty(), "no notes");
    notes.sort_by_key(|view| std::cmp::Reverse(view.note.added));
    if context.output.json {
        for view in &notes {
            context.output.object(&NoteJson::from(&view.note))?;
        }
        return Ok(status);
    }
    if context.output.width.is_some() {
        for view in &notes {
            block(view, &mut context)?;
        }
        return Ok(status);
    }
    let mut table = TextTable::new(&["ADDED", "AUTHOR", "TEXT", "ID"]);
    for NoteView { note, text } in &notes {
        let author = note.author.as_ref().map(|id| context.session.user(id)).unwrap_or_default();
        let added = note.added.map(|at| context.when(at)).unwrap_or_default();
        table.row([&added, &author, &text.plain(), note.id.as_str()]);
    }
    table.print(context.output)?;
    Ok(status)
}

/// A note for people: author and time, then the whole text.
fn block(view: &NoteView, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
    let NoteView { note, text } = view;
    let added = note.added.map(|at| context.when(at));
    let author = note.author.as_ref().map(|id| context.session.user(id));
    let head = [added, author, note.pinned.then(|| "pinned".to_owned()), note.title.clone(), Some(note.id.to_string())];
    let head: Vec<String> = head.into_iter().flatten().map(|part| one_line(&part)).collect();
    context.output.line(&head.join("  "))?;
    for line in text.plain().lines() {
        context.output.line(format!("  {line}").trim_end())?;
    }
    context.output.line("")
}
