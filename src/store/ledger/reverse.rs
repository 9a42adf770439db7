//! Undoing and redoing groups of edits, in one transaction each.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::domain::{Deed, Direction, Edit, EditId, GroupId, Label, MergeRecord, Stacks};
use crate::store::{StoreError, sql};

use super::merges::{can_be_reversed, merges_of_batch, reversible_of_batch};
use super::outbox::{end, insert, remember_remade, rows_of};
use super::rows::{ended, group};
use super::{EndedEdit, HistoryOutcome, Ledger, OutboxRow, RowState};

/// How many groups of a dashboard can be undone.
const REMEMBERED: u32 = 500;

/// The result of an undo or redo.
#[derive(Clone, Debug, PartialEq)]
pub enum Reversal {
    Done(Reversed),
    /// It was a batch of merges: the journal undoes these.
    Merges {
        label: Label,
        merges: Vec<MergeRecord>,
        batch: GroupId,
    },
    /// It sent messages, or the server kept no data to restore it from; the next undo skips it.
    Impossible(Label),
    /// There is nothing to undo or redo.
    Nothing,
}

/// A group that was undone or redone.
#[derive(Clone, Debug, PartialEq)]
pub struct Reversed {
    /// What the user originally did.
    pub label: Label,
    /// Edits that had not started: they are out of the outbox.
    pub withdrawn: Vec<EditId>,
    /// The inverse edits, now queued.
    pub rows: Vec<OutboxRow>,
}

/// A group with the results of its edits.
struct GroupContent {
    waiting: Vec<EditId>,
    /// Those with a certain or possible effect, in the order they were made, with the server's data after each.
    done: Vec<(EditId, Edit, Option<crate::domain::Receipt>)>,
    withdrawn: Vec<(EditId, Edit)>,
    label: Label,
}

impl Ledger {
    /// Undoes this dashboard's latest group, or redoes the one undone last.
    pub async fn reverse(
        &self,
        session: u32,
        direction: Direction,
        into: GroupId,
        fresh: fn() -> EditId,
        at: Timestamp,
    ) -> Result<Reversal, StoreError> {
        self.write(move |transaction| reverse(transaction, session, direction, into, fresh, at)).await
    }

    /// Undoes one group, whoever made it; without one, the latest that a command made. With `only_look` nothing is
    /// done, and the rows are those that would be queued.
    pub async fn take_back(
        &self,
        group: Option<GroupId>,
        only_look: bool,
        into: GroupId,
        fresh: fn() -> EditId,
        at: Timestamp,
    ) -> Result<Reversal, StoreError> {
        let carry_out = move |transaction: &Transaction<'_>| match find_of_command(transaction, group)? {
            Some((session, found)) => carry_out(transaction, found, session, Direction::Undo, into, fresh, at),
            None => Ok(Reversal::Nothing),
        };
        self.write_if(carry_out, move |_reversal| !only_look).await
    }

    /// A batch of merges is being undone: the next undo is for what was done before it.
    pub async fn note_undone_merges(
        &self,
        session: u32,
        batch: GroupId,
        into: GroupId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            insert(transaction, into, Vec::new(), Some(session), Deed::Undo(batch), at)?;
            Ok(())
        })
        .await
    }

    /// What the next undo and the next redo of this dashboard would affect.
    pub async fn reversible(&self, session: u32) -> Result<[Option<(GroupId, Label)>; 2], StoreError> {
        self.read(move |connection| {
            let transaction = connection.unchecked_transaction()?;
            let next = |direction| {
                let found = find(&transaction, session, direction)?;
                Ok::<_, StoreError>(found.map(|found| (found.group, found.label)))
            };
            Ok([next(Direction::Undo)?, next(Direction::Redo)?])
        })
        .await
    }
}

/// The next group to reverse.
struct ReversibleGroup {
    group: GroupId,
    content: GroupContent,
    /// For a redo: the group that was undone.
    original: Option<GroupId>,
    label: Label,
    /// It is a batch of merges.
    merges: bool,
}

fn find(
    transaction: &Transaction<'_>,
    session: u32,
    direction: Direction,
) -> Result<Option<ReversibleGroup>, StoreError> {
    let mut stacks = stacks(transaction, session)?;
    while let Some(next) = stacks.next(direction) {
        let content = content(transaction, next)?;
        let original = match direction {
            Direction::Undo => None,
            Direction::Redo => of(transaction, next)?,
        };
        if direction == Direction::Undo
            && let Some((count, first)) = reversible_of_batch(transaction, next)?
        {
            let label = Label::of_merges(count, &first);
            return Ok(Some(ReversibleGroup { group: next, content, original, label, merges: true }));
        }
        let again = original.map(|original| self::content(transaction, original)).transpose()?;
        let to_do_again = again.as_ref().is_some_and(|again| !again.withdrawn.is_empty());
        if content.waiting.is_empty() && content.done.is_empty() && !to_do_again {
            stacks.pass(next);
            continue;
        }
        let label = again.map_or_else(|| root_label(transaction, next, &content), |again| Ok(again.label))?;
        return Ok(Some(ReversibleGroup { group: next, content, original, label, merges: false }));
    }
    Ok(None)
}

fn reverse(
    transaction: &Transaction<'_>,
    session: u32,
    direction: Direction,
    into: GroupId,
    fresh: fn() -> EditId,
    at: Timestamp,
) -> Result<Reversal, StoreError> {
    match find(transaction, session, direction)? {
        Some(found) => carry_out(transaction, found, Some(session), direction, into, fresh, at),
        None => Ok(Reversal::Nothing),
    }
}

/// The requested group, or the latest one of a command, that has something to undo; and the dashboard that made it. The
/// journal undoes merges.
fn find_of_command(
    transaction: &Transaction<'_>,
    meant: Option<GroupId>,
) -> Result<Option<(Option<u32>, ReversibleGroup)>, StoreError> {
    let mut statement = transaction.prepare_cached(
        "SELECT id, seat FROM groups WHERE deed = 'edit' AND (id = ?1 OR (?1 IS NULL AND seat IS NULL)) \
         AND NOT EXISTS (SELECT 1 FROM groups AS later WHERE later.of = groups.id) ORDER BY number DESC LIMIT ?2",
    )?;
    let mut rows = statement.query(params![meant.map(|group| group.to_string()), REMEMBERED])?;
    while let Some(row) = rows.next()? {
        let (Some(group), session) = (group(row.get(0)?)?, row.get(1)?) else { continue };
        let content = content(transaction, group)?;
        if !(content.waiting.is_empty() && content.done.is_empty()) {
            let label = content.label.clone();
            return Ok(Some((session, ReversibleGroup { group, content, original: None, label, merges: false })));
        }
    }
    Ok(None)
}

fn carry_out(
    transaction: &Transaction<'_>,
    ReversibleGroup { group, content, original, label, merges }: ReversibleGroup,
    session: Option<u32>,
    direction: Direction,
    into: GroupId,
    fresh: fn() -> EditId,
    at: Timestamp,
) -> Result<Reversal, StoreError> {
    if merges {
        let mut merges = merges_of_batch(transaction, group)?;
        merges.retain(|merge| can_be_reversed(merge.phase, &merge.progress, merge.wiped));
        return Ok(Reversal::Merges { label, merges, batch: group });
    }
    let mut withdrawn = Vec::new();
    for id in &content.waiting {
        if end(transaction, *id, at, &HistoryOutcome::Withdrawn)?.is_some() {
            withdrawn.push(*id);
        }
    }
    let back = content.done.iter().rev().flat_map(|(id, edit, receipt)| edit.inverse(*id, receipt.as_ref()));
    let mut edits: Vec<(EditId, Edit)> = back.map(|edit| (fresh(), edit)).collect();
    if let Some(original) = original {
        for (old, edit) in self::content(transaction, original)?.withdrawn {
            let id = fresh();
            remember_remade(transaction, &old.to_string(), id)?;
            edits.push((id, edit));
        }
    }
    let deed = match direction {
        Direction::Undo => Deed::Undo(group),
        Direction::Redo => Deed::Redo(group),
    };
    let impossible = edits.is_empty() && withdrawn.is_empty();
    let rows = insert(transaction, into, edits, session, deed, at)?;
    Ok(if impossible { Reversal::Impossible(label) } else { Reversal::Done(Reversed { label, withdrawn, rows }) })
}

fn stacks(transaction: &Transaction<'_>, session: u32) -> Result<Stacks, StoreError> {
    let mut statement = transaction.prepare_cached(
        "SELECT id, deed, of FROM (SELECT * FROM groups WHERE seat = ?1 ORDER BY number DESC LIMIT ?2) ORDER BY number",
    )?;
    let mut rows = statement.query(params![session, REMEMBERED])?;
    let mut stacks = Stacks::default();
    while let Some(row) = rows.next()? {
        let (id, of) = (group(row.get(0)?)?, group(row.get(2)?)?);
        let deed = match (row.get::<_, String>(1)?.as_str(), of) {
            ("undo", Some(of)) => Deed::Undo(of),
            ("redo", Some(of)) => Deed::Redo(of),
            _ => Deed::Edit,
        };
        if let Some(id) = id {
            stacks.push(id, deed);
        }
    }
    Ok(stacks)
}

fn of(transaction: &Transaction<'_>, id: GroupId) -> Result<Option<GroupId>, StoreError> {
    let of = sql::value(transaction, "SELECT of FROM groups WHERE id = ?1", [id.to_string()])?;
    Ok(group(of.flatten())?)
}

/// What the user originally did: a redo is named after the edit it repeats.
fn root_label(transaction: &Transaction<'_>, id: GroupId, own: &GroupContent) -> Result<Label, StoreError> {
    let mut root = id;
    while let Some(before) = of(transaction, root)? {
        root = before;
    }
    if root == id { Ok(own.label.clone()) } else { Ok(content(transaction, root)?.label) }
}

fn content(transaction: &Transaction<'_>, id: GroupId) -> Result<GroupContent, StoreError> {
    let (mut waiting, mut done, mut withdrawn) = (Vec::new(), Vec::new(), Vec::new());
    let mut all: Vec<(EditId, Edit)> = Vec::new();
    let query = "SELECT * FROM history WHERE grp = ?1 ORDER BY id";
    let rows: Vec<EndedEdit> = sql::rows(transaction, query, [id.to_string()], ended)?;
    for EndedEdit { id, edit, outcome } in rows {
        all.push((id, edit.clone()));
        match outcome {
            HistoryOutcome::Confirmed(receipt) => done.push((id, edit, Some(receipt))),
            HistoryOutcome::Withdrawn => withdrawn.push((id, edit)),
            HistoryOutcome::Discarded => {}
        }
    }
    for row in rows_of(transaction, id)? {
        all.push((row.id, row.edit.clone()));
        match row.state {
            RowState::Queued { .. } => waiting.push(row.id),
            RowState::Started { .. } => {
                // A contact is stored before its deletion is sent.
                let kept = row.sent.probe.iter().flatten().next().filter(|_| row.edit.deletes_contact());
                let kept = kept.and_then(|text| serde_json::from_str(text).ok());
                done.push((row.id, row.edit, kept));
            }
            RowState::Failed => {}
        }
    }
    // IDs sort by time of creation.
    done.sort_by_key(|(id, ..)| *id);
    all.sort_by_key(|(id, _)| *id);
    let label = Label::of(&all.iter().map(|(_, edit)| edit).collect::<Vec<_>>());
    Ok(GroupContent { waiting, done, withdrawn, label })
}
