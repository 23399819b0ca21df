#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(name = "ID")]
    pub key: Integer,
}

fn main() {}
// It compiles with `"KEY"` instead of `"ID"`.
