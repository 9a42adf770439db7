//! What can be done with a not-a-duplicate decision, and why not.

use crate::config::Need;

use crate::ui::model::Model;
use crate::ui::rules;

/// Why a need is not met by the decision under the cursor.
pub(crate) fn unmet(model: &Model, need: Need) -> Option<String> {
    let Need::Decision = need else { return rules::unmet(model, need) };
    let here = model.merges.decisions().get(model.merges.listed.at);
    here.is_none().then(|| "no decision selected".to_owned())
}
