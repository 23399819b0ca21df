#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

pipeline! {
    pub Odd(role = ShopWh) [Mart]
}

fn main() {}
// It compiles with `ShopRole` instead of `ShopWh`.
