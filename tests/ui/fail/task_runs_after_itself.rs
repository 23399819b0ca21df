#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, after(Again), sql = "DELETE FROM {Mart}")]
pub struct Again;

fn main() {}
// It compiles with `schedule = "5 minutes"` instead of `after(Again)`.
