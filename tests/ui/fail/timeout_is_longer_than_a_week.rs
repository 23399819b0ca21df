#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, timeout = "169 hours")]
pub struct LoadMart;

fn main() {}
// It compiles with `168 hours` instead of `169 hours`.
// It compiles with `schedule = "168 hours"` instead of `schedule = "5 minutes"`.
