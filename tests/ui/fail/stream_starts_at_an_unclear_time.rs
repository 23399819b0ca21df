#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, at(timestamp = "yesterday"))]
pub struct Changes;

fn main() {}
