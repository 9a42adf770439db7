//! What can be done with a request.

use crate::ui::model::Model;
use crate::ui::screens::activity::state::Entry;

/// Why there is no request to act on.
pub(crate) fn no_request(model: &Model) -> Option<String> {
    (!matches!(model.activity.selected(), Some(Entry::Request(_)))).then(|| "no request is under the cursor".to_owned())
}
