#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, retries = 31)]
pub struct LoadMart;

fn main() {}
// It compiles with `30` instead of `31`.
