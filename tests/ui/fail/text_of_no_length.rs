#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    pub name: Varchar<0>,
}

fn main() {}
// It compiles with `Varchar<1>` instead of `Varchar<0>`.
