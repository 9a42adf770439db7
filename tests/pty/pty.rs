//! The real binary in a real pseudo-terminal: start, work, resize, kill, restore.
//!
//! The sandbox is a process of its own wherever something is killed, and the requests it received are the
//! proof. Nothing here sleeps to let things happen: tests wait for what a user would see.

mod accounts;
mod agenda;
mod api;
mod backlog;
mod bad_input;
mod browse;
mod chaos;
mod completion;
mod crowd;
mod duplicates;
mod editor;
mod edits;
mod endings;
mod forms;
mod home;
mod keyboard;
mod kills;
mod merge_kills;
mod merges;
mod oauth;
mod offline;
mod read_only;
mod review;
mod sandbox;
mod secrets;
mod sync;
mod sync_kills;
mod terminal;
mod together;
mod views;
mod webhooks;
