#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `schema = Raw, serverless` instead of `schema = Raw`.
