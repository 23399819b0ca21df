#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = cron("30 2 * * * Europe/Zurich"), when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `30 3` instead of `30 2`.
