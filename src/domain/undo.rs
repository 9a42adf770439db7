//! Which group `u` undoes next and which one Ctrl-R redoes, worked out from all earlier edits, undos and redos.

use super::{ContactId, CountedAs, Edit, GroupId, MergePlan};

/// Why a group of edits was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The user asked for these edits.
    Edit,
    /// To undo this group.
    Undo(GroupId),
    /// To redo the edits that this undo reversed.
    Redo(GroupId),
}

/// Whether to undo or redo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Undo,
    Redo,
}

/// What a group did, in words: `Completed "Call back"`. Clean the text before drawing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub words: String,
    /// The contact, if there is only one.
    pub contact: Option<ContactId>,
}

impl Label {
    /// Describes a group, which must not be empty.
    pub fn of(edits: &[&Edit]) -> Self {
        let Some(first) = edits.first() else { return Self { words: String::new(), contact: None } };
        let alone = edits.iter().all(|edit| edit.contact == first.contact);
        let contact = alone.then(|| first.contact.clone());
        if alone && edits.len() > 1 && edits.iter().all(|edit| edit.counted() == CountedAs::Tasks) {
            return Self { words: first.describe_many(edits.len()), contact };
        }
        // A re-created contact stands for its tasks and notes.
        if alone {
            return Self { words: first.describe(), contact };
        }
        Self { words: first.describe_many(edits.len()), contact: None }
    }

    /// Describes a batch of merges by their number and the first of them.
    pub fn of_merges(count: usize, first: &MergePlan) -> Self {
        match count {
            1 => {
                let words = format!("Merged {} ×{}", first.name(), first.losers.len() + 1);
                Self { words, contact: Some(first.survivor.clone()) }
            }
            many => Self { words: format!("Merged {many} groups"), contact: None },
        }
    }
}

/// The undo and redo stacks, as in a text editor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stacks {
    /// Groups that can be undone, the newest last.
    undo: Vec<GroupId>,
    /// Undos that can be redone, the newest last.
    redo: Vec<GroupId>,
}

impl Stacks {
    /// Records the next group.
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

    /// The next group to undo or redo.
    pub fn next(&self, direction: Direction) -> Option<GroupId> {
        match direction {
            Direction::Undo => self.undo.last().copied(),
            Direction::Redo => self.redo.last().copied(),
        }
    }

    /// Skips a group that had no effect to undo.
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
        /// Any sequence of edits, undos and redos gives the same result as in a text editor.
        #[test]
        fn undo_works_as_in_a_text_editor(keys in proptest::collection::vec(0_u8..4, 0..60)) {
            let (mut stacks, mut model, mut future) = (Stacks::default(), Vec::<u128>::new(), Vec::<u128>::new());
            // The model's edit for each group.
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
