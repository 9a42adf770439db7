//! Which contacts to list, and in which order: compact rows, the filter language, the staged fuzzy matcher.
//!
//! Pure: no I/O, no clock. Matching runs on the caller's thread and stops when the caller says so.

mod chunk;
mod columns;
mod compiled_filter;
mod complete;
#[cfg(test)]
mod context;
mod facts;
mod fold;
mod highlight;
mod matcher;
mod order;
mod parse;
mod period;
mod previous_order;
mod roster;
mod row;
mod shared_names;
mod sort;
mod term;
mod tier;

pub use columns::{Columns, ColumnsError, ShownColumn};
pub use complete::{Completion, KnownValues, Suggestion, complete};
pub use facts::{CustomValues, Facts, NeededFacts};
pub use fold::folded;
pub use highlight::highlights;
pub use matcher::{MatchedRows, count, first_listed, listed, matches, score_words};
pub use parse::Query;
pub use roster::{Roster, RowIx};
pub use row::{ContactRow, RowRef};
pub use sort::{Column, Sort, SortBy, SortError};
pub use term::{FilterContext, TermError, TermProblem};
