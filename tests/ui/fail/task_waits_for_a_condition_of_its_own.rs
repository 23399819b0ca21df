#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, when = 1 == 1, sql = "DELETE FROM {Mart}")]
pub struct Empty;

fn main() {}
// It compiles with `schedule = "5 minutes"` instead of `when = 1 == 1`.
