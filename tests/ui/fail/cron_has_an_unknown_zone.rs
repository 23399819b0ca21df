#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = cron("0 5 * * * Europe/Zurch"), when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `Zurich` instead of `Zurch`.
