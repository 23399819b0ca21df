#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, before(statement = "the last one"))]
pub struct Changes;

fn main() {}
// It compiles with `01b2c3d4-0000-1111-0000-000000000001` instead of `the last one`.
