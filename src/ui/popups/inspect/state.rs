//! One request while it is looked into.

use std::sync::Arc;

use crate::protocol::RequestRecord;

/// One request, whole.
#[derive(Clone, Debug)]
pub(crate) struct RequestInspector {
    pub(crate) record: Arc<RequestRecord>,
    /// The first line that is seen.
    pub(crate) top: usize,
}
