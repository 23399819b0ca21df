#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    transaction(|| {
        mart.delete_all();
        return 1;
    });
    0
}

fn main() {}
// It compiles without `        return 1;`.
