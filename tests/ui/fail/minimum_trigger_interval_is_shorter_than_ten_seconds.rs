#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, when = has_data(OrdersStream), call = load_mart, minimum_trigger_interval = "9 seconds")]
pub struct LoadMart;

fn main() {}
// It compiles with `10 seconds` instead of `9 seconds`.
