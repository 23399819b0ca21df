#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) {
    mart.insert(changes.select(|c| Mart { id: c.id, customer: c.customer, ..default() }));
}

#[task(schema = Raw, warehouse = ShopWh, schedule = "1 hour", when = has_data(OrdersStream), call = fill)]
pub struct Fill;

fn main() {}
// It compiles with `mart: &mut Mart) -> Integer {` instead of `mart: &mut Mart) {`.
// It compiles with `..default() })); 1` instead of `..default() }));`.
