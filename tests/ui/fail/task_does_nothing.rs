#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes")]
pub struct Nothing;

fn main() {}
// It compiles with `"5 minutes", sql = "DELETE FROM {Mart}"` instead of `"5 minutes"`.
