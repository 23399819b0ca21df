#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    pub name: Varchar<134217729>,
}

fn main() {}
// It compiles with `134217728` instead of `134217729`.
