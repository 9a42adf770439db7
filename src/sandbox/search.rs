//! The search index behind `POST /contacts/search`, which lags a little.
//! It keeps one compact row per contact and one sorted list per requested order. It must not know HTTP.

mod filter;
mod order;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;

pub(super) use self::{filter::Filter, order::SearchSort};
use super::{contact::ContactRecord, people::person, world::World};

/// How many filtered listings are kept; a puller with several cursors uses one each.
const KEPT: usize = 16;

/// The fields for sorting and common filters, so that a listing need not generate every person.
pub(super) struct IndexRow {
    added: i64,
    updated: i64,
    first: Option<Box<str>>,
    last: Option<Box<str>>,
    email: Option<Box<str>>,
    phone: Option<Box<str>>,
    company: Option<Box<str>>,
    source: Option<Box<str>>,
    more_emails: Box<[Box<str>]>,
    dnd: bool,
}

pub(super) struct SearchIndex {
    world: Arc<World>,
    /// By position; `None` = not in the index.
    rows: Vec<Option<IndexRow>>,
    /// The indexed version of contacts that are not as seeded.
    versions: HashMap<u32, Arc<ContactRecord>>,
    orders: HashMap<SearchSort, Arc<Vec<u32>>>,
    listings: VecDeque<(String, Arc<Vec<u32>>)>,
    waiting: VecDeque<LaggingChange>,
}

struct LaggingChange {
    at: Instant,
    index: u32,
    contact: Option<Arc<ContactRecord>>,
}

/// One page of a listing.
pub(super) struct SearchPage {
    pub(super) contacts: Vec<(Arc<ContactRecord>, Vec<Value>)>,
    pub(super) total: usize,
}

/// Where a page begins.
pub(super) enum PageStart {
    Start,
    Skip(usize),
    After(Vec<Value>),
}

pub(super) struct SearchQuery {
    pub(super) text: String,
    pub(super) filter: Filter,
    pub(super) sort: SearchSort,
    pub(super) from: PageStart,
    pub(super) limit: usize,
}

impl IndexRow {
    fn of(contact: &ContactRecord) -> Self {
        let lower = |text: &Option<String>| text.as_ref().map(|t| t.to_lowercase().into_boxed_str());
        Self {
            added: contact.added,
            updated: contact.updated,
            first: lower(&contact.first),
            last: lower(&contact.last),
            email: lower(&contact.email),
            phone: contact.phone.clone().map(String::into_boxed_str),
            company: lower(&contact.company),
            source: lower(&contact.source),
            more_emails: contact.more_emails.iter().map(|email| email.to_lowercase().into_boxed_str()).collect(),
            dnd: contact.dnd,
        }
    }
}

impl SearchIndex {
    pub(super) fn new(world: Arc<World>) -> Self {
        let (rows, listings, waiting) = (Vec::new(), VecDeque::new(), VecDeque::new());
        Self { world, rows, versions: HashMap::new(), orders: HashMap::new(), listings, waiting }
    }

    /// Records a change that search will show later.
    pub(super) fn note(&mut self, index: u32, contact: Option<Arc<ContactRecord>>, at: Instant) {
        self.waiting.push_back(LaggingChange { at, index, contact });
    }

    /// Applies the changes that are older than `lag`; rows are generated when first needed.
    pub(super) fn catch_up(&mut self, now: Instant, lag: Duration) {
        if self.rows.is_empty() {
            self.rows = (0..self.world.size).map(|index| Some(IndexRow::of(&person(&self.world, index)))).collect();
        }
        while self.waiting.front().is_some_and(|change| now.duration_since(change.at) >= lag) {
            if let Some(change) = self.waiting.pop_front() {
                self.take_in(change);
            }
        }
    }

    fn take_in(&mut self, change: LaggingChange) {
        let place = usize::try_from(change.index).expect("positions fit memory");
        if self.rows.len() <= place {
            self.rows.resize_with(place + 1, || None);
        }
        self.each_order(change.index, |order, at| {
            if let Ok(at) = at {
                order.remove(at);
            }
        });
        self.rows[place] = change.contact.as_deref().map(IndexRow::of);
        if let Some(contact) = change.contact {
            self.versions.insert(change.index, contact);
            self.each_order(change.index, |order, at| {
                if let Err(at) = at {
                    order.insert(at, change.index);
                }
            });
        } else {
            self.versions.remove(&change.index);
        }
        self.listings.clear();
    }

    /// Calls `edit` with each kept order and the place of `index` in it (or where it would go).
    fn each_order(&mut self, index: u32, edit: impl Fn(&mut Vec<u32>, Result<usize, usize>)) {
        let rows = &self.rows;
        let Some(row) = row(rows, index) else { return };
        for (sort, order) in &mut self.orders {
            let found = order.binary_search_by(|other| {
                let there = self::row(rows, *other).expect("orders hold indexed rows only");
                sort.compare((there, *other), (row, index))
            });
            edit(Arc::make_mut(order), found);
        }
    }

    pub(super) fn version(&self, index: u32) -> Arc<ContactRecord> {
        self.versions.get(&index).map_or_else(|| Arc::new(person(&self.world, index)), Arc::clone)
    }

    /// `None` if the cursor is not from this order.
    pub(super) fn page(&mut self, query: &SearchQuery) -> Option<SearchPage> {
        let list = self.listing(query);
        let start = match &query.from {
            PageStart::Start => 0,
            PageStart::Skip(count) => (*count).min(list.len()),
            PageStart::After(cursor) => {
                let (keys, index) = query.sort.read_cursor(cursor, &self.world)?;
                list.partition_point(|other| {
                    let there = row(&self.rows, *other).expect("listings hold indexed rows only");
                    query.sort.compare_keys(&query.sort.keys(there), *other, &keys, index).is_le()
                })
            }
        };
        let one = |index: &u32| {
            let contact = self.version(*index);
            let there = row(&self.rows, *index).expect("listings hold indexed rows only");
            let cursor = query.sort.cursor(there, &contact.id);
            (contact, cursor)
        };
        let contacts = list[start..].iter().take(query.limit).map(one).collect();
        Some(SearchPage { contacts, total: list.len() })
    }

    fn listing(&mut self, query: &SearchQuery) -> Arc<Vec<u32>> {
        let order = self.order(&query.sort);
        if query.text.is_empty() && query.filter.is_everything() {
            return order;
        }
        let key = format!("{:?} {:?} {:?}", query.sort, query.text, query.filter);
        if let Some((_, kept)) = self.listings.iter().find(|(kept, _)| *kept == key) {
            return Arc::clone(kept);
        }
        let words: Vec<String> = query.text.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let fits = |index: &u32| {
            let there = row(&self.rows, *index).expect("orders hold indexed rows only");
            let version = || self.version(*index);
            query.filter.fits(there, *index, &version) && (words.is_empty() || mentions(&version(), &words))
        };
        let list: Arc<Vec<u32>> = Arc::new(order.iter().copied().filter(fits).collect());
        self.listings.push_front((key, Arc::clone(&list)));
        self.listings.truncate(KEPT);
        list
    }

    fn order(&mut self, sort: &SearchSort) -> Arc<Vec<u32>> {
        if let Some(order) = self.orders.get(sort) {
            return Arc::clone(order);
        }
        let mut keyed: Vec<_> = (0..)
            .zip(&self.rows)
            .filter_map(|(index, row)| row.as_ref().map(|row| (index, row)))
            .map(|(index, row)| (row, index))
            .collect();
        keyed.sort_unstable_by(|a, b| sort.compare(*a, *b));
        let order = Arc::new(keyed.into_iter().map(|(_, index)| index).collect::<Vec<u32>>());
        self.orders.insert(sort.clone(), Arc::clone(&order));
        order
    }

    /// The first indexed contact with this e-mail or phone that `skip` does not name.
    pub(super) fn seeded_with(&self, field: &str, value: &str, skip: &dyn Fn(u32) -> bool) -> Option<u32> {
        let value = value.to_lowercase();
        let held =
            |row: &IndexRow| if field == "email" { row.email.as_deref() } else { row.phone.as_deref() } == Some(&*value);
        (0..)
            .zip(&self.rows)
            .find(|(index, row)| row.as_ref().is_some_and(held) && !skip(*index))
            .map(|(index, _)| index)
    }

    /// The first indexed contact that has this among its additional e-mails.
    pub(super) fn with_additional(&self, email: &str) -> Option<u32> {
        let email = email.to_lowercase();
        let held = |row: &IndexRow| row.more_emails.iter().any(|other| **other == *email);
        (0..).zip(&self.rows).find(|(_, row)| row.as_ref().is_some_and(held)).map(|(index, _)| index)
    }
}

fn row(rows: &[Option<IndexRow>], index: u32) -> Option<&IndexRow> {
    rows.get(usize::try_from(index).ok()?)?.as_ref()
}

/// Whether every word occurs in the fields that free text searches.
fn mentions(contact: &ContactRecord, words: &[String]) -> bool {
    let parts = [&contact.first, &contact.last, &contact.email, &contact.phone, &contact.company];
    let mut text = String::new();
    for part in parts.into_iter().flatten().chain(&contact.tags).chain(&contact.more_emails).chain(&contact.more_phones)
    {
        text.push_str(&part.to_lowercase());
        text.push('\n');
    }
    words.iter().all(|word| text.contains(word.as_str()))
}
