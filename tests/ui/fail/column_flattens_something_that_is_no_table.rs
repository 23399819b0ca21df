#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Batch {
    #[column(flatten)]
    pub order: Integer,
    pub action: Option<Varchar<10>>,
}

fn main() {}
// It compiles with `order: Orders` instead of `order: Integer`.
