#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill() -> Integer {
    execute_immediate("DELETE FROM RAW.OLD; DELETE FROM RAW.OLDER", ());
    0
}

fn main() {}
// It compiles without `; DELETE FROM RAW.OLDER`.
