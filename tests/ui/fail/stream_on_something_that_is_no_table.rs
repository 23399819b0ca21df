#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = ShopWh)]
pub struct WarehouseStream;

fn main() {}
// It compiles with `Orders` instead of `ShopWh`.
