#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(autoincrement)]
    pub name: Varchar<10>,
}

fn main() {}
// It compiles with `Integer` instead of `Varchar<10>`.
