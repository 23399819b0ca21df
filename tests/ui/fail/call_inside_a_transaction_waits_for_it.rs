#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn clear(mart: &mut Mart) -> Integer {
    let rows = transaction(|| mart.delete_all());
    rows
}

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    transaction(|| {
        mart.insert(Mart { id: 1, customer: "new", amount: None });
        let cleared = call(clear, ());
    });
    0
}

fn main() {}
// It compiles with `let rows = mart.delete_all();` instead of `let rows = transaction(|| mart.delete_all());`.
