#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct Root;

#[task(schema = Raw, warehouse = ShopWh, finalize = Root, sql = "DELETE FROM {Mart}", schedule = "5 minutes")]
pub struct End;

fn main() {}
// It compiles with `{Mart}"` instead of `{Mart}", schedule = "5 minutes"`.
