//! The rules of the house, held over every file in `src`: who may name whom, and how files look.
//!
//! What is read is source text, so a name counts wherever it stands: in a use, in an expression, in a type, in
//! the arguments of a macro. What a macro would expand to is not seen, nor whose method a call reaches. Code under
//! `#[cfg(test)]` may name what it likes.

mod circles;
mod floors;
mod form;
mod modules;
mod names;
mod source;
mod type_names;
mod ui;
mod worker;
