//! What can be done with a request, and why not.

use crate::config::Need;

use crate::ui::model::Model;
use crate::ui::rules;
use crate::ui::screens::activity::state::Entry;

/// Why a need is not met by the line under the cursor.
pub(crate) fn unmet(model: &Model, need: Need) -> Option<String> {
    match need {
        Need::Openable => None,
        Need::Request => {
            let request = matches!(model.activity.selected(), Some(Entry::Request(_)));
            (!request).then(|| "no request selected".to_owned())
        }
        need => rules::unmet(model, need),
    }
}
