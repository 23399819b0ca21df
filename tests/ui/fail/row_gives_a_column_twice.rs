#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    mart.insert(Mart { amount: 1, amount: 2, ..default() });
    0
}

fn main() {}
// It compiles with `id: 1, customer: "a", amount: 2` instead of `amount: 1, amount: 2`.
