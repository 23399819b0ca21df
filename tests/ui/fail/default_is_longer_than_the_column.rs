#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(default = "ACTIVE")]
    pub status: Option<Varchar<3>>,
}

fn main() {}
// It compiles with `ACT` instead of `ACTIVE`.
