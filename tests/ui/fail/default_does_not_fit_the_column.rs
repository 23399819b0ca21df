#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    #[column(default = "much")]
    pub credit: Option<Number<10, 2>>,
}

fn main() {}
// It compiles with `10` instead of `"much"`.
