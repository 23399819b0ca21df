#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, session(autocommit = false))]
pub struct LoadMart;

fn main() {}
// It compiles with `query_tag = "load"` instead of `autocommit = false`.
