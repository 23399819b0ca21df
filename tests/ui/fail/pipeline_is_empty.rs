#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

pipeline! {
    pub Nothing(role = ShopRole) []
}

fn main() {}
// It compiles with `[Mart]` instead of `[]`.
