#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill() -> Integer {
    'outer: loop {
        break 'inner;
    }
    0
}

fn main() {}
// It compiles with `'outer;` instead of `'inner;`.
