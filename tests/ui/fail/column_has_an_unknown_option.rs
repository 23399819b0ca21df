#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(unique)]
    pub number: Integer,
}

fn main() {}
// It compiles with `autoincrement` instead of `unique`.
