#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", sql = "")]
pub struct Nothing;

fn main() {}
// It compiles with `sql = "DELETE FROM {Mart}"` instead of `sql = ""`.
