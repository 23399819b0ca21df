#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(autoincrement(step = 0))]
    pub number: Integer,
}

fn main() {}
// It compiles with `step = -1` instead of `step = 0`.
