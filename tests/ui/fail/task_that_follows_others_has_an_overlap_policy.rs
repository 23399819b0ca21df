#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct Root;

#[task(schema = Raw, warehouse = ShopWh, after(Root), sql = "DELETE FROM {Mart}", overlap = AllowAllOverlap)]
pub struct Child;

fn main() {}
// It compiles without `, overlap = AllowAllOverlap`.
