#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, serverless(initial_size = Small), schedule = "5 minutes", call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles without `warehouse = ShopWh, `.
// It compiles with `when = has_data(OrdersStream), schedule =` instead of `schedule =`.
