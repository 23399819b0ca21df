#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    mart.count()
}

fn main() {}
// It compiles with `&Mart` instead of `&mut Mart`.
