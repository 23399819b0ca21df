#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, before(statement = "the last one"))]
pub struct Changes;

fn main() {}
