#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders) -> Integer {
    let (rows, least) = orders.values(|o| (o.id, o.amount));
    rows
}

fn main() {}
// It compiles with `orders.aggregate(|o| (count(), min(o.amount)))` instead of `orders.values(|o| (o.id, o.amount))`.
