#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, name = "MART")]
pub struct Changes;

pipeline! {
    /// A table and a stream share a name space.
    pub Twins(role = ShopRole) [Mart, Changes]
}

fn main() {}
// It compiles with `"MART_CHANGES"` instead of `"MART"`.
