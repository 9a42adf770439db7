//! What is asked before it is done.

use crate::config::Action;
use crate::domain::{ContactId, Edit, MergeId, MergePlan};
use crate::protocol::{MergeDeed, Ticket};
use crate::ui::state::how_many::HowMany;

/// Something that is done only when the user says yes.
#[derive(Clone, Debug)]
pub(crate) struct Confirmation {
    pub(crate) title: String,
    /// What it does, and what it costs.
    pub(crate) lines: Vec<String>,
    /// What cannot be taken back; it stands out.
    pub(crate) warning: Option<String>,
    /// Where it is about so many that one key must not be enough.
    pub(crate) how_many: Option<HowMany>,
    /// What the key for yes does, in a word.
    pub(crate) verb: &'static str,
    pub(crate) yes: OnYes,
}

impl Confirmation {
    /// A question that one key answers, and that has nothing to warn of.
    pub(crate) fn new(title: String, lines: Vec<String>, verb: &'static str, yes: OnYes) -> Self {
        Self { title, lines, warning: None, how_many: None, verb, yes }
    }

    /// What a key does here, in a word; `None` where it does nothing.
    pub(crate) fn word(&self, action: Action) -> Option<&'static str> {
        let asks = !matches!(self.yes, OnYes::Planning(_) | OnYes::Nothing);
        match action {
            Action::Yes | Action::Accept => asks.then_some(self.verb),
            Action::Cancel => Some(if asks { "cancel" } else { "close" }),
            _ => None,
        }
    }
}

/// What is done when the user says yes.
#[derive(Clone, Debug)]
pub(crate) enum OnYes {
    /// Nothing yet: the plan of this ticket has not come.
    Planning(Ticket),
    Apply(Vec<Edit>),
    /// Starts or stops an automation for one contact; what is marked stays marked.
    Automate(Box<Edit>),
    /// Merge these; the losers stand in no group from then on.
    Merge(Vec<MergePlan>),
    /// What cannot be undone is asked about twice.
    Merges {
        deed: MergeDeed,
        merges: Vec<MergeId>,
        again: Option<String>,
    },
    /// The losers of the group's merge are deleted at once; asked about twice.
    DeleteAtOnce {
        members: Vec<ContactId>,
        again: bool,
    },
    /// There is nothing to do.
    Nothing,
}
