#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Copy {
    #[column(flatten)]
    pub order: Orders,
    pub customer: Option<Varchar<10>>,
}

fn main() {}
// It compiles with `pub other_customer` instead of `pub customer`.
