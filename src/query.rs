//! Which contacts, in which order: compact rows, the filter's language, the staged fuzzy matcher.
//!
//! Pure: no I/O, no clock; matching runs wherever the caller runs it and stops when told.

#[cfg(test)]
mod around;
mod chunk;
mod columns;
mod complete;
mod facts;
mod fold;
mod former;
mod highlight;
mod matcher;
mod order;
mod parse;
mod period;
mod roster;
mod row;
mod shared;
mod sieve;
mod sort;
mod term;
mod tier;

pub use columns::{Columns, ColumnsError, Shown};
pub use complete::{Completion, Known, Offer, complete};
pub use facts::{Asks, CustomValues, Facts};
pub use fold::folded;
pub use highlight::highlights;
pub use matcher::{Matches, count, first_listed, listed, matches, score_words};
pub use parse::Query;
pub use roster::{Roster, RowIx};
pub use row::{Row, RowRef};
pub use sort::{By, Column, Sort, SortError};
pub use term::{Surroundings, TermError, Why};
