//! What can be done with an edit that waits or has failed, and why not.

use crate::config::Need;
use crate::domain::{Pending, Progress};
use crate::text;

use crate::ui::model::Model;
use crate::ui::rules;
use crate::ui::wake::seconds_until;

/// Why a need is not met by the edit under the cursor.
pub(crate) fn unmet(model: &Model, need: Need) -> Option<String> {
    match need {
        Need::Openable => None,
        need => rules::unmet(model, need),
    }
}

/// How far an edit has come, in words.
pub(crate) fn progress(model: &Model, pending: &Pending) -> String {
    match &pending.progress {
        Progress::Saving => "saving".to_owned(),
        Progress::Queued => "queued".to_owned(),
        Progress::Sending => "sending".to_owned(),
        Progress::Waiting { until, why } => {
            format!("retry in {} s: {}", seconds_until(*until, model.now), text::clean(why))
        }
        Progress::Failed { why } => format!("failed: {}", text::clean(why)),
        Progress::Clash(clash) => {
            let fields: Vec<String> = clash.iter().map(|one| model.field_name(&one.field)).collect();
            format!("someone else changed {}", fields.join(", "))
        }
    }
}
