//! What was done last, in one line: edits and merges, which the ledger takes back, and what only this dashboard knows:
//! decisions about duplicates, skipped groups, saved views, discarded edits, dropped drafts.

use crate::config::View;
use crate::domain::{ContactId, Direction, Edit, EditId, GroupId, Label};
use crate::protocol::{ContactPair, DraftKey, Reversible, Ticket};
use crate::text;

/// How many steps can be undone, as in the ledger.
const REMEMBERED: usize = 500;

/// A step that is no edit of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum OwnStep {
    NotDuplicates {
        pairs: Vec<ContactPair>,
        members: Vec<ContactId>,
        name: String,
    },
    Reopened {
        pairs: Vec<ContactPair>,
        names: String,
    },
    Skipped {
        members: Vec<ContactId>,
        name: String,
    },
    View {
        before: Option<View>,
        after: Option<View>,
    },
    Discarded(Vec<Edit>),
    /// A draft; and what it is called.
    Dropped {
        draft: DraftKey,
        text: String,
        called: String,
    },
}

impl OwnStep {
    /// What was done, in words as on its message; not clean.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::NotDuplicates { members, name, .. } => format!("Not duplicates: {name} ×{}", members.len()),
            Self::Reopened { names, .. } => format!("Reopened: {names}"),
            Self::Skipped { members, name } => format!("Skipped {name} ×{}", members.len()),
            Self::View { after: Some(view), .. } => format!("Saved the view {}", view.name),
            Self::View { before, after: None } => {
                format!("Deleted the view {}", before.as_ref().map(|view| view.name.as_str()).unwrap_or_default())
            }
            Self::Dropped { called, .. } => format!("Draft dropped: {called}"),
            Self::Discarded(edits) => {
                format!("Discarded: {}", text::lower_first(&Label::of(&edits.iter().collect::<Vec<_>>()).words))
            }
        }
    }

    /// The pairs that it decides about.
    fn pairs(&self) -> Option<&[ContactPair]> {
        match self {
            Self::NotDuplicates { pairs, .. } | Self::Reopened { pairs, .. } => Some(pairs),
            Self::Skipped { .. } | Self::View { .. } | Self::Discarded(_) | Self::Dropped { .. } => None,
        }
    }

    /// The saved view that it is about.
    fn view(&self) -> Option<&str> {
        match self {
            Self::View { before, after } => after.as_ref().or(before.as_ref()).map(|view| view.name.as_str()),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Own(Box<OwnStep>),
    /// Asked of the worker, which has not saved it yet; for an undo or a redo, of which group.
    Asked(Ticket, Option<GroupId>),
    /// A group of edits or merges in the ledger.
    Saved(GroupId),
}

impl Step {
    fn is_asked(&self, with: Ticket) -> bool {
        matches!(self, Self::Asked(ticket, _) if *ticket == with)
    }
}

/// What the next undo or redo is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NextStep<'a> {
    Own(&'a OwnStep),
    Ledger(&'a Label),
    /// It is still being saved.
    Asked,
    /// An edit or a merge; which one, the ledger tells as soon as the one before it is undone or redone.
    Unnamed,
}

/// The steps of this dashboard, the newest last.
///
/// The ledger knows its own groups best, and what is left of them: a group that it would not undo next has nothing
/// left to undo. What it has from before this start lies below all that is kept here.
#[derive(Clone, Debug, Default)]
pub(crate) struct UndoStack {
    done: Vec<Step>,
    undone: Vec<Step>,
    /// What the ledger would undo next, and redo next.
    ledger: [Option<Reversible>; 2],
    /// An undo or redo that the ledger has not answered: what it would undo next is not known until then.
    reversing: Option<Ticket>,
    /// Something was done since the start: what was undone before it cannot be redone.
    begun: bool,
    /// Failed edits that are about to be discarded by the user.
    discarding: Vec<EditId>,
}

const fn at(direction: Direction) -> usize {
    match direction {
        Direction::Undo => 0,
        Direction::Redo => 1,
    }
}

impl UndoStack {
    /// The user did this; what was undone cannot be redone any more.
    pub(crate) fn did(&mut self, step: OwnStep) {
        self.add(Step::Own(Box::new(step)));
    }

    /// Edits or merges were asked for.
    pub(crate) fn asked(&mut self, ticket: Ticket) {
        self.add(Step::Asked(ticket, None));
    }

    fn add(&mut self, step: Step) {
        self.undone.clear();
        self.begun = true;
        self.done.push(step);
        if self.done.len() > REMEMBERED {
            self.done.remove(0);
        }
    }

    /// The ledger has what was asked for; `label` says what that was, where it was not an undo.
    pub(crate) fn saved(&mut self, ticket: Ticket, group: GroupId, label: Option<Label>) {
        let mut steps = self.done.iter_mut().chain(&mut self.undone);
        let Some(asked) = steps.find(|step| step.is_asked(ticket)) else { return };
        *asked = Step::Saved(group);
        if let Some(label) = label {
            self.ledger[at(Direction::Undo)] = Some(Reversible { group, label });
        }
    }

    /// What was asked for was refused, or went nowhere.
    pub(crate) fn refused(&mut self, ticket: Ticket) {
        // An undo that did not come about can be tried again.
        self.reversing = self.reversing.filter(|reversing| *reversing != ticket);
        let of = |step: Step| if let Step::Asked(_, of) = step { of.map(Step::Saved) } else { None };
        if let Some(step) = take_asked(&mut self.done, ticket) {
            self.undone.extend(of(step));
        } else if let Some(step) = take_asked(&mut self.undone, ticket) {
            self.done.extend(of(step));
        }
    }

    /// This saved view could not be changed after all: the step goes, or back to where it was before its undo.
    pub(crate) fn not_written(&mut self, name: &str) {
        let is_it = |step: Option<&Step>| matches!(step, Some(Step::Own(step)) if step.view() == Some(name));
        if is_it(self.undone.last()) {
            self.done.extend(self.undone.pop());
        } else if is_it(self.done.last()) {
            self.done.pop();
        }
    }

    /// A decision about these could not be saved or reopened.
    pub(crate) fn not_decided(&mut self, of: &[ContactPair]) {
        let is_it = |step: &Step| match step {
            Step::Own(step) => step.pairs() == Some(of),
            Step::Asked(..) | Step::Saved(_) => false,
        };
        self.done.retain(|step| !is_it(step));
        self.undone.retain(|step| !is_it(step));
    }

    /// What the ledger would undo and redo next.
    pub(crate) fn set_ledger(&mut self, undo: Option<Reversible>, redo: Option<Reversible>) {
        self.ledger = [undo, redo];
        // What it says may still be from before the undo.
        self.reversing = self.reversing.filter(|ticket| self.is_asked(*ticket));
    }

    pub(crate) fn next(&self, direction: Direction) -> Option<NextStep<'_>> {
        let of_ledger = self.ledger[at(direction)].as_ref();
        let of_ledger = |group: Option<GroupId>| {
            of_ledger
                .filter(|next| group.is_none_or(|group| group == next.group))
                .map(|next| NextStep::Ledger(&next.label))
        };
        for step in self.steps(direction).iter().rev() {
            match step {
                Step::Own(step) => return Some(NextStep::Own(step)),
                Step::Asked(..) => return Some(NextStep::Asked),
                Step::Saved(_) if self.reversing.is_some() => return Some(NextStep::Unnamed),
                Step::Saved(group) => {
                    if let Some(next) = of_ledger(Some(*group)) {
                        return Some(next);
                    }
                }
            }
        }
        match direction {
            Direction::Redo if self.begun => None,
            _ if self.reversing.is_some() => Some(NextStep::Asked),
            _ => of_ledger(None),
        }
    }

    /// Takes the next step off and puts it on the other side: one of our own, or one that the ledger is asked about with
    /// this ticket.
    pub(crate) fn take(&mut self, direction: Direction, ticket: Ticket) -> Option<OwnStep> {
        let mut next = self.ledger[at(direction)].as_ref().map(|next| next.group);
        let is_known = self.reversing.is_none();
        let (from, to) = match direction {
            Direction::Undo => (&mut self.done, &mut self.undone),
            Direction::Redo => (&mut self.undone, &mut self.done),
        };
        while let Some(step) = from.pop() {
            match step {
                Step::Own(step) => {
                    to.push(Step::Own(step.clone()));
                    return Some(*step);
                }
                Step::Saved(group) if is_known && Some(group) != next => {}
                Step::Saved(group) => {
                    next = Some(group);
                    break;
                }
                Step::Asked(..) => break,
            }
        }
        to.push(Step::Asked(ticket, next));
        self.reversing = Some(ticket);
        None
    }

    fn is_asked(&self, ticket: Ticket) -> bool {
        self.done.iter().chain(&self.undone).any(|step| step.is_asked(ticket))
    }

    fn steps(&self, direction: Direction) -> &[Step] {
        match direction {
            Direction::Undo => &self.done,
            Direction::Redo => &self.undone,
        }
    }

    /// Whether the step about this saved view was just undone.
    pub(crate) fn has_undone_view(&self, name: &str) -> bool {
        matches!(self.undone.last(), Some(Step::Own(step)) if step.view() == Some(name))
    }

    /// Where this draft was dropped last.
    fn dropped(&self, of: &DraftKey) -> Option<usize> {
        let is_it = |step: &Step| matches!(step, Step::Own(step) if matches!(&**step, OwnStep::Dropped { draft, .. } if draft == of));
        self.done.iter().rposition(is_it)
    }

    /// Whether this draft was dropped, and not brought back.
    pub(crate) fn has_dropped(&self, draft: &DraftKey) -> bool {
        self.dropped(draft).is_some()
    }

    /// What was dropped of this draft: it is brought back without an undo.
    pub(crate) fn take_dropped(&mut self, draft: &DraftKey) -> Option<String> {
        match self.done.remove(self.dropped(draft)?) {
            Step::Own(step) => match *step {
                OwnStep::Dropped { text, .. } => Some(text),
                _ => None,
            },
            Step::Asked(..) | Step::Saved(_) => None,
        }
    }

    /// The user gives these failed edits up.
    pub(crate) fn discarding(&mut self, ids: &[EditId]) {
        self.discarding.extend_from_slice(ids);
    }

    /// Whether the user gave this edit up, and nobody else; it is asked once.
    pub(crate) fn gave_up(&mut self, id: EditId) -> bool {
        let at = self.discarding.iter().position(|known| *known == id);
        at.map(|at| self.discarding.swap_remove(at)).is_some()
    }
}

/// Removes what was asked with a ticket.
fn take_asked(steps: &mut Vec<Step>, ticket: Ticket) -> Option<Step> {
    let at = steps.iter().position(|step| step.is_asked(ticket))?;
    Some(steps.remove(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(n: u128) -> GroupId {
        GroupId(uuid::Uuid::from_u128(n))
    }

    fn known(n: u128) -> Reversible {
        Reversible { group: group(n), label: Label { words: format!("edit {n}"), contact: None } }
    }

    fn skip(name: &str) -> OwnStep {
        OwnStep::Skipped { members: Vec::new(), name: name.to_owned() }
    }

    fn words(stack: &UndoStack, direction: Direction) -> String {
        match stack.next(direction) {
            Some(NextStep::Own(step)) => step.words(),
            Some(NextStep::Ledger(label)) => label.words.clone(),
            Some(NextStep::Asked) => "being saved".to_owned(),
            Some(NextStep::Unnamed) => "an edit".to_owned(),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn what_was_done_last_is_undone_first_whatever_it_was() {
        let mut stack = UndoStack::default();
        stack.set_ledger(Some(known(1)), None);
        stack.asked(Ticket(2));
        assert_eq!(words(&stack, Direction::Undo), "being saved");
        stack.saved(Ticket(2), group(2), Some(known(2).label));
        stack.did(skip("Ana"));
        stack.set_ledger(Some(known(2)), None);
        assert_eq!(words(&stack, Direction::Undo), "Skipped Ana ×0");
        assert_eq!(stack.take(Direction::Undo, Ticket(3)), Some(skip("Ana")));
        assert_eq!(words(&stack, Direction::Undo), "edit 2");
        assert_eq!(stack.take(Direction::Undo, Ticket(4)), None);
        stack.saved(Ticket(4), group(4), None);
        stack.set_ledger(Some(known(1)), Some(known(4)));
        assert_eq!(words(&stack, Direction::Undo), "edit 1", "from before this start");
        assert_eq!(words(&stack, Direction::Redo), "edit 4");
        assert_eq!(stack.take(Direction::Redo, Ticket(5)), None);
        stack.saved(Ticket(5), group(5), None);
        stack.set_ledger(Some(known(5)), None);
        assert_eq!(words(&stack, Direction::Redo), "Skipped Ana ×0");
        assert_eq!(stack.take(Direction::Redo, Ticket(6)), Some(skip("Ana")));
        assert_eq!(words(&stack, Direction::Undo), "Skipped Ana ×0");
        assert_eq!(words(&stack, Direction::Redo), "nothing");
    }

    #[test]
    fn a_group_of_which_nothing_is_left_is_passed_over() {
        let mut stack = UndoStack::default();
        stack.did(skip("Ana"));
        stack.asked(Ticket(2));
        stack.saved(Ticket(2), group(2), Some(known(2).label));
        // It was discarded; what the ledger has is from before the start.
        stack.set_ledger(Some(known(1)), None);
        assert_eq!(words(&stack, Direction::Undo), "Skipped Ana ×0");
        assert_eq!(stack.take(Direction::Undo, Ticket(3)), Some(skip("Ana")));
        assert_eq!(words(&stack, Direction::Undo), "edit 1");
    }

    #[test]
    fn a_second_undo_before_the_answer_to_the_first_takes_the_next_edit() {
        let mut stack = UndoStack::default();
        stack.did(skip("Ana"));
        for n in [1, 2] {
            stack.asked(Ticket(n));
            stack.saved(Ticket(n), group(u128::from(n)), Some(known(u128::from(n)).label));
        }
        stack.set_ledger(Some(known(2)), None);
        assert_eq!(stack.take(Direction::Undo, Ticket(3)), None);
        assert_eq!(words(&stack, Direction::Undo), "an edit");
        assert_eq!(stack.take(Direction::Undo, Ticket(4)), None);
        assert_eq!(words(&stack, Direction::Undo), "Skipped Ana ×0", "not before both edits");
        // Refused, both can be tried again.
        stack.refused(Ticket(4));
        stack.refused(Ticket(3));
        assert_eq!(words(&stack, Direction::Undo), "edit 2");
    }

    #[test]
    fn an_undo_of_a_view_that_could_not_be_written_can_be_tried_again() {
        let view = OwnStep::View { before: None, after: Some(View { name: "VIP".to_owned(), ..View::default() }) };
        let mut stack = UndoStack::default();
        stack.did(view.clone());
        assert_eq!(stack.take(Direction::Undo, Ticket(1)), Some(view.clone()));
        stack.not_written("VIP");
        assert_eq!(words(&stack, Direction::Undo), "Saved the view VIP");
        stack.not_written("VIP");
        assert_eq!(words(&stack, Direction::Undo), "nothing");
    }

    #[test]
    fn what_is_done_anew_takes_the_redo_away_and_what_is_refused_was_never_done() {
        let mut stack = UndoStack::default();
        stack.set_ledger(Some(known(1)), Some(known(9)));
        assert_eq!(words(&stack, Direction::Redo), "edit 9");
        let decided = OwnStep::Reopened { pairs: Vec::new(), names: "Ana".to_owned() };
        stack.did(decided);
        assert_eq!(words(&stack, Direction::Redo), "nothing");
        stack.asked(Ticket(2));
        stack.refused(Ticket(2));
        stack.not_decided(&[]);
        assert_eq!(words(&stack, Direction::Undo), "edit 1");
    }
}
