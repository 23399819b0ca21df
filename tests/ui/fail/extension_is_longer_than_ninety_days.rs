#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw, max_data_extension_days = 91)]
pub struct Customers {
    pub id: Integer,
}

fn main() {}
// It compiles with `90` instead of `91`.
