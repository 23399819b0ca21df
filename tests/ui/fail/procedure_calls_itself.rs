#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn count_down(left: Integer) -> Integer {
    call(count_down, (left - 1,));
    left
}

fn main() {}
// It compiles without `    call(count_down, (left - 1,));`.
