#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, after(Orders), sql = "SELECT 1")]
pub struct Child;

fn main() {}
// It compiles with `schedule = "1 minute"` instead of `after(Orders)`.
