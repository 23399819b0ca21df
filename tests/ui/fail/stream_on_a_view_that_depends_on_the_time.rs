#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT ID, CUSTOMER, AMOUNT FROM {Orders} WHERE CURRENT_DATE() > '2026-01-01'")]
pub struct Lucky;

#[stream(on = Lucky, columns_of = Orders)]
pub struct Changes;

fn main() {}
// It compiles with `AMOUNT > 10` instead of `CURRENT_DATE() > '2026-01-01'`.
