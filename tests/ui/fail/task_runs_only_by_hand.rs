#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `when = has_data(OrdersStream), call` instead of `call`.
