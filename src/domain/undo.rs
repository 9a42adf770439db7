//! Which group `u` takes back next, and which one Ctrl-R does again: folded from what was done, in order.

use super::{ContactId, CountedAs, Edit, GroupId};

/// What a group of edits was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// By the user's own hand.
    Edit,
    /// To take this group back.
    Undo(GroupId),
    /// To do again what this undo took back.
    Redo(GroupId),
}

/// Back or forth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Undo,
    Redo,
}

/// What a group did, in words: `Completed "Call back"`. Clean it before drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub words: String,
    /// The contact, where it is only one.
    pub contact: Option<ContactId>,
}

impl Label {
    /// Of a group that is not empty.
    pub fn of(edits: &[&Edit]) -> Self {
        let Some(first) = edits.first() else { return Self { words: String::new(), contact: None } };
        let alone = edits.iter().all(|edit| edit.contact == first.contact);
        let contact = alone.then(|| first.contact.clone());
        if alone && edits.len() > 1 && edits.iter().all(|edit| edit.counted() == CountedAs::Tasks) {
            return Self { words: first.describe_many(edits.len()), contact };
        }
        // A contact that was re-created stands for its tasks and notes.
        if alone {
            return Self { words: first.describe(), contact };
        }
        Self { words: first.describe_many(edits.len()), contact: None }
    }
}

/// The two stacks of an editor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stacks {
    /// Groups that can be taken back, the newest last.
    undo: Vec<GroupId>,
    /// Undos that can be taken back in turn, the newest last.
    redo: Vec<GroupId>,
}

impl Stacks {
    /// Takes in the next deed.
    pub fn push(&mut self, group: GroupId, deed: Deed) {
        match deed {
            Deed::Edit => {
                self.undo.push(group);
                self.redo.clear();
            }
            Deed::Undo(of) => {
                self.undo.retain(|other| *other != of);
                self.redo.push(group);
            }
            Deed::Redo(of) => {
                self.redo.retain(|other| *other != of);
                self.undo.push(group);
            }
        }
    }

    /// The group that is next to be taken back or done again.
    pub fn next(&self, direction: Direction) -> Option<GroupId> {
        match direction {
            Direction::Undo => self.undo.last().copied(),
            Direction::Redo => self.redo.last().copied(),
        }
    }

    /// A group had no effect that could be taken back: it is passed over.
    pub fn pass(&mut self, group: GroupId) {
        self.undo.retain(|other| *other != group);
        self.redo.retain(|other| *other != group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn group(number: u128) -> GroupId {
        GroupId(uuid::Uuid::from_u128(number))
    }

    proptest! {
        /// However edits, undos and redos follow on each other, the stacks say what an editor's would.
        #[test]
        fn it_is_an_editors_undo(keys in proptest::collection::vec(0_u8..4, 0..60)) {
            let (mut stacks, mut model, mut future) = (Stacks::default(), Vec::<u128>::new(), Vec::<u128>::new());
            // Which edit of the model each group stands for.
            let mut means = std::collections::HashMap::new();
            for (number, key) in (1_u128..).zip(keys) {
                match key {
                    0 | 1 => {
                        stacks.push(group(number), Deed::Edit);
                        means.insert(group(number), number);
                        model.push(number);
                        future.clear();
                    }
                    2 => {
                        prop_assert_eq!(stacks.next(Direction::Undo).map(|next| means[&next]), model.last().copied());
                        if let Some(of) = stacks.next(Direction::Undo) {
                            stacks.push(group(number), Deed::Undo(of));
                            means.insert(group(number), means[&of]);
                            future.extend(model.pop());
                        }
                    }
                    _ => {
                        prop_assert_eq!(stacks.next(Direction::Redo).map(|next| means[&next]), future.last().copied());
                        if let Some(of) = stacks.next(Direction::Redo) {
                            stacks.push(group(number), Deed::Redo(of));
                            means.insert(group(number), means[&of]);
                            model.extend(future.pop());
                        }
                    }
                }
            }
        }
    }
}
