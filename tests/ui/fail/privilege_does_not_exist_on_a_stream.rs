#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, grant(operate(ShopRole)))]
pub struct Changes;

fn main() {}
// It compiles with `select` instead of `operate`.
