#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(default = current_date())]
    pub at: TimestampNtz,
}

fn main() {}
// It compiles with `sysdate()` instead of `current_date()`.
