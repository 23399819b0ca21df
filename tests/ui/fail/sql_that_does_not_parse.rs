#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT CUSTOMER FROM {Orders} WERE AMOUNT > 1")]
pub struct VLarge;

fn main() {}
// It compiles with `WHERE` instead of `WERE`.
