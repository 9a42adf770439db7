//! The worker against the sandbox over real HTTP and real files: what is promised is kept.

mod agenda;
mod ahead;
mod backlog;
mod edits;
mod faults;
mod files;
mod forget;
mod gone;
mod holding;
mod kinds;
mod merging;
mod old_ledger;
mod pace;
mod reading;
mod scan;
mod storm;
mod switches;
mod together;
mod values;
mod views;
