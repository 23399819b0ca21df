#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(last: Varchar) -> Integer {
    for number in 1..=last {
        log(LogLevel::Info, "one");
    }
    0
}

fn main() {}
// It compiles with `last: Integer` instead of `last: Varchar`.
