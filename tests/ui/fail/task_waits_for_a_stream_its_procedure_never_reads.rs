#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(MartStream), call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `OrdersStream` instead of `MartStream`.
