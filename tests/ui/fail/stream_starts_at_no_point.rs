#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, at())]
pub struct Changes;

fn main() {}
// It compiles with `at(offset = "1 hour")` instead of `at()`.
