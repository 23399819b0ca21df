#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill() -> Integer {
    execute_immediate("USE SCHEMA RAW", ());
    0
}

fn main() {}
// It compiles with `DELETE FROM RAW.OLD` instead of `USE SCHEMA RAW`.
