#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    pub amount: Number<10, 11>,
}

fn main() {}
// It compiles with `10, 10` instead of `10, 11`.
