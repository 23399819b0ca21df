#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw, transient, data_retention_days = 7)]
pub struct Customers {
    pub id: Integer,
}

fn main() {}
// It compiles with `= 1` instead of `= 7`.
