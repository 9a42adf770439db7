//! The saved views as the list knows them: which there are, which is shown, how many each lets through.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::config::View;
use crate::domain::ContactId;
use crate::query::{Columns, NeededFacts, Sort};

use crate::ui::screens::contacts::state::listing::Listing;

/// Views are counted no more often than this while contacts come in.
const COUNT_EVERY: SignedDuration = SignedDuration::from_secs(1);

/// The saved views.
#[derive(Clone, Debug, Default)]
pub(crate) struct Views {
    pub(crate) all: Vec<View>,
    /// The one that is shown, changed or not.
    pub(crate) chosen: Option<String>,
    /// How the list looks when no view is shown.
    pub(crate) own: Look,
    pub(crate) counts: Counts,
    /// What is shown has been kept once.
    pub(crate) remembered: bool,
    /// What the filters of all of them depend on.
    pub(crate) asks: NeededFacts,
}

/// How many contacts each view lets through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    known: HashMap<String, u64>,
    pub(crate) asked: u64,
    last: Option<Timestamp>,
    /// When to count again.
    pub(crate) due: Option<Timestamp>,
}

/// An order and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) sort: Sort,
    pub(crate) columns: Option<Columns>,
}

/// What the screen shows, as it is kept until the next start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Remembered {
    pub(crate) view: Option<String>,
    pub(crate) filter: String,
    pub(crate) sort: String,
    pub(crate) columns: Option<String>,
    pub(crate) own_sort: String,
    pub(crate) own_columns: Option<String>,
    pub(crate) contact: Option<ContactId>,
}

impl Look {
    /// Text that says nothing known is passed over.
    pub(crate) fn read(sort: &str, columns: Option<&str>) -> Self {
        Self { sort: sort.parse().unwrap_or_default(), columns: columns.and_then(|columns| columns.parse().ok()) }
    }
}

impl Views {
    pub(crate) fn get(&self, name: &str) -> Option<&View> {
        self.all.iter().find(|view| view.name == name)
    }

    /// The view that is shown, changed or not.
    pub(crate) fn shown(&self) -> Option<&View> {
        self.get(self.chosen.as_deref()?)
    }

    /// Other views are there now.
    pub(crate) fn set(&mut self, all: Vec<View>, now: Timestamp) {
        self.all = all;
        if self.shown().is_none() {
            self.chosen = None;
        }
        self.counts.soon(now, self.all.is_empty());
    }

    pub(crate) fn count(&self, name: &str) -> Option<u64> {
        self.counts.known.get(name).copied()
    }

    /// Contacts have come or gone, or time has passed: the counts may be others.
    pub(crate) fn stale(&mut self, now: Timestamp) {
        self.counts.soon(now, self.all.is_empty());
    }
}

impl Counts {
    fn soon(&mut self, now: Timestamp, nothing: bool) {
        if nothing {
            self.due = None;
            return;
        }
        let earliest = self.last.and_then(|last| last.checked_add(COUNT_EVERY).ok());
        self.due = Some(self.due.unwrap_or_else(|| earliest.map_or(now, |earliest| earliest.max(now))));
    }

    /// Whether it is time to count; the question that is asked then.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<u64> {
        self.due.filter(|due| *due <= now)?;
        (self.due, self.last) = (None, Some(now));
        self.asked += 1;
        Some(self.asked)
    }

    pub(crate) fn counted(&mut self, generation: u64, counts: Vec<(String, u64)>) {
        if generation == self.asked {
            self.known = counts.into_iter().collect();
        }
    }
}

/// What a view says about the look of a list.
pub(crate) fn look_of(view: &View) -> Look {
    let columns = (!view.columns.is_empty()).then(|| view.columns.join(","));
    Look::read(view.sort.as_deref().unwrap_or_default(), columns.as_deref())
}

/// What of a view is not understood, in words.
pub(crate) fn misunderstood(view: &View) -> Option<String> {
    let sort = view.sort.as_deref().map(str::parse::<Sort>).transpose().err().map(|error| error.to_string());
    let columns = || {
        let columns = view.columns.join(",");
        (!columns.is_empty()).then(|| columns.parse::<Columns>()).transpose().err().map(|error| error.to_string())
    };
    sort.or_else(columns)
}

/// Whether the list shows this view unchanged.
pub(crate) fn shows(listing: &Listing, view: &View) -> bool {
    let look = look_of(view);
    listing.filter.trim() == view.filter.trim() && listing.sort == look.sort && listing.columns == look.columns
}

/// A view of what the list shows.
pub(crate) fn view_of(
    listing: &Listing,
    name: &str,
    before: Option<&View>,
    location: &crate::domain::LocationId,
) -> View {
    let before = before.cloned().unwrap_or_default();
    let columns = listing.columns.as_ref().map(|columns| columns.shown().iter().map(ToString::to_string).collect());
    View {
        name: name.to_owned(),
        // One that everybody shares stays so.
        location: if before.name.is_empty() { Some(location.clone()) } else { before.location },
        filter: listing.filter.trim().to_owned(),
        sort: (listing.sort != Sort::default()).then(|| listing.sort.to_string()),
        columns: columns.unwrap_or_default(),
        tags: before.tags,
    }
}
