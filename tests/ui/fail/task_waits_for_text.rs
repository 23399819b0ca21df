#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, when = "SYSTEM$STREAM_HAS_DATA('S')", sql = "DELETE FROM {Mart}")]
pub struct Empty;

fn main() {}
// It compiles with `schedule = "1 hour"` instead of `when = "SYSTEM$STREAM_HAS_DATA('S')"`.
