#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill() -> Integer {
    raise(EMPTY_BATCH)
}

fn main() {}
// It compiles with `0` instead of `raise(EMPTY_BATCH)`.
