#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct Root;

#[task(schema = Raw, warehouse = ShopWh, after(Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root, Root), sql = "DELETE FROM {Mart}")]
pub struct Child;

fn main() {}
// It compiles with `after(` instead of `after(Root, `.
