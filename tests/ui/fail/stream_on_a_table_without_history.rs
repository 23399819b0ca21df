#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw, data_retention_days = 0, max_data_extension_days = 0)]
pub struct Customers {
    pub id: Integer,
}

#[stream(on = Customers)]
pub struct Changes;

fn main() {}
// It compiles with `data_retention_days = 1` instead of `data_retention_days = 0`.
