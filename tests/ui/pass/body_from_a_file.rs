#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

/// Counts orders.
#[procedure(schema = Raw, language = javascript, file = "bodies/count.js")]
pub fn count_orders(orders: &Orders, changes: &OrdersStream, mart: &mut Mart, least: Integer) -> Integer;

#[task(schema = Raw, warehouse = ShopWh, schedule = "1 hour", when = has_data(OrdersStream), call = count_orders(3))]
pub struct Count;

fn main() {}
