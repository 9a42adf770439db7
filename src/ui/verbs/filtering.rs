//! What the list is filtered by.

use crate::domain::ContactId;
use crate::query::Query;

use crate::ui::message::Effect;
use crate::ui::model::Model;

/// Lists by this filter, with this contact under the cursor.
pub(crate) fn list_by(model: &mut Model, filter: String, selected: Option<ContactId>, effects: &mut Vec<Effect>) {
    let query = model.understood(&filter);
    effects.push(model.listing.restore(filter, query, selected));
}

/// What the filter says may depend on the time and on names.
pub(crate) fn reread(model: &mut Model, effects: &mut Vec<Effect>) {
    let query = model.understood(&model.listing.filter);
    effects.extend(model.listing.set_query(query));
}

/// Lists everybody, with this contact under the cursor.
pub(crate) fn clear(model: &mut Model, selected: Option<ContactId>, effects: &mut Vec<Effect>) {
    effects.push(model.listing.restore(String::new(), Query::default(), selected));
}
