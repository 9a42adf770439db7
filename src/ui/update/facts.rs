//! What the filter and the views ask of contacts beside their rows: gathered only while somebody asks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::ContactId;
use crate::query::CustomValues;

use crate::ui::message::Effect;
use crate::ui::model::Model;

/// The values of custom fields have come, or are others now.
pub(crate) fn values(model: &mut Model, values: Arc<CustomValues>) {
    model.facts.facts.custom = values;
}

/// Brings the facts in line with what is asked and known; the list is matched again when they have changed.
pub(crate) fn settle(model: &mut Model, effects: &mut Vec<Effect>) {
    let mut asks = model.listing.query.needed_facts();
    asks.add(model.views.asks.clone());
    let gathered = &mut model.facts;
    gathered.asks_for_tasks = asks.tasks;
    gathered.facts.aside = model.merges.aside().clone();
    if asks.duplicates && gathered.duplicates != model.duplicates.version() {
        gathered.duplicates = model.duplicates.version();
        let members: HashSet<ContactId> = model.duplicates.members().cloned().collect();
        gathered.facts.duplicates = Arc::new(members);
    }
    let tasks = (model.open_tasks.version(), model.overlay.changes());
    if asks.tasks && gathered.tasks != tasks {
        gathered.tasks = tasks;
        let mut due: HashMap<ContactId, Vec<Option<Timestamp>>> = HashMap::new();
        for task in model.open_tasks.tasks(&model.overlay) {
            due.entry(task.contact.clone()).or_default().push(task.due);
        }
        if due != *gathered.facts.due {
            gathered.facts.due = Arc::new(due);
        }
    }
    gathered.fields = asks.fields;
    let facts = gathered.facts.clone();
    if model.listing.facts_differ(&facts, &model.views.asks) {
        model.views.stale(model.now);
    }
    effects.extend(model.listing.set_facts(facts));
}
