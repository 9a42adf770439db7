//! Merging many groups: what was asked, how far it is looked at, and the report.

use std::sync::Arc;

use tui_textarea::TextArea;

use crate::protocol::{BulkReport, Ticket};

/// Many merges, before anybody has said yes.
#[derive(Clone, Debug)]
pub(crate) struct DryRun {
    pub(crate) ticket: Ticket,
    pub(crate) groups: usize,
    pub(crate) looked_at: (usize, usize),
    pub(crate) report: Option<Arc<BulkReport>>,
    pub(crate) field: TextArea<'static>,
    pub(crate) error: Option<String>,
    pub(crate) top: usize,
}
