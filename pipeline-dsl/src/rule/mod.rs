//! The rules that a pipeline must keep: about single values, those that only warn, and the list of all.

mod list;
pub(crate) mod timing;
pub mod value;
pub mod warning;

pub use list::{Level, RULES, Rule};
