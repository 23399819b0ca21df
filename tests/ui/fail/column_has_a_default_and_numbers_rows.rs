#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(default = 1, autoincrement)]
    pub number: Integer,
}

fn main() {}
// It compiles with `default = 1` instead of `default = 1, autoincrement`.
