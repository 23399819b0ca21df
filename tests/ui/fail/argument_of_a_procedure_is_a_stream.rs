#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(_changes: OrdersStream, mart: &mut Mart) -> Integer {
    mart.delete_all()
}

fn main() {}
// It compiles with `_changes: Integer` instead of `_changes: OrdersStream`.
