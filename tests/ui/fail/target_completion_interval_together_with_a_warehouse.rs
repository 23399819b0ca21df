#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, target_completion_interval = "5 minutes")]
pub struct LoadMart;

fn main() {}
// It compiles with `serverless` instead of `warehouse = ShopWh`.
