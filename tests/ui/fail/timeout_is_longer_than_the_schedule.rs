#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, timeout = "10 minutes")]
pub struct LoadMart;

fn main() {}
// It compiles with `5 minutes` instead of `10 minutes`.
