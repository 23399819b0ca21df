#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "0 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `1 minute` instead of `0 minutes`.
