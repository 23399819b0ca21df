#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[warehouse(auto_resume = false)]
pub struct BigWh;

#[task(schema = Raw, warehouse = BigWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `auto_resume = true` instead of `auto_resume = false`.
