#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, serverless(min_size = Large, max_size = Small), schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `max_size = Large` instead of `max_size = Small`.
