#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", sql = "DELETE FROM {Mart} WHERE CUSTOMER = 'x")]
pub struct Nothing;

fn main() {}
// It compiles with `'x'` instead of `'x`.
