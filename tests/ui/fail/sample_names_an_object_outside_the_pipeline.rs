#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

const SAMPLES: &[Fragment] = &[sql!("DELETE FROM {Mart}")];

pipeline! {
    /// Without the mart.
    pub OrdersOnly(role = ShopRole, samples = SAMPLES) [Orders]
}

fn main() {}
// It compiles with `[Orders, Mart]` instead of `[Orders]`.
