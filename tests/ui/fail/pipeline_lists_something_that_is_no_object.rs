#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

pub struct Plain;

pipeline! {
    pub Odd(role = ShopRole) [Plain]
}

fn main() {}
// It compiles with `[Mart]` instead of `[Plain]`.
