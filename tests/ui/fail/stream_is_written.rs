#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &mut OrdersStream) -> Integer {
    changes.insert(Orders { id: 1, customer: "a", ..default() });
    0
}

fn main() {}
// It compiles with `&mut Orders` instead of `&mut OrdersStream`.
