#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(level: Option<Integer>) -> Integer {
    match level {
        Some(found) => 1,
        _ => 2,
    }
}

fn main() {}
// It compiles with `None` instead of `Some(found)`.
