#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", after(LoadMart), call = load_mart)]
pub struct Then;

fn main() {}
// It compiles with `after` instead of `schedule = "5 minutes", after`.
