#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw, execute_as = caller)]
pub fn clear(mart: &mut Mart) -> Integer {
    mart.delete_all()
}

#[procedure(schema = Raw, execute_as = owner)]
pub fn fill() -> Integer {
    let rows = call(clear, ());
    rows
}

fn main() {}
// It compiles with `execute_as = caller` instead of `execute_as = owner`.
