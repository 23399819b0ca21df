#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill() -> Integer {
    let mut count = 0;
    loop {
        count += 1;
    }
    count
}

fn main() {}
// It compiles with `count += 1; if count > 9 { break; }` instead of `count += 1;`.
