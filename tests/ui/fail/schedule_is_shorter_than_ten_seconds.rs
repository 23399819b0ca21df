#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 seconds", when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `10 seconds` instead of `5 seconds`.
