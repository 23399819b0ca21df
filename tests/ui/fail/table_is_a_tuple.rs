#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Pair(Integer, Integer);

fn main() {}
// It compiles with `Pair { left: Integer, right: Integer }` instead of `Pair(Integer, Integer);`.
