#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill() -> Integer {
    execute_immediate("DELETE FROM RAW.OLD WHERE ID = ?", (1,));
    0
}

fn main() {}
// It compiles with `let old = 1; execute_immediate("DELETE FROM RAW.OLD WHERE ID = ?", (old,));` instead of `execute_immediate("DELETE FROM RAW.OLD WHERE ID = ?", (1,));`.
