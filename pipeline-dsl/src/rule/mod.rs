//! The rules that a pipeline must keep: about single values, those that only warn, and the list of all.

mod table;
pub mod value;
pub mod warning;

pub use table::{Level, RULES, Rule};
