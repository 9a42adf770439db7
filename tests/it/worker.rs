//! The worker against the sandbox over real HTTP and real files: what is promised is kept.

mod agenda;
mod clock;
mod damage;
mod edits;
mod faults;
mod files;
mod forget;
mod gone;
mod holding;
mod kinds;
mod late;
mod merging;
mod old_ledger;
mod open_tasks;
mod pace;
mod prefetch;
mod reading;
mod scan;
mod storm;
mod switches;
mod together;
mod values;
mod views;
