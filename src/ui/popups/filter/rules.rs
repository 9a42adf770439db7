//! What could follow in the filter.

use crate::query::{self, KnownValues};

use crate::ui::ink::before_cursor;
use crate::ui::model::Model;
use crate::ui::popups::filter::state::{FilterBox, FilterSuggestions};

/// What could follow, which of it stands there already, and where what it would replace ends.
pub(crate) fn suggestions(model: &Model, filter: &FilterBox) -> FilterSuggestions {
    if let Some(tried) = &filter.tried {
        return tried.clone();
    }
    let before = before_cursor(&filter.field);
    let known = KnownValues { context: model.meanings(), tags: &model.location.tags, roster: &model.listing.latest };
    FilterSuggestions { completion: query::complete(&before, &known), at: None, end: before.len() }
}
