#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

const WRONG: Exception = Exception::new("wrong", -30000, "no such number");

#[procedure(schema = Raw)]
pub fn fill() -> Integer {
    raise(WRONG)
}

fn main() {}
// It compiles with `-20999` instead of `-30000`.
