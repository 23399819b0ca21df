#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill() -> Integer {
    let least = 1;
    execute_immediate("DELETE FROM RAW.OLD WHERE ID BETWEEN ? AND ?", (least,));
    0
}

fn main() {}
// It compiles with `(least, least)` instead of `(least,)`.
