#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn done(orders: &Orders) -> Varchar;

fn main() {}
// It compiles with `Varchar { "done" }` instead of `Varchar;`.
