#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[schema(database = Raw)]
pub struct Inner;

fn main() {}
// It compiles with `database = Shop` instead of `database = Raw`.
