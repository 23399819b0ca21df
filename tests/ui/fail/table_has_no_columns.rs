#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Nothing {}

fn main() {}
// It compiles with `Nothing { pub id: Integer }` instead of `Nothing {}`.
