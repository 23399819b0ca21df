#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(default = current_timestmp())]
    pub at: TimestampNtz,
}

fn main() {}
// It compiles with `current_timestamp` instead of `current_timestmp`.
