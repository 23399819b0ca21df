#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, at(offset = "0 seconds"))]
pub struct Changes;

fn main() {}
// It compiles with `1 second` instead of `0 seconds`.
