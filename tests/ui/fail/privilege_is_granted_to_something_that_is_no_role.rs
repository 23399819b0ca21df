#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw, grant(select(Shop)))]
pub struct Customers {
    pub id: Integer,
}

fn main() {}
// It compiles with `select(ShopRole)` instead of `select(Shop)`.
