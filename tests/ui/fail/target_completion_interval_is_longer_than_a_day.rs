#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, serverless, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, target_completion_interval = "25 hours")]
pub struct LoadMart;

fn main() {}
// It compiles with `24 hours` instead of `25 hours`.
