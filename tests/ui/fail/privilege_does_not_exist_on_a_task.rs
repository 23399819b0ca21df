#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, grant(usage(ShopRole)))]
pub struct LoadMart;

fn main() {}
// It compiles with `operate` instead of `usage`.
