#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(default = 1 + 1)]
    pub number: Integer,
}

fn main() {}
// It compiles with `2` instead of `1 + 1`.
