//! Merging many groups: what was asked, how far it is looked at, and the report.

use std::sync::Arc;

use crate::protocol::{BulkReport, Ticket};
use crate::ui::state::how_many::HowMany;

/// Many merges, before anybody has said yes.
#[derive(Clone, Debug)]
pub(crate) struct DryRun {
    pub(crate) ticket: Ticket,
    pub(crate) groups: usize,
    pub(crate) looked_at: (usize, usize),
    pub(crate) report: Option<Arc<BulkReport>>,
    /// Asked for once the report is there.
    pub(crate) how_many: HowMany,
    pub(crate) top: usize,
}
