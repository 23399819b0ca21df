#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    attempt(
        || {
            mart.delete_all();
        },
        |_| {},
    );
    0
}

fn main() {}
// It compiles with `|error| { log(LogLevel::Error, error.message()); }` instead of `|_| {}`.
