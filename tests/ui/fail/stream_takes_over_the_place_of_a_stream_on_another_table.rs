#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, at(stream = MartStream))]
pub struct Changes;

fn main() {}
// It compiles with `OrdersStream` instead of `MartStream`.
