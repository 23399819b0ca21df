#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[schema(database = Shop, transient)]
pub struct Scratch;

#[table(schema = Scratch, data_retention_days = 7)]
pub struct Customers {
    pub id: Integer,
}

fn main() {}
// It compiles with `= 1` instead of `= 7`.
