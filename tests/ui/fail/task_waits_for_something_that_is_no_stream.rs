#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, when = has_data(Orders), sql = "DELETE FROM {Mart}")]
pub struct Empty;

fn main() {}
// It compiles with `schedule = "1 hour"` instead of `when = has_data(Orders)`.
