#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(default = "2026-01-01")]
    pub day: Date,
}

fn main() {}
// It compiles with `current_date()` instead of `"2026-01-01"`.
