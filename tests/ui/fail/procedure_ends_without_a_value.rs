#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    mart.delete_all();
}

fn main() {}
// It compiles with `mart.delete_all()` instead of `mart.delete_all();`.
