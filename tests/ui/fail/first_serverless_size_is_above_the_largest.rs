#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, serverless(initial_size = XLarge, max_size = Large), schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

fn main() {}
// It compiles with `max_size = XLarge` instead of `max_size = Large`.
