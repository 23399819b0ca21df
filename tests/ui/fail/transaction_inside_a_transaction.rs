#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    let rows = transaction(|| transaction(|| mart.delete_all()));
    rows
}

fn main() {}
// It compiles with `transaction(|| mart.delete_all())` instead of `transaction(|| transaction(|| mart.delete_all()))`.
