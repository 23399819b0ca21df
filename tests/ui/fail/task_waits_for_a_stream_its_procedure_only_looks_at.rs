#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn look(changes: &OrdersStream) -> Integer {
    changes.count()
}

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = look)]
pub struct Look;

fn main() {}
// It compiles without `, when = has_data(OrdersStream)`.
