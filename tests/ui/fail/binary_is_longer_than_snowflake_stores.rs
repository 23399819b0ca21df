#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Customers {
    pub id: Integer,
    pub bytes: Binary<67108865>,
}

fn main() {}
// It compiles with `67108864` instead of `67108865`.
