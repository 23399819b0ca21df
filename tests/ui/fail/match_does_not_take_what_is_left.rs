#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(kind: Varchar) -> Integer {
    match kind {
        "a" => 1,
        "b" => 2,
    }
}

fn main() {}
// It compiles with `_` instead of `"b"`.
