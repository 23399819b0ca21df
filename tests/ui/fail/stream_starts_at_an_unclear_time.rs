#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, at(timestamp = "yesterday"))]
pub struct Changes;

fn main() {}
// It compiles with `2026-01-31 12:00:00` instead of `yesterday`.
