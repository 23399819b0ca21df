#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn clear(name: Varchar) -> Integer {
    execute_immediate(concat(("DELETE FROM RAW.", name)), ());
    0
}

fn main() {}
// It compiles with `let who = name; execute_immediate("DELETE FROM RAW.OLD WHERE NAME = ?", (who,));` instead of `execute_immediate(concat(("DELETE FROM RAW.", name)), ());`.
