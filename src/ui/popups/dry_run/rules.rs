//! Whether groups can be merged together, and whether such merges can be held.

use crate::ui::model::Model;

/// Why there is nothing to merge together.
pub(crate) fn nothing_ready(model: &Model) -> Option<String> {
    let rules = &model.merge_rules;
    (model.suspects.ready() == 0).then(|| {
        format!(
            "no group is safe: that takes a score of {:.2} and at most {} records",
            rules.bulk_score, rules.bulk_members
        )
    })
}

/// Why no merge can be paused.
pub(crate) fn nothing_to_pause(model: &Model) -> Option<String> {
    model.merges.batch().is_none().then(|| "no merges are running".to_owned())
}
