#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, at(offset = "1 hour"), before(offset = "1 hour"))]
pub struct Changes;

fn main() {}
// It compiles without `, before(offset = "1 hour")`.
