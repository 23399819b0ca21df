#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    transaction(|| {
        mart.truncate();
    });
    0
}

fn main() {}
// It compiles with `delete_all` instead of `truncate`.
