#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", sql = "DELETE FROM {Mart} WHERE (ID = 1")]
pub struct Nothing;

fn main() {}
// It compiles with `(ID = 1)` instead of `(ID = 1`.
