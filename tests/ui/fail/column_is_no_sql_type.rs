#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    pub name: String,
}

fn main() {}
// It compiles with `name: Varchar` instead of `name: String`.
